// The world of an strace log: its processes' descriptors, and their sockets on the model.
//
// The world is open. Connections arrive from outside, ports are held by others, limits and privileges are not known; a
// result that these explain is allowed (world.cpp lists them, call by call). Everything else must be as the model says.
// Sockets that the model cannot follow (AF_UNIX names, netlink, connections) keep a stand-in on the model, so that
// their descriptors are still checked.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "oracle/check/machine.hpp"
#include "oracle/strace/call.hpp"
#include "oracle/strace/descriptors.hpp"
#include "oracle/strace/judgement.hpp"
#include "oracle/strace/log.hpp"
#include "oracle/strace/symbols.hpp"

namespace weir::oracle::strace {

class World {
 public:
  explicit World(const Profile& profile);

  /// Judges a completed call; after a divergence the world goes on from the observed result.
  Judgement apply(const Event& event);

 private:
  struct Socket {
    std::string outside;     ///< why the model does not follow it; "" while it does
    bool accepted = false;   ///< its state depends on a peer outside the log
    bool v6only = false;     ///< IPV6_V6ONLY
    bool foreign = false;    ///< bound to an address that only the log's host has
    std::uint16_t port = 0;  ///< bound by name
  };
  /// The reason for which the world outside explains what was observed where the model answers `allowed`.
  using Excuse = std::function<std::string(const Outcome& allowed)>;

  Judgement judge_call(const Call& call);
  Judgement socket(const Call& call);
  Judgement bind(const Call& call);
  Judgement listen(const Call& call);
  Judgement accept(const Call& call);
  Judgement connect(const Call& call);
  Judgement shutdown(const Call& call);
  Judgement close(const Call& call);
  Judgement setsockopt(const Call& call);
  Judgement getsockopt(const Call& call);
  void follow_process(const Call& call);

  Judgement on_socket(const Call& call, const std::function<Op(Fd)>& operation, const Excuse& excuse);
  Judgement judge(const Call& call, const Op& operation, const Excuse& excuse);
  Judgement diverged(const Call& call, const Op& operation, const Explained& answer, std::string allowed) const;
  Judgement outside(const Call& call, const std::string& name, bool changes_state);
  std::optional<std::int32_t> descriptor(const Call& call) const;
  Slot slot_of(const Call& call) const;
  Socket* certain(const Call& call);
  Address place(Socket& socket, const SocketAddress& address);

  void see(Pid pid);
  void made(const Call& call, SocketId socket);
  void close_early(std::int32_t fd);
  void release_unheld(const std::vector<SocketId>& sockets);
  SocketId new_socket(Family family, SockType type);
  SocketId stand_in(std::string why);
  SocketId new_connection();

  Host host_;
  Descriptors descriptors_;
  std::map<SocketId, Socket> sockets_;
  std::map<Pid, Call> unfinished_;
  std::set<Pid> closed_early_;                    ///< whose unfinished close has been seen to have happened
  std::set<std::uint16_t> lingering_;             ///< ports of sockets that a process may still have
  std::map<std::string, std::uint32_t> foreign_;  ///< addresses of the log's host, and their stand-ins in 127/8
  std::vector<SocketId> idle_connections_;        ///< of the model: made, and not in use by the log
  SocketId back_door_;                            ///< listens for the connections that arrive from outside
};

}  // namespace weir::oracle::strace
