// The lock-free host against the spec: it answers the same to every operation in every situation, and to whoever looks
// afterwards. It shares no rule with the spec (a test sees to that), so this is one reading of the facts against
// another.
#include "lockfree/host.hpp"
#include "proofs/theorems/planes.hpp"
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

const auto the_lock_free_sockets_answer_as_the_spec = [](auto& c, const Profile& kernel) {
  bool sent = false;
  hold_against_the_spec(c, kernel, sockets(), looks_at_sockets(), [&](const Outcome& answer) {
    const auto* const passed = std::get_if<outcome::Passed>(&answer);
    sent = sent || (passed != nullptr && !passed->sent.empty());
  });
  c.cover("a timer sends", sent);
  c.twin("no timer sends", !sent);
};

const auto the_lock_free_backlogs_answer_as_the_spec = [](auto& c, const Profile& kernel) {
  bool delivered = false;
  for (const Stage* const stage : {&softnet(), &softnet_with_threads()})
    hold_against_the_spec(c, kernel, *stage, looks_at_backlogs(), [&](const Outcome& answer) {
      const auto* const ran = std::get_if<outcome::ActionRan>(&answer);
      delivered = delivered || (ran != nullptr && !ran->delivered.empty());
    });
  c.cover("a run delivers", delivered);
  c.twin("no run delivers", !delivered);
};

}  // namespace

std::vector<Theorem> refinement_theorems() {
  return {
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
