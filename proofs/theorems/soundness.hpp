// What is true of a socket plane between any two operations, whoever was called and whatever time has passed.
//
// Invariants:
//   (1) sk_ack_backlog is the length of the accept queue, modulo 2^16 until 4.0; who waits there is held by nothing
//   else. (2) qlen counts the requests of the listener, young those whose timer has not fired. (3) A client knows that
//   its request waits exactly if the request knows its client. (4) Cookies that clients have yet to echo are those of
//   listeners that listen, and there are as many as are counted. (5) Of two ends each is the other's, and no end is
//   gone. (6) Who is bound to a port that can be named stands once in its bucket, and in no other; no bucket is empty.
//   (7) A timer runs exactly if it is due, later than now, and no two were set by the same number.
//   (8) Slots that are free are held by nobody, and each is free once.
//   (9) Each descriptor has a socket of its own, which knows that it is held by a file.
//   (10) Who is held by an accept queue stands in one, and who is held by nobody waits for its peer or for a minute to
//   pass. (11) Who is not in CLOSE has a port, if ports it has. (12) The states of two ends go together. (13) A request
//   is of its listener's namespace.
#pragma once
#include <algorithm>
#include <initializer_list>
#include <set>
#include <string_view>

#include "proofs/theorems/programs.hpp"

namespace weir::proofs::program {

inline std::set<model::SockId> free_slots(const Net& net) {
  std::set<model::SockId> free;
  for (model::SockId id = net.free_slots; id != model::no_sock && free.insert(id).second;) id = net[id].next;
  return free;
}

class Soundness {
 public:
  explicit Soundness(const Host& host) : host_(host), net_(net_of(host)), free_(free_slots(net_)) {}

  /// The first invariant that is broken; "" where all hold.
  std::string_view broken() const {
    for (model::SockId id = 0; id < net_.socks.size(); ++id) {
      if (free_.count(id) != 0) continue;
      if (!accept_queue(id)) return "the count of the accept queue is true";
      if (!syn_queue(id)) return "the counts of the SYN queue are true";
      if (!client(id)) return "clients and requests know each other";
      if (!ends(id)) return "ends know each other";
      if (!bound(id)) return "who is bound stands in one bucket";
      if (!held(id)) return "who has no descriptor is held by a queue, or an orphan";
      if (!named(id)) return "who is not in CLOSE has a port";
      if ((net_[id].timer == model::SockTimer::none) != (net_[id].due == model::never)) return "timers are due";
    }
    if (!cookies()) return "cookies are counted";
    if (!buckets()) return "buckets hold who is bound";
    if (!timers()) return "timers are in the future, and apart";
    if (!slots()) return "free slots are free";
    return descriptors() ? "" : "a descriptor has a socket of its own";
  }

 private:
  bool in(model::SockId id, TcpState state) const { return net_[id].sk_state == static_cast<std::int32_t>(state); }
  bool in_one_of(model::SockId id, std::initializer_list<TcpState> states) const {
    return std::any_of(states.begin(), states.end(), [&](TcpState each) { return in(id, each); });
  }

  bool accept_queue(model::SockId id) const {
    std::uint32_t length = 0;
    model::SockId last = model::no_sock;
    for (model::SockId each = net_[id].first_child; each != model::no_sock; each = net_[each].next) {
      if (net_[each].held_by != model::HeldBy::accept_queue || free_.count(each) != 0) return false;
      if (++length > net_.socks.size()) return false;
      last = each;
    }
    if (net_[id].last_child != last) return false;
    if (!in(id, TcpState::listen)) return length == 0;
    const bool wraps = net_.kernel->backlog_is_u16 && net_[id].is_inet();
    return net_[id].listener.sk_ack_backlog == (wraps ? length & 0xffffU : length);
  }

  bool syn_queue(model::SockId id) const {
    std::uint32_t requests = 0, young = 0;
    for (const model::Request& each : net_.requests) {
      if (each.listener != id) continue;
      if (each.tuple.netns != net_[id].netns) return false;
      ++requests;
      young += each.num_timeout == 0 ? 1 : 0;
    }
    return net_[id].listener.qlen == requests && net_[id].listener.young == young;
  }

  bool client(model::SockId id) const {
    const auto is_its = [id](const model::Request& each) { return each.local && each.client == id; };
    const auto count = std::count_if(net_.requests.begin(), net_.requests.end(), is_its);
    return count == (net_[id].parked ? 1 : 0);
  }

  bool ends(model::SockId id) const {
    const model::SockId peer = net_[id].peer;
    return peer == model::no_sock || (free_.count(peer) == 0 && net_[peer].peer == id && together(id, peer));
  }

  /// RFC 9293, figure 5: what this end may be in while the other is where it is. A FIN may be lost, and sent again.
  bool together(model::SockId id, model::SockId peer) const {
    switch (static_cast<TcpState>(net_[id].sk_state)) {
      case TcpState::established:
        return in_one_of(peer, {TcpState::established, TcpState::fin_wait1});
      case TcpState::fin_wait1:
        return in_one_of(peer, {TcpState::close_wait, TcpState::fin_wait1, TcpState::established});
      case TcpState::fin_wait2:
        return in_one_of(peer, {TcpState::close_wait, TcpState::closing});
      case TcpState::close_wait:
        return in_one_of(peer, {TcpState::fin_wait1, TcpState::fin_wait2});
      case TcpState::closing:
        return in(peer, TcpState::fin_wait2);
      default:
        return false;
    }
  }

  bool held(model::SockId id) const {
    if (net_[id].held_by == model::HeldBy::file) return true;
    if (net_[id].held_by == model::HeldBy::nobody)
      return net_[id].is_tcp() &&
             in_one_of(id, {TcpState::fin_wait1, TcpState::fin_wait2, TcpState::closing, TcpState::last_ack});
    unsigned queues = 0;
    for (const Sock& each : net_.socks)
      for (model::SockId child = each.first_child; child != model::no_sock; child = net_[child].next)
        queues += child == id ? 1 : 0;
    return queues == 1;
  }

  bool named(model::SockId id) const {
    return !net_[id].is_inet() || in(id, TcpState::close) || net_[id].binding.port != 0;
  }

  static bool can_be_named(std::uint32_t number) { return number != 0 && number < model::first_chosen_port; }

  bool bound(model::SockId id) const {
    const Sock& sk = net_[id];
    std::ptrdiff_t at_home = 0, elsewhere = 0;
    for (const model::Bucket& each : net_.buckets) {
      const bool home = each.netns == sk.netns && each.udp == sk.is_udp() && each.port == sk.binding.port;
      (home ? at_home : elsewhere) += std::count(each.owners.begin(), each.owners.end(), id);
    }
    return elsewhere == 0 && at_home == (sk.is_inet() && can_be_named(sk.binding.port) ? 1 : 0);
  }

  bool cookies() const {
    std::uint32_t kept = 0;
    for (const Sock& each : net_.socks) {
      if (each.cookie_from == model::no_sock) continue;
      ++kept;
      if (!in(each.cookie_from, TcpState::listen)) return false;
    }
    return kept == net_.cookies_kept;
  }

  bool buckets() const {
    for (const model::Bucket& each : net_.buckets) {
      if (each.empty()) return false;
      for (const model::SockId owner : each.owners)
        if (free_.count(owner) != 0) return false;
      for (const model::TimeWait& old : each.time_wait)
        if (old.until <= net_.now || old.until > net_.now + model::time_wait_length) return false;
    }
    return true;
  }

  bool timers() const {
    std::set<std::uint64_t> numbers;
    bool apart = true;
    for (const Sock& each : net_.socks) {
      if (each.timer == model::SockTimer::none) continue;
      apart = apart && each.due > net_.now && numbers.insert(each.armed).second;
    }
    for (const model::Request& each : net_.requests)
      apart = apart && each.due > net_.now && each.due != model::never && numbers.insert(each.armed).second;
    return apart && (numbers.empty() || *numbers.rbegin() <= net_.timers_armed);
  }

  bool slots() const {
    for (const model::SockId each : free_)
      if (net_[each].held_by != model::HeldBy::nobody || net_[each].timer != model::SockTimer::none) return false;
    for (const model::Request& each : net_.requests)
      if (free_.count(each.listener) != 0 || free_.count(each.client) != 0) return false;
    return true;
  }

  bool descriptors() const {
    model::Files files = Inside::files(host_);
    std::set<model::SockId> open;
    for (std::int32_t fd = 0; fd < 64; ++fd) {
      const model::File* const file = files.at(fd);
      if (file == nullptr || file->sock == model::no_sock) continue;
      if (!open.insert(file->sock).second || net_[file->sock].held_by != model::HeldBy::file) return false;
    }
    for (model::SockId id = 0; id < net_.socks.size(); ++id)
      if ((net_[id].held_by == model::HeldBy::file) != (open.count(id) != 0)) return false;
    return true;
  }

  const Host& host_;
  const Net& net_;
  const std::set<model::SockId> free_;
};

}  // namespace weir::proofs::program
