// Descriptors: labels and the sockets behind them.
//
// Thread safety: any thread; look-ups are wait-free.
//
// Invariants:
//   (1) A label's bit is set from before its socket is entered until after it is taken out.
//   (2) Labels 0, 1 and 2 are never handed out.
#pragma once
#include <bit>
#include <cstdint>
#include <optional>

#include "lockfree/segmented.hpp"
#include "lockfree/sock.hpp"
#include "model/op.hpp"

namespace weir::lockfree {

class FdTable {
 public:
  static constexpr std::int32_t first_label = 3;

  /// The lowest label that is free, taken. Between threads: free at some moment of the call, and no lower one stayed
  /// free throughout. nullopt when all are taken.
  std::optional<std::int32_t> take() {
    for (std::uint32_t w = 0; w < words; ++w) {
      auto& used = used_.at(w);
      // relaxed: the bit is only a reservation; the socket behind the label is published by `enter`.
      std::uint64_t bits = used.load(std::memory_order_relaxed) | reserved(w);
      while (~bits != 0) {
        const auto bit = static_cast<unsigned>(std::countr_one(bits));
        // acquire: pairs with the release in `give_back`, so the earlier owner's entry is already empty.
        bits = used.fetch_or(std::uint64_t{1} << bit, std::memory_order_acquire) | reserved(w);
        if ((bits >> bit & 1) == 0) return static_cast<std::int32_t>(w * 64 + bit);
      }
    }
    return std::nullopt;
  }

  void enter(std::int32_t label, SockRef sock) {
    // release: publishes the socket to the acquire in `at`.
    entries_.at(static_cast<std::uint32_t>(label)).store(sock, std::memory_order_release);
  }

  /// The socket, or none where the label is not open (or is not a socket).
  SockRef at(std::int32_t label) {
    if (label < first_label || label >= max_fd) return {};
    auto* const entry = entries_.find(static_cast<std::uint32_t>(label));
    // acquire: pairs with the release in `enter`; without it the socket's words might be those of an earlier one.
    return entry == nullptr ? SockRef{} : entry->load(std::memory_order_acquire);
  }

  /// Takes the socket out; of several callers one gets it.
  SockRef remove(std::int32_t label) {
    if (!at(label)) return {};
    // acquire: as in `at`; what is taken out may be newer than what was seen there. The exchange decides who closes.
    const SockRef sock = entries_.at(static_cast<std::uint32_t>(label)).exchange(SockRef{}, std::memory_order_acquire);
    if (sock) give_back(label);
    return sock;
  }

  /// Undoes `take` of a label under which nothing was entered.
  void give_back(std::int32_t label) {
    const auto number = static_cast<std::uint32_t>(label);
    // release: pairs with the acquire in `take`.
    used_.at(number / 64).fetch_and(~(std::uint64_t{1} << number % 64), std::memory_order_release);
  }

  /// 0, 1 and 2 are open until they are closed. One of several callers closes it.
  bool close_standard(std::int32_t label) {
    // relaxed: nothing is published through the bit.
    return (standard_.fetch_and(static_cast<std::uint8_t>(~(1u << label)), std::memory_order_relaxed) >> label & 1) !=
           0;
  }
  bool is_standard(std::int32_t label) const {
    return label >= 0 && label < first_label && (standard_.load(std::memory_order_relaxed) >> label & 1) != 0;
  }

 private:
  static constexpr std::uint32_t words = static_cast<std::uint32_t>(max_fd) / 64;
  static constexpr std::uint64_t reserved(std::uint32_t word) { return word == 0 ? 7 : 0; }

  Segmented<HostAtomic<std::uint64_t>, 1, words> used_;
  Segmented<HostAtomic<SockRef>, 32, static_cast<std::uint32_t>(max_fd)> entries_;
  HostAtomic<std::uint8_t> standard_{7};
};

}  // namespace weir::lockfree
