// The sysctl plane: what a write of text can and cannot do to a value.
//
// Texts are all byte strings up to a bound, through the real parser. There is a bound because its paths grow with the
// cube of the length. Where the text matters the bound is 4: that holds the longest run of bytes each of which the
// parser treats in a way of its own (sign, 0, x, digit), or a number of two digits with a blank before and a separator
// or junk behind. Where only storing or refusing matters it is 2. Numbers that overflow take longer texts: tests and
// fuzzing see to them.
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/sysctl_state.hpp"

namespace weir::proofs {
namespace {

const auto rejected_write_leaves_the_value = [](auto& c, const Profile& kernel) {
  auto any = any_write(c, kernel, any_number);
  any.write(0);
  const auto unchanged = any.unchanged(0, any.written);
  c.cover("a write is rejected", any.rejected());
  c.cover("a write is accepted and changes the value", !any.rejected() && !unchanged);
  if (any.rejected()) c.goal("a rejected write leaves the value", unchanged);
  c.twin("no write changes the value", unchanged);
};

const auto range_is_invariant = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  auto any = any_write(c, kernel, any_number);
  any.write(0);
  const SysctlSpec& spec = *spec_of(kernel, any.written);
  const auto in_range = [&](const I32<D>& value) {
    return value >= I32<D>(spec.minimum) && value <= I32<D>(spec.maximum);
  };
  c.assume("the value was in the table's range", in_range(any.before.cell(0, any.written)));
  const I32<D> value = any.after.cell(0, any.written);
  c.goal("a value in its range stays there", in_range(value));
  c.twin("it stays above its minimum", value > I32<D>(spec.minimum));
};

const auto write_reports_no_more_than_it_was_given = [](auto& c, const Profile& kernel) {
  auto any = any_write(c, kernel, any_number);
  any.write(0);
  if (any.rejected()) return;
  c.goal("between 0 and all bytes are reported",
         any.returned.ret >= 0 && any.returned.ret <= static_cast<std::int64_t>(any.text.size()));
  c.twin("all bytes are reported", any.returned.ret == static_cast<std::int64_t>(any.text.size()));
};

const auto offset_is_ignored_or_ignores_the_write = [](auto& c, const Profile& kernel) {
  auto any = any_write(c, kernel, any_fate);
  any.write(0, 1);
  const auto at_1 = any.after.cell(0, any.written);
  const auto returned_at_1 = any.returned;
  any.write(0, 0);
  using D = DomainOf<decltype(c)>;
  const auto strict =
      Bool<D>(kernel.has_writes_strict) && any.before.global_cell(Sysctl::sysctl_writes_strict) == I32<D>(1);
  const auto dropped = at_1 == any.before.cell(0, any.written);
  const auto same = at_1 == any.after.cell(0, any.written);
  c.goal("a strict kernel drops it and reports all of it",
         !strict || (dropped && Bool<D>(returned_at_1 == returned(static_cast<std::int64_t>(any.text.size())))));
  c.goal("another does what it does at offset 0", strict || (same && Bool<D>(returned_at_1 == any.returned)));
  c.twin("it always fails, or is dropped", Bool<D>(returned_at_1.error != Errno::none) || dropped);
};

const auto namespaces_are_isolated = [](auto& c, const Profile& kernel) {
  auto any = AnyWrite(c, kernel, Sysctl::somaxconn, any_fate);
  any.write(1);
  c.cover("somaxconn of the namespace changes", !any.unchanged(1, Sysctl::somaxconn));
  c.goal("the first namespace keeps its somaxconn", any.unchanged(0, Sysctl::somaxconn));
  c.twin("every namespace keeps its somaxconn", any.unchanged(1, Sysctl::somaxconn));
};

const auto new_namespace_starts_with_the_initial_somaxconn = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  auto plane = model::initial_sysctls<D>(kernel, HostOptions{});
  const I32<D> parent = c.i32("somaxconn of the parent");
  plane.cell(0, Sysctl::somaxconn) = parent;
  std::size_t ns = 0;
  model::add_namespace(plane, Owner::init, ns);
  const I32<D> child = plane.cell(ns, Sysctl::somaxconn);
  c.goal("nothing is inherited", child == I32<D>(spec_of(kernel, Sysctl::somaxconn)->initial));
  c.goal("the parent keeps its own", plane.cell(0, Sysctl::somaxconn) == parent);
  c.twin("it is inherited", child == parent);
};

const auto foreign_global_is_out_of_reach = [](auto& c, const Profile& kernel) {
  auto any = AnyWrite(c, kernel, Sysctl::netdev_max_backlog, any_fate);
  const std::size_t ns = c.below(2, "namespace");
  any.write(ns);
  const auto unchanged = any.unchanged(0, Sysctl::netdev_max_backlog);
  if (ns != 0) c.goal("it stays, and the write fails", unchanged && Bool<DomainOf<decltype(c)>>(any.rejected()));
  c.twin("it stays whoever writes", unchanged);
};

}  // namespace

std::vector<Theorem> sysctl_theorems() {
  return {
      theorem("sysctl.rejected_write_leaves_the_value",
              "A write that fails leaves a single value as it was, for every text of up to 4 bytes and each handler.",
              every_profile, rejected_write_leaves_the_value),
      theorem("sysctl.range_is_invariant",
              "No write moves a value out of the range of its table, for every text of up to 4 bytes and each handler.",
              every_profile, range_is_invariant),
      theorem("sysctl.write_reports_no_more_than_it_was_given",
              "A successful write reports between 0 bytes and all it was given, for every text of up to 4 bytes.",
              every_profile, write_reports_no_more_than_it_was_given),
      theorem(
          "sysctl.offset_is_ignored_or_ignores_the_write",
          "At a non-zero offset a strict kernel drops a write and reports all of it; any other does what it does at "
          "offset 0, for every text of up to 2 bytes.",
          every_profile, offset_is_ignored_or_ignores_the_write),
      theorem("sysctl.namespaces_are_isolated",
              "No write in one network namespace changes somaxconn in another, for every text of up to 2 bytes.",
              every_profile, namespaces_are_isolated),
      theorem("sysctl.new_namespace_starts_with_the_initial_somaxconn",
              "A new network namespace starts with the kernel's initial somaxconn, whatever its parent's is.",
              every_profile, new_namespace_starts_with_the_initial_somaxconn),
      theorem("sysctl.foreign_global_is_out_of_reach",
              "No write from another namespace changes netdev_max_backlog, which is global, for every text of up to 2 "
              "bytes.",
              every_profile, foreign_global_is_out_of_reach),
  };
}

}  // namespace weir::proofs
