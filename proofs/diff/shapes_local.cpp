// Stories of a server and clients on the same host, in which time passes. Their values are chosen here, as those of
// remote peers are: what a timer does depends on who waits for what, not on a number that could be open.
#include <functional>

#include "proofs/diff/shapes.hpp"

namespace weir::proofs::diff {
namespace {

constexpr std::size_t most_rounds = 5;
constexpr std::uint16_t port = 8080;

/// One client, and one more than the smallest SYN table holds.
constexpr std::uint16_t crowds[] = {1, 17};

/// Half a second, some seconds, some minutes.
constexpr std::uint32_t spans_ms[] = {1U << 9, 1U << 12, 1U << 17};

struct Story {
  Shape shape;
  std::int32_t clients = 0;  ///< descriptors 4, 5, …, from ports 1000, 1001, …
  bool time_passed = false;  ///< in the last round
  bool crowded = false;      ///< one crowd is enough
};

void client_comes(Story& story, bool keeps_its_ack_back) {
  const Fd fd{4 + story.clients};
  story.shape.add(op::Socket{{}, Family::inet, SockType::stream});
  story.shape.add(op::Setsockopt{fd, SockOpt::so_reuseaddr, 1});
  story.shape.add(op::Bind{fd, any_address, static_cast<std::uint16_t>(1000 + story.clients)});
  if (keeps_its_ack_back) story.shape.add(op::Setsockopt{fd, SockOpt::tcp_defer_accept, 1});
  story.shape.add(op::Connect{fd, loopback, port});
  ++story.clients;
}

using Next = std::function<void(const Story&)>;

void clients_come(const Story& story, const Next& next) {
  for (const std::uint16_t crowd : crowds)
    for (const bool keeps : {false, true}) {
      if (crowd > 1 && (keeps || story.crowded)) continue;
      Story with = story;
      with.crowded = story.crowded || crowd > 1;
      for (std::uint16_t i = 0; i < crowd; ++i) client_comes(with, keeps);
      next(with);
    }
}

/// The first shuts down for sending, the last is closed: then the next one comes from where it came.
void client_goes(const Story& story, const Next& next) {
  Story with = story;
  with.shape.add(op::Shutdown{Fd{4}, How::wr});
  next(with);
  with = story;
  with.shape.add(op::Close{Fd{4 + --with.clients}});
  next(with);
}

void time_passes(const Story& story, const Next& next) {
  if (story.time_passed) return;
  for (const std::uint32_t span : spans_ms) {
    Story with = story;
    with.shape.add(op::Advance{{span}});
    with.time_passed = true;
    next(with);
  }
}

/// Time says nothing by itself: what it has done is looked at.
void look(const Story& story, std::size_t steps, std::vector<Shape>& shapes) {
  for (const Op& each : {Op(op::TcpInfo{{3 + story.clients}}), Op(op::Netstat{{0}})}) {
    shapes.push_back(story.shape);
    shapes.back().add(each);
    shapes.back().steps = steps;
  }
}

void continue_story(Story story, std::size_t rounds, std::vector<Shape>& shapes) {
  if (rounds == 0) return;
  const Next next = [&](const Story& with) {
    if (with.time_passed) look(with, most_rounds - rounds + 1, shapes);
    continue_story(with, rounds - 1, shapes);
  };
  if (story.clients > 0) time_passes(story, next);
  story.time_passed = false;
  clients_come(story, next);
  if (story.clients > 0) client_goes(story, next);
}

}  // namespace

void add_local_shapes(std::vector<Shape>& shapes) {
  for (const bool waits_for_data : {false, true}) {
    Story story;
    story.shape.add(op::SysctlWrite{{0}, Sysctl::tcp_syncookies, "0", 0, Cred::root});
    story.shape.add(op::Socket{{}, Family::inet, SockType::stream});
    story.shape.add(op::Bind{Fd{3}, any_address, port});
    if (waits_for_data) story.shape.add(op::Setsockopt{Fd{3}, SockOpt::tcp_defer_accept, 1 << 10});
    story.shape.add(op::Listen{Fd{3}, 0});
    continue_story(story, most_rounds, shapes);
  }
}

}  // namespace weir::proofs::diff
