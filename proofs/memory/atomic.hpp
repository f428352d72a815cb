// The Atomics policy of the explorer: std::atomic's interface, and non-atomic data that notice races.
//
//     lockfree::Backlog<Packet*, memory::Modelled> backlog;
//
// Values are of up to eight bytes without padding. Only inside a Program.
#pragma once
#include <cstring>
#include <type_traits>
#include <utility>

#include "proofs/memory/memory.hpp"

namespace weir::proofs::memory {

template <class T>
Word to_word(const T& value) {
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= alignof(Word));
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<Word>(value);
  } else {
    Word word = 0;
    std::memcpy(&word, &value, sizeof(T));
    return word;
  }
}
template <class T>
T from_word(Word word) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<T>(word);
  } else {
    T value;
    std::memcpy(static_cast<void*>(&value), &word, sizeof(T));
    return value;
  }
}

template <class T>
class Atomic {
 public:
  Atomic() noexcept : Atomic(T{}) {}
  Atomic(T value) noexcept {  // NOLINT: as std::atomic
    at_.initial = to_word(value);
    if (Memory* const memory = Memory::current(); memory != nullptr && !memory->alone()) memory->born(at_);
  }
  ~Atomic() {
    Memory* const memory = Memory::current();
    if (memory == nullptr) return;
    if (memory->alone())
      at_.die();
    else
      memory->died(at_);
  }
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  /// A new life: no store, which somebody might miss, but a construction, which nobody may.
  void renew(T value) noexcept { Memory::current()->renewed(at_, to_word(value)); }

  T load(Order order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
         const char* function = __builtin_FUNCTION()) const noexcept {
    Memory* const memory = Memory::current();
    if (memory->alone() && at_.index == 0) return from_word<T>(at_.initial);
    return from_word<T>(memory->load(at_, order, {file, line, function}));
  }
  void store(T value, Order order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
             const char* function = __builtin_FUNCTION()) noexcept {
    Memory::current()->store(at_, to_word(value), order, {file, line, function});
  }
  T exchange(T value, Order order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
             const char* function = __builtin_FUNCTION()) noexcept {
    return update([](Word, Word operand) { return operand; }, value, order, {file, line, function});
  }
  T fetch_add(T value, Order order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
              const char* function = __builtin_FUNCTION()) noexcept {
    return update(
        [](Word before, Word operand) { return to_word(static_cast<T>(from_word<T>(before) + from_word<T>(operand))); },
        value, order, {file, line, function});
  }
  T fetch_sub(T value, Order order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
              const char* function = __builtin_FUNCTION()) noexcept {
    return update(
        [](Word before, Word operand) { return to_word(static_cast<T>(from_word<T>(before) - from_word<T>(operand))); },
        value, order, {file, line, function});
  }
  T fetch_or(T value, Order order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
             const char* function = __builtin_FUNCTION()) noexcept {
    return update(
        [](Word before, Word operand) { return to_word(static_cast<T>(from_word<T>(before) | from_word<T>(operand))); },
        value, order, {file, line, function});
  }
  T fetch_and(T value, Order order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
              const char* function = __builtin_FUNCTION()) noexcept {
    return update(
        [](Word before, Word operand) { return to_word(static_cast<T>(from_word<T>(before) & from_word<T>(operand))); },
        value, order, {file, line, function});
  }
  bool compare_exchange_weak(T& expected, T desired, Order success, Order failure, const char* file = __builtin_FILE(),
                             int line = __builtin_LINE(), const char* function = __builtin_FUNCTION()) noexcept {
    return exchange_if(expected, {to_word(expected), to_word(desired), success, failure, true}, {file, line, function});
  }
  bool compare_exchange_weak(T& expected, T desired, Order order = Order::seq_cst, const char* file = __builtin_FILE(),
                             int line = __builtin_LINE(), const char* function = __builtin_FUNCTION()) noexcept {
    return exchange_if(expected, {to_word(expected), to_word(desired), order, on_failure(order), true},
                       {file, line, function});
  }
  bool compare_exchange_strong(T& expected, T desired, Order success, Order failure,
                               const char* file = __builtin_FILE(), int line = __builtin_LINE(),
                               const char* function = __builtin_FUNCTION()) noexcept {
    return exchange_if(expected, {to_word(expected), to_word(desired), success, failure, false},
                       {file, line, function});
  }
  bool compare_exchange_strong(T& expected, T desired, Order order = Order::seq_cst,
                               const char* file = __builtin_FILE(), int line = __builtin_LINE(),
                               const char* function = __builtin_FUNCTION()) noexcept {
    return exchange_if(expected, {to_word(expected), to_word(desired), order, on_failure(order), false},
                       {file, line, function});
  }

 private:
  static constexpr Order on_failure(Order order) {
    if (order == Order::acq_rel) return Order::acquire;
    return order == Order::release ? Order::relaxed : order;
  }
  T update(Memory::Change change, T value, Order order, Site site) noexcept {
    return from_word<T>(Memory::current()->update(at_, change, to_word(value), order, site));
  }
  bool exchange_if(T& expected, const Memory::Exchange& exchange, Site site) noexcept {
    bool exchanged = false;
    const Word read = Memory::current()->compare_exchange(at_, exchange, exchanged, site);
    if (!exchanged) expected = from_word<T>(read);
    return exchanged;
  }

  mutable Location at_;
};

/// Non-atomic data.
template <class T>
class Plain {
 public:
  Plain() noexcept : value_{} {}
  Plain(T value) noexcept : value_(std::move(value)) { touch(Access::birth, {}); }  // NOLINT
  ~Plain() { touch(Access::death, {}); }
  Plain(const Plain&) = delete;

  T get(const char* file = __builtin_FILE(), int line = __builtin_LINE(),
        const char* function = __builtin_FUNCTION()) const noexcept {
    touch(Access::read, {file, line, function});
    return value_;
  }
  void set(T value, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
           const char* function = __builtin_FUNCTION()) noexcept {
    touch(Access::write, {file, line, function});
    value_ = std::move(value);
  }
  operator T() const noexcept { return get(); }  // NOLINT: stands in for a T
  Plain& operator=(T value) noexcept {
    set(std::move(value));
    return *this;
  }
  Plain& operator=(const Plain& other) noexcept {
    set(other.get());
    return *this;
  }
  T operator->() const noexcept { return get(); }
  T operator++(int) noexcept {
    const T before = get();
    set(static_cast<T>(before + 1));
    return before;
  }
  Plain& operator++() noexcept {
    set(static_cast<T>(get() + 1));
    return *this;
  }

 private:
  void touch(Access access, Site site) const noexcept {
    Memory* const memory = Memory::current();
    if (memory == nullptr) return;
    if (memory->alone() && shadow_.may(access))
      shadow_.touched_alone();
    else if (memory->alone() || !memory->touches_its_own(shadow_, access))
      memory->touch(shadow_, access, site);
  }

  T value_;
  mutable Shadow shadow_;
};

struct Modelled {
  template <class T>
  using atomic = Atomic<T>;
  template <class T>
  using plain = Plain<T>;
  static void wait() { Memory::current()->wait(); }
  template <class T>
  static void renew(Atomic<T>& at, std::type_identity_t<T> value) {
    at.renew(value);
  }
};

inline void fence(Order order, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
                  const char* function = __builtin_FUNCTION()) {
  Memory::current()->fence(order, {file, line, function});
}

}  // namespace weir::proofs::memory
