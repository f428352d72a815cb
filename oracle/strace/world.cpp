// Processes, descriptors and stand-ins; the system calls themselves are judged in calls.cpp.
#include "oracle/strace/world.hpp"

#include <algorithm>
#include <utility>

namespace weir::oracle::strace {
namespace {

constexpr Address back_door{Address::Kind::v4, 0x7ffffffe};  // 127.255.255.254: no log is likely to use it
constexpr std::uint16_t back_door_port = 1;

SocketId descriptor_of(const Outcome& outcome) {
  return static_cast<SocketId>(std::get<outcome::Returned>(outcome).ret);
}

}  // namespace

World::World(const Profile& profile) : host_(profile, HostOptions{}) {
  back_door_ = new_socket(Family::inet, SockType::stream);
  host_.step(op::Bind{Fd{back_door_}, back_door, back_door_port});
  host_.step(op::Listen{Fd{back_door_}, 1});
}

Judgement World::apply(const Event& event) {
  const Call& call = event.call;
  if (event.kind == Event::Kind::nothing) return {};
  if (event.kind == Event::Kind::exited) {
    const auto sockets = descriptors_.sockets_of(call.pid);
    descriptors_.exited(call.pid);
    unfinished_.erase(call.pid);
    release_unheld(sockets);
    return {};
  }
  see(call.pid);
  if (event.kind == Event::Kind::unfinished) {
    unfinished_[call.pid] = call;
    return {};
  }
  unfinished_.erase(call.pid);
  const Judgement judgement = judge_call(call);
  closed_early_.erase(call.pid);
  return judgement;
}

void World::see(Pid pid) {
  std::optional<Descriptors::Maker> maker;
  for (const auto& [parent, call] : unfinished_) {
    const bool makes = call.name == "fork" || call.name == "vfork" || call.name.starts_with("clone");
    if (makes && parent != pid) maker = {parent, call.shares_files()};
  }
  descriptors_.see(pid, maker);
}

void World::follow_process(const Call& call) {
  const Result& result = call.result;
  if (!result.known || result.failed()) return;
  const auto fd = static_cast<std::int32_t>(result.ret);
  if (call.name == "execve" || call.name == "close_range") {
    descriptors_.shaken(call.pid);
  } else if (call.name.starts_with("dup") || call.name == "fcntl") {
    if (call.name == "fcntl" && (call.arguments.size() < 2 || !call.arguments[1].starts_with("F_DUPFD"))) return;
    const Slot slot = slot_of(call);
    if (descriptor(call) == fd) return;  // dup2 of a descriptor onto itself
    close_early(fd);
    descriptors_.closed(call.pid, fd);
    if (const auto socket = slot.certain()) descriptors_.made(call.pid, fd, *socket);
  } else if (call.name == "fork" || call.name == "vfork" || call.name.starts_with("clone")) {
    descriptors_.see(result.ret, Descriptors::Maker{call.pid, call.shares_files()});
  } else if (call.name == "unshare" && call.shares_files()) {
    descriptors_.forked(call.pid, call.pid, false);
  }
}

/// A descriptor that is handed out again was free: an unfinished close of it has happened, or one the log hides.
void World::close_early(std::int32_t fd) {
  for (const auto& [pid, call] : unfinished_) {
    if (call.name != "close" || descriptor(call) != fd || closed_early_.contains(pid)) continue;
    closed_early_.insert(pid);
    const Slot slot = descriptors_.at(pid, fd);
    descriptors_.closed(pid, fd);
    release_unheld(slot.sockets);
  }
}

void World::made(const Call& call, SocketId socket) {
  const auto fd = static_cast<std::int32_t>(call.result.ret);
  close_early(fd);
  const Slot before = descriptors_.at(call.pid, fd);
  descriptors_.closed(call.pid, fd);
  release_unheld(before.sockets);
  descriptors_.made(call.pid, fd, socket);
}

/// Closes on the model what no process certainly has open any more: a socket that may be gone must not stand in the way
/// of others.
void World::release_unheld(const std::vector<SocketId>& sockets) {
  for (const SocketId id : sockets) {
    if (!sockets_.contains(id) || descriptors_.is_held(id)) continue;
    const Socket socket = sockets_.at(id);
    if (descriptors_.forget(id) && socket.port != 0) lingering_.insert(socket.port);
    sockets_.erase(id);
    if (socket.accepted)
      idle_connections_.push_back(id);
    else
      host_.step(op::Close{Fd{id}});
  }
}

SocketId World::new_socket(Family family, SockType type) {
  const SocketId id = descriptor_of(host_.step(op::Socket{NsId{0}, family, type}));
  sockets_[id] = Socket{};
  return id;
}

SocketId World::stand_in(std::string why) {
  const SocketId id = new_socket(Family::unix_, SockType::dgram);
  sockets_[id].outside = std::move(why);
  return id;
}

/// A connection that arrived from outside, as accept returns it.
SocketId World::new_connection() {
  if (idle_connections_.empty()) {
    const SocketId peer = descriptor_of(host_.step(op::Socket{NsId{0}, Family::inet, SockType::stream}));
    host_.step(op::Connect{Fd{peer}, back_door, back_door_port});
    idle_connections_.push_back(descriptor_of(host_.step(op::Accept{Fd{back_door_}})));
  }
  const SocketId id = idle_connections_.back();
  idle_connections_.pop_back();
  sockets_[id] = Socket{};
  sockets_[id].accepted = true;
  return id;
}

std::optional<std::int32_t> World::descriptor(const Call& call) const {
  if (call.arguments.empty()) return std::nullopt;
  const auto number = number_of(call.arguments[0]);
  const bool fits = number && *number >= -1 && *number < max_fd;
  return fits ? std::optional(static_cast<std::int32_t>(*number)) : std::nullopt;
}

Slot World::slot_of(const Call& call) const {
  const auto fd = descriptor(call);
  return fd ? descriptors_.at(call.pid, *fd) : Slot{.sockets = {}, .unknown = true};
}

/// The socket that the call's descriptor certainly is, or nullptr.
World::Socket* World::certain(const Call& call) {
  const auto id = slot_of(call).certain();
  return id ? &sockets_.at(*id) : nullptr;
}

/// Where the model's socket is bound for the log's address: addresses of the log's host get stand-ins in 127/8, and
/// "::" of a socket for IPv6 only becomes ::1, which overlaps with no IPv4 address.
Address World::place(Socket& socket, const SocketAddress& address) {
  const auto known = address_from(address.address);
  if (known == any_address && socket.v6only) return loopback6;
  const bool local = known && (known->kind != Address::Kind::v4 || known->v4 >> 24 == 127);
  if (local) return *known;
  socket.foreign = true;
  constexpr std::uint32_t first_stand_in = 0x7f800001;
  const auto next = first_stand_in + static_cast<std::uint32_t>(foreign_.size());
  return v4_address(foreign_.try_emplace(address.address, next).first->second);
}

}  // namespace weir::oracle::strace
