// The lock-free host against the spec: it answers the same to every operation in every situation, and to whoever looks
// afterwards. It shares no rule with the spec (a test sees to that), so this is one reading of the facts against another.
#include "lockfree/host.hpp"
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/situations.hpp"

namespace weir::proofs {
namespace {

using namespace program;

/// What shows the state that an operation has left.
Program looks() {
  Program all{netstat(), netstat(1)};
  for (std::int32_t fd = 3; fd <= last_fd + 4; ++fd) all.push_back(info(fd));
  for (std::int32_t fd = 3; fd <= last_fd; ++fd)
    for (const Op& each : {get(fd, SockOpt::tcp_defer_accept), get(fd, SockOpt::tcp_fastopen), connect(fd), accept(fd)})
      all.push_back(each);
  return all;
}

const auto the_lock_free_host_answers_as_the_spec = [](auto& c, const Profile& kernel) {
  const Program afterwards = looks();
  bool sent = false;
  for (const Situation& situation : situations())
    for (const Op& operation : operations()) {
      const Program trace = then(then(situation.program, {operation}), afterwards);
      c.running(trace);
      Host spec(kernel);
      lockfree::Host host(kernel);
      for (const Op& each : trace) {
        const Outcome expected = spec.step(each);
        const bool same = host.step(each) == expected;
        c.goal("the same answer", same);
        sent = sent || (std::holds_alternative<outcome::Passed>(expected) && expected != Outcome(outcome::Passed{}));
      }
    }
  c.cover("timers send", sent);
  c.twin("no timer sends", !sent);
};

}  // namespace

std::vector<Theorem> refinement_theorems() {
  return {
      theorem("refinement.the_lock_free_host_answers_as_the_spec",
              "In every situation the lock-free host answers every operation as the spec does, and what looks at the "
              "state afterwards.",
              every_profile, the_lock_free_host_answers_as_the_spec),
  };
}

}  // namespace weir::proofs
