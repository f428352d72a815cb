#include "fuzz/timer_cases.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace weir::fuzz {
namespace {

using std::chrono::milliseconds;

/// No case that is drawn takes longer: many short ones say more than few long ones.
constexpr milliseconds longest_drawn{9500};

/// Clauses that only time leads to. An answer within 500 ms counts if time has passed at all.
constexpr auto of_time = std::to_array<Clause>(
    {Clause::TIMER_RESEND, Clause::TIMER_WAITS, Clause::TIMER_PRESSURE, Clause::TIMER_EXPIRED, Clause::TIMER_ORPHANED,
     Clause::REQUEST_SYN_TOO_SOON, Clause::REMOTE_SYN_TOO_SOON, Clause::TIME_WAIT_TOO_SOON, Clause::TIME_WAIT_OVER,
     Clause::FIN_WAIT2_OVER, Clause::COOKIE_OLD});

/// What goes on at a listener while time passes.
constexpr Weights timer_plane =
    weights(Weight<op::SysctlWrite>{1}, Weight<op::Setsockopt>{2}, Weight<op::Listen>{2}, Weight<op::Accept>{6},
            Weight<op::Shutdown>{3}, Weight<op::Close>{2}, Weight<op::TcpInfo>{3}, Weight<op::Segment>{36},
            Weight<op::Advance>{24}, Weight<op::Netstat>{2});

constexpr op::Socket tcp{{}, Family::inet, SockType::stream};
constexpr std::uint16_t port = 8080;
constexpr End service{0xc0000201, port};

op::Segment from(std::uint16_t peer, Flags flags, std::uint32_t len = 0) {
  return {{}, {0xc000020a, peer}, service, flags, len};
}
Op seconds(std::uint32_t count) { return op::Advance{{count * 1000}}; }

bool matters(const TimedQuestion& asked) {
  return asked.length.count() > 0 &&
         std::any_of(of_time.begin(), of_time.end(), [&](Clause each) { return asked.clauses.contains(each); });
}

std::uint64_t way_of(const TimedQuestion& asked) {
  std::uint64_t way = 0;
  for (std::size_t i = 0; i < asked.ops.size(); ++i)
    if (std::holds_alternative<op::Advance>(asked.ops[i])) way = way * 31 + asked.paths[i];
  return way * 31 + asked.clauses.hash();
}

}  // namespace

std::vector<std::vector<Op>> chosen_timer_cases() {
  const std::vector<Op> listener{tcp, op::Bind{{3}, any_address, port}, op::Listen{{3}, 1}};
  const auto then = [&](std::initializer_list<Op> rest) {
    std::vector<Op> ops = listener;
    ops.insert(ops.end(), rest.begin(), rest.end());
    return ops;
  };
  const op::SysctlWrite always_cookies{{}, Sysctl::tcp_syncookies, "2"};
  return {
      // FIN_WAIT2 without a descriptor: gone after a minute.
      then({from(1, Flags::s), from(1, Flags::a), op::Accept{{3}}, op::Close{{4}}, from(1, Flags::a), seconds(50),
            from(1, Flags::s), seconds(20), from(1, Flags::a)}),
      // TIME_WAIT: gone after a minute, which an ACK restarts.
      then({from(1, Flags::s), from(1, Flags::a), op::Accept{{3}}, op::Shutdown{{4}, How::wr}, from(1, Flags::a),
            from(1, Flags::fa), from(1, Flags::sa), seconds(30), from(1, Flags::a), seconds(50), from(1, Flags::f),
            seconds(20), from(1, Flags::f)}),
      // The back-off to the end of tcp_synack_retries: 1, 3, 7, 15, 31 and 63 s.
      then({from(1, Flags::s), seconds(10), seconds(10), seconds(20), seconds(34), from(1, Flags::a)}),
      // A cookie is good in its minute and the next.
      then({always_cookies, from(1, Flags::s), from(2, Flags::s), seconds(40), from(1, Flags::a), seconds(110),
            from(2, Flags::s), seconds(1), from(1, Flags::a), from(2, Flags::a)}),
      // TCP_DEFER_ACCEPT of five timeouts, acknowledged at once: asked again at the last of them.
      then({op::Setsockopt{{3}, SockOpt::tcp_defer_accept, 31}, op::SysctlWrite{{}, Sysctl::tcp_synack_retries, "1"},
            from(1, Flags::s), from(1, Flags::a), seconds(12), seconds(24), from(1, Flags::a), seconds(40),
            from(1, Flags::a)}),
  };
}

TimerCases::TimerCases(std::uint64_t seed, const Profile& profile, std::function<bool(const Op&)> supported)
    : profile_(&profile), supported_(std::move(supported)), rng_(seed), generator_({.weights = timer_plane}) {
  for (auto& ops : chosen_timer_cases()) {
    Input input{profile_, {}, std::move(ops)};
    TimedQuestion asked = timed_question(input, supported_);
    if (asked.steady) chosen_.emplace_back(std::move(input), std::move(asked));
  }
  std::sort(chosen_.begin(), chosen_.end(),
            [](const TimerCase& a, const TimerCase& b) { return a.second.length > b.second.length; });
}

std::optional<TimerCase> TimerCases::next(milliseconds longest) {
  if (!chosen_.empty() && chosen_.back().second.length <= longest) {
    TimerCase first = std::move(chosen_.back());
    chosen_.pop_back();
    return first;
  }
  constexpr int enough = 200;
  constexpr int new_ones_only = 20;
  int suitable = 0;
  for (int attempt = 0; attempt < enough; ++attempt) {
    auto drawn = draw(std::min(longest, longest_drawn));
    if (!drawn || drawn->second.length > longest) continue;
    const bool is_new = known_.insert(way_of(drawn->second)).second;
    if (is_new || ++suitable > new_ones_only) return drawn;
  }
  return std::nullopt;
}

std::optional<TimerCase> TimerCases::draw(milliseconds longest) {
  Input input{profile_, {}, {}};
  draw_ops(input.ops, longest);
  TimedQuestion asked = timed_question(input, supported_);
  if (!asked.steady || !matters(asked)) return std::nullopt;
  return TimerCase{std::move(input), std::move(asked)};
}

void TimerCases::add(std::vector<Op>& ops, Op operation) {
  generator_.follow(operation);
  ops.push_back(std::move(operation));
}

void TimerCases::add_listener(std::vector<Op>& ops) {
  static constexpr auto retries = std::to_array<const char*>({"0", "1", "1", "2", "2", "3", "5"});
  static constexpr auto backlogs = std::to_array<std::int32_t>({0, 1, 2, 5, 8, 16});
  add(ops, op::SysctlWrite{{}, Sysctl::tcp_synack_retries, rng_.pick(retries)});
  add(ops, tcp);
  add(ops, op::Bind{{3}, any_address, port});
  if (rng_.chance(1, 3))
    add(ops, op::Setsockopt{{3}, SockOpt::tcp_defer_accept, static_cast<std::int32_t>(1 + rng_.below(9))});
  add(ops, op::Listen{{3}, rng_.pick(backlogs)});
}

/// Requests that come one after the other, so that it is certain whose timer fires first.
void TimerCases::add_crowd(std::vector<Op>& ops) {
  const auto peers = static_cast<std::uint16_t>(1 + rng_.below(9));
  const bool at_once = rng_.chance(1, 4);
  for (std::uint16_t peer = 0; peer < peers; ++peer) {
    add(ops, from(static_cast<std::uint16_t>(1000 + peer), Flags::s));
    if (!at_once) add(ops, op::Advance{{200 + 50 * rng_.below(4)}});
  }
}

void TimerCases::draw_ops(std::vector<Op>& ops, milliseconds longest) {
  generator_.restart();
  add_listener(ops);
  if (rng_.chance(1, 2)) add_crowd(ops);
  const std::size_t count = ops.size() + 6 + rng_.below(14);
  milliseconds left = longest;
  for (const Op& each : ops)
    if (const auto* advance = std::get_if<op::Advance>(&each)) left -= milliseconds(advance->ms.count);
  while (ops.size() < count) {
    Op operation;
    generator_.next(rng_, operation);
    if (auto* advance = std::get_if<op::Advance>(&operation)) {
      const std::uint32_t most = rng_.chance(1, 3) ? 160 : 50;
      advance->ms.count = 50 * (1 + rng_.below(most));
      if (milliseconds(advance->ms.count) > left) continue;
      left -= milliseconds(advance->ms.count);
    }
    ops.push_back(std::move(operation));
  }
}

}  // namespace weir::fuzz
