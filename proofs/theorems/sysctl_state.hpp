// Arbitrary writes to sysctls, for the theorems of the sysctl plane.
#pragma once
#include "model/sysctl/plane.hpp"
#include "proofs/symbolic/theorem.hpp"

namespace weir::proofs {

inline constexpr std::size_t any_number = 4, any_fate = 2;

inline constexpr auto some_knobs = std::to_array(
    {Sysctl::somaxconn, Sysctl::netdev_max_backlog, Sysctl::tcp_syncookies, Sysctl::tcp_child_ehash_entries});

/// One knob for each handler that the kernel has; all of a single value.
inline std::vector<Sysctl> knobs_of(const Profile& kernel) {
  std::vector<Sysctl> knobs;
  for (const Sysctl id : some_knobs) {
    if (spec_of(kernel, id) == nullptr) continue;
    const auto same_handler = [&](Sysctl other) {
      return spec_of(kernel, other)->handler == spec_of(kernel, id)->handler;
    };
    if (std::none_of(knobs.begin(), knobs.end(), same_handler)) knobs.push_back(id);
  }
  return knobs;
}

/// One write of any text, by root, with all values arbitrary before.
template <class C>
struct AnyWrite {
  using D = DomainOf<C>;
  model::SysctlPlane<D> before;
  model::SysctlPlane<D> after;
  Sysctl written;
  std::vector<U8<D>> text;
  outcome::Returned returned;

  AnyWrite(C& c, const Profile& kernel, Sysctl knob, std::size_t longest)
      : before(model::initial_sysctls<D>(kernel, HostOptions{})), after(before), written(knob) {
    std::size_t made = 0;
    model::add_namespace(before, Owner::init, made);
    for (const Sysctl id : some_knobs)
      for (std::size_t ns = 0; ns < before.namespaces.size(); ++ns) before.cell(ns, id) = c.i32(name_of_enum(id));
    strict() = c.i32("strict");
    text.resize(c.below(longest + 1, "length"));
    for (U8<D>& each : text) each = c.u8("byte");
  }

  /// Its value in the first namespace, before and after.
  I32<D> value_before() const { return before.cell(0, written); }
  I32<D> value() const { return after.cell(0, written); }
  I32<D>& strict() { return before.global[static_cast<std::size_t>(Sysctl::sysctl_writes_strict)]; }

  void write(std::size_t ns, std::int64_t pos = 0) {
    after = before;
    returned = model::sysctl_write<D>(after, ns, written, Bytes<D>(text), pos, Cred::root);
  }
  bool rejected() const { return returned.error != Errno::none; }
  Bool<D> unchanged(std::size_t ns, Sysctl id) const { return after.cell(ns, id) == before.cell(ns, id); }
};

/// A write to any of the knobs.
template <class C>
AnyWrite<C> any_write(C& c, const Profile& kernel, std::size_t longest) {
  const auto knobs = knobs_of(kernel);
  return {c, kernel, knobs[c.below(knobs.size(), "knob")], longest};
}

}  // namespace weir::proofs
