// The flow limit: when a backlog is half full, a flow that made up more than half of the last 128 packets loses its
// packets before the others do. Source: net/core/dev.c (skb_flow_limit), net/core/sysctl_net_core.c
// (flow_limit_cpu_sysctl), from 3.11.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "model/outcome.hpp"
#include "model/sysctl/cpumask.hpp"
#include "model/sysctl/plane.hpp"

namespace weir::model {

inline constexpr std::uint32_t flow_limit_history = 128;  ///< FLOW_LIMIT_HISTORY, packets

/// struct sd_flow_limit: the table of one CPU. Buckets that are 0 are not kept.
/// \invariant history_head < flow_limit_history
struct FlowLimit {
  std::uint32_t num_buckets;
  std::uint32_t count = 0;  ///< packets dropped
  std::uint32_t history_head = 0;
  std::array<std::uint16_t, flow_limit_history> history{};  ///< buckets of the last packets; 16 bits of each
  std::map<std::uint32_t, std::uint8_t> buckets;            ///< packets in the history; wraps

  /// Calls put(number) for each part of the state.
  template <class Put>
  void for_each_value(Put&& put) const {
    for (const std::uint32_t each : {num_buckets, count, history_head}) put(each);
    for (const std::uint16_t each : history) put(each);
    for (const auto& [bucket, packets] : buckets) {
      put(bucket);
      put(packets);
    }
  }
};

/// What the flow limit says of a packet.
enum class FlowVerdict { within, limited, out_of_table };

/// hash_32(): the upper `bits` bits of a product. A shift by 32, of the table with one bucket, shifts by none on
/// x86-64.
constexpr std::uint32_t hash_32(std::uint32_t value, std::uint32_t bits) {
  constexpr std::uint32_t golden_ratio = 0x61c88647;
  return value * golden_ratio >> (32 - bits) % 32;
}

constexpr std::uint32_t bucket_of(const Profile& kernel, FlowHash flow, std::uint32_t num_buckets) {
  if (!kernel.flow_limit_hash_32) return flow.value & (num_buckets - 1);
  return hash_32(flow.value, static_cast<std::uint32_t>(std::bit_width(num_buckets)) - 1);
}

/// Counts the packet in, and the one that is 128 packets older out.
template <Domain D>
FlowVerdict count_flow(const Profile& kernel, FlowLimit& limit, FlowHash flow) {
  const std::uint32_t new_flow = bucket_of(kernel, flow, limit.num_buckets);
  if (new_flow >= limit.num_buckets) {
    D::clause(Clause::FLOW_LIMIT_OUT_OF_TABLE);
    return FlowVerdict::out_of_table;
  }
  const std::uint32_t old_flow = std::exchange(limit.history[limit.history_head], static_cast<std::uint16_t>(new_flow));
  limit.history_head = (limit.history_head + 1) % flow_limit_history;
  if (const auto old = limit.buckets.find(old_flow); old != limit.buckets.end() && --old->second == 0)
    limit.buckets.erase(old);
  std::uint8_t& bucket = limit.buckets[new_flow];
  if (++bucket > flow_limit_history / 2) {
    D::clause(Clause::FLOW_LIMIT_DROP);
    ++limit.count;
    return FlowVerdict::limited;
  }
  D::clause(Clause::FLOW_LIMIT_WITHIN);
  if (bucket == 0) limit.buckets.erase(new_flow);
  return FlowVerdict::within;
}

/// Whether a queue is too short for the flow limit to be asked: the half is halved as an int and compared as unsigned,
/// so that a negative limit is never half full.
template <Domain D>
Bool<D> flow_limit_sleeps(U32<D> qlen, I32<D> netdev_max_backlog) {
  const I32<D> half = netdev_max_backlog >> I32<D>(1);
  return qlen < as<U32<D>>(half);
}

/// The tables of all CPUs, those of CPUs that did not ask for one absent.
using FlowLimits = std::vector<std::optional<FlowLimit>>;

/// KMALLOC_MAX_SIZE, which holds a table and its head; so the largest table, a power of two, has half as many buckets.
constexpr bool table_fits_in_memory(std::uint32_t buckets) { return buckets < kmalloc_max_size; }

/// Gives each CPU of the mask that has none a table of `table_len` buckets, and takes away those of the others.
/// \return enomem at the first table that gets no memory; the CPUs before it keep what they got
template <Domain D>
Errno set_flow_limit_cpus(FlowLimits& cpus, CpuMask mask, std::int32_t table_len) {
  const auto buckets = static_cast<std::uint32_t>(table_len);
  for (std::size_t cpu = 0; cpu < cpus.size(); ++cpu) {
    const bool wanted = (mask >> cpu & 1) != 0;
    if (cpus[cpu] && !wanted) {
      D::clause(Clause::FLOW_LIMIT_TABLE_FREED);
      cpus[cpu].reset();
    } else if (!cpus[cpu] && wanted) {
      if (!table_fits_in_memory(buckets)) {
        D::clause(Clause::FLOW_LIMIT_NO_MEMORY);
        return Errno::enomem;
      }
      D::clause(Clause::FLOW_LIMIT_TABLE);
      cpus[cpu].emplace(FlowLimit{.num_buckets = buckets, .buckets = {}});
    }
  }
  return Errno::none;
}

inline CpuMask flow_limit_cpus(const FlowLimits& cpus) {
  CpuMask mask = 0;
  for (std::size_t cpu = 0; cpu < cpus.size(); ++cpu)
    if (cpus[cpu]) mask |= CpuMask{1} << cpu;
  return mask;
}

/// open, pwrite, close on flow_limit_cpu_bitmap. The offset does not matter, and sysctl_writes_strict is not asked.
/// \return the whole count, or the error of the first call that fails
template <Domain D>
outcome::Returned flow_limit_cpu_write(FlowLimits& cpus, const SysctlPlane<D>& sysctls, const op::SysctlWrite& op) {
  if (const Errno error = open_sysctl(sysctls, op.ns.id, op.sysctl, op.cred, true); error != Errno::none)
    return failed(error);
  if (const Errno error = check_transfer<D>(*sysctls.kernel, op.data.size(), op.pos); error != Errno::none)
    return failed(error);
  const Bytes<D> text(reinterpret_cast<const std::uint8_t*>(op.data.data()), op.data.size());
  CpuMask mask = 0;
  if (const Errno error = cpumask_parse<D>(*sysctls.kernel, text, static_cast<std::uint32_t>(cpus.size()), mask);
      error != Errno::none)
    return failed(error);
  D::clause(Clause::CPUMASK_STORED);
  const Errno error = set_flow_limit_cpus<D>(cpus, mask, sysctls.global_cell(Sysctl::flow_limit_table_len));
  if (error != Errno::none) return failed(error);
  return returned(static_cast<std::int64_t>(op.data.size()));
}

/// open, pread, close on flow_limit_cpu_bitmap.
template <Domain D>
Outcome flow_limit_cpu_read(const FlowLimits& cpus, const SysctlPlane<D>& sysctls, const op::SysctlRead& op) {
  if (const Errno error = open_sysctl(sysctls, op.ns.id, op.sysctl, Cred::user, false); error != Errno::none)
    return failed(error);
  if (const Errno error = check_transfer<D>(*sysctls.kernel, op.len, op.pos); error != Errno::none)
    return failed(error);
  Transfer io{op.len, op.pos};
  std::string text = dump_cpumask<D>(flow_limit_cpus(cpus), static_cast<std::uint32_t>(cpus.size()), io);
  return outcome::ReadBack{static_cast<std::int64_t>(io.count), std::move(text)};
}

}  // namespace weir::model
