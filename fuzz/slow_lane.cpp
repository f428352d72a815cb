#include "fuzz/slow_lane.hpp"

#include <poll.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace weir::fuzz {
namespace {

using oracle::LinuxTarget;
using std::chrono::milliseconds;

/// A late answer is asked for again: a busy machine must not hide a finding.
constexpr int max_attempts = 4;

/// What a case takes beside its time, at most, and being asked again where it was late or differed.
constexpr milliseconds to_spare{500};

}  // namespace

SlowLane::SlowLane(std::size_t drivers, SlowLaneOptions options)
    : options_(std::move(options)), cases_(options_.seed, *options_.profile, LinuxTarget::supported_slowly) {
  while (drivers_.size() < drivers) drivers_.emplace_back();
}

SlowEffort SlowLane::run(Clock::time_point deadline) {
  return run(deadline, [&]() -> std::optional<TimerCase> {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now()) - to_spare;
    if (left.count() <= 0) return std::nullopt;
    return cases_.next(left);
  });
}

SlowEffort SlowLane::run(std::vector<TimerCase> cases) {
  return run(Clock::time_point::max(), [&]() -> std::optional<TimerCase> {
    if (cases.empty()) return std::nullopt;
    TimerCase last = std::move(cases.back());
    cases.pop_back();
    return last;
  });
}

SlowEffort SlowLane::run(Clock::time_point deadline, const NextCase& next) {
  SlowEffort effort;
  deadline_ = deadline;
  bool more = true;
  for (;;) {
    std::vector<pollfd> waiting;
    for (Driver& each : drivers_) {
      if (!each.at && more && effort.findings.size() < options_.max_findings) {
        each.at = next();
        more = each.at.has_value();
        each.attempts = 0;
        each.first.reset();
        if (more) ask(each);
      }
      waiting.push_back({each.at ? each.kernel.channel() : -1, POLLIN, 0});
    }
    const bool idle = std::none_of(drivers_.begin(), drivers_.end(), [](const Driver& each) { return each.at; });
    if (idle) return effort;
    constexpr int look_again_ms = 1000;
    ::poll(waiting.data(), waiting.size(), look_again_ms);
    for (std::size_t i = 0; i < drivers_.size(); ++i)
      if (waiting[i].revents != 0) take_answer(drivers_[i], effort);
  }
}

/// Or gives it up, where it has been asked often enough or no time is left.
void SlowLane::ask(Driver& driver) {
  const TimedQuestion& asked = driver.at->second;
  if (++driver.attempts <= max_attempts && deadline_ - Clock::now() > asked.length)
    driver.kernel.start(asked.ops);
  else
    driver.at.reset();
}

void SlowLane::take_answer(Driver& driver, SlowEffort& effort) {
  LinuxTarget::Run ran = driver.kernel.finish();
  if (ran.status == LinuxTarget::Status::failed) throw std::runtime_error("slow lane of target linux: " + ran.error);
  if (ran.status == LinuxTarget::Status::answered) return judge(driver, ran.outcomes, effort);
  ++effort.late;
  ask(driver);
}

void SlowLane::judge(Driver& driver, const std::vector<Outcome>& answers, SlowEffort& effort) {
  const auto& [input, asked] = *driver.at;
  const auto difference = first_difference(asked, answers);
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
    effort.findings.push_back({input, *difference});
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
