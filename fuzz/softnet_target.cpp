#include "fuzz/softnet_target.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/kind.hpp"
#include "fuzz/softnet_replay.hpp"
#include "fuzz/sysctl_text.hpp"
#include "model/host.hpp"
#include "oracle/linear/host_spec.hpp"
#include "oracle/linear/search.hpp"
#include "oracle/softnet/target.hpp"

namespace weir::fuzz {
namespace {

using oracle::SoftnetDisturbance;
using oracle::SoftnetStory;
using oracle::SoftnetTarget;

/// A case that was disturbed is asked again: a busy machine must not hide a finding.
constexpr int attempts = 3;

constexpr Weights softirq_plane =
    weights(Weight<op::SysctlWrite>{6}, Weight<op::SysctlRead>{1}, Weight<op::NetifRx>{24}, Weight<op::NetRxAction>{3},
            Weight<op::SoftnetStat>{1});

/// Around the sizes of bursts, and what no burst comes near.
void draw_setting(Rng& rng, op::SysctlWrite& write) {
  static constexpr auto knobs = std::to_array<Sysctl>(
      {Sysctl::netdev_max_backlog, Sysctl::netdev_max_backlog, Sysctl::dev_weight, Sysctl::dev_weight,
       Sysctl::netdev_budget, Sysctl::netdev_budget, Sysctl::dev_weight_rx_bias, Sysctl::netdev_budget_usecs,
       Sysctl::flow_limit_cpu_bitmap, Sysctl::flow_limit_cpu_bitmap, Sysctl::flow_limit_table_len});
  static constexpr auto unusual = std::to_array<std::string_view>(
      {"0", "-1", "1000", "-2147483648", "2147483647", "8000", "7999", "12000", "4096"});
  write.sysctl = rng.pick(knobs);
  write.data.clear();
  if (write.sysctl == Sysctl::flow_limit_cpu_bitmap)
    draw_mask_text(rng, write.data);
  else if (write.sysctl == Sysctl::flow_limit_table_len)
    draw_table_len_text(rng, write.data);
  else if (rng.chance(1, 6))
    write.data = rng.pick(unusual);
  else
    write.data = std::to_string(rng.below(rng.chance(1, 2) ? 8 : 70));
}

/// A burst, now and then one during which time passes; that takes milliseconds, so it is short.
void draw_burst(Rng& rng, std::vector<Op>& ops) {
  const bool time_passes = rng.chance(1, 24);
  const FlowHash flow{rng.chance(3, 4) ? 0 : rng.below(3)};
  std::uint32_t packets = 1 + rng.below(rng.chance(1, 2) ? 12 : 128);
  if (time_passes) {
    packets = 1 + rng.below(8);
    if (rng.chance(1, 2))  // two or three jiffies where HZ is 250
      ops.emplace_back(op::SysctlWrite{{}, Sysctl::netdev_budget_usecs, rng.chance(1, 2) ? "12000" : "8000"});
  }
  for (std::uint32_t i = 0; i < packets; ++i) ops.emplace_back(op::NetifRx{{}, {i}, {}, flow});
  if (time_passes)
    ops.emplace_back(op::NetRxAction{{}, 1 + rng.below(4)});
  else if (rng.chance(1, 3))
    ops.emplace_back(op::NetRxAction{});
}

/// Bursts that RPS sends to some CPU. What it does when that is another has no one order, so no settings change
/// meanwhile.
void draw_steered(Rng& rng, std::vector<Op>& ops) {
  ops.emplace_back(op::SysctlWrite{{}, Sysctl::netdev_max_backlog, std::to_string(rng.below(60))});
  const Cpu to{rng.below(2)};
  for (std::uint32_t bursts = 1 + rng.below(5); bursts > 0; --bursts) {
    for (std::uint32_t packets = 1 + rng.below(128); packets > 0; --packets)
      ops.emplace_back(op::NetifRx{{1}, {}, to, {}, true});
    ops.emplace_back(op::NetRxAction{});
  }
}

/// Flows that meet in a small table: one has had its share, and another pays for it or does not.
void draw_crowded_table(Rng& rng, std::vector<Op>& ops) {
  const auto write = [&](Sysctl knob, std::string text) {
    ops.emplace_back(op::SysctlWrite{{}, knob, std::move(text)});
  };
  write(Sysctl::flow_limit_table_len, std::to_string(2U << rng.below(3)));
  write(Sysctl::flow_limit_cpu_bitmap, "3");
  write(Sysctl::netdev_max_backlog, std::to_string(rng.below(40)));
  for (std::uint32_t bursts = 2 + rng.below(6); bursts > 0; --bursts) {
    const FlowHash flow{rng.below(8)};
    for (std::uint32_t packets = 10 + rng.below(60); packets > 0; --packets)
      ops.emplace_back(op::NetifRx{{}, {}, {}, flow});
  }
}

void draw_case(Rng& rng, std::vector<Op>& ops) {
  ops.clear();
  if (rng.chance(1, 12)) return draw_steered(rng, ops);
  if (rng.chance(1, 12)) draw_crowded_table(rng, ops);
  for (std::uint32_t steps = 1 + rng.below(8); steps > 0; --steps) {
    for (std::uint32_t settings = rng.below(4); settings > 0; --settings) {
      op::SysctlWrite write;
      draw_setting(rng, write);
      if (SoftnetTarget::supported(write)) ops.emplace_back(std::move(write));
    }
    draw_burst(rng, ops);
    if (rng.chance(1, 4)) ops.emplace_back(op::SoftnetStat{});
    if (rng.chance(1, 16)) ops.emplace_back(op::SysctlRead{{}, Sysctl::flow_limit_cpu_bitmap, 1 + rng.below(4), 0});
  }
}

class Softirq {
 public:
  Softirq(std::shared_ptr<SoftnetTarget> kernel, SoftnetEffort& effort) : kernel_(std::move(kernel)), effort_(effort) {}

  std::optional<Difference> run(const Input& input, Effort& compared) {
    auto difference = ask(input, compared);
    if (!difference) return std::nullopt;
    Effort repeating;  // not part of the campaign's figures
    const auto again = ask(input, repeating);
    if (again && kind_of(*again) == kind_of(*difference)) return difference;
    ++effort_.unsteady;
    return std::nullopt;
  }

 private:
  std::optional<Difference> ask(const Input& input, Effort& compared) {
    std::vector<Op> program;  // a mutation may have made of an operation what is not allowed
    std::copy_if(input.ops.begin(), input.ops.end(), std::back_inserter(program), SoftnetTarget::supported);
    const auto [bursts, limit] = steered_away(program);
    for (int attempt = 0; attempt < attempts; ++attempt) {
      if (!bursts.empty()) {
        const auto told = kernel_->run_steered(bursts, limit);
        if (told.disturbance == SoftnetDisturbance::none) return explain(*input.profile, told.history, compared);
        ++effort_.disturbed.at(static_cast<std::size_t>(told.disturbance));
        continue;
      }
      const SoftnetStory story = kernel_->run(program);
      if (story.disturbance == SoftnetDisturbance::none) return compare(*input.profile, story, compared);
      ++effort_.disturbed.at(static_cast<std::size_t>(story.disturbance));
    }
    return std::nullopt;
  }

  /// The bursts of a program whose packets go to another CPU, and the limit that they meet.
  std::pair<std::vector<std::uint32_t>, std::int32_t> steered_away(const std::vector<Op>& program) const {
    std::vector<std::uint32_t> bursts;
    std::int32_t limit = 1000;
    bool in_burst = false;
    for (const Op& each : program) {
      const auto* const packet = std::get_if<op::NetifRx>(&each);
      if (packet != nullptr && bursts.empty() && (!packet->to || packet->to->index == kernel_->cpu())) return {};
      if (packet != nullptr && !in_burst) bursts.push_back(0);
      if (packet != nullptr) ++bursts.back();
      in_burst = packet != nullptr;
      const auto* const write = std::get_if<op::SysctlWrite>(&each);
      if (write != nullptr && write->sysctl == Sysctl::netdev_max_backlog && bursts.empty())
        limit = std::atoi(write->data.c_str());
    }
    if (!kernel_->why_not_steered().empty()) return {};
    return {bursts, limit};
  }

  /// The order that explains most is told, and in it the call that does not fit.
  std::optional<Difference> explain(const Profile& profile, const oracle::History& history, Effort& compared) {
    oracle::Header header = history.header;
    header.profile = &profile;
    const oracle::Linear linear = oracle::linearize(oracle::SoftnetSpec(header), history.calls);
    compared.operations += history.calls.size();
    if (linear.verdict == oracle::Linearizable::unknown) {
      ++effort_.undecided;
      return std::nullopt;
    }
    model::Host<Recorded> model(profile, header.options);
    ClauseSet passed;
    const ClauseScope recording(passed);
    std::vector<Op> order;
    for (const std::size_t each : linear.order) {
      const Op& operation = history.calls[each].operation;
      model.step(operation);
      effort_.packets += std::holds_alternative<op::NetifRx>(operation) ? 1 : 0;
      order.push_back(operation);
    }
    effort_.covered |= passed;
    if (linear.verdict == oracle::Linearizable::ok) return std::nullopt;
    const auto& [call, expected] = linear.refused.front();
    const Op& operation = history.calls[call].operation;
    order.push_back(operation);
    return Difference{order.size() - 1, false, operation, expected, history.calls[call].seen.outcome, 0, order};
  }

  std::optional<Difference> compare(const Profile& profile, const SoftnetStory& story, Effort& compared) {
    model::Host<Recorded> model(profile, story.header.options);
    ClauseSet passed;
    const ClauseScope recording(passed);
    const auto note = [&](const Op& operation) {
      effort_.covered |= passed;
      effort_.packets += std::holds_alternative<op::NetifRx>(operation) ? 1 : 0;
      ++compared.operations;
      return std::exchange(passed, {}).hash();
    };
    return replay(model, story, note);
  }

  std::shared_ptr<SoftnetTarget> kernel_;
  SoftnetEffort& effort_;
};

}  // namespace

std::uint64_t SoftnetEffort::thrown_away() const {
  return std::accumulate(disturbed.begin(), disturbed.end(), std::uint64_t{0});
}

GeneratorOptions softnet_cases() {
  return {.weights = softirq_plane, .namespaces = 1, .allow = SoftnetTarget::supported, .draw_case = draw_case};
}

Target softnet_target(std::shared_ptr<SoftnetTarget> kernel, SoftnetEffort& effort) {
  auto softirq = std::make_shared<Softirq>(std::move(kernel), effort);
  return {"softnet", [softirq](const Input& input, Effort& compared) { return softirq->run(input, compared); }};
}

}  // namespace weir::fuzz
