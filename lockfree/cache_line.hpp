// Cache lines: how long they are, and how to ask for one early.
#pragma once
#include <cstddef>

namespace weir::lockfree {

inline constexpr std::size_t cache_line = 64;

/// Ask the cache for the line of `address`, ready to be written: a line that is first read and then written crosses
/// between cores twice.
inline void prefetch_for_write([[maybe_unused]] const void* address) noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
  // Not __builtin_prefetch(address, 1): without -mprfchw that is a prefetch for reading.
  asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(address)));
#endif
}

}  // namespace weir::lockfree
