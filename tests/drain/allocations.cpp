#include "tests/drain/allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

namespace {

std::atomic<std::uint64_t> counted{0};
constexpr auto endless = std::numeric_limits<std::uint64_t>::max();
std::atomic<std::uint64_t> most{endless};  // that may be counted

void* allocate(std::size_t size, std::size_t alignment) {
  if (counted.fetch_add(1, std::memory_order_relaxed) >= most.load(std::memory_order_relaxed)) throw std::bad_alloc();
  void* const memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

std::uint64_t weir::allocations() { return counted.load(std::memory_order_relaxed); }
weir::NoMemory::NoMemory(std::uint64_t after) { most.store(allocations() + after, std::memory_order_relaxed); }
weir::NoMemory::~NoMemory() { most.store(endless, std::memory_order_relaxed); }

void* operator new(std::size_t size) { return allocate(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
// The library's go by these two, a sanitizer's do not.
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return operator new(size, alignment); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
