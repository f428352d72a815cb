// Where the values of sysctls live: one table for the host, and one for each network namespace.
#pragma once
#include <array>
#include <vector>

#include "model/domain.hpp"
#include "model/profile.hpp"
#include "model/vocabulary/host_options.hpp"

namespace weir::model {

/// A place for each sysctl by its number, then the further ints of the only vector, tcp_wmem.
inline constexpr std::size_t sysctl_cells = sysctl_count + max_sysctl_elements - 1;

constexpr std::size_t sysctl_cell(Sysctl id, std::size_t element) {
  return element == 0 ? static_cast<std::size_t>(id) : sysctl_count + element - 1;
}

template <Domain D>
using SysctlValues = std::array<I32<D>, sysctl_cells>;

/// \invariant namespaces.size() == owners.size() >= 1; a per-namespace sysctl is read from namespaces[ns], a global one
/// from `global`
template <Domain D>
struct SysctlPlane {
  const Profile* kernel;
  SysctlValues<D> initial;  ///< what `global` began with and every new namespace begins with
  SysctlValues<D> global;
  std::vector<SysctlValues<D>> namespaces;
  std::vector<Owner> owners{Owner::init};

  SysctlValues<D>& table(std::size_t ns, Sysctl id) {
    const SysctlSpec* spec = spec_of(*kernel, id);
    const bool own = spec != nullptr && spec->scope == Scope::per_netns;
    return own ? namespaces[ns] : global;
  }
  I32<D>& cell(std::size_t ns, Sysctl id, std::size_t element = 0) { return table(ns, id)[sysctl_cell(id, element)]; }
  const I32<D>& cell(std::size_t ns, Sysctl id, std::size_t element = 0) const {
    return const_cast<SysctlPlane*>(this)->cell(ns, id, element);
  }
  const I32<D>& global_cell(Sysctl id) const { return global[static_cast<std::size_t>(id)]; }
};

/// A vector's value in the options is that of its first int.
template <Domain D>
SysctlPlane<D> initial_sysctls(const Profile& kernel, const HostOptions& options) {
  SysctlValues<D> initial{};
  for (const SysctlSpec& spec : kernel.sysctls) {
    initial[sysctl_cell(spec.id, 0)] = I32<D>(spec.initial);
    for (std::size_t i = 1; i < spec.elements; ++i) initial[sysctl_cell(spec.id, i)] = I32<D>(spec.more_initial[i - 1]);
  }
  for (const auto& [id, value] : options.sysctl) initial[static_cast<std::size_t>(id)] = I32<D>(value);
  return {&kernel, initial, initial, {initial}};
}

}  // namespace weir::model
