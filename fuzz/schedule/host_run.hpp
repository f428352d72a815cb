// A case on the whole host of lockfree/: what comes before the threads, the threads, and then what is to be seen.
//
//   HostRun run(scheduler, each, recording);
//   if (Flaw flaw = run.begin(may); !flaw.why.empty()) return flaw;
//   if (Flaw flaw = run.go(may); !flaw.why.empty()) return flaw;
//   return judge(each, run.before(), recording.calls());
#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/probes.hpp"
#include "fuzz/schedule/harness.hpp"
#include "fuzz/schedule/host_atomics.hpp"
#include "lockfree/host.hpp"
#include "model/host.hpp"

namespace weir::fuzz {

class HostRun {
 public:
  /// Whether a thread may do that; `before` stands for nobody else.
  using May = std::function<bool(unsigned thread, const Op& operation)>;

  HostRun(Scheduler& scheduler, const ScheduleCase& each, Recording& recording)
      : scheduler_(scheduler),
        case_(each),
        recording_(recording),
        reference_(*each.input.profile, each.input.options),
        host_(*each.input.profile, each.input.options) {}

  /// While nobody else is there, the model answers alike: that is what diff_* are for.
  Flaw begin(const May& may) {
    for (std::size_t i = 0; i < case_.thread.size(); ++i) {
      if (case_.thread[i] != ScheduleCase::before || !may(ScheduleCase::before, case_.input.ops[i])) continue;
      before_.push_back(numbered(i));
      const Outcome answer = host_.step(before_.back());
      if (!(reference_.step(before_.back()) == answer)) return {"an answer before the threads is wrong", {}};
      scope_.note(before_.back(), answer);
    }
    return {};
  }
  /// What the model answers at this moment to a question that changes nothing.
  Outcome ask(const Op& question) { return reference_.step(question); }

  /// \param after  what is done once all threads have ended, before it is looked at what there is
  Flaw go(const May& may, const std::vector<Op>& after = {}) {
    const bool ended = scheduler_.run(Scheduler::max_threads, case_.plan, [&](unsigned thread) {
      for (std::size_t i = 0; i < case_.thread.size(); ++i)
        if (case_.thread[i] == thread && may(thread, case_.input.ops[i])) perform(thread, numbered(i));
    });
    if (!ended) return {std::string(stuck), {}};
    for (const Op& each : after) perform(ScheduleCase::before, each);
    probe(scope_, [&](const Op& operation) { return Glimpse::of(perform(ScheduleCase::before, operation)); });
    return {};
  }

  /// Above every descriptor that there has been so far.
  std::int32_t labels_end() const { return scope_.labels_end; }
  const std::vector<Op>& before() const { return before_; }

 private:
  /// Packets are told apart by their places.
  Op numbered(std::size_t at) const {
    Op operation = case_.input.ops[at];
    if (auto* const packet = std::get_if<op::NetifRx>(&operation)) packet->skb.id = static_cast<std::uint32_t>(at);
    return operation;
  }
  Outcome perform(unsigned thread, const Op& operation) {
    Outcome answer = recording_.call(thread, operation, [&](const Op& each) { return host_.step(each); });
    scope_.note(operation, answer);
    return answer;
  }

  Scheduler& scheduler_;
  const ScheduleCase& case_;
  Recording& recording_;
  model::Host<Concrete> reference_;
  lockfree::Host host_;
  std::vector<Op> before_;
  Scope scope_;
};

}  // namespace weir::fuzz
