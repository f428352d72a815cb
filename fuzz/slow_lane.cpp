#include "fuzz/slow_lane.hpp"

#include <poll.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "fuzz/kind.hpp"

namespace weir::fuzz {
namespace {

using oracle::LinuxTarget;
using std::chrono::milliseconds;

/// A late answer is asked for again: a busy machine must not hide a finding.
constexpr int max_attempts = 4;

/// What a case takes beside its time, at most, and being asked again where it was late or differed.
constexpr milliseconds to_spare{500};

/// Longer than any that is written by hand.
constexpr milliseconds as_long_as_it_likes = std::chrono::minutes(10);

}  // namespace

SlowEffort& SlowEffort::operator+=(SlowEffort&& other) {
  cases += other.cases;
  operations += other.operations;
  late += other.late;
  unsteady += other.unsteady;
  divergences += other.divergences;
  time += other.time;
  covered |= other.covered;
  std::move(other.findings.begin(), other.findings.end(), std::back_inserter(findings));
  return *this;
}

SlowLane::SlowLane(std::size_t drivers, SlowLaneOptions options)
    : options_(std::move(options)), cases_(options_.seed, *options_.profile, options_.supported) {
  while (drivers_.size() < drivers) drivers_.push_back({std::make_shared<LinuxTarget>()});
}

SlowLane::SlowLane(std::shared_ptr<LinuxTarget> guest, SlowLaneOptions options)
    : SlowLane(std::size_t{0}, std::move(options)) {
  idle_time_is_free_ = true;
  drivers_.push_back({std::move(guest)});
}

void SlowLane::begin(std::uint64_t seed, const std::vector<Finding>& known, std::function<void(const Finding&)> found) {
  cases_ = TimerCases(seed, *options_.profile, options_.supported);
  for (const Finding& each : known) kinds_.insert(kind_of(each.difference));
  found_ = std::move(found);
}

std::optional<TimerCase> SlowLane::next_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
  if (left <= (idle_time_is_free_ ? milliseconds(0) : to_spare)) return std::nullopt;
  return cases_.next(idle_time_is_free_ ? as_long_as_it_likes : left - to_spare);
}

void SlowLane::run(Clock::time_point deadline, SlowEffort& effort, const std::stop_token& stop) {
  run(
      deadline, [&] { return next_until(deadline); }, effort, stop);
}

SlowEffort SlowLane::run(Clock::time_point deadline) {
  SlowEffort effort;
  run(deadline, effort, {});
  return effort;
}

SlowEffort SlowLane::run(std::vector<TimerCase> cases) {
  SlowEffort effort;
  const auto next = [&]() -> std::optional<TimerCase> {
    if (cases.empty()) return std::nullopt;
    TimerCase last = std::move(cases.back());
    cases.pop_back();
    return last;
  };
  run(Clock::time_point::max(), next, effort, {});
  return effort;
}

void SlowLane::run(Clock::time_point deadline, const NextCase& next, SlowEffort& effort, const std::stop_token& stop) {
  deadline_ = deadline;
  bool more = true;
  while (!stop.stop_requested()) {
    std::vector<pollfd> waiting;
    for (Driver& each : drivers_) {
      if (!each.at && more && effort.findings.size() < options_.max_findings) {
        each.at = next();
        more = each.at.has_value();
        each.attempts = 0;
        each.first.reset();
        if (more) ask(each);
      }
      waiting.push_back({each.at ? each.kernel->channel() : -1, POLLIN, 0});
    }
    const bool idle = std::none_of(drivers_.begin(), drivers_.end(), [](const Driver& each) { return each.at; });
    if (idle) return;
    constexpr int look_again_ms = 200;
    ::poll(waiting.data(), waiting.size(), look_again_ms);
    for (std::size_t i = 0; i < drivers_.size(); ++i)
      if (waiting[i].revents != 0) take_answer(drivers_[i], effort);
  }
}

bool SlowLane::has_time_for(milliseconds length) const {
  return deadline_ - Clock::now() > (idle_time_is_free_ ? milliseconds(0) : length);
}

/// Or gives it up, where it has been asked often enough or no time is left.
void SlowLane::ask(Driver& driver) {
  const TimedQuestion& asked = driver.at->second;
  if (++driver.attempts <= max_attempts && has_time_for(asked.length))
    driver.kernel->start(asked.ops);
  else
    driver.at.reset();
}

void SlowLane::take_answer(Driver& driver, SlowEffort& effort) {
  LinuxTarget::Run ran = driver.kernel->finish();
  if (ran.status == LinuxTarget::Status::failed) throw std::runtime_error("slow lane: " + ran.error);
  if (ran.status == LinuxTarget::Status::answered) return judge(driver, ran.outcomes, effort);
  ++effort.late;
  ask(driver);
}

void SlowLane::judge(Driver& driver, const std::vector<Outcome>& answers, SlowEffort& effort) {
  const auto& [input, asked] = *driver.at;
  const auto difference = first_difference(asked, answers);
  if (difference && idle_time_is_free_ && is_a_jiffy_later(*difference)) {
    ++effort.late;
    driver.at.reset();
    return;
  }
  if (difference && !driver.first) {
    driver.first = difference;
    driver.attempts = 0;
    ask(driver);
    effort.unsteady += driver.at ? 0 : 1;
    return;
  }
  ++effort.cases;
  effort.time += asked.length;
  if (difference && difference->index == driver.first->index && difference->observed == driver.first->observed) {
    effort.operations += difference->index;
    ++effort.divergences;
    if (kinds_.insert(kind_of(*difference)).second) {
      effort.findings.push_back({input, *difference});
      if (found_) found_(effort.findings.back());
    }
  } else if (driver.first) {
    ++effort.unsteady;
  } else {
    effort.operations += asked.operations;
    effort.covered |= asked.clauses;
    if (options_.agreed) options_.agreed(asked, answers);
  }
  driver.at.reset();
}

}  // namespace weir::fuzz
