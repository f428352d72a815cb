// How long the queue for TCP Fast Open requests is: one number a socket, and until 4.3 whether it has one at all.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>

#include "model/profile.hpp"

namespace weir::lockfree {

struct alignas(8) FastopenQueue {
  std::uint32_t length = 0;
  std::uint32_t made = 0;  ///< 1: asked for once, where the release makes the queue on demand

  friend bool operator==(const FastopenQueue&, const FastopenQueue&) = default;
};

/// The queue once `length` was asked for, by the option or by listen.
constexpr FastopenQueue fastopen_queue(const Profile& kernel, std::uint32_t length, std::uint32_t somaxconn) {
  if (kernel.listen_fastopen == ListenFastopen::makes_queue) return {length, 1};
  return {std::min(length, somaxconn), 1};
}

/// The length that the sysctl has listen ask for.
constexpr std::optional<std::uint32_t> length_from_sysctl(const Profile& kernel, std::int32_t tcp_fastopen,
                                                          std::uint32_t backlog) {
  constexpr std::uint32_t server = 0x2, from_backlog = 0x400, from_upper_half = 0x800;
  const auto flags = static_cast<std::uint32_t>(tcp_fastopen);
  if (kernel.listen_fastopen == ListenFastopen::nothing || (flags & server) == 0) return std::nullopt;
  if ((flags & from_backlog) != 0) return backlog;
  const bool counts = kernel.listen_fastopen != ListenFastopen::one_flag;
  if (counts && (flags & from_upper_half) != 0) return flags >> 16;
  return std::nullopt;
}

/// Whether listen leaves the queue alone, whatever the sysctl says.
constexpr bool keeps_queue(const Profile& kernel, FastopenQueue queue) {
  return kernel.listen_fastopen == ListenFastopen::makes_queue ? queue.made != 0 : queue.length != 0;
}

}  // namespace weir::lockfree
