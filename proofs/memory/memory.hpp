// What the code under exploration stands on: the interface between its atomics and an engine.
//
// Atomics (atomic.hpp) hand every access to the engine of the thread that runs them. There are two: Machine, which
// explores executions, and Candidates, which lists what a thread could do in any of them.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "proofs/memory/order.hpp"
#include "proofs/memory/view.hpp"

namespace weir::proofs::memory {

using Word = std::uint64_t;

/// A line of the source: names an access in reports, and for whoever weakens it.
struct Site {
  const char* file = "";
  int line = 0;
  const char* function = "";
};

/// What an atomic knows of itself; the engine knows the rest by its index.
struct Location {
  Word initial = 0;
  std::uint16_t index = 0;      ///< 0: not known to the engine yet; else the engine's own number + 1
  std::uint8_t born_by = 0xff;  ///< the thread that constructed it; 0xff: nobody in particular
  std::uint16_t born_at = 0;    ///< and how many events it had behind it
  static constexpr std::uint16_t dead = 0xffff;

  // volatile: a store to an object at the end of its life is otherwise one that nobody could see.
  void die() { *const_cast<volatile std::uint16_t*>(&index) = dead; }
};

/// Of each thread, a number of its events: in one word, so that it is copied and compared as one.
class Clocks {
 public:
  constexpr std::uint16_t operator[](unsigned thread) const { return static_cast<std::uint16_t>(word_ >> 16 * thread); }
  constexpr void set(unsigned thread, std::uint16_t events) {
    word_ = (word_ & ~(std::uint64_t{0xffff} << 16 * thread)) | std::uint64_t{events} << 16 * thread;
  }
  /// Of no thread but this one there is a number.
  constexpr bool of_nobody_but(unsigned thread) const { return (word_ & ~(std::uint64_t{0xffff} << 16 * thread)) == 0; }
  constexpr void join(const Clocks& other) {
    std::uint64_t joined = 0;
    for (unsigned i = 0; i < max_threads; ++i) joined |= std::uint64_t{std::max((*this)[i], other[i])} << 16 * i;
    word_ = joined;
  }
  friend constexpr bool operator==(const Clocks&, const Clocks&) = default;

 private:
  static_assert(max_threads == 4);
  std::uint64_t word_ = 0;
};

enum class Access : std::uint8_t { read, write, birth, death };

/// What non-atomic data know of themselves.
struct Shadow {
  std::uint8_t written_by = 0xff;
  bool written = false;  ///< holds a value
  bool dead = false;
  std::uint16_t written_at = 0;
  Clocks read_at;  ///< of each thread, 1 + events before its last read; 0: none

  inline bool may(Access access) const;
  void touched_alone() {
    written = true;
    written_by = 0xff;
  }
};

/// Whether this is a member of an object, or of an array's element, of which somebody has nothing but a null pointer.
inline bool is_null(const void* member) {
  constexpr std::uintptr_t lowest = 1 << 20;  // a namespace is larger than the first 64 KiB, in which nothing can be
  return reinterpret_cast<std::uintptr_t>(member) < lowest;
}

inline bool Shadow::may(Access access) const {
  return !is_null(this) && (access == Access::birth || !dead) && (access != Access::read || written);
}

class Memory {
 public:
  using Change = Word (*)(Word before, Word operand);

  virtual ~Memory() = default;
  virtual Word load(Location& at, Order order, Site site) = 0;
  virtual void store(Location& at, Word value, Order order, Site site) = 0;
  virtual Word update(Location& at, Change change, Word operand, Order order, Site site) = 0;
  struct Exchange {
    Word expected, desired;
    Order success, failure;
    bool weak;
  };
  /// \return what was read; it was exchanged if that is `exchange.expected` and `exchanged` says so
  virtual Word compare_exchange(Location& at, const Exchange& exchange, bool& exchanged, Site site) = 0;
  virtual void fence(Order order, Site site) = 0;
  virtual void born(Location& at) = 0;
  virtual void died(Location& at) = 0;
  /// The end of one life and the beginning of the next.
  virtual void renewed(Location& at, Word value) = 0;
  virtual void touch(Shadow& data, Access access, Site site) = 0;
  /// Gives the thread up unless `holds`: how a loop that waits is written.
  virtual void assume(bool holds) = 0;
  /// The thread has just read what tells it to wait for another one's store: the rest is what happens when it reads
  /// that. If nobody is left who could store, it waits for ever: a failure.
  virtual void wait() = 0;
  /// Every number below `alternatives`.
  virtual unsigned choose(unsigned alternatives) = 0;
  /// Of each thread, how many events the running one knows of: what has happened before.
  virtual Clocks moment() = 0;
  /// The property does not hold.
  virtual void fail(std::string_view why) = 0;
  /// Called by a signal's handler. Comes back if it was not the program that crashed.
  virtual void crashed(std::string_view) {}

  /// Nobody else runs: before the threads begin, and after they are done. What an access is then needs no engine.
  bool alone() const noexcept { return alone_; }

  /// Data of which the running thread was the last to write, and which no other has read since: with these it does what
  /// it likes. The usual case, for which no engine has to be asked.
  bool touches_its_own(Shadow& data, Access access) const noexcept {
    if (is_null(&data) || data.written_by != self_ || data.dead || !data.read_at.of_nobody_but(self_)) return false;
    if (access == Access::read)
      data.read_at.set(self_, static_cast<std::uint16_t>(done_ + 1));
    else if (access == Access::write)
      data.written_at = done_;
    else
      return false;
    return true;
  }

  /// The engine that runs on this thread; nullptr outside of any.
  static Memory* current() noexcept { return current_; }
  class Use {
   public:
    explicit Use(Memory* memory) noexcept;
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    Memory* before_;
  };

 protected:
  static constexpr std::uint8_t nobody = 0xfe;  // has written no data

  bool alone_ = false;
  std::uint8_t self_ = nobody;  // the thread that runs
  std::uint16_t done_ = 0;      // and how many events it has behind it

 private:
  static thread_local constinit inline Memory* current_ = nullptr;
};

/// For the code under exploration.
inline void assume(bool holds) { Memory::current()->assume(holds); }
inline unsigned choose(unsigned alternatives) { return Memory::current()->choose(alternatives); }
inline void require(bool holds, std::string_view property) {
  if (!holds) Memory::current()->fail(property);
}

inline Clocks moment() { return Memory::current()->moment(); }

/// A program to explore. An engine runs `set_up`, then the threads, then `tear_down`; where an execution does not come
/// to its end, `forget` stands in for `tear_down`.
class Program {
 public:
  virtual ~Program() = default;
  virtual unsigned threads() const = 0;
  virtual void set_up() = 0;
  virtual void run(unsigned thread) = 0;
  /// Checks what must hold at the end, and destroys what set_up made.
  virtual void tear_down() = 0;
  virtual void forget() = 0;
};

}  // namespace weir::proofs::memory
