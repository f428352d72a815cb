#include <algorithm>
#include <string>

#include "model/sysctl/plane.hpp"
#include "proofs/diff/shapes.hpp"

namespace weir::proofs::diff {
namespace {

constexpr std::size_t most_rounds = 5;

/// Settings of the host's receive side: global ones of net.core.
std::vector<Sysctl> settings(const Profile& from, const Profile& to) {
  std::vector<Sysctl> found;
  for (const Sysctl id : sysctls_of(from, to)) {
    const SysctlSpec* const spec = spec_of(to, id) != nullptr ? spec_of(to, id) : spec_of(from, id);
    if (model::is_net_core(id) && spec->scope == Scope::global) found.push_back(id);
  }
  return found;
}

struct Story {
  Shape shape;
  std::uint32_t packets = 0;
  bool last_was_packets = false;
};

/// Packets come and polls take them in turn: polling what nobody filled shows nothing that a second poll does not.
void continue_story(const Story& story, std::size_t rounds, std::vector<Shape>& shapes) {
  if (rounds == 0) return;
  const auto go_on = [&](const Story& next) {
    shapes.push_back(next.shape);
    shapes.back().steps = most_rounds - rounds + 1;
    continue_story(next, rounds - 1, shapes);
  };
  if (!story.last_was_packets)
    for (const std::uint32_t crowd : {1U, 2U, 4U}) {
      Story next = story;
      for (std::uint32_t i = 0; i < crowd; ++i) next.shape.add(op::NetifRx{{}, Skb{++next.packets}});
      next.last_was_packets = true;
      go_on(next);
    }
  if (story.packets == 0) return;
  for (const TickAfter tick : {TickAfter{}, TickAfter{1}}) {
    Story polled = story, run = story;
    polled.last_was_packets = run.last_was_packets = false;
    polled.shape.add_open(op::ProcessBacklog{{}, 0, tick});
    run.shape.add(op::NetRxAction{{}, tick});
    go_on(polled);
    go_on(run);
  }
}

void one_large_crowd(const Shape& before, std::vector<Shape>& shapes) {
  for (std::uint32_t crowd = 8; crowd <= 128; crowd *= 2) {
    Shape shape = before;
    for (std::uint32_t i = 0; i < crowd; ++i) shape.add(op::NetifRx{{}, Skb{i + 1}});
    shape.add(op::NetRxAction{{}, TickAfter{1}});
    shape.steps = 2;
    shapes.push_back(shape);
  }
}

/// A packet of each sort: of a flow, for another CPU, of a device that is down.
std::vector<op::NetifRx> packets_of_all_sorts() {
  return {{{}, Skb{1}, {}, FlowHash{1}}, {{}, Skb{1}, Cpu{1}}, {{}, Skb{1}, {}, {}, false}};
}

/// Up to three of the settings are 1, in any order: a table gets its length when a CPU asks for it. Then packets come,
/// and the softirq. Nothing is open.
void packets_after_settings(const std::vector<Sysctl>& all, const Shape& before, std::size_t most,
                            std::vector<Shape>& shapes) {
  for (const op::NetifRx& packet : packets_of_all_sorts()) {
    Shape& arrived = shapes.emplace_back(before);
    arrived.add(packet);
    arrived.steps = arrived.ops.size();
    Shape drained = arrived;
    drained.add(op::NetRxAction{});
    shapes.push_back(drained);
  }
  if (most == 0) return;
  for (const Sysctl setting : all) {
    const bool is_set = std::any_of(before.ops.begin(), before.ops.end(),
                                    [&](const Op& each) { return std::get<op::SysctlWrite>(each).sysctl == setting; });
    if (is_set) continue;
    Shape with = before;
    with.add(op::SysctlWrite{{}, setting, "1"});
    packets_after_settings(all, with, most - 1, shapes);
  }
}

/// Every text of up to three of the characters that parsers of masks care for.
void masks(std::vector<Shape>& shapes) {
  constexpr std::string_view characters = "01f, \n-";
  std::vector<std::string> texts{""};
  for (std::size_t next = 0; next < texts.size(); ++next) {
    shapes.emplace_back().add(op::SysctlWrite{{}, Sysctl::flow_limit_cpu_bitmap, texts[next]});
    if (texts[next].size() == 3) continue;
    for (const char c : characters) texts.push_back(texts[next] + c);
  }
}

}  // namespace

std::vector<Shape> softnet_shapes(const Profile& from, const Profile& to) {
  std::vector<Shape> shapes;
  continue_story({}, most_rounds, shapes);
  one_large_crowd({}, shapes);
  const auto all = settings(from, to);
  packets_after_settings(all, {}, 3, shapes);
  if (std::find(all.begin(), all.end(), Sysctl::flow_limit_cpu_bitmap) != all.end()) masks(shapes);
  for (std::size_t first = 0; first < all.size(); ++first) {
    Story one;
    one.shape.add_open(op::SysctlWrite{{}, all[first], {}});
    continue_story(one, most_rounds - 1, shapes);
    for (std::size_t second = first + 1; second < all.size(); ++second) {
      Story two = one;
      two.shape.add_open(op::SysctlWrite{{}, all[second], {}});
      continue_story(two, most_rounds - 2, shapes);
    }
  }
  smallest_first(shapes);
  return shapes;
}

}  // namespace weir::proofs::diff
