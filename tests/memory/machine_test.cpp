// The machine and the explorer, tried on programs whose faults are known.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <thread>
#include <vector>

#include "proofs/memory/atomic.hpp"
#include "proofs/memory/explorer.hpp"
#include "proofs/memory/report.hpp"

namespace weir::proofs::memory {
namespace {

constexpr auto rlx = Order::relaxed, acq = Order::acquire, rel = Order::release;

struct World {
  Atomic<int> x{0}, y{0};
  Atomic<Atomic<int>*> shared{nullptr};
  Plain<int> data{0};
  Plain<int> blank;
};

class Script : public Program {
 public:
  using Body = std::function<void(World&)>;
  Script(std::vector<Body> bodies, Body at_end) : bodies_(std::move(bodies)), at_end_(std::move(at_end)) {}

  unsigned threads() const override { return static_cast<unsigned>(bodies_.size()); }
  void set_up() override { world_.emplace(); }
  void run(unsigned thread) override { bodies_[thread](*world_); }
  void tear_down() override {
    if (at_end_) at_end_(*world_);
    world_.reset();
  }
  void forget() override { new (&world_) std::optional<World>; }

 private:
  std::vector<Body> bodies_;
  Body at_end_;
  std::optional<World> world_;
};

Factory factory_of(const std::vector<Script::Body>& bodies, const Script::Body& at_end = {}) {
  return [=] { return std::make_unique<Script>(bodies, at_end); };
}
Report explored(const std::vector<Script::Body>& bodies, const Script::Body& at_end = {}, const Plan& plan = {}) {
  return explore(factory_of(bodies, at_end), plan);
}

void expect_failure(const Report& report, std::string_view why) {
  EXPECT_EQ(report.verdict, Verdict::counterexample);
  EXPECT_NE(report.why.find(why), std::string::npos) << report.why;
}

TEST(Machine, PublishedDataAreNoRace) {
  const Report report = explored({[](World& w) { w.data = 1, w.x.store(1, rel); },
                                  [](World& w) {
                                    if (w.x.load(acq) == 1) require(w.data == 1, "the data are there");
                                  }});
  EXPECT_EQ(report.verdict, Verdict::complete) << report.why;
  EXPECT_EQ(report.executions, 2U);
}

/// Who wrote data last may not write them again because of what says that their reader is done, if that does not order
/// the two: here the write always comes last, and only the read tells of the race.
TEST(Machine, DataThatWereGivenToAReaderAreNoLongerOnesOwn) {
  const auto writes_twice = [](World& w) {
    w.data = 1;
    w.x.store(1, rel);
    if (w.y.load(rlx) == 1) w.data = 2;
  };
  const auto reads = [](World& w) {
    if (w.x.load(acq) != 1) return;
    w.data.get();
    w.y.store(1, rlx);
  };
  expect_failure(explored({writes_twice, reads}), "race");
}

TEST(Machine, RacesAreFound) {
  expect_failure(explored({[](World& w) { w.data = 1, w.x.store(1, rlx); },
                           [](World& w) {
                             if (w.x.load(acq) == 1) w.data.get();
                           }}),
                 "race");
  expect_failure(explored({[](World& w) { w.data = 1; }, [](World& w) { w.data = 2; }}), "race");
  expect_failure(explored({[](World& w) { w.data.get(), w.x.load(rlx); }, [](World& w) { w.data = 2; }}), "race");
}

TEST(Machine, WhoWaitsGoesOnOnceAnotherThreadHasStored) {
  const auto waits = [](World& w) {
    while (w.x.load(acq) == 0) Modelled::wait();
    require(w.data == 1, "the data are there");
  };
  const Report report = explored({[](World& w) { w.data = 1, w.x.store(1, rel); }, waits});
  EXPECT_EQ(report.verdict, Verdict::complete) << report.why;
  EXPECT_EQ(report.executions, 1U);
  EXPECT_EQ(report.blocked, 1U);
}

TEST(Machine, WhoWaitsForEverIsFound) {
  const auto until = [](Atomic<int>& at) {
    while (at.load(acq) == 0) Modelled::wait();
  };
  expect_failure(
      explored({[=](World& w) { until(w.x), w.y.store(1, rel); }, [=](World& w) { until(w.y), w.x.store(1, rel); }}),
      "wait for ever");
  expect_failure(explored({[](World&) {}}, [=](World& w) { until(w.x); }), "wait for ever");
}

TEST(Machine, WhatIsMadeAnewIsNobodyElses) {
  const auto made = [](World& w) { Modelled::renew(w.y, 7), w.x.store(1, rel); };
  const auto used = [](Order order) {
    return [=](World& w) {
      if (w.x.load(order) == 1) require(w.y.load(rlx) == 7, "it is new");
    };
  };
  EXPECT_EQ(explored({made, used(acq)}).verdict, Verdict::complete);
  EXPECT_EQ(explored({used(acq), made}).verdict, Verdict::complete);
  expect_failure(explored({made, used(rlx)}), "race");
  expect_failure(explored({used(rlx), made}), "race");
  expect_failure(explored({[](World& w) { w.y.load(rlx); }, made}), "race");
}

TEST(Machine, CrashesAreCounterexamples) {
  constexpr std::uintptr_t nowhere = std::uintptr_t{1} << 40;
  const auto follow = [](World& w) {
    if (w.x.load(rlx) == 1) *reinterpret_cast<volatile int*>(nowhere) = 1;
  };
  const auto store = [](World& w) { w.x.store(1, rlx); };
  expect_failure(explored({follow, store}), "crashes");
  expect_failure(explored({store,
                           [](World& w) {
                             if (w.x.load(rlx) == 1) std::abort();
                           }}),
                 "aborts");
  expect_failure(explored({store}, follow), "crashes");
  EXPECT_EQ(explored({store, [](World& w) { w.x.load(rlx); }}).verdict, Verdict::complete) << "and it goes on";
}

TEST(Machine, ReadsOfNothingAreFound) {
  expect_failure(explored({[](World& w) { w.blank.get(); }}), "nobody has written");
}

TEST(Machine, UnpublishedAtomicsAreFound) {
  const auto writer = [](Order order) { return [=](World& w) { w.shared.store(new Atomic<int>(7), order); }; };
  const auto reader = [](World& w) {
    if (Atomic<int>* const it = w.shared.load(acq)) require(it->load(rlx) == 7, "the value is there");
  };
  const auto at_end = [](World& w) { delete w.shared.load(); };
  EXPECT_EQ(explored({writer(rel), reader}, at_end).verdict, Verdict::complete);
  expect_failure(explored({writer(rlx), reader}, at_end), "construction");
}

TEST(Machine, UseAfterFreeIsFound) {
  expect_failure(explored({[](World& w) {
                             auto* const it = new Atomic<int>(7);
                             w.shared.store(it, rel);
                             it->store(8, rlx);
                             delete it;
                           },
                           [](World& w) {
                             if (Atomic<int>* const it = w.shared.load(acq)) it->load(rlx);
                           }}),
                 "destruction");
}

TEST(Machine, LeaksAndDoubleFreesAreFound) {
  // volatile, here and below: the compiler would see it, too.
  expect_failure(explored({[](World&) { [[maybe_unused]] void* volatile it = ::operator new(4); }}), "leaked");
  expect_failure(explored({[](World&) {
                   void* volatile it = ::operator new(4);
                   ::operator delete(it);
                   ::operator delete(it);
                 }}),
                 "freed twice");
}

TEST(Machine, WeakExchangesFailByChance) {
  const Report report = explored({[](World& w) {
    int expected = 0;
    if (!w.x.compare_exchange_weak(expected, 1, rlx)) require(expected == 0, "nothing else is there");
  }});
  EXPECT_EQ(report.verdict, Verdict::complete) << report.why;
  EXPECT_EQ(report.executions, 2U);
  Plan plan;
  plan.limits.spurious = 0;
  EXPECT_EQ(explored({[](World& w) {
                       int expected = 0;
                       require(w.x.compare_exchange_weak(expected, 1, rlx), "not by chance");
                     }},
                     {}, plan)
                .executions,
            1U);
}

TEST(Machine, EveryChoiceIsMade) {
  const Report report =
      explored({[](World& w) { w.x.store(static_cast<int>(choose(3)), rlx); }, [](World& w) { w.x.load(rlx); }});
  EXPECT_EQ(report.executions, 6U);
}

TEST(Machine, WhatWaitsIsBlockedNotComplete) {
  const Report report = explored({[](World& w) { assume(w.x.load(rlx) == 1); }, [](World& w) { w.x.store(1, rlx); }});
  EXPECT_EQ(report.executions, 1U);
  EXPECT_EQ(report.blocked, 1U);
  EXPECT_EQ(report.verdict, Verdict::complete);
}

TEST(Machine, BoundsMakeItIncomplete) {
  const auto forever = [](World& w) {
    while (w.x.load(rlx) == 0) {
    }
  };
  const Report endless = explored({forever});
  EXPECT_EQ(endless.verdict, Verdict::incomplete);
  EXPECT_NE(endless.why.find("too many events"), std::string::npos) << endless.why;

  const auto busy = [](World& w) {
    for (int i = 0; i < 8; ++i) w.x.fetch_add(1, rlx);
  };
  Plan plan;
  plan.max_executions = 2000;
  const Report cut_short = explored({busy, busy, busy}, {}, plan);
  EXPECT_EQ(cut_short.verdict, Verdict::incomplete);
  EXPECT_LT(cut_short.executions, 100000U);
}

TEST(Machine, FailuresAtTheEndAreFound) {
  const auto up = [](World& w) { w.x.store(w.x.load(rlx) + 1, rlx); };
  const auto at_end = [](World& w) { require(w.x.load() == 2, "no count is lost"); };
  expect_failure(explored({up, up}, at_end), "no count is lost");
  const auto update = [](World& w) { w.x.fetch_add(1, rlx); };
  EXPECT_EQ(explored({update, update}, at_end).verdict, Verdict::complete);
}

/// What seq_cst forbids is not reported, even where the failure comes before the end.
TEST(Machine, FailuresAreConsistent) {
  const auto program = [](Order write, Order read) {
    return std::vector<Script::Body>{[=](World& w) {
                                       w.x.store(1, write);
                                       if (w.y.load(read) == 0) w.shared.store(&w.x, rel);
                                     },
                                     [=](World& w) {
                                       w.y.store(1, write);
                                       if (w.x.load(read) == 0) require(!w.shared.load(acq), "one sees the other");
                                     }};
  };
  expect_failure(explored(program(rel, acq)), "one sees the other");
  EXPECT_EQ(explored(program(Order::seq_cst, Order::seq_cst)).verdict, Verdict::complete);
}

TEST(Machine, ReplayFindsTheSameFailure) {
  const std::vector<Script::Body> bodies{[](World& w) { w.data = 1, w.x.store(1, rlx), w.y.store(1, rlx); },
                                         [](World& w) {
                                           if (w.y.load(acq) == 1) w.data.get();
                                         }};
  const Report report = explored(bodies);
  ASSERT_EQ(report.verdict, Verdict::counterexample);
  const Report again = replay(factory_of(bodies), {}, replay_text(report.execution));
  EXPECT_EQ(again.verdict, Verdict::counterexample);
  EXPECT_EQ(again.why, report.why);
  EXPECT_EQ(execution_table(again.execution), execution_table(report.execution));
  EXPECT_EQ(replay(factory_of(bodies), {}, "0r").verdict, Verdict::incomplete);
}

TEST(Machine, WorkersShareTheWork) {
  const auto busy = [](World& w) {
    for (int i = 0; i < 4; ++i) w.x.fetch_add(1, rlx);
  };
  Plan plan;
  plan.workers = 3;
  EXPECT_EQ(explored({busy, busy}, {}, plan).executions, 70U);  // 8 over 4
}

}  // namespace
}  // namespace weir::proofs::memory
