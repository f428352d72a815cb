// The Atomics policy of the scheduler: std::atomic's interface over plain memory, with a preemption point before each
// access. Memory orders are those of one thread of the machine: sequential consistency, whatever is asked for.
#pragma once
#include <atomic>
#include <cstring>
#include <type_traits>
#include <utility>

#include "fuzz/schedule/scheduler.hpp"

namespace weir::fuzz {

template <class T>
class ScheduledAtomic {
  using Order = std::memory_order;

 public:
  ScheduledAtomic() noexcept : value_{} {}
  ScheduledAtomic(T value) noexcept : value_(value) {}  // NOLINT: as std::atomic
  ScheduledAtomic(const ScheduledAtomic&) = delete;
  ScheduledAtomic& operator=(const ScheduledAtomic&) = delete;

  T load(Order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
         const char* function = __builtin_FUNCTION()) const noexcept {
    access(false, {file, line, function});
    return value_;
  }
  void store(T value, Order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
             const char* function = __builtin_FUNCTION()) noexcept {
    access(true, {file, line, function});
    value_ = value;
  }
  T exchange(T value, Order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
             const char* function = __builtin_FUNCTION()) noexcept {
    access(true, {file, line, function});
    return std::exchange(value_, value);
  }
  T fetch_add(T by, Order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
              const char* function = __builtin_FUNCTION()) noexcept {
    access(true, {file, line, function});
    return std::exchange(value_, static_cast<T>(value_ + by));
  }
  T fetch_sub(T by, Order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
              const char* function = __builtin_FUNCTION()) noexcept {
    access(true, {file, line, function});
    return std::exchange(value_, static_cast<T>(value_ - by));
  }
  T fetch_or(T bits, Order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
             const char* function = __builtin_FUNCTION()) noexcept {
    access(true, {file, line, function});
    return std::exchange(value_, static_cast<T>(value_ | bits));
  }
  T fetch_and(T bits, Order = Order::seq_cst, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
              const char* function = __builtin_FUNCTION()) noexcept {
    access(true, {file, line, function});
    return std::exchange(value_, static_cast<T>(value_ & bits));
  }
  bool compare_exchange_weak(T& expected, T desired, Order = Order::seq_cst, Order = Order::seq_cst,
                             const char* file = __builtin_FILE(), int line = __builtin_LINE(),
                             const char* function = __builtin_FUNCTION()) noexcept {
    return exchange_if(expected, desired, {file, line, function});
  }
  bool compare_exchange_strong(T& expected, T desired, Order = Order::seq_cst, Order = Order::seq_cst,
                               const char* file = __builtin_FILE(), int line = __builtin_LINE(),
                               const char* function = __builtin_FUNCTION()) noexcept {
    return exchange_if(expected, desired, {file, line, function});
  }

  /// A new life of the object, which nobody else uses meanwhile: no place to be interrupted at.
  void renew(T value) noexcept { value_ = value; }

 private:
  static void access(bool writes, const Site& site) noexcept {
    if (Scheduler* const scheduler = Scheduler::current()) scheduler->before_access(writes, site);
  }
  static bool same(const T& a, const T& b) noexcept {
    if constexpr (std::is_pointer_v<T>)
      return a == b;
    else
      return std::memcmp(&a, &b, sizeof(T)) == 0;
  }
  bool exchange_if(T& expected, T desired, const Site& site) noexcept {
    access(true, site);
    if (!same(value_, expected)) {
      expected = value_;
      return false;
    }
    value_ = desired;
    return true;
  }

  T value_;
};

struct Scheduled {
  template <class T>
  using atomic = ScheduledAtomic<T>;
  template <class T>
  using plain = T;
  static void wait() noexcept {
    if (Scheduler* const scheduler = Scheduler::current()) scheduler->wait();
  }
  template <class T>
  static void renew(ScheduledAtomic<T>& at, std::type_identity_t<T> value) noexcept {
    at.renew(value);
  }
};

}  // namespace weir::fuzz
