#include "fuzz/timed_question.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fuzz/rng.hpp"
#include "model/host.hpp"
#include "oracle/targets/linux.hpp"

namespace weir::fuzz {
namespace {

using oracle::LinuxTarget;
using std::chrono::milliseconds;

/// How finely it is told when a timer fires.
constexpr milliseconds slice{10};

/// What a case may take beyond its own time before the driver calls it late.
constexpr milliseconds drift = LinuxTarget::slowly_late_after;

/// What a case may seem to lack: the kernel counts in jiffies, of 10 ms where they are longest.
constexpr milliseconds jiffies{12};

/// How late a timer may be that fires at that time of a case. For HZ of 100, 250 and 1000 the doublings of a second
/// that a SYN-ACK timer runs through are late by less than a sixteenth, taken together.
milliseconds lateness(milliseconds at) { return at / 16 + milliseconds(50); }

/// A slice of time in which some timer fires.
struct Moment {
  milliseconds at{};
  bool under_pressure = false;
  bool expires = false;
};

bool passes_quietly(model::Host<Recorded> host, milliseconds span) {
  ClauseSet passed;
  const ClauseScope recording(passed);
  host.step(op::Advance{{static_cast<std::uint32_t>(span.count())}});
  return passed.size() == 0;
}

/// Walks through a case slice by slice.
class Timeline {
 public:
  explicit Timeline(const Input& input) : kernel_(*input.profile), host_(*input.profile, input.options) {}

  /// \return what an `advance` sends, and when
  std::vector<TimedQuestion::Sent> step(const Op& operation) {
    const auto* advance = std::get_if<op::Advance>(&operation);
    if (advance == nullptr) {
      if (const auto* segment = std::get_if<op::Segment>(&operation))
        if (segment->flags == Flags::s) syns_.push_back(now_);
      ClauseSet passed;
      const ClauseScope recording(passed);
      host_.step(operation);
      restarted_ = restarted_ || passed.contains(Clause::REQUEST_SYN_RESTARTS);
      return {};
    }
    std::vector<TimedQuestion::Sent> sent;
    for (milliseconds left(advance->ms.count), span{}; left.count() > 0; left -= span)
      pass(span = std::min(left, slice), sent);
    if (advance->ms.count > 0) {
      ends_.push_back(now_);
      quiet_ = quiet_ && passes_quietly(host_, drift);
    }
    return sent;
  }

  milliseconds now() const { return now_; }

  bool decided_under_pressure() const {
    return std::any_of(moments_.begin(), moments_.end(),
                       [this](const Moment& each) { return is_decided_under_pressure(each); });
  }

  /// Nothing is due around the end of an `advance`, and no uncertain order decides who expires.
  bool steady() const {
    const auto near_an_end = [&](const Moment& each) {
      return std::any_of(ends_.begin(), ends_.end(),
                         [&](milliseconds end) { return each.at <= end && end < each.at + lateness(each.at); });
    };
    return quiet_ && std::none_of(moments_.begin(), moments_.end(), near_an_end) && order_is_certain();
  }

 private:
  void pass(milliseconds span, std::vector<TimedQuestion::Sent>& sent) {
    ClauseSet passed;
    const ClauseScope recording(passed);
    const Outcome answer = host_.step(op::Advance{{static_cast<std::uint32_t>(span.count())}});
    now_ += span;
    if (passed.size() == 0) return;
    moments_.push_back({now_, passed.contains(Clause::TIMER_PRESSURE), passed.contains(Clause::TIMER_EXPIRED)});
    for (const auto& each : std::get<outcome::Passed>(answer).sent) sent.push_back({now_, each});
  }

  /// Under pressure a request's fate depends on those that fired before it: the first time they leave the young, the
  /// last time the queue. It is decided from its third time on, since pressure leaves each two.
  bool order_is_certain() const {
    for (const Moment& one : moments_) {
      if (!is_decided_under_pressure(one)) continue;
      if (restarted_ || fired_at(one, 1, 6) > 1) return false;
      for (const Moment& other : moments_) {
        const auto& [first, second] = std::minmax(one.at, other.at);
        const bool may_turn_round = first != second && second <= first + lateness(first);
        if (may_turn_round && (other.expires || fired_at(other, 1, 1) > 0)) return false;
      }
    }
    return true;
  }

  bool is_decided_under_pressure(const Moment& each) const { return each.under_pressure && fired_at(each, 3, 6) > 0; }

  /// How many requests' timers fire then, for the time of that number; restarted timers apart.
  std::ptrdiff_t fired_at(const Moment& moment, int from, int to) const {
    return std::count_if(syns_.begin(), syns_.end(), [&](milliseconds asked) {
      for (int time = from; time <= to; ++time) {
        const milliseconds due = asked + milliseconds(1000 * kernel_.first_synack_timeout_s * ((1 << time) - 1));
        if (due <= moment.at && moment.at < due + slice) return true;
      }
      return false;
    });
  }

  const Profile& kernel_;
  model::Host<Recorded> host_;
  milliseconds now_{};
  std::vector<Moment> moments_;
  std::vector<milliseconds> ends_;
  std::vector<milliseconds> syns_;  ///< when they came
  bool restarted_ = false;          ///< one of them has restarted a timer
  bool quiet_ = true;
};

/// What was sent in the order of peers: the same for those that the wheel turns round.
Outcome without_order(Outcome answer) {
  if (auto* passed = std::get_if<outcome::Passed>(&answer))
    std::sort(passed->sent.begin(), passed->sent.end(), [](const auto& a, const auto& b) {
      return std::pair(a.to.v4, a.to.port) < std::pair(b.to.v4, b.to.port);
    });
  return answer;
}

/// Whether the answers are the same where the `advance`s that `chosen` picks take `shift` longer.
template <class Chosen>
bool same_when_shifted(const Input& input, const Question& asked, milliseconds shift, Chosen chosen) {
  model::Host<Concrete> host(*input.profile, input.options);
  for (std::size_t i = 0; i < asked.ops.size(); ++i) {
    Op each = asked.ops[i];
    if (auto* advance = std::get_if<op::Advance>(&each); advance != nullptr && advance->ms.count > 0 && chosen(i)) {
      const auto shifted = static_cast<std::int64_t>(advance->ms.count) + shift.count();
      advance->ms.count = static_cast<std::uint32_t>(std::max<std::int64_t>(shifted, 0));
    }
    if (!(without_order(host.step(each)) == without_order(asked.expected[i]))) return false;
  }
  return true;
}

/// No answer turns on the milliseconds that one `advance`, or all of them together, may take more or less.
bool bears_shifts(const Input& input, const Question& asked) {
  const auto count = std::count_if(asked.ops.begin(), asked.ops.end(),
                                   [](const Op& each) { return std::holds_alternative<op::Advance>(each); });
  if (count == 0) return true;
  if (!same_when_shifted(input, asked, drift / count, [](std::size_t) { return true; })) return false;
  for (std::size_t i = 0; i < asked.ops.size(); ++i) {
    if (!std::holds_alternative<op::Advance>(asked.ops[i])) continue;
    const auto only_this = [=](std::size_t at) { return at == i; };
    for (const milliseconds shift : {drift, -jiffies})
      if (!same_when_shifted(input, asked, shift, only_this)) return false;
  }
  return true;
}

/// The timer wheel (kernel/time/timer.c, calc_index): the longer a wait is, the coarser are the slots that it is put
/// in, and a slot's timers fire together at its end.
class Wheel : public Lateness {
 public:
  /// \param turn  where it stood when the case began, and what a jiffy is
  explicit Wheel(std::uint64_t turn)
      : jiffy_(lengths_of_a_jiffy[turn % lengths_of_a_jiffy.size()]), stood_at_(Rng(turn).next() % one_turn) {}

  std::uint64_t of(std::uint64_t now, std::uint64_t wait) const override {
    const std::uint64_t set_at = now + stood_at_;
    const std::uint64_t due = (set_at + wait + jiffy_ - 1) / jiffy_;
    std::uint64_t slot = 1;
    for (std::uint64_t reach = 63; due - set_at / jiffy_ >= reach; reach *= 8) slot *= 8;
    return (due / slot + 1) * slot * jiffy_ - (set_at + wait);
  }

 private:
  static constexpr std::uint64_t one_turn = 64 * model::one_second;
  static constexpr auto lengths_of_a_jiffy =
      std::to_array<std::uint64_t>({model::one_millisecond, 4 * model::one_millisecond, 10 * model::one_millisecond});

  std::uint64_t jiffy_, stood_at_;
};

/// No answer turns on how late the wheel is: over loopback what a timer sends is taken at once, and may leave no room
/// for what another sends.
bool bears_lateness(const Input& input, const Question& asked) {
  constexpr std::uint64_t turns = 48;
  for (std::uint64_t turn = 0; turn < turns; ++turn) {
    const Wheel wheel(turn);
    const LatenessScope late(wheel);
    model::Host<Recorded> host(*input.profile, input.options);
    for (std::size_t i = 0; i < asked.ops.size(); ++i)
      if (!(without_order(host.step(asked.ops[i])) == without_order(asked.expected[i]))) return false;
  }
  return true;
}

/// Whether what was observed is what was to be sent, but for pairs so close that the wheel may turn them round.
bool same_but_for_the_wheel(const std::vector<TimedQuestion::Sent>& expected,
                            const std::vector<outcome::SentSegment>& observed) {
  if (expected.size() != observed.size()) return false;
  std::vector<bool> seen(expected.size(), false);
  for (const outcome::SentSegment& each : observed) {
    std::size_t at = 0;
    while (at < expected.size() && (seen[at] || !(expected[at].segment == each))) ++at;
    if (at == expected.size()) return false;
    for (std::size_t earlier = 0; earlier < at; ++earlier)
      if (!seen[earlier] && expected[at].at > expected[earlier].at + lateness(expected[earlier].at)) return false;
    seen[at] = true;
  }
  return true;
}

}  // namespace

TimedQuestion timed_question(const Input& input, const std::function<bool(const Op&)>& supported) {
  TimedQuestion asked{question(input, supported), {}, {}};
  Timeline timeline(input);
  for (const Op& each : asked.ops) asked.sent.push_back(timeline.step(each));
  asked.length = timeline.now();
  asked.decided_under_pressure = timeline.decided_under_pressure();
  asked.steady = timeline.steady() && bears_shifts(input, asked) && bears_lateness(input, asked);
  return asked;
}

std::optional<Difference> first_difference(const TimedQuestion& asked, const std::vector<Outcome>& answers) {
  for (std::size_t i = 0; i < asked.ops.size(); ++i) {
    const auto* passed = std::get_if<outcome::Passed>(&answers[i]);
    const bool time_passes = passed != nullptr && std::holds_alternative<op::Advance>(asked.ops[i]);
    if (time_passes ? same_but_for_the_wheel(asked.sent[i], passed->sent) : asked.expected[i] == answers[i]) continue;
    return Difference{asked.places[i], i >= asked.operations, asked.ops[i], asked.expected[i], answers[i]};
  }
  return std::nullopt;
}

}  // namespace weir::fuzz
