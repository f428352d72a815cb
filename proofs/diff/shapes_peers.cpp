// Stories of a server and remote peers, in which time passes. All their values are chosen here, so no solver is asked:
// what the rules do with a segment depends on who sent what when, not on a number that could be open.
#include <functional>

#include "proofs/diff/shapes.hpp"

namespace weir::proofs::diff {
namespace {

constexpr std::size_t most_rounds = 4;
constexpr std::uint16_t port = 8080;
constexpr End server_end{0xc0000201, port};  // 192.0.2.1

/// One peer, and one more than the smallest SYN table holds, so that one gets a cookie where cookies are on.
constexpr std::uint32_t crowds[] = {1, 17};
constexpr std::size_t most_crowds = 2;

/// Half a second, some seconds, some minutes: nothing that happens to a request or a cookie is between two of them.
constexpr std::uint32_t spans_ms[] = {1U << 9, 1U << 12, 1U << 17};

/// What a peer may send, one of each sort.
struct Sent {
  Flags flags;
  std::uint32_t len;
};
constexpr Sent sent[] = {{Flags::s, 0}, {Flags::sa, 0}, {Flags::a, 0}, {Flags::pa, 1}, {Flags::fa, 0}, {Flags::r, 0}};

struct Crowd {
  std::uint32_t first, last;
};

struct Story {
  Shape shape;
  std::vector<Crowd> crowds;
  std::uint32_t peers = 0;
  bool time_passed = false;  ///< in the last round
};

/// From 198.51.100.1 and so on.
op::Segment segment_of(std::uint32_t peer, const Sent& what) {
  return {{}, {0xc6336400 + peer, 1000}, server_end, what.flags, what.len};
}

void more_peers(const Story& story, const std::function<void(const Story&)>& next) {
  if (story.crowds.size() == most_crowds) return;
  for (const std::uint32_t crowd : crowds) {
    Story with = story;
    with.crowds.push_back({story.peers + 1, story.peers + crowd});
    while (with.peers < with.crowds.back().last) with.shape.add(segment_of(++with.peers, sent[0]));
    next(with);
  }
}

/// The first and the last of each crowd say enough.
void more_of_a_peer(const Story& story, const std::function<void(const Story&)>& next) {
  for (const Crowd& crowd : story.crowds)
    for (const std::uint32_t peer : {crowd.first, crowd.last}) {
      for (const Sent& what : sent) {
        Story with = story;
        with.shape.add(segment_of(peer, what));
        next(with);
      }
      if (crowd.first == crowd.last) break;
    }
}

void time_passes(const Story& story, const std::function<void(const Story&)>& next) {
  if (story.time_passed) return;
  for (const std::uint32_t span : spans_ms) {
    Story with = story;
    with.shape.add(op::Advance{{span}});
    with.time_passed = true;
    next(with);
  }
}

void continue_story(Story story, std::size_t rounds, std::vector<Shape>& shapes) {
  if (rounds == 0) return;
  const auto next = [&](const Story& with) {
    shapes.push_back(with.shape);
    shapes.back().steps = most_rounds - rounds + 1;
    continue_story(with, rounds - 1, shapes);
  };
  if (!story.crowds.empty()) time_passes(story, next);
  story.time_passed = false;
  more_peers(story, next);
  more_of_a_peer(story, next);
}

}  // namespace

void add_peer_shapes(std::vector<Shape>& shapes) {
  Story story;
  story.shape.add(op::Socket{{}, Family::inet, SockType::stream});
  story.shape.add(op::Bind{Fd{3}, any_address, port});
  story.shape.add(op::Listen{Fd{3}, 1});
  continue_story(story, most_rounds, shapes);
}

}  // namespace weir::proofs::diff
