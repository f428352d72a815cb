// What a backlog says of packets, and how it keeps them.
#pragma once
#include <algorithm>
#include <cstdint>

#include "model/op.hpp"

namespace weir::lockfree {

/// What became of a packet. `scheduled`: this packet found the backlog asleep, and the caller must wake the owner.
struct Admission {
  bool admitted = false;
  bool scheduled = false;
};

/// What became of a burst: its first `admitted` packets are in, the others were refused and counted.
struct BurstAdmission {
  std::uint32_t admitted = 0;
  bool scheduled = false;  ///< one of them found the backlog asleep: the caller must wake the owner
};

/// Which packets the limit counts.
enum class Count : bool {
  waiting,  ///< all that are not yet delivered (one queue, .. 2.6.34)
  input,    ///< those the owner has not yet taken into its private window (two queues, 2.6.35 ..)
};

/// How many packets a poll may still deliver: at least one at first, whatever its quota.
struct Quota {
  explicit Quota(std::int32_t quota) : left(static_cast<std::uint32_t>(std::max(quota, 1))) {}
  std::int32_t used(std::int32_t quota) const { return std::max(quota, 1) - static_cast<std::int32_t>(left); }

  std::uint32_t left;
};

/// How a packet is kept in a slot: any bijection into the multiples of 4. The lowest bits are the slot's.
template <class Item>
struct SlotCodec;
template <class Packet>
struct SlotCodec<Packet*> {
  static void prefetch(std::uint64_t word) { __builtin_prefetch(decode(word)); }
  static std::uint64_t encode(Packet* item) {
    static_assert(alignof(Packet) >= 4);
    return reinterpret_cast<std::uintptr_t>(item);
  }
  static Packet* decode(std::uint64_t word) { return reinterpret_cast<Packet*>(static_cast<std::uintptr_t>(word)); }
};
template <>
struct SlotCodec<Skb> {
  static void prefetch(std::uint64_t) {}
  static std::uint64_t encode(Skb item) { return std::uint64_t{item.id} << 2; }
  static Skb decode(std::uint64_t word) { return Skb{static_cast<std::uint32_t>(word >> 2)}; }
};

}  // namespace weir::lockfree
