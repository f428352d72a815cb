// Crashes of the explored program: a counterexample like any other.
//
// A thread that follows a pointer where nothing is, or aborts, ends its execution with a failure; the explorer goes on.
// What crashes outside of the explored program is left to whoever handled it before.
#pragma once
#include <cstddef>
#include <memory>

namespace weir::proofs::memory {

/// Catches the crashes of programs that are explored on this thread, for the length of a scope. One a thread.
class CatchCrashes {
 public:
  CatchCrashes();
  ~CatchCrashes();
  CatchCrashes(const CatchCrashes&) = delete;
  CatchCrashes& operator=(const CatchCrashes&) = delete;

 private:
  static constexpr std::size_t stack_bytes = std::size_t{64} << 10;

  std::unique_ptr<std::byte[]> stack_;  // handlers run here: the fiber's own may be what overflowed
};

}  // namespace weir::proofs::memory
