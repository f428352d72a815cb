#include "fuzz/timer_cases.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace weir::fuzz {
namespace {

using std::chrono::milliseconds;

/// No case that is drawn takes longer: many short ones say more than few long ones.
constexpr milliseconds longest_drawn{9500};

/// What time leads to: clauses, and some that say more together. An answer within 500 ms counts if time has passed.
struct Subject {
  Clause one;
  Clause other = one;
  bool decided_under_pressure = false;
};
constexpr auto of_time = std::to_array<Subject>({
    {Clause::TIMER_RESEND},
    {Clause::TIMER_WAITS},
    {Clause::TIMER_WAITS, Clause::TIMER_RESEND},
    {Clause::TIMER_WAITS, Clause::TIMER_EXPIRED},
    {Clause::TIMER_EXPIRED},
    {Clause::TIMER_PRESSURE},
    {Clause::TIMER_PRESSURE, Clause::TIMER_EXPIRED, true},
    {Clause::TIMER_ORPHANED},
    {Clause::REQUEST_SYN_RESTARTS, Clause::TIMER_RESEND},
    {Clause::REQUEST_SYN_TOO_SOON},
    {Clause::REMOTE_SYN_TOO_SOON},
    {Clause::TIME_WAIT_TOO_SOON},
    {Clause::SYN_RETRANSMITTED},
    {Clause::SYN_RETRANSMITTED, Clause::CONNECT_ESTABLISHED},
    {Clause::SYN_HURRIED},
    {Clause::ACK_LEAVES},
    {Clause::ACK_NOBODY},
    {Clause::SYNACK_ANSWERED},
    {Clause::SYNACK_AFTER_FIN},
    {Clause::SYNACK_NO_CLIENT},
    {Clause::FIN_CROSSED},
    {Clause::FIN_PROBE},
    {Clause::FIN_RETRANSMITTED},
    {Clause::FIN_ACKED},
    {Clause::CONNECT_STALE_PEER},
    {Clause::CONNECT_STALE_REQUEST},
    {Clause::CONNECT_OLD_YIELDS},
    {Clause::TIME_WAIT_OVER},
    {Clause::FIN_WAIT2_OVER},
    {Clause::COOKIE_OLD},
});
static_assert(of_time.size() == TimerCases::subjects);

/// What goes on at a listener while time passes.
constexpr Weights timer_plane =
    weights(Weight<op::SysctlWrite>{1}, Weight<op::Setsockopt>{2}, Weight<op::Listen>{2}, Weight<op::Accept>{6},
            Weight<op::Shutdown>{3}, Weight<op::Close>{2}, Weight<op::TcpInfo>{3}, Weight<op::Segment>{36},
            Weight<op::Advance>{24}, Weight<op::Netstat>{2});

/// The same with clients of this host.
constexpr Weights loopback_plane =
    weights(Weight<op::Socket>{5}, Weight<op::Bind>{3}, Weight<op::Setsockopt>{3}, Weight<op::Listen>{3},
            Weight<op::Connect>{12}, Weight<op::Accept>{10}, Weight<op::Shutdown>{9}, Weight<op::Close>{9},
            Weight<op::TcpInfo>{4}, Weight<op::Advance>{20}, Weight<op::Netstat>{2});

constexpr op::Socket tcp{{}, Family::inet, SockType::stream};
constexpr std::uint16_t port = 8080;
constexpr std::uint16_t first_peer = 1000;  ///< of those that the generator knows, too
constexpr End service{0xc0000201, port};

op::Segment from(std::uint16_t peer, Flags flags, std::uint32_t len = 0) {
  return {{}, {0xc000020a, peer}, service, flags, len};
}
Op seconds(std::uint32_t count) { return op::Advance{{count * 1000}}; }

bool is_about(const TimedQuestion& asked, const Subject& subject) {
  return asked.clauses.contains(subject.one) && asked.clauses.contains(subject.other) &&
         (asked.decided_under_pressure || !subject.decided_under_pressure);
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
      then({from(1, Flags::s), from(1, Flags::a), op::Accept{{3}}, op::Shutdown{{4}, How::wr}, from(1, Flags::a),
            op::Close{{4}}, seconds(50), from(1, Flags::s), seconds(20), from(1, Flags::s)}),
      // TIME_WAIT: gone after a minute, which an ACK restarts.
      then({from(1, Flags::s), from(1, Flags::a), op::Accept{{3}}, op::Shutdown{{4}, How::wr}, from(1, Flags::a),
            from(1, Flags::fa), from(1, Flags::sa), seconds(30), from(1, Flags::a), seconds(50), from(1, Flags::f),
            seconds(20), from(1, Flags::f)}),
      // The back-off to the end of tcp_synack_retries: 1, 3, 7, 15, 31 and 63 s.
      then({from(1, Flags::s), seconds(10), seconds(10), seconds(20), seconds(34), from(1, Flags::a)}),
      // A cookie is good in its minute and the next.
      then({always_cookies, from(1, Flags::s), from(2, Flags::s), seconds(40), from(1, Flags::a), seconds(90),
            from(3, Flags::s), from(2, Flags::a), from(3, Flags::a)}),
      // TCP_DEFER_ACCEPT of five timeouts, acknowledged at once: asked again at the last of them.
      then({op::Setsockopt{{3}, SockOpt::tcp_defer_accept, 31}, op::SysctlWrite{{}, Sysctl::tcp_synack_retries, "1"},
            from(1, Flags::s), from(1, Flags::a), seconds(12), seconds(24), from(1, Flags::a), seconds(40),
            from(1, Flags::a)}),
  };
}

TimerCases::TimerCases(std::uint64_t seed, const Profile& profile, std::function<bool(const Op&)> supported)
    : profile_(&profile),
      supported_(std::move(supported)),
      rng_(seed),
      remote_({.weights = timer_plane}),
      loopback_({.weights = loopback_plane}) {
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
  constexpr int enough = 64;
  std::optional<TimerCase> best;
  std::uint64_t least = 0;
  for (int attempt = 0; attempt < enough; ++attempt) {
    auto drawn = draw(std::min(longest, longest_drawn));
    if (!drawn || drawn->second.length > longest) continue;
    const std::uint64_t asked_before = times_asked(drawn->second);
    if (best && asked_before >= least) continue;
    best = std::move(drawn);
    least = asked_before;
  }
  if (!best) return std::nullopt;
  for (std::size_t subject = 0; subject < subjects; ++subject)
    asked_[subject] += is_about(best->second, of_time[subject]);
  return best;
}

/// Of its rarest subject.
std::uint64_t TimerCases::times_asked(const TimedQuestion& asked) const {
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t subject = 0; subject < subjects; ++subject)
    if (is_about(asked, of_time[subject])) least = std::min(least, asked_[subject]);
  return least;
}

std::optional<TimerCase> TimerCases::draw(milliseconds longest) {
  Input input{profile_, {}, {}};
  draw_ops(input.ops, longest);
  TimedQuestion asked = timed_question(input, supported_);
  if (!asked.steady && asked.decided_under_pressure) asked = end_elsewhere(input, std::move(asked));
  const bool matters = asked.length.count() > 0 && times_asked(asked) != std::numeric_limits<std::uint64_t>::max();
  if (!asked.steady || !matters) return std::nullopt;
  return TimerCase{std::move(input), std::move(asked)};
}

/// What pressure decides is rare, and seldom steady: other ends are tried for it.
TimedQuestion TimerCases::end_elsewhere(Input& input, TimedQuestion asked) {
  const auto last = std::find_if(input.ops.rbegin(), input.ops.rend(),
                                 [](const Op& each) { return std::holds_alternative<op::Advance>(each); });
  const auto before = static_cast<std::uint32_t>(asked.length.count()) - std::get<op::Advance>(*last).ms.count;
  const auto longest = static_cast<std::uint32_t>(longest_drawn.count());
  if (before >= longest) return asked;
  const std::uint32_t ends = (longest - before) / 50;
  const std::uint32_t first = rng_.below(ends + 1);
  for (std::uint32_t i = 0; i < ends; ++i) {
    std::get<op::Advance>(*last).ms.count = 50 * (1 + (first + i) % ends);
    TimedQuestion other = timed_question(input, supported_);
    if (other.steady && other.decided_under_pressure) return other;
  }
  return asked;
}

void TimerCases::add(std::vector<Op>& ops, Op operation) {
  generator_->follow(operation);
  ops.push_back(std::move(operation));
}

void TimerCases::add_listener(std::vector<Op>& ops) {
  static constexpr auto retries = std::to_array<const char*>({"0", "1", "1", "2", "2", "3", "3", "5", "5"});
  static constexpr auto backlogs = std::to_array<std::int32_t>({0, 1, 2, 4, 5, 6, 8, 16});
  add(ops, op::SysctlWrite{{}, Sysctl::tcp_synack_retries, rng_.pick(retries)});
  add(ops, tcp);
  add(ops, op::Bind{{3}, any_address, port});
  if (rng_.chance(1, 2))
    add(ops, op::Setsockopt{{3}, SockOpt::tcp_defer_accept, static_cast<std::int32_t>(1 + rng_.below(9))});
  add(ops, op::Listen{{3}, rng_.pick(backlogs)});
}

/// Requests that come at once, or one after the other; or so far apart that each has been asked again before the next,
/// and that it is certain in which order they come to their third time.
/// \return of how many peers
std::uint16_t TimerCases::add_crowd(std::vector<Op>& ops) {
  enum Kind : std::uint32_t { at_once, one_by_one, far_apart };
  const Kind kind{rng_.below(3)};
  const std::uint32_t peers = kind == far_apart ? 4 + rng_.below(2) : 1 + rng_.below(9);
  for (std::uint32_t peer = 0; peer < peers; ++peer) {
    const auto peer_port = static_cast<std::uint16_t>(first_peer + peer);
    add(ops, from(peer_port, Flags::s));
    if (kind != far_apart && rng_.chance(1, 6)) add(ops, from(peer_port, Flags::a));
    if (kind == one_by_one) add(ops, op::Advance{{200 + 50 * rng_.below(4)}});
    if (kind == far_apart && peer + 1 < peers) add(ops, op::Advance{{1150 + 100 * peer + 50 * rng_.below(4)}});
  }
  return static_cast<std::uint16_t>(peers);
}

/// Lets time pass, in multiples of 50 ms. \return what is left
milliseconds TimerCases::add_advance(std::vector<Op>& ops, std::uint32_t most, milliseconds left) {
  const milliseconds span(50 * (1 + rng_.below(most)));
  if (span > left) return left;
  add(ops, op::Advance{{static_cast<std::uint32_t>(span.count())}});
  return left - span;
}

/// Nobody disturbs the timers; then it is seen who is still there.
void TimerCases::end_quietly(std::vector<Op>& ops, std::uint16_t peers, milliseconds left) {
  for (auto times = 1 + rng_.below(3); times > 0; --times) left = add_advance(ops, 160, left);
  for (std::uint16_t peer = 0; peer < peers; ++peer)
    add(ops, from(static_cast<std::uint16_t>(first_peer + peer), Flags::a));
}

/// They come all at once, to what is mostly too little room; some from ports of their own.
void TimerCases::add_clients(std::vector<Op>& ops) {
  const auto clients = static_cast<std::int32_t>(1 + rng_.below(5));
  for (Fd client{4}; client.label < 4 + clients; ++client.label) {
    add(ops, tcp);
    if (rng_.chance(1, 4)) add(ops, op::Setsockopt{client, SockOpt::tcp_defer_accept, 1});
    if (rng_.chance(1, 4)) add(ops, op::Bind{client, loopback, static_cast<std::uint16_t>(2000 + rng_.below(2))});
    add(ops, op::Connect{client, loopback, port});
    if (rng_.chance(1, 4)) add(ops, op::Advance{{50 * (1 + rng_.below(12))}});
  }
}

void TimerCases::draw_ops(std::vector<Op>& ops, milliseconds longest) {
  const bool over_loopback = rng_.chance(1, 3);
  generator_ = over_loopback ? &loopback_ : &remote_;
  generator_->restart();
  add_listener(ops);
  std::uint16_t peers = 0;
  if (over_loopback)
    add_clients(ops);
  else if (rng_.chance(2, 3))
    peers = add_crowd(ops);
  milliseconds left = longest;
  for (const Op& each : ops)
    if (const auto* advance = std::get_if<op::Advance>(&each)) left -= milliseconds(advance->ms.count);
  if (peers != 0 && rng_.chance(1, 2)) return end_quietly(ops, peers, left);
  const std::size_t count = ops.size() + 6 + rng_.below(14);
  while (ops.size() < count) {
    Op operation;
    generator_->next(rng_, operation);
    if (std::holds_alternative<op::Advance>(operation))
      left = add_advance(ops, rng_.chance(1, 3) ? 160 : 50, left);
    else
      ops.push_back(std::move(operation));
    if (left.count() <= 0) return;
  }
}

}  // namespace weir::fuzz
