#include "proofs/memory/heap.hpp"

#include <cstdint>
#include <cstdlib>
#include <new>

namespace weir::proofs::memory {
namespace {

constinit thread_local Heap* active_heap = nullptr;

/// Before each block: whether it is in use.
struct Header {
  std::uint64_t live;
  std::uint64_t padding;
};

}  // namespace

Heap::Heap(std::size_t bytes) : memory_(std::make_unique_for_overwrite<std::byte[]>(bytes)), size_(bytes) {}

void Heap::reset() noexcept {
  used_ = 0;
  live_ = 0;
  double_free_ = false;
}

void* Heap::allocate(std::size_t bytes, std::size_t alignment) noexcept {
  const auto base = reinterpret_cast<std::uintptr_t>(memory_.get());
  const std::uintptr_t from = base + used_ + sizeof(Header);
  const std::uintptr_t block = (from + alignment - 1) / alignment * alignment;
  if (block + bytes > base + size_) return nullptr;
  used_ = block + bytes - base;
  reinterpret_cast<Header*>(block)[-1].live = 1;
  ++live_;
  return reinterpret_cast<void*>(block);
}

bool Heap::owns(const void* block) const noexcept {
  const auto* const at = static_cast<const std::byte*>(block);
  return at >= memory_.get() && at < memory_.get() + size_;
}

void Heap::give_back(void* block) noexcept {
  Header& header = static_cast<Header*>(block)[-1];
  if (header.live == 0) double_free_ = true;
  if (header.live != 0) --live_;
  header.live = 0;
}

Heap* Heap::active() noexcept { return active_heap; }

Heap::Use::Use(Heap* heap) noexcept : before_(active_heap) { active_heap = heap; }
Heap::Use::~Use() { active_heap = before_; }

namespace {

void* allocate(std::size_t bytes, std::size_t alignment) {
  alignment = alignment < 16 ? 16 : alignment;
  Heap* const heap = active_heap;
  void* const block = heap != nullptr ? heap->allocate(bytes, alignment)
                      : alignment == 16
                          ? std::malloc(bytes == 0 ? 1 : bytes)
                          : std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void give_back(void* block) noexcept {
  Heap* const heap = active_heap;
  if (heap != nullptr && heap->owns(block))
    heap->give_back(block);
  else
    std::free(block);
}

}  // namespace
}  // namespace weir::proofs::memory

// A program that links the explorer gets these in place of the library's: without an active heap they do the same.
void* operator new(std::size_t bytes) { return weir::proofs::memory::allocate(bytes, 16); }
void* operator new[](std::size_t bytes) { return weir::proofs::memory::allocate(bytes, 16); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return weir::proofs::memory::allocate(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return weir::proofs::memory::allocate(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept { weir::proofs::memory::give_back(block); }
void operator delete[](void* block) noexcept { weir::proofs::memory::give_back(block); }
void operator delete(void* block, std::size_t) noexcept { weir::proofs::memory::give_back(block); }
void operator delete[](void* block, std::size_t) noexcept { weir::proofs::memory::give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { weir::proofs::memory::give_back(block); }
void operator delete[](void* block, std::align_val_t) noexcept { weir::proofs::memory::give_back(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { weir::proofs::memory::give_back(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { weir::proofs::memory::give_back(block); }
