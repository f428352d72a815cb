// Which sockets a process's descriptors may refer to, as far as the log shows.
//
// Where the log shows how a process was made (clone, fork, vfork), its table is known: shared or a copy. Where it does
// not, a process is taken to have been made from those seen before it, either way: at first sight it has what they
// have, and afterwards what one of them makes or closes may have happened to the other, too. So a descriptor is certain
// in the process that made it until another closes the same number, and unsure elsewhere.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "oracle/strace/call.hpp"

namespace weir::oracle::strace {

/// A socket of the log's world, by its descriptor in the model.
using SocketId = std::int32_t;

/// What a descriptor may be: one of these sockets or, with `unknown`, anything else.
struct Slot {
  std::vector<SocketId> sockets;
  bool unknown = false;

  std::optional<SocketId> certain() const {
    return !unknown && sockets.size() == 1 ? std::optional(sockets[0]) : std::nullopt;
  }
  bool may_be(SocketId socket) const;
  void add(SocketId socket);
};

class Descriptors {
 public:
  /// Call before any other use of a process. `maker` is a process with an unfinished clone or fork, if there is one.
  struct Maker {
    Pid pid;
    bool shares;  ///< CLONE_FILES
  };
  void see(Pid pid, std::optional<Maker> maker);

  Slot at(Pid pid, std::int32_t fd) const;

  /// `fd` now refers to `socket`.
  void made(Pid pid, std::int32_t fd, SocketId socket);
  void closed(Pid pid, std::int32_t fd);
  /// All descriptors of the process may have been closed (execve, close_range).
  void shaken(Pid pid);
  void forked(Pid parent, Pid child, bool shares);
  void exited(Pid pid);

  /// True while some process certainly has the socket open.
  bool is_held(SocketId socket) const;
  /// The socket is no more: whatever might have been it may be anything. True where a process might have had it.
  bool forget(SocketId socket);
  /// The sockets that the process's descriptors may refer to.
  std::vector<SocketId> sockets_of(Pid pid) const;

 private:
  struct Table {
    std::map<std::int32_t, Slot> slots;
    bool origin_shown = false;
  };
  template <class Visit>
  void for_each_relative(const Table& table, Visit&& visit);
  std::vector<Table*> tables() const;

  std::map<Pid, std::shared_ptr<Table>> of_pid_;
};

}  // namespace weir::oracle::strace
