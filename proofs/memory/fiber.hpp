// A thread of the explored program: a stack that can be left at any event, and abandoned there.
//
// Boost.Context's lowest layer, because its classes unwind a fiber that is destroyed, and lock-free code, which is
// noexcept all over, cannot be unwound.
#pragma once
#include <cstddef>
#include <memory>

namespace weir::proofs::memory {

class Fiber {
 public:
  using Body = void (*)(void* argument);

  Fiber();

  /// Begins anew with `body(argument)`; what stood on the stack is forgotten. It runs at the next `resume`. \pre `body`
  /// never returns: it ends in a last `leave`.
  void start(Body body, void* argument) noexcept;
  /// Runs the fiber until it calls `leave`.
  void resume() noexcept;
  /// Back to whoever called `resume`. To be called on the fiber itself.
  void leave() noexcept;
  bool running() const noexcept { return running_; }

 private:
  static constexpr std::size_t stack_bytes = std::size_t{256} << 10;

  std::unique_ptr<std::byte[]> stack_;
  void* inside_ = nullptr;   // where the fiber goes on
  void* outside_ = nullptr;  // where `resume` was called
  Body body_ = nullptr;
  void* argument_ = nullptr;
  bool running_ = false;
};

}  // namespace weir::proofs::memory
