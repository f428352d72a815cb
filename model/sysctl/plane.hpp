// The sysctl plane: what a new namespace starts with, and what a write or read of a file does.
// Source: fs/proc/proc_sysctl.c (proc_sys_call_handler), net/core/net_namespace.c (setup_net), net/ipv4/tcp_ipv4.c
// (tcp_sk_init).
#pragma once
#include <algorithm>
#include <string>

#include "model/outcome.hpp"
#include "model/power_of_two.hpp"
#include "model/sysctl/permission.hpp"
#include "model/sysctl/proc_douintvec.hpp"

namespace weir::model {

/// tcp_set_hashinfo: a namespace whose maker had tcp_child_ehash_entries set gets a hash of connections of its own, and
/// tcp_max_syn_backlog with it. Namespace 0 makes them all.
template <Domain D>
void size_own_hash(SysctlPlane<D>& plane, SysctlValues<D>& made) {
  if (spec_of(*plane.kernel, Sysctl::tcp_child_ehash_entries) == nullptr) return;
  const auto asked = as<U32<D>>(plane.cell(0, Sysctl::tcp_child_ehash_entries));
  if (asked == U32<D>(0)) return;
  D::clause(Clause::NETNS_OWN_HASH);
  const U32<D> share = roundup_pow_of_two<D>(asked) / U32<D>(128), least(128);
  made[sysctl_cell(Sysctl::tcp_max_syn_backlog, 0)] = as<I32<D>>(choose(share < least, least, share));
}

/// \param id  receives the number of the new namespace
template <Domain D>
Errno add_namespace(SysctlPlane<D>& plane, Owner owner, std::size_t& id) {
  if (owner == Owner::user && !plane.kernel->has_user_netns) {
    D::clause(Clause::NETNS_NO_USERNS);
    return Errno::einval;
  }
  D::clause(Clause::NETNS_CREATED);
  SysctlValues<D> made = plane.initial;
  for (const SysctlSpec& spec : plane.kernel->sysctls) {
    if (!spec.from_first) continue;
    D::clause(Clause::NETNS_INHERITS);
    for (std::size_t i = 0; i < spec.elements; ++i)
      made[sysctl_cell(spec.id, i)] = plane.namespaces[0][sysctl_cell(spec.id, i)];
  }
  size_own_hash(plane, made);
  id = plane.namespaces.size();
  plane.namespaces.push_back(made);
  plane.owners.push_back(owner);
  return Errno::none;
}

inline constexpr std::size_t kmalloc_max_size = 4U << 20;  ///< KMALLOC_MAX_SIZE with 4 KiB pages

/// What the VFS and the proc layer refuse before the handler sees the transfer.
template <Domain D>
Errno check_transfer(const Profile& kernel, std::size_t count, std::int64_t pos) {
  if (pos < 0 || pos > std::numeric_limits<std::int64_t>::max() - static_cast<std::int64_t>(count)) {
    D::clause(Clause::SYSCTL_OFFSET_INVALID);
    return Errno::einval;
  }
  if (kernel.write_copied_first && count >= kmalloc_max_size) {
    D::clause(Clause::SYSCTL_TOO_LARGE);
    return Errno::enomem;
  }
  return Errno::none;
}

/// As unsigned: -2147483648 is one.
template <Domain D>
Bool<D> is_power_of_2(I32<D> value) {
  const U32<D> bits = as<U32<D>>(value);
  return bits != U32<D>(0) && (bits & (bits - U32<D>(1))) == U32<D>(0);
}

/// The handler of the sysctl, on its value or values.
template <Domain D>
Errno proc_write(SysctlPlane<D>& plane, std::size_t ns, const SysctlSpec& spec, Bytes<D> data, Transfer& io) {
  const I32<D> strict = plane.global_cell(Sysctl::sysctl_writes_strict);
  if (spec.handler == Handler::dou8vec_minmax || spec.handler == Handler::douintvec_minmax) {
    const UintRange range{static_cast<std::uint32_t>(spec.minimum), static_cast<std::uint32_t>(spec.maximum),
                          spec.handler == Handler::dou8vec_minmax};
    I32<D>& value = plane.cell(ns, spec.id);
    auto number = as<U32<D>>(value);
    const Errno error = proc_douintvec_write<D>(*plane.kernel, range, number, data, io, strict);
    value = as<I32<D>>(number);
    return error;
  }
  const IntRange range{spec.minimum, spec.maximum, spec.handler == Handler::dointvec_minmax};
  std::array<I32<D>, max_sysctl_elements> values{};
  for (std::size_t i = 0; i < spec.elements; ++i) values[i] = plane.cell(ns, spec.id, i);
  const Errno error =
      proc_dointvec_write<D>(*plane.kernel, range, std::span(values).first(spec.elements), data, io, strict);
  if (error == Errno::none && spec.handler == Handler::power_of_two && !is_power_of_2<D>(values[0])) {
    D::clause(Clause::TABLE_LEN_POWER_OF_2);
    return Errno::einval;  // the old length stays
  }
  for (std::size_t i = 0; i < spec.elements; ++i) plane.cell(ns, spec.id, i) = values[i];
  return error;
}

/// open, pwrite, close. \return bytes reported as written, or the error of the first call that fails
template <Domain D>
outcome::Returned sysctl_write(SysctlPlane<D>& plane, std::size_t ns, Sysctl id, Bytes<D> data, std::int64_t pos,
                               Cred cred) {
  if (const Errno error = open_sysctl(plane, ns, id, cred, true); error != Errno::none) return failed(error);
  if (const Errno error = check_transfer<D>(*plane.kernel, data.size(), pos); error != Errno::none)
    return failed(error);
  Transfer io{data.size(), pos};
  const Errno error = proc_write(plane, ns, *spec_of(*plane.kernel, id), data, io);
  if (error != Errno::none) return failed(error);
  return returned(static_cast<std::int64_t>(io.count));
}

/// open, pread of up to `len` bytes, close. \param text  receives the bytes read
template <Domain D>
Errno sysctl_read(const SysctlPlane<D>& plane, std::size_t ns, Sysctl id, std::size_t len, std::int64_t pos,
                  std::vector<U8<D>>& text) {
  if (const Errno error = open_sysctl(plane, ns, id, Cred::user, false); error != Errno::none) return error;
  if (const Errno error = check_transfer<D>(*plane.kernel, len, pos); error != Errno::none) return error;
  const SysctlSpec& spec = *spec_of(*plane.kernel, id);
  Transfer io{len, pos};
  if (spec.handler == Handler::douintvec_minmax) {
    text = proc_douintvec_read<D>(as<U32<D>>(plane.cell(ns, id)), io);
    return Errno::none;
  }
  std::array<I32<D>, max_sysctl_elements> values{};
  for (std::size_t i = 0; i < spec.elements; ++i) values[i] = plane.cell(ns, id, i);
  text = proc_dointvec_read<D>(std::span<const I32<D>>(values.data(), spec.elements), io);
  return Errno::none;
}

/// The quota that process_backlog takes for its next poll: dev_weight, from 4.11 times dev_weight_rx_bias as a plain
/// int.
template <Domain D>
I32<D> dev_rx_weight(const SysctlPlane<D>& plane) {
  const I32<D> weight = plane.global_cell(Sysctl::dev_weight);
  if (!plane.kernel->has_weight_bias) return weight;
  return wrapping_mul(weight, plane.global_cell(Sysctl::dev_weight_rx_bias));
}

}  // namespace weir::model
