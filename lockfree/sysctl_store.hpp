// One table of sysctl values, read wait-free: the global one of a host, or that of one network namespace.
//
// Thread safety: every member may be called from any thread. load and dev_rx_weight are wait-free (one atomic load);
// store is wait-free but for the two factors of dev_rx_weight, where it is lock-free.
//
// Invariants:
//   (1) A value is written whole: a reader sees one that was stored, never a mixture.
//   (2) dev_weight and dev_weight_rx_bias share a word, so dev_rx_weight is always the product of a pair that stood
//       together at one moment.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "lockfree/atomics.hpp"
#include "model/profile.hpp"
#include "model/vocabulary/host_options.hpp"

namespace weir::lockfree {

template <class Atomics = HostAtomics>
class BasicSysctlStore {
 public:
  /// Every value starts as the profile says unless `options` says otherwise. A sysctl that the profile lacks starts as
  /// 0, a missing dev_weight_rx_bias as 1.
  explicit BasicSysctlStore(const Profile& kernel, const HostOptions& options = {}) { reset(kernel, options); }
  BasicSysctlStore() = default;

  /// Back to the initial values. Not atomic as a whole: for a table that nobody else sees yet.
  void reset(const Profile& kernel, const HostOptions& options) {
    store(Sysctl::dev_weight_rx_bias, 1);
    for (const SysctlSpec& row : kernel.sysctls) {
      store(row.id, row.initial);
      for (std::size_t i = 1; i < row.elements; ++i) store_element(row.id, i, row.more_initial[i - 1]);
    }
    for (const auto& [id, value] : options.sysctl)
      if (spec_of(kernel, id) != nullptr) store(id, value);
  }

  std::int32_t load(Sysctl id) const noexcept {
    if (id == Sysctl::dev_weight) return weight_of(weights_.load(std::memory_order_relaxed));
    if (id == Sysctl::dev_weight_rx_bias) return bias_of(weights_.load(std::memory_order_relaxed));
    // relaxed: a limit stands for itself, nothing else is published through it; readers sample it, as the kernel does.
    return values_[index(id)].load(std::memory_order_relaxed);
  }

  void store(Sysctl id, std::int32_t value) noexcept {
    if (id == Sysctl::dev_weight) return edit_weights([=](std::uint64_t word) { return pack(value, bias_of(word)); });
    if (id == Sysctl::dev_weight_rx_bias)
      return edit_weights([=](std::uint64_t word) { return pack(weight_of(word), value); });
    // relaxed: pairs with the load above; coherence of the one word is all that a sampled limit needs.
    values_[index(id)].store(value, std::memory_order_relaxed);
  }

  /// One int of a vector; element 0 is that of `load`. Each stands for itself: the kernel writes them one by one too.
  std::int32_t load_element(Sysctl id, std::size_t element) const noexcept {
    // relaxed: as in `load`.
    return element == 0 ? load(id) : behind_[element - 1].load(std::memory_order_relaxed);
  }
  void store_element(Sysctl id, std::size_t element, std::int32_t value) noexcept {
    if (element == 0) return store(id, value);
    behind_[element - 1].store(value, std::memory_order_relaxed);  // relaxed: as in `store`
  }

  /// dev_weight * dev_weight_rx_bias, a plain int product that wraps; packets per poll of the backlog.
  std::int32_t dev_rx_weight() const noexcept {
    // relaxed: the one word holds both factors, so no order between two loads is needed (invariant 2).
    const std::uint64_t word = weights_.load(std::memory_order_relaxed);
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(weight_of(word)) *
                                     static_cast<std::uint32_t>(bias_of(word)));
  }

 private:
  static constexpr std::size_t index(Sysctl id) noexcept { return static_cast<std::size_t>(id); }
  static constexpr std::uint64_t pack(std::int32_t weight, std::int32_t bias) noexcept {
    return std::uint64_t{static_cast<std::uint32_t>(bias)} << 32 | static_cast<std::uint32_t>(weight);
  }
  static constexpr std::int32_t weight_of(std::uint64_t word) noexcept { return static_cast<std::int32_t>(word); }
  static constexpr std::int32_t bias_of(std::uint64_t word) noexcept { return static_cast<std::int32_t>(word >> 32); }

  template <class Edit>
  void edit_weights(Edit edit) noexcept {
    std::uint64_t word = weights_.load(std::memory_order_relaxed);
    // relaxed: the exchange only has to keep the other half; without it a concurrent write of that half would be lost.
    while (!weights_.compare_exchange_weak(word, edit(word), std::memory_order_relaxed)) {
    }
  }

  template <class T>
  using Atomic = typename Atomics::template atomic<T>;

  std::array<Atomic<std::int32_t>, sysctl_count> values_{};
  std::array<Atomic<std::int32_t>, max_sysctl_elements - 1> behind_{};  ///< the rest of tcp_wmem, the only vector
  Atomic<std::uint64_t> weights_{0};
};

using SysctlStore = BasicSysctlStore<>;

}  // namespace weir::lockfree
