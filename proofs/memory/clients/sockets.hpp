// Clients of the whole host: system calls of several threads. What they answer, and what is seen when all are done,
// must be what the spec answers to the same calls in some order.
//
// The host that ships is compiled for this a second time (sockets.cpp), on the machine's atomics; whoever writes
// clients needs nothing of it.
#pragma once
#include <string>
#include <vector>

#include "model/op.hpp"
#include "model/profile/releases.hpp"
#include "proofs/memory/clients/client.hpp"

namespace weir::proofs::memory {

/// What no order of the calls answers, since the spec takes each in one step, but the kernel, which takes several.
struct Beyond {
  std::string outcome;  ///< as a counterexample tells it
  std::string why;      ///< how the kernel comes to it
};

struct SocketScript {
  std::vector<Op> before;  ///< by nobody in particular, before the threads begin
  std::vector<std::vector<Op>> threads;
  std::vector<Op> after;         ///< when all are done: what is seen then is judged, too
  std::vector<Op> one_of{};      ///< where it is not empty the last thread makes one of these calls; each is explored
  std::vector<Beyond> beyond{};  ///< allowed, and met
  const Profile* kernel = &releases::linux_6_18;
};

struct NamedScript {
  std::string name, sentence;
  SocketScript script;
  bool too_large = false;  ///< see Client
};
Client socket_client(const NamedScript& script);
/// Those of socket_clients(), and of them the ones that stand in files of their own.
std::vector<NamedScript> socket_scripts();
std::vector<NamedScript> remote_scripts();
std::vector<NamedScript> pair_scripts();

}  // namespace weir::proofs::memory
