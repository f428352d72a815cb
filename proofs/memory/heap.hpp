// The explored program's heap: memory that no execution leaks, because each begins with all of it.
//
// While a heap is in use on this thread, new and delete serve from it. Nothing is handed out twice in one execution, so
// whoever touches what was freed finds it as its destructor left it; and an execution that is given up half-way leaves
// nothing behind.
#pragma once
#include <cstddef>
#include <memory>

namespace weir::proofs::memory {

class Heap {
 public:
  explicit Heap(std::size_t bytes);

  /// All memory is free again.
  void reset() noexcept;
  /// Blocks that were not given back.
  std::size_t live() const noexcept { return live_; }
  /// A block was given back twice since the last reset.
  bool double_free() const noexcept { return double_free_; }

  void* allocate(std::size_t bytes, std::size_t alignment) noexcept;  ///< nullptr when there is no more
  bool owns(const void* block) const noexcept;
  void give_back(void* block) noexcept;

  /// The heap that new and delete use on this thread; nullptr: the ordinary one.
  static Heap* active() noexcept;

  /// Makes a heap, or none, the active one for the length of a scope.
  class Use {
   public:
    explicit Use(Heap* heap) noexcept;
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    Heap* before_;
  };

 private:
  std::unique_ptr<std::byte[]> memory_;
  std::size_t size_;
  std::size_t used_ = 0;
  std::size_t live_ = 0;
  bool double_free_ = false;
};

}  // namespace weir::proofs::memory
