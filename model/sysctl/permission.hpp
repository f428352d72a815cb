// Which files of /proc/sys a namespace has, and who may open them.
// Source: net/sysctl_net.c (net_ctl_permissions, net_ctl_ro_header_perms), fs/proc/proc_sysctl.c (test_perm),
// net/core/sysctl_net_core.c (sysctl_core_net_init).
#pragma once
#include "model/errno.hpp"
#include "model/sysctl/values.hpp"

namespace weir::model {

constexpr bool is_net_core(Sysctl id) { return name_of_enum(id).starts_with("net.core."); }
constexpr bool is_net(Sysctl id) { return name_of_enum(id).starts_with("net."); }

/// Whether the file is not there, although the release has the sysctl.
template <Domain D>
bool is_hidden(const SysctlPlane<D>& plane, std::size_t ns, const SysctlSpec& spec) {
  if (ns == 0 || !is_net(spec.id)) return false;
  if (spec.scope == Scope::global && plane.kernel->globals_absent_in_netns) {
    D::clause(Clause::SYSCTL_GLOBAL_HIDDEN);
    return true;
  }
  const bool foreign = plane.owners[ns] == Owner::user;
  if (foreign && spec.id == Sysctl::somaxconn && plane.kernel->somaxconn_hidden_from_users) {
    D::clause(Clause::SYSCTL_USERNS_HIDDEN);
    return true;
  }
  return false;
}

/// Whether these credentials get the owner's bits of the file's mode; otherwise those of others. Who owns files of
/// net.* is the root of the user namespace that owns the network namespace.
template <Domain D>
bool opens_as_owner(const SysctlPlane<D>& plane, std::size_t ns, const SysctlSpec& spec, Cred cred) {
  if (cred == Cred::root) {
    const bool nobody_outside = !is_net(spec.id) && plane.owners[ns] == Owner::user;
    if (nobody_outside) D::clause(Clause::SYSCTL_FOREIGN_ROOT);
    return !nobody_outside;
  }
  if (cred == Cred::user || !is_net(spec.id)) return false;
  // Until 3.4 the tables of the global knobs were outside the namespaces, and their permissions ask for no capability.
  if (spec.scope == Scope::global && !plane.kernel->globals_absent_in_netns) {
    D::clause(Clause::SYSCTL_NET_ADMIN_IGNORED);
    return false;
  }
  D::clause(Clause::SYSCTL_NET_ADMIN);
  return true;
}

/// open(2) on a sysctl's file.
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
  if (is_hidden(plane, ns, *spec)) return Errno::enoent;
  if (!for_writing) return Errno::none;  // every file may be read by everybody
  if (ns != 0 && spec->scope == Scope::global && is_net_core(id)) {
    D::clause(Clause::SYSCTL_GLOBAL_READONLY);
    return Errno::eacces;
  }
  const int granted = opens_as_owner(plane, ns, *spec, cred) ? spec->mode >> 6 : spec->mode;
  if ((granted & 02) == 0) {
    D::clause(Clause::SYSCTL_PERMISSION);
    return Errno::eacces;
  }
  return Errno::none;
}

}  // namespace weir::model
