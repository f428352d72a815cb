// The lock-free host against the spec: it answers the same to every operation in every situation, and to whoever looks
// afterwards. It shares no rule with the spec (a test sees to that), so this is one reading of the facts against
// another.
#include <atomic>
#include <functional>
#include <limits>

#include "lockfree/host.hpp"
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/scenes.hpp"
#include "proofs/theorems/situations.hpp"

namespace weir::proofs {
namespace {

using namespace program;

/// What shows the state that an operation has left.
Program looks_at_sockets() {
  Program all{netstat(), netstat(1)};
  for (std::int32_t fd = 3; fd <= last_fd + 4; ++fd) all.push_back(info(fd));
  for (std::int32_t fd = 3; fd <= last_fd; ++fd)
    for (const Op& each : {get(fd, SockOpt::tcp_defer_accept), get(fd, SockOpt::tcp_fastopen), connect(fd), accept(fd)})
      all.push_back(each);
  all.push_back(pass(1'100));
  all.push_back(netstat());
  for (std::int32_t fd = 3; fd <= last_fd + 4; ++fd) all.push_back(info(fd));
  return all;
}

Program looks_at_backlogs() {
  Program all;
  for (const std::uint32_t cpu : {0U, 1U})
    for (const Op& each : Program{op::SoftnetStat{Cpu{cpu}}, softirq(cpu), poll(cpu), packet(99), softirq(cpu)})
      all.push_back(each);
  all.push_back(op::SysctlRead{{}, Sysctl::flow_limit_cpu_bitmap});
  return all;
}

/// Runs every situation and operation of a stage, and `afterwards`, on both hosts. Calls visit(answer of the spec).
template <class C, class Visit>
void hold_against_the_spec(C& c, const Profile& kernel, const Stage& stage, const Program& afterwards, Visit visit) {
  for (const Situation& situation : stage.situations)
    for (const Op& operation : stage.operations) {
      const Program trace = then(then(situation.program, {operation}), afterwards);
      c.running(trace);
      Host spec(kernel, stage.options);
      lockfree::Host host(kernel, stage.options);
      for (const Op& each : trace) {
        const Outcome expected = spec.step(each);
        c.goal("the same answer", host.step(each) == expected);
        visit(expected);
      }
    }
}

/// Whether the lock-free host of another release answers all of a stage as the spec of this one does. That it does not
/// shows that hold_against_the_spec could fail.
template <class C>
bool another_answers_alike(C& c, const Profile& kernel, const Stage& stage, const Program& afterwards) {
  for (const Situation& situation : stage.situations)
    for (const Op& operation : stage.operations) {
      const Program trace = then(then(situation.program, {operation}), afterwards);
      c.running(trace);
      Host spec(kernel, stage.options);
      lockfree::Host host(far_from(kernel), stage.options);
      for (const Op& each : trace)
        if (spec.step(each) != host.step(each)) return false;
    }
  return true;
}

/// Atomics of one thread on which exchanges fail: before each of the first `failures` of them another thread's write
/// comes.
struct Contested {
  static inline thread_local unsigned failures = 0;
  static inline thread_local std::function<void()> other_thread{};

  template <class T>
  class atomic {
   public:
    atomic() = default;
    explicit atomic(T value) : value_(value) {}
    T load(std::memory_order) const { return value_; }
    void store(T value, std::memory_order) { value_ = value; }
    bool compare_exchange_weak(T& expected, T desired, std::memory_order) {
      if (failures > 0) {
        --failures;
        other_thread();
      }
      const bool same = value_ == expected;
      (same ? value_ : expected) = same ? desired : value_;
      return same;
    }

   private:
    T value_{};
  };
};

constexpr auto edges = std::to_array<std::int32_t>(
    {std::numeric_limits<std::int32_t>::min(), -1, 0, 1, 64, 65'536, std::numeric_limits<std::int32_t>::max()});

/// The spec's product of the two factors.
std::int32_t weight_of(const Profile& kernel, std::int32_t weight, std::int32_t bias) {
  auto plane = model::initial_sysctls<Noted>(kernel, HostOptions{});
  plane.global[static_cast<std::size_t>(Sysctl::dev_weight)] = weight;
  plane.global[static_cast<std::size_t>(Sysctl::dev_weight_rx_bias)] = bias;
  return model::dev_rx_weight<Noted>(plane);
}

const auto an_exchange_that_fails_loses_no_setting = [](auto& c, const Profile& kernel) {
  using Store = lockfree::BasicSysctlStore<Contested>;
  for (const std::int32_t weight : edges)
    for (const std::int32_t bias : edges)
      for (const unsigned failures : {0U, 1U, 2U})
        for (const Sysctl first : {Sysctl::dev_weight, Sysctl::dev_weight_rx_bias}) {
          const bool is_weight = first == Sysctl::dev_weight;
          const Sysctl second = is_weight ? Sysctl::dev_weight_rx_bias : Sysctl::dev_weight;
          Contested::failures = 0;
          Store store(kernel);
          const std::int32_t initial = store.load(second);
          const std::int32_t between = is_weight ? bias : weight;
          std::int32_t last = initial;
          Contested::other_thread = [&] {
            const unsigned left = std::exchange(Contested::failures, 0);
            last = left == 0 ? between : between ^ 1;
            store.store(second, last);
            Contested::failures = left;
          };
          Contested::failures = failures;
          store.store(first, is_weight ? weight : bias);
          const std::int32_t now_weight = is_weight ? weight : last, now_bias = is_weight ? last : bias;
          c.goal("both values are those that were written last",
                 store.load(Sysctl::dev_weight) == now_weight && store.load(Sysctl::dev_weight_rx_bias) == now_bias);
          c.goal("and their product is the spec's",
                 !kernel.has_weight_bias || store.dev_rx_weight() == weight_of(kernel, now_weight, now_bias));
          c.twin("the other thread's value is lost", store.load(second) == initial);
        }
};

const auto the_lock_free_sockets_answer_as_the_spec = [](auto& c, const Profile& kernel) {
  bool sent = false;
  hold_against_the_spec(c, kernel, sockets(), looks_at_sockets(), [&](const Outcome& answer) {
    const auto* const passed = std::get_if<outcome::Passed>(&answer);
    sent = sent || (passed != nullptr && !passed->sent.empty());
  });
  c.cover("a timer sends", sent);
  c.twin("the host of another release answers alike", another_answers_alike(c, kernel, sockets(), looks_at_sockets()));
};

const auto the_lock_free_backlogs_answer_as_the_spec = [](auto& c, const Profile& kernel) {
  bool delivered = false;
  for (const Stage* const stage : {&softnet(), &softnet_with_threads()})
    hold_against_the_spec(c, kernel, *stage, looks_at_backlogs(), [&](const Outcome& answer) {
      const auto* const ran = std::get_if<outcome::ActionRan>(&answer);
      delivered = delivered || (ran != nullptr && !ran->delivered.empty());
    });
  c.cover("a run delivers", delivered);
  c.twin("the host of another release answers alike", another_answers_alike(c, kernel, softnet(), looks_at_backlogs()));
};

}  // namespace

std::vector<Theorem> refinement_theorems() {
  return {
      theorem("refinement.an_exchange_that_fails_loses_no_setting",
              "A write of dev_weight or dev_weight_rx_bias whose exchange fails, once or twice, because the other has "
              "been written meanwhile, leaves both and the spec's product of them, for values at the edges of int.",
              every_profile, an_exchange_that_fails_loses_no_setting),
      theorem("refinement.the_lock_free_sockets_answer_as_the_spec",
              "In every situation of sockets the lock-free host answers every operation as the spec does, and what "
              "looks at the state afterwards.",
              every_profile, the_lock_free_sockets_answer_as_the_spec),
      theorem("refinement.the_lock_free_backlogs_answer_as_the_spec",
              "In every situation of the softnet plane the lock-free host answers every operation as the spec does, "
              "and what drains the backlogs afterwards.",
              every_profile, the_lock_free_backlogs_answer_as_the_spec),
  };
}

}  // namespace weir::proofs
