// The flow limit of one CPU: which flows the last 128 packets belonged to, and whether one has too many of them.
//
//     FlowLimit limit;
//     limit.enable(4096);
//     if (limit.enabled() && limit.admit(kernel, flow) == FlowLimit::Verdict::refused) drop();
//
// Thread safety: admit, enabled and dropped from any thread and wait-free, but for the lock-free decrement of a bucket.
// enable and disable from any thread, and while others admit: a packet that is under way then counts in the old table
// or in the new one. Tables are never freed before the object is, but used again: one for each size, a power of two.
//
// Invariants:
//   (1) active_ == 0, or tables_[active_ - 1] is there and has at least `buckets` counters.
//   (2) Every counter that is not 0 is a bucket of the history, but for tables of more than 65,536 buckets: the history
//       has 16 bits.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>

#include "lockfree/atomics.hpp"
#include "model/op.hpp"
#include "model/profile.hpp"

namespace weir::lockfree {

/// \tparam window  packets remembered: the kernel's FLOW_LIMIT_HISTORY
template <class Atomics = HostAtomics, std::size_t window = 128>
class BasicFlowLimit {
  template <class T>
  using Atomic = typename Atomics::template atomic<T>;

 public:
  enum class Verdict {
    admitted,
    refused,
    wild,  ///< the kernel writes outside its table
  };
  /// Tables of so many buckets or more get no memory.
  static constexpr std::uint32_t too_many_buckets = std::uint32_t{4} << 20;

  BasicFlowLimit() = default;
  ~BasicFlowLimit() {
    for (auto& each : tables_) delete each.load(std::memory_order_relaxed);
  }
  BasicFlowLimit(const BasicFlowLimit&) = delete;
  BasicFlowLimit& operator=(const BasicFlowLimit&) = delete;

  // relaxed: only whether there is a table; admit() looks again.
  bool enabled() const noexcept { return active_.load(std::memory_order_relaxed) != 0; }

  /// A table of all zeros. Does nothing where one is in use. \return false if there is no memory for it
  bool enable(std::uint32_t buckets) {
    if (enabled()) return true;
    if (buckets >= too_many_buckets) return false;
    const auto size_class = static_cast<std::uint32_t>(std::bit_width(std::bit_ceil(buckets)) - 1);
    use_table(size_class, buckets);
    // release: pairs with the acquire in `in_use`; without it a packet could find the counts of an earlier use.
    active_.store(size_class + 1, std::memory_order_release);
    return true;
  }
  void disable() noexcept { active_.store(0, std::memory_order_relaxed); }  // relaxed: as in enabled()

  /// Takes note of a packet. Admitted where no table is in use.
  Verdict admit(const Profile& kernel, FlowHash flow) noexcept {
    Table* const table = in_use();
    return table == nullptr ? Verdict::admitted : table->admit(kernel, flow.value);
  }

  /// Refusals since the table was made; 0 without one.
  std::uint32_t dropped() const noexcept {
    const Table* const table = in_use();
    return table == nullptr ? 0 : table->dropped.load(std::memory_order_relaxed);
  }

 private:
  static constexpr std::size_t size_classes = 23;

  // relaxed throughout: counts, which order nothing else.
  struct Table {
    explicit Table(std::size_t capacity) : counts(std::make_unique<Atomic<std::uint8_t>[]>(capacity)), size(capacity) {}

    void clear(std::uint32_t in_use) noexcept {
      std::for_each_n(counts.get(), size, [](auto& each) { each.store(0, std::memory_order_relaxed); });
      for (auto& each : history) each.store(0, std::memory_order_relaxed);
      next.store(0, std::memory_order_relaxed);
      dropped.store(0, std::memory_order_relaxed);
      buckets.store(in_use, std::memory_order_relaxed);
    }

    Verdict admit(const Profile& kernel, std::uint32_t flow) noexcept {
      const std::uint32_t bucket = bucket_of(kernel, flow);
      if (bucket >= buckets.load(std::memory_order_relaxed)) return Verdict::wild;
      auto& remembered = history[next.fetch_add(1, std::memory_order_relaxed) % window];
      forget(remembered.exchange(static_cast<std::uint16_t>(bucket), std::memory_order_relaxed));
      const auto now = static_cast<std::uint8_t>(counts[bucket].fetch_add(1, std::memory_order_relaxed) + 1);
      if (now <= window / 2) return Verdict::admitted;
      dropped.fetch_add(1, std::memory_order_relaxed);
      return Verdict::refused;
    }

    std::uint32_t bucket_of(const Profile& kernel, std::uint32_t flow) const noexcept {
      const std::uint32_t in_use = buckets.load(std::memory_order_relaxed);
      if (!kernel.flow_limit_hash_32) return flow & (in_use - 1);
      const std::uint32_t mixed = flow * 0x61c88647u;
      return in_use <= 1 ? mixed : mixed >> (33 - std::bit_width(in_use));  // x86-64 shifts by 32 as by 0
    }

    void forget(std::uint32_t bucket) noexcept {
      std::uint8_t count = counts[bucket].load(std::memory_order_relaxed);
      while (count != 0 && !counts[bucket].compare_exchange_weak(count, static_cast<std::uint8_t>(count - 1),
                                                                 std::memory_order_relaxed)) {
      }
    }

    std::unique_ptr<Atomic<std::uint8_t>[]> counts;  ///< wrap, as the kernel's do
    std::size_t size;
    std::array<Atomic<std::uint16_t>, window> history{};
    Atomic<std::uint32_t> next{0};
    Atomic<std::uint32_t> dropped{0};
    Atomic<std::uint32_t> buckets{0};
  };

  Table* in_use() const noexcept {
    // acquire: pairs with the release in `enable`.
    const std::uint32_t active = active_.load(std::memory_order_acquire);
    return active == 0 ? nullptr : tables_[active - 1].load(std::memory_order_relaxed);
  }

  /// Has the table of that size at hand, all zeros. One that is new is so already.
  void use_table(std::uint32_t size_class, std::uint32_t buckets) {
    Atomic<Table*>& slot = tables_[size_class];
    // acquire: pairs with the exchange below; without it another writer's table could be seen before its contents.
    Table* found = slot.load(std::memory_order_acquire);
    if (found != nullptr) return found->clear(buckets);
    auto made = std::make_unique<Table>(std::size_t{1} << size_class);
    made->buckets.store(buckets, std::memory_order_relaxed);
    // release: publishes this table. acquire on failure: takes over the one that came first.
    if (!slot.compare_exchange_strong(found, made.get(), std::memory_order_release, std::memory_order_acquire))
      return found->clear(buckets);
    static_cast<void>(made.release());  // tables_ owns it
  }

  Atomic<std::uint32_t> active_{0};  ///< 0: none; i + 1: the table of size class i
  std::array<Atomic<Table*>, size_classes> tables_{};
};

}  // namespace weir::lockfree
