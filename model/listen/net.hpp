// All sockets of a host: slots, bind buckets, counters of each namespace.
#pragma once
#include <vector>

#include "model/listen/conn_request.hpp"
#include "model/listen/remote.hpp"

namespace weir::model {

/// What a bound socket takes of the addresses of a port.
struct Claim {
  Family family = Family::inet;
  Address address;
  bool ipv6only = false;
  friend bool operator==(const Claim&, const Claim&) = default;
};

/// A port after its last connection: it holds the bucket as the closed socket did, for a minute.
struct TimeWait {
  Claim claim;
  bool reuseaddr;
  bool reuseport;
  Time until;
  bool remote;  ///< of a connection with `tuple`; otherwise of one over loopback
  Tuple tuple;
  Time answered = never;
  friend bool operator==(const TimeWait&, const TimeWait&) = default;
};

/// Everyone who holds one port of one protocol in one namespace (struct inet_bind_bucket).
struct Bucket {
  std::uint32_t netns = 0;
  bool udp = false;
  std::uint32_t port = 0;
  bool fastreuse = false;      ///< all who joined had SO_REUSEADDR and did not listen
  bool fastreuseport = false;  ///< the last who joined had SO_REUSEPORT, with the claim below
  Claim fast_claim;
  std::vector<SockId> owners;
  std::vector<TimeWait> time_wait;

  bool empty() const { return owners.empty() && time_wait.empty(); }
  friend bool operator==(const Bucket&, const Bucket&) = default;
};

/// Ports that the kernel chooses are numbered from here: they never collide with those that operations can name.
inline constexpr std::uint32_t first_chosen_port = 0x10000;

/// \invariant a socket with a binding to a named port is an owner of exactly that bucket
template <Domain D>
struct Net {
  const Profile* kernel;
  std::vector<Sock<D>> socks{};
  SockId free_slots = no_sock;
  std::uint64_t sockets_made = 0;
  std::vector<Bucket> buckets{};
  std::vector<Mib<D>> mib{Mib<D>{}};  ///< by namespace
  std::uint32_t next_chosen_port = first_chosen_port;
  Time now = 0;
  std::uint64_t timers_armed = 0;
  std::vector<Request> requests{};  ///< of all listeners, oldest first
  std::vector<Cookie> cookies{};
  std::uint32_t cookies_kept = 0;  ///< sockets with a cookie_from
  friend bool operator==(const Net&, const Net&) = default;

  Sock<D>& operator[](SockId id) { return socks[id]; }
  const Sock<D>& operator[](SockId id) const { return socks[id]; }

  /// References to sockets do not survive this call.
  SockId allocate() {
    SockId id = free_slots;
    if (id == no_sock) {
      id = static_cast<SockId>(socks.size());
      socks.emplace_back();
    } else {
      free_slots = socks[id].next;
      socks[id] = Sock<D>{};
    }
    socks[id].born = sockets_made++;
    return id;
  }

  /// \pre nothing refers to the socket any more
  void free(SockId id) {
    socks[id] = Sock<D>{};
    socks[id].held_by = HeldBy::nobody;
    socks[id].next = free_slots;
    free_slots = id;
  }
};

/// Puts a child at the end of the listener's accept queue; its count is the caller's.
template <Domain D>
void push_child(Net<D>& net, SockId listener_id, SockId child) {
  Sock<D>& listener = net[listener_id];
  (listener.first_child == no_sock ? listener.first_child : net[listener.last_child].next) = child;
  listener.last_child = child;
}

template <Domain D>
Bucket* find_bucket(Net<D>& net, std::uint32_t netns, bool udp, std::uint32_t port) {
  for (Bucket& each : net.buckets)
    if (each.port == port && each.netns == netns && each.udp == udp) return &each;
  return nullptr;
}

/// Gives the port back, if there is one. An empty bucket is gone, and what it remembered with it.
template <Domain D>
void inet_put_port(Net<D>& net, SockId id) {
  Sock<D>& sk = net[id];
  if (Bucket* bucket = find_bucket(net, sk.netns, sk.is_udp(), sk.binding.port); bucket != nullptr) {
    std::erase(bucket->owners, id);
    if (bucket->empty()) {
      *bucket = std::move(net.buckets.back());
      net.buckets.pop_back();
    }
  }
  sk.binding.port = 0;
  sk.binding.port_locked = false;
}

/// inet_reset_saddr, as disconnecting does it: only an address that bind named stays.
template <Domain D>
void reset_address(Sock<D>& sk) {
  if (!sk.binding.address_locked) sk.binding.address = any_address;
}

}  // namespace weir::model
