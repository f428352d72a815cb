// Real threads, each call recorded with when it began and when it ended, and the spec asked for an order of them.
// Twins: queues that break one promise each (tests/drain).
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <string>
#include <vector>

#include "fuzz/schedule/turns.hpp"
#include "lockfree/backlog.hpp"
#include "oracle/linear/history.hpp"
#include "oracle/linear/host_spec.hpp"
#include "tests/drain/flawed_queue.hpp"
#include "tests/lockfree/recorded.hpp"
#include "tests/lockfree/threads.hpp"

namespace weir::lockfree {
namespace {

using oracle::Call;
using oracle::Linearizable;

constexpr std::uint32_t limit = 6, packets_each = 12;
constexpr int polls = 60, producers = threads_at_once - 1;

/// Three producers and an owner, who polls when he was told to. What each of them has seen of the queue.
template <class Queue>
class Recorder {
 public:
  explicit Recorder(const Profile& kernel)
      : queue_(kernel.process_queue ? Count::input : Count::waiting),
        refused_{NetRx::drop, kernel.has_backlog_drop_reason ? DropReason::cpu_backlog : std::optional<DropReason>{}} {}

  std::vector<Call> run(unsigned seed) {
    in_threads([&](int id) {
      std::minstd_rand random(seed * 7 + static_cast<unsigned>(id) + 1);
      if (id < producers)
        produce(static_cast<std::uint32_t>(id));
      else
        for (int i = 0; i < polls; ++i) poll(1 + static_cast<std::int32_t>((random() >> 8) % 3));
    });
    while (raised_.load() != completed_) poll(64);
    std::vector<Call> all;
    for (auto& each : seen_) all.insert(all.end(), each.begin(), each.end());
    return all;
  }
  bool emptied() { return queue_.waiting() == 0; }

 private:
  void produce(std::uint32_t id) {
    for (std::uint32_t i = 0; i < packets_each; ++i) {
      const Skb skb{id * packets_each + i};
      Admission admission;
      seen_[id].push_back(recorded(clock_, op::NetifRx{{}, skb}, [&](const Op&) -> Outcome {
        admission = queue_.enqueue(skb, limit);
        return admission.admitted ? outcome::Received{NetRx::success, {}} : refused_;
      }));
      if (admission.scheduled) raised_.fetch_add(1);
      std::this_thread::yield();  // else each would be done before the next begins
    }
  }
  void poll(std::int32_t quota) {
    if (raised_.load() == completed_) return std::this_thread::yield();
    seen_[producers].push_back(recorded(clock_, op::ProcessBacklog{{}, quota, {}}, [&](const Op&) -> Outcome {
      outcome::Polled polled;
      const PollResult result = queue_.poll(quota, [&](Skb skb) {
        polled.delivered.push_back(skb);
        return true;
      });
      polled.work = result.work;
      polled.complete = result.complete;
      completed_ += result.complete ? 1 : 0;
      return polled;
    }));
  }

  Queue queue_;
  const outcome::Received refused_;
  Ticks clock_;
  std::atomic<std::uint64_t> raised_{0};
  std::uint64_t completed_ = 0;
  std::array<std::vector<Call>, threads_at_once> seen_;
};

bool overlap(const Call& a, const Call& b) { return a.start < b.end && b.start < a.end; }
bool is_poll(const Call& call) { return std::holds_alternative<op::ProcessBacklog>(call.operation); }

/// As the spec sees them (fuzz/schedule/turns.hpp). What is refused while a poll takes over may be so by a packet that
/// has just left (decision 0021).
std::vector<Call> in_turns(const std::vector<Call>& seen) {
  const auto overlaps = [&](const Call& call, bool poll) {
    return std::any_of(seen.begin(), seen.end(),
                       [&](const Call& each) { return is_poll(each) == poll && overlap(each, call); });
  };
  std::vector<Call> calls;
  fuzz::Turns turns;
  for (const Call& each : seen) {
    if (is_poll(each))
      turns.tell(each, overlaps(each, false), calls);
    else if (!fuzz::was_refused(each) || !overlaps(each, true))
      calls.push_back(each);
  }
  oracle::order_packets(calls);
  return calls;
}

template <class Queue>
Linearizable judged(const Profile& kernel, unsigned seed) {
  Recorder<Queue> recorder(kernel);
  const std::vector<Call> calls = in_turns(recorder.run(seed));
  if (!recorder.emptied()) return Linearizable::illegal;
  oracle::SoftnetSpec spec(oracle::Header{&kernel, {}});
  spec.step(op::SysctlWrite{{}, Sysctl::netdev_max_backlog, std::to_string(limit)});
  return oracle::linearize(spec, calls, {50'000}).verdict;
}

TEST(History, OfTheQueueHasAnOrder) {
  int undecided = 0;
  for (unsigned seed = 0; seed < 50; ++seed)
    for (const Profile* kernel : {&releases::linux_2_6_32, &releases::linux_6_18}) {
      const Linearizable verdict = judged<Backlog<Skb, HostAtomics, 4>>(*kernel, seed);
      ASSERT_NE(verdict, Linearizable::illegal) << kernel->name << ", seed " << seed;
      undecided += verdict == Linearizable::unknown ? 1 : 0;
    }
  EXPECT_LT(undecided, 10);
}

/// One queue, in which all that waits counts: as up to 2.6.34.
template <Flaw flaw>
Linearizable judged_with(unsigned seed) {
  return judged<FlawedQueue<flaw>>(releases::linux_2_6_32, seed);
}

TEST(History, OfALockedQueueHasAnOrder) {
  for (unsigned seed = 0; seed < 20; ++seed)
    ASSERT_NE(judged_with<Flaw::none>(seed), Linearizable::illegal) << "seed " << seed;
}

template <Flaw flaw>
bool found() {
  for (unsigned seed = 0; seed < 1000; ++seed)
    if (judged_with<flaw>(seed) == Linearizable::illegal) return true;
  return false;
}

TEST(History, OfAQueueThatReordersHasNone) { EXPECT_TRUE(found<Flaw::reordered>()); }
TEST(History, OfAQueueWithoutALimitHasNone) { EXPECT_TRUE(found<Flaw::no_limit>()); }
TEST(History, OfAQueueThatLosesWakeUpsHasNone) { EXPECT_TRUE(found<Flaw::lost_wakeup>()); }

}  // namespace
}  // namespace weir::lockfree
