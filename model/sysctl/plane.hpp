// The sysctl plane: where each value lives, who may open its file, and what a write or read of the file does.
// Source: fs/proc/proc_sysctl.c (proc_sys_call_handler), net/sysctl_net.c (net_ctl_permissions),
// net/core/sysctl_net_core.c.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "model/outcome.hpp"
#include "model/sysctl/proc_dou8vec.hpp"
#include "model/vocabulary/host_options.hpp"

namespace weir::model {

template <Domain D>
using SysctlValues = std::array<I32<D>, sysctl_count>;

/// \invariant namespaces.size() >= 1; a per-namespace sysctl is read from namespaces[ns], a global one from `global`
template <Domain D>
struct SysctlPlane {
  const Profile* kernel;
  SysctlValues<D> initial;  ///< what `global` began with and every new namespace begins with
  SysctlValues<D> global;
  std::vector<SysctlValues<D>> namespaces;

  I32<D>& cell(std::size_t ns, Sysctl id) {
    const SysctlSpec* spec = spec_of(*kernel, id);
    const bool own = spec != nullptr && spec->scope == Scope::per_netns;
    return (own ? namespaces[ns] : global)[static_cast<std::size_t>(id)];
  }
  const I32<D>& cell(std::size_t ns, Sysctl id) const { return const_cast<SysctlPlane*>(this)->cell(ns, id); }
  const I32<D>& global_cell(Sysctl id) const { return global[static_cast<std::size_t>(id)]; }
};

template <Domain D>
SysctlPlane<D> initial_sysctls(const Profile& kernel, const HostOptions& options) {
  SysctlValues<D> initial{};
  for (auto& value : initial) value = I32<D>(0);
  for (const SysctlSpec& spec : kernel.sysctls) initial[static_cast<std::size_t>(spec.id)] = I32<D>(spec.initial);
  for (const auto& [id, value] : options.sysctl) initial[static_cast<std::size_t>(id)] = I32<D>(value);
  return {&kernel, initial, initial, {initial}};
}

/// \return the new namespace's id
template <Domain D>
std::size_t add_namespace(SysctlPlane<D>& plane) {
  D::clause(Clause::NETNS_CREATED);
  plane.namespaces.push_back(plane.initial);
  return plane.namespaces.size() - 1;
}

constexpr bool is_net_core(Sysctl id) { return name_of_enum(id).starts_with("net.core."); }

/// open(2) on a sysctl's file. A namespace's own root owns it; a plain user gets the read bit of mode 0644.
template <Domain D>
Errno open_sysctl(const SysctlPlane<D>& plane, std::size_t ns, Sysctl id, Cred cred, bool for_writing) {
  if (ns >= plane.namespaces.size()) {
    D::clause(Clause::NETNS_UNKNOWN);
    return Errno::enoent;
  }
  const SysctlSpec* spec = spec_of(*plane.kernel, id);
  if (spec == nullptr) {
    D::clause(Clause::SYSCTL_ABSENT);
    return Errno::enoent;
  }
  const bool foreign_global = ns != 0 && spec->scope == Scope::global && is_net_core(id);
  if (foreign_global && plane.kernel->globals_absent_in_netns) {
    D::clause(Clause::SYSCTL_GLOBAL_HIDDEN);
    return Errno::enoent;
  }
  if (foreign_global && for_writing) {
    D::clause(Clause::SYSCTL_GLOBAL_READONLY);
    return Errno::eacces;
  }
  const int wanted = for_writing ? 02 : 04;
  const int granted = cred == Cred::root ? spec->mode >> 6 : spec->mode;
  if ((granted & wanted) == 0) {
    D::clause(Clause::SYSCTL_PERMISSION);
    return Errno::eacces;
  }
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

/// open, pwrite, close. \return bytes reported as written, or the error of the first call that fails
template <Domain D>
outcome::Returned sysctl_write(SysctlPlane<D>& plane, std::size_t ns, Sysctl id, Bytes<D> data, std::int64_t pos,
                               Cred cred) {
  if (const Errno error = open_sysctl(plane, ns, id, cred, true); error != Errno::none) return failed(error);
  if (const Errno error = check_transfer<D>(*plane.kernel, data.size(), pos); error != Errno::none)
    return failed(error);
  const SysctlSpec& spec = *spec_of(*plane.kernel, id);
  const IntRange range{spec.minimum, spec.maximum, spec.handler == Handler::dointvec_minmax};
  const I32<D> strict = plane.global_cell(Sysctl::sysctl_writes_strict);
  I32<D>& value = plane.cell(ns, id);
  Transfer io{data.size(), pos};
  const I32<D> old = value;
  Errno error = spec.handler == Handler::dou8vec_minmax
                    ? proc_dou8vec_write<D>(*plane.kernel, range, value, data, io, strict)
                    : proc_dointvec_write<D>(*plane.kernel, range, std::span<I32<D>>(&value, 1), data, io, strict);
  if (error == Errno::none && spec.handler == Handler::power_of_two && !is_power_of_2<D>(value)) {
    D::clause(Clause::TABLE_LEN_POWER_OF_2);
    value = old;
    error = Errno::einval;
  }
  if (error != Errno::none) return failed(error);
  return returned(static_cast<std::int64_t>(io.count));
}

/// open, pread of up to `len` bytes, close. \param text  receives the bytes read
template <Domain D>
Errno sysctl_read(const SysctlPlane<D>& plane, std::size_t ns, Sysctl id, std::size_t len, std::int64_t pos,
                  std::vector<U8<D>>& text) {
  if (const Errno error = open_sysctl(plane, ns, id, Cred::user, false); error != Errno::none) return error;
  if (const Errno error = check_transfer<D>(*plane.kernel, len, pos); error != Errno::none) return error;
  Transfer io{len, pos};
  text = proc_dointvec_read<D>(std::span<const I32<D>>(&plane.cell(ns, id), 1), io);
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
