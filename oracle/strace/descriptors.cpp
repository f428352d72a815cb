#include "oracle/strace/descriptors.hpp"

#include <algorithm>

namespace weir::oracle::strace {

bool Slot::may_be(SocketId socket) const { return std::find(sockets.begin(), sockets.end(), socket) != sockets.end(); }

void Slot::add(SocketId socket) {
  if (!may_be(socket)) sockets.push_back(socket);
}

std::vector<Descriptors::Table*> Descriptors::tables() const {
  std::vector<Table*> all;
  for (const auto& [pid, table] : of_pid_)
    if (std::find(all.begin(), all.end(), table.get()) == all.end()) all.push_back(table.get());
  return all;
}

/// The tables that may be the same as this one, for all that the log shows.
template <class Visit>
void Descriptors::for_each_relative(const Table& table, Visit&& visit) {
  for (Table* const other : tables())
    if (other != &table && !(other->origin_shown && table.origin_shown)) visit(*other);
}

void Descriptors::see(Pid pid, std::optional<Maker> maker) {
  if (of_pid_.contains(pid)) return;
  if (maker) return forked(maker->pid, pid, maker->shares);
  const auto table = std::make_shared<Table>();
  table->origin_shown = of_pid_.empty();
  for (const Table* const other : tables()) {
    for (const auto& [fd, slot] : other->slots) {
      Slot& mine = table->slots[fd];
      for (const SocketId socket : slot.sockets) mine.add(socket);
      mine.unknown = mine.unknown || slot.unknown;
    }
  }
  of_pid_[pid] = table;
}

Slot Descriptors::at(Pid pid, std::int32_t fd) const {
  const auto& slots = of_pid_.at(pid)->slots;
  const auto found = slots.find(fd);
  return found == slots.end() ? Slot{.sockets = {}, .unknown = true} : found->second;
}

void Descriptors::made(Pid pid, std::int32_t fd, SocketId socket) {
  Table& table = *of_pid_.at(pid);
  table.slots[fd] = Slot{.sockets = {socket}, .unknown = false};
  for_each_relative(table, [&](Table& other) {
    const bool fresh = !other.slots.contains(fd);
    Slot& slot = other.slots[fd];
    if (slot.certain()) return;  // in use there and handed out here: these two tables are not the same
    slot.add(socket);
    slot.unknown = slot.unknown || fresh;
  });
}

void Descriptors::closed(Pid pid, std::int32_t fd) {
  Table& table = *of_pid_.at(pid);
  const auto found = table.slots.find(fd);
  if (found == table.slots.end()) return;
  const Slot gone = found->second;
  table.slots.erase(found);
  for_each_relative(table, [&](Table& other) {
    const auto slot = other.slots.find(fd);
    if (slot == other.slots.end()) return;
    for (const SocketId socket : gone.sockets)
      if (slot->second.may_be(socket)) slot->second.unknown = true;
  });
}

void Descriptors::shaken(Pid pid) {
  for (auto& [fd, slot] : of_pid_.at(pid)->slots) slot.unknown = true;
}

void Descriptors::forked(Pid parent, Pid child, bool shares) {
  const auto table = of_pid_.at(parent);
  of_pid_[child] = shares ? table : std::make_shared<Table>(*table);
}

void Descriptors::exited(Pid pid) { of_pid_.erase(pid); }

bool Descriptors::is_held(SocketId socket) const {
  for (const auto& [pid, table] : of_pid_)
    for (const auto& [fd, slot] : table->slots)
      if (slot.certain() == socket) return true;
  return false;
}

bool Descriptors::forget(SocketId socket) {
  bool found = false;
  for (Table* const table : tables()) {
    for (auto& [fd, slot] : table->slots) {
      if (std::erase(slot.sockets, socket) == 0) continue;
      slot.unknown = true;
      found = true;
    }
  }
  return found;
}

std::vector<SocketId> Descriptors::sockets_of(Pid pid) const {
  std::vector<SocketId> all;
  const auto found = of_pid_.find(pid);
  if (found == of_pid_.end()) return all;
  for (const auto& [fd, slot] : found->second->slots) all.insert(all.end(), slot.sockets.begin(), slot.sockets.end());
  return all;
}

}  // namespace weir::oracle::strace
