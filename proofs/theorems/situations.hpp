// The states that a host can be in, one of each kind, and all operations that may come next. A theorem about every
// operation goes through every pair of the two.
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

/// Descriptors of a situation of sockets are 3 .. last_fd at most. Namespace 1 exists there, with a listener, a client
/// and an accepted child of its own, on the three descriptors from `bystanders` on.
inline constexpr std::int32_t last_fd = 7, bystanders = 8;

/// Situations, and what may come next in each. From the first on a kernel does not crash in those of sockets.
struct Stage {
  std::vector<Situation> situations;
  std::vector<Op> operations;
  HostOptions options{};
};

/// Of the calls one each with each argument that a rule tells from others, on each descriptor of a situation, and on
/// one that is closed; of segments each, from each peer that a situation has, and from another; spans of time across
/// every timeout.
const Stage& sockets();

/// Packets, polls, runs of the softirq and the settings of the softnet plane, on two CPUs.
const Stage& softnet();
/// The same where another CPU's backlog is polled by a thread.
const Stage& softnet_with_threads();

/// Calls visit(host before, operation, host after, answer) for every pair.
template <class C, class Visit>
void for_each_step(C& c, const Profile& kernel, const Stage& stage, Visit visit) {
  for (const Situation& situation : stage.situations) {
    const Host before = after(kernel, situation.program, stage.options);
    Program trace = situation.program;
    trace.emplace_back();
    for (const Op& operation : stage.operations) {
      trace.back() = operation;
      c.running(trace);
      Host host = before;
      const Outcome answer = host.step(operation);
      visit(before, operation, host, answer);
    }
  }
}

}  // namespace weir::proofs::program
