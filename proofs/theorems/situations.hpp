// The states that a socket plane can be in, one of each kind, and all operations that may come next. A theorem about
// every operation goes through every pair of the two.
#pragma once
#include <string_view>
#include <vector>

#include "proofs/theorems/programs.hpp"

namespace weir::proofs::program {

/// How a host gets into a state.
struct Situation {
  std::string_view name;
  Program program;
};

/// Descriptors of a situation are 3 .. last_fd at most. Namespace 1 exists, with a listener, a client and an accepted
/// child of its own, on the three descriptors from `bystanders` on.
inline constexpr std::int32_t last_fd = 7, bystanders = 8;

std::vector<Situation> situations();

/// One of each call, with each argument that a rule tells from others, on each descriptor of a situation, and one that is
/// closed; from each peer that a situation has, and another; and spans of time across every timeout.
const std::vector<Op>& operations();

/// Calls visit(situation, host before, operation, host after, answer, trace) for every pair.
template <class C, class Visit>
void for_each_step(C& c, const Profile& kernel, Visit visit) {
  for (const Situation& situation : situations()) {
    const Host before = after(kernel, situation.program);
    Program trace = situation.program;
    trace.emplace_back();
    c.running(trace);
    for (const Op& operation : operations()) {
      trace.back() = operation;
      Host host = before;
      const Outcome answer = host.step(operation);
      visit(before, operation, host, answer);
    }
  }
}

}  // namespace weir::proofs::program
