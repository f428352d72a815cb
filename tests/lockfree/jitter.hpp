// Atomics before each of which a thread may lose the processor: on few cores a thread is otherwise preempted so rarely
// between two steps that what may happen there is hardly ever seen.
#pragma once
#include <sched.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <type_traits>

namespace weir::lockfree {

namespace detail {

inline std::uint64_t jitter_seed() {
  static std::atomic<std::uint64_t> threads{1};
  constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;
  return golden * threads.fetch_add(1, std::memory_order_relaxed);
}

/// One time in 16 lets others run, and one in 256 for long enough that they get far.
inline void jitter() {
  constexpr std::uint64_t yields = 16;
  constexpr std::uint64_t sleeps = 256;
  thread_local std::uint64_t state = jitter_seed();  // xorshift64
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  if (state % sleeps == 0)
    std::this_thread::sleep_for(std::chrono::microseconds{20});
  else if (state % yields == 0)
    sched_yield();
}

}  // namespace detail

template <class T>
class JitterAtomic : public std::atomic<T> {
  using Base = std::atomic<T>;

 public:
  using Base::Base;

  T load(std::memory_order order = std::memory_order_seq_cst) const {
    detail::jitter();
    return Base::load(order);
  }
  void store(T value, std::memory_order order = std::memory_order_seq_cst) {
    detail::jitter();
    Base::store(value, order);
  }
  T exchange(T value, std::memory_order order = std::memory_order_seq_cst) {
    detail::jitter();
    return Base::exchange(value, order);
  }
  template <class... Order>
  bool compare_exchange_weak(T& expected, T desired, Order... order) {
    detail::jitter();
    return Base::compare_exchange_weak(expected, desired, order...);
  }
  template <class... Order>
  bool compare_exchange_strong(T& expected, T desired, Order... order) {
    detail::jitter();
    return Base::compare_exchange_strong(expected, desired, order...);
  }
  T fetch_add(T by, std::memory_order order = std::memory_order_seq_cst) {
    detail::jitter();
    return Base::fetch_add(by, order);
  }
};

struct HostAtomics {
  template <class T>
  using atomic = JitterAtomic<T>;
  template <class T>
  using plain = T;
  static void wait() noexcept { std::this_thread::yield(); }
  template <class T>
  static void renew(JitterAtomic<T>& at, std::type_identity_t<T> value) {
    at.store(value, std::memory_order_relaxed);
  }
};

}  // namespace weir::lockfree
