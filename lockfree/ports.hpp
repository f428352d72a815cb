// Who holds which named port: the bind buckets of one network namespace.
//
// A bucket is a list that only grows at its head. To bind is to read the list, decide, and exchange the head that was
// read for one's own claim; if anybody else joined meanwhile the exchange fails and the decision is taken again.
// Leaving needs no change here: a claim counts while its socket still has the port. Dead claims are swept when they
// outnumber the living.
//
// Thread safety: any thread, inside an epoch. Lock-free: an exchange fails only because another one succeeded.
//
// Invariants:
//   (1) A claim's fields never change while it is on a list.
//   (2) Heads differ whenever lists do: a node is not reused while an operation that saw it is in flight.
//   (3) The newest claim of a port carries the port's memory; without a living claim the port has none.
#pragma once
#include <array>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "lockfree/addresses.hpp"
#include "lockfree/pool.hpp"
#include "lockfree/sock.hpp"

namespace weir::lockfree {

/// What a bind bucket remembers of its owners (struct inet_bind_bucket).
struct alignas(8) PortMemory {
  std::uint32_t v4 = 0;     ///< with `kind` and the family's flags: the address that the last SO_REUSEPORT owner holds
  std::uint16_t flags = 0;  ///< reuse_addr: all owners joined with it, not listening; reuse_port: the last one did
  Address::Kind kind = Address::Kind::any;
  std::uint8_t unused = 0;

  constexpr bool has(SockFlag flag) const { return (flags & flag) != 0; }
  constexpr Held held() const { return lockfree::held({v4, 0, kind, 0}, flags); }
};

struct PortKey {
  Protocol protocol;
  std::uint16_t port;
};

struct Claim {
  HostAtomic<SockRef> owner{};
  HostAtomic<PortMemory> memory{};
  HostAtomic<std::uint32_t> next{0};
  HostAtomic<std::uint32_t> key{0};
  HostAtomic<std::uint32_t> length{0};  ///< of the list from here on
  HostAtomic<std::uint32_t> kept{0};    ///< its length after the last sweep
  HostAtomic<std::uint32_t> pool_link{0};
  HostAtomic<std::uint64_t> pool_stamp{0};
};

using Claims = Pool<Claim, 8>;

class Ports {
 public:
  static constexpr std::size_t buckets = 32;

  /// The list of a key as it was at one moment.
  struct View {
    std::uint32_t head = 0;
    PortMemory memory;   ///< of the newest claim of this key, where `owned`
    bool owned = false;  ///< some socket holds the port
    bool stale = false;  ///< the list has doubled since the last sweep: sweep when joining
  };

  /// Looks at every socket that holds the port: visit(ref, sock, word). The reference is the claim's own: one made from
  /// the slot's generation after the look might already be that of its next use.
  template <class Visit>
  View look(PortKey key, Socks& socks, Claims& claims, Visit visit) {
    View view;
    // acquire: pairs with the release in `join`; without it the fields of the head claim could be those of earlier use.
    view.head = bucket(key).load(std::memory_order_acquire);
    view.stale = doubled(view.head, claims);
    bool seen = false;
    for (std::uint32_t index = view.head; index != 0;) {
      Claim& claim = claims[index];
      // relaxed, here and below: written before the claim was published, fixed since (invariant 1).
      index = claim.next.load(std::memory_order_relaxed);
      if (claim.key.load(std::memory_order_relaxed) != packed(key)) continue;
      if (!seen) view.memory = claim.memory.load(std::memory_order_relaxed);
      seen = true;
      const SockRef owner = claim.owner.load(std::memory_order_relaxed);
      Sock& sock = socks[owner.index];
      // acquire: pairs with `transition`: what is told by the word, a limit or an address, is that of this use of the
      // port. Of two that join or listen at once one finds the head changed and looks again.
      const SockWord word = sock.word.load(std::memory_order_acquire);
      if (!holds(sock, word, owner, packed(key))) continue;
      view.owned = true;
      visit(owner, sock, word);
    }
    if (!view.owned) view.memory = {};
    return view;
  }

  /// Is the list still the one that was looked at?
  bool is_newest(PortKey key, const View& seen) {
    // relaxed: whoever left the list to another, which we have seen, has entered that one before.
    return bucket(key).load(std::memory_order_relaxed) == seen.head;
  }

  /// Enough of the list for one who joins unconditionally a port that is held: what the newest claim remembers.
  View glance(PortKey key, Claims& claims) {
    View view;
    view.owned = true;
    view.head = bucket(key).load(std::memory_order_acquire);  // acquire: as in `look`
    view.stale = doubled(view.head, claims);
    for (std::uint32_t index = view.head; index != 0;) {
      Claim& claim = claims[index];
      if (claim.key.load(std::memory_order_relaxed) == packed(key)) {  // relaxed: as in `look`
        view.memory = claim.memory.load(std::memory_order_relaxed);
        break;
      }
      index = claim.next.load(std::memory_order_relaxed);
    }
    return view;
  }

  /// Adds a claim if the list is still the one that was looked at.
  bool join(PortKey key, const View& seen, SockRef owner, PortMemory memory, Socks& socks, Claims& claims,
            std::uint64_t epoch) {
    const bool sweeps = seen.stale;
    const std::uint32_t below = sweeps ? living_copy(seen.head, socks, claims, epoch) : seen.head;
    const std::uint32_t claim = fresh(claims, owner, memory, packed(key), below, epoch);
    std::uint32_t expected = seen.head;
    // release: publishes the claim, and the joiner's word (its port, its LISTEN), which stands before it. relaxed on
    // failure: whoever fails looks again.
    const bool joined =
        bucket(key).compare_exchange_strong(expected, claim, std::memory_order_release, std::memory_order_relaxed);
    if (!joined) claims.retire(claim, epoch);
    if (sweeps) retire_list(joined ? seen.head : below, claims, epoch);
    return joined;
  }

 private:
  static constexpr std::uint32_t packed(PortKey key) {
    return static_cast<std::uint32_t>(key.protocol) << 16 | key.port;
  }
  HostAtomic<std::uint32_t>& bucket(PortKey key) {
    return heads_[(key.port ^ static_cast<unsigned>(key.protocol) << 4) % buckets];
  }

  static bool holds(const Sock& sock, SockWord word, SockRef owner, std::uint32_t key) {
    // relaxed: a generation moves on only after the word has lost its port.
    return word.has(port_named) && packed({word.protocol, word.port}) == key &&
           sock.generation.load(std::memory_order_relaxed) == owner.generation;
  }

  static bool doubled(std::uint32_t head, Claims& claims) {
    constexpr std::uint32_t few = 8;  // not worth a sweep
    if (head == 0) return false;
    const Claim& newest = claims[head];
    return newest.length.load(std::memory_order_relaxed) > 2 * newest.kept.load(std::memory_order_relaxed) + few;
  }

  static std::uint32_t fresh(Claims& claims, SockRef owner, PortMemory memory, std::uint32_t key, std::uint32_t below,
                             std::uint64_t epoch) {
    const std::uint32_t index = claims.allocate(epoch);
    Claim& claim = claims[index];
    HostAtomics::renew(claim.owner, owner);  // all of them published by the exchange in `join`
    HostAtomics::renew(claim.memory, memory);
    HostAtomics::renew(claim.key, key);
    HostAtomics::renew(claim.next, below);
    // relaxed, both: written before that claim was published, fixed since.
    const std::uint32_t rest = below == 0 ? 0 : claims[below].length.load(std::memory_order_relaxed);
    HostAtomics::renew(claim.length, rest + 1);
    HostAtomics::renew(claim.kept, below == 0 ? 0 : claims[below].kept.load(std::memory_order_relaxed));
    return index;
  }

  /// A copy of the list without its dead and its repetitions; the newest claim of a port is kept for its memory.
  static std::uint32_t living_copy(std::uint32_t head, Socks& socks, Claims& claims, std::uint64_t epoch) {
    std::vector<std::uint32_t> kept;
    std::unordered_set<std::uint64_t> known;  // ports, and owners of ports
    for (std::uint32_t index = head; index != 0; index = claims[index].next.load(std::memory_order_relaxed)) {
      const Claim& claim = claims[index];
      const SockRef owner = claim.owner.load(std::memory_order_relaxed);
      const std::uint32_t key = claim.key.load(std::memory_order_relaxed);
      const Sock& sock = socks[owner.index];
      const bool newest = known.insert(key).second;
      // relaxed: one that has lost the port since its claim was published gets it again by another claim.
      const bool lives = holds(sock, sock.word.load(std::memory_order_relaxed), owner, key) &&
                         known.insert(std::uint64_t{owner.index} << 32 | key).second;
      if (newest || lives) kept.push_back(index);
    }
    std::uint32_t first = 0;
    for (auto each = kept.rbegin(); each != kept.rend(); ++each) {
      const Claim& claim = claims[*each];
      first = fresh(claims, claim.owner.load(std::memory_order_relaxed), claim.memory.load(std::memory_order_relaxed),
                    claim.key.load(std::memory_order_relaxed), first, epoch);
    }
    if (first != 0) claims[first].kept.store(static_cast<std::uint32_t>(kept.size()), std::memory_order_relaxed);
    return first;
  }

  static void retire_list(std::uint32_t head, Claims& claims, std::uint64_t epoch) {
    for (std::uint32_t index = head; index != 0;) {
      const std::uint32_t next = claims[index].next.load(std::memory_order_relaxed);
      claims.retire(index, epoch);
      index = next;
    }
  }

  std::array<HostAtomic<std::uint32_t>, buckets> heads_{};
};

}  // namespace weir::lockfree
