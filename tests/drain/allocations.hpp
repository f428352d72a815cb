// How often this program has asked for memory: tests/drain/allocations.cpp counts every operator new.
#pragma once
#include <cstdint>

namespace weir {

std::uint64_t allocations();

/// While it lives memory is to be had so often and no more: then operator new throws std::bad_alloc.
class NoMemory {
 public:
  explicit NoMemory(std::uint64_t after = 0);
  ~NoMemory();
  NoMemory(const NoMemory&) = delete;
  NoMemory& operator=(const NoMemory&) = delete;
};

}  // namespace weir
