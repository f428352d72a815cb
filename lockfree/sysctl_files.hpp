// The files under /proc/sys: who may open them where, and what reading and writing them does.
//
// Thread safety: any thread. A read is wait-free.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

#include "lockfree/sysctl_store.hpp"
#include "lockfree/sysctl_text.hpp"
#include "model/outcome.hpp"

namespace weir::lockfree {

/// The sysctl files as one network namespace sees them.
class SysctlFiles {
 public:
  /// \param foreign  another user namespace than the initial one owns it
  SysctlFiles(const Profile& kernel, SysctlStore& globals, SysctlStore& own, bool initial_namespace, bool foreign)
      : kernel_(kernel), globals_(globals), own_(own), initial_namespace_(initial_namespace), foreign_(foreign) {}

  /// Why the file cannot be written so, whatever is in the text; or none.
  Errno may_write(const op::SysctlWrite& call) const {
    const SysctlSpec* const spec = spec_of(kernel_, call.sysctl);
    if (spec == nullptr || hidden(*spec)) return Errno::enoent;
    if (read_only(*spec) || !mode_allows(*spec, call.cred)) return Errno::eacces;
    return may_transfer(call.pos, call.data.size());
  }
  Errno may_read(const op::SysctlRead& call) const {
    const SysctlSpec* const spec = spec_of(kernel_, call.sysctl);
    if (spec == nullptr || hidden(*spec)) return Errno::enoent;
    return may_transfer(call.pos, call.len);
  }

  Outcome write(const op::SysctlWrite& call) {
    if (const Errno error = may_write(call); error != Errno::none) return failed(error);
    const SysctlSpec* const spec = spec_of(kernel_, call.sysctl);
    const bool unread = call.data.empty() || (call.pos != 0 && strict());  // accepted, nothing stored
    if (spec->handler == Handler::power_of_two && unread && !std::has_single_bit(bits_of(*spec)))
      return failed(Errno::einval);
    if (unread) return returned(static_cast<std::int64_t>(call.data.size()));
    const bool is_unsigned = spec->handler == Handler::dou8vec_minmax || spec->handler == Handler::douintvec_minmax;
    return is_unsigned ? write_unsigned(*spec, call.data) : write_ints(*spec, call.data);
  }

  Outcome read(const op::SysctlRead& call) const {
    if (const Errno error = may_read(call); error != Errno::none) return failed(error);
    const SysctlSpec* const spec = spec_of(kernel_, call.sysctl);
    outcome::ReadBack answer;
    if (call.pos != 0 || call.len == 0) return answer;
    for (std::size_t i = 0; i < spec->elements; ++i) {
      if (i > 0) answer.data.back() = '\t';
      answer.data += line_of(table(*spec).load_element(spec->id, i));
    }
    answer.data.resize(std::min<std::size_t>(answer.data.size(), call.len));
    answer.ret = static_cast<std::int64_t>(answer.data.size());
    return answer;
  }

 private:
  static constexpr std::size_t kmalloc_max_size = std::size_t{4} << 20;

  static bool in_tree(const SysctlSpec& spec, std::string_view tree) { return name_of_enum(spec.id).starts_with(tree); }
  /// A global knob, looked at from another namespace than the first.
  bool elsewhere(const SysctlSpec& spec) const { return !initial_namespace_ && spec.scope == Scope::global; }
  bool hidden(const SysctlSpec& spec) const {
    if (kernel_.globals_absent_in_netns && elsewhere(spec) && in_tree(spec, "net.")) return true;
    return kernel_.somaxconn_hidden_from_users && foreign_ && spec.id == Sysctl::somaxconn;
  }
  /// Once hidden, nothing is left to be read-only.
  bool read_only(const SysctlSpec& spec) const { return elsewhere(spec) && in_tree(spec, "net.core."); }

  /// Whether the file's mode, 0644, lets these credentials write.
  bool mode_allows(const SysctlSpec& spec, Cred cred) const {
    const bool net = in_tree(spec, "net.");
    switch (cred) {
      case Cred::root:
        return net || !foreign_;
      case Cred::net_admin:
        return net && (spec.scope == Scope::per_netns || kernel_.globals_absent_in_netns);
      case Cred::user:
        break;
    }
    return false;
  }

  static bool beyond_file_range(std::int64_t pos, std::size_t size) {
    return pos < 0 || static_cast<std::uint64_t>(pos) + size > std::numeric_limits<std::int64_t>::max();
  }
  bool too_big(std::size_t size) const { return kernel_.write_copied_first && size >= kmalloc_max_size; }
  Errno may_transfer(std::int64_t pos, std::size_t size) const {
    if (beyond_file_range(pos, size)) return Errno::einval;
    return too_big(size) ? Errno::enomem : Errno::none;
  }
  bool strict() const { return kernel_.has_writes_strict && globals_.load(Sysctl::sysctl_writes_strict) == 1; }

  std::uint32_t bits_of(const SysctlSpec& spec) const { return static_cast<std::uint32_t>(table(spec).load(spec.id)); }

  SysctlStore& table(const SysctlSpec& spec) const { return spec.scope == Scope::global ? globals_ : own_; }

  /// Value after value, until the text or the vector ends. What was stored before a bad one stays.
  Outcome write_ints(const SysctlSpec& spec, std::string_view data) {
    // Bytes past the page that is looked at count as written; blanks that were skipped too; other bytes do not.
    const std::string_view seen = kernel_.page_cap ? data.substr(0, text::page_size - 1) : data;
    std::size_t used = 0;
    for (std::size_t i = 0; i < spec.elements && (i == 0 || used < seen.size()); ++i) {
      const Number number = read_number(kernel_, seen.substr(used));
      std::int32_t value = 0;
      const bool stores = number.valid && to_int(kernel_, spec.handler, number, value) && in_range(spec, value);
      if (!stores && i > 0 && !kernel_.later_token_error_returned) break;
      if (!stores) return failed(Errno::einval);
      table(spec).store_element(spec.id, i, value);
      used += number.consumed;
    }
    return returned(static_cast<std::int64_t>(data.size() - (seen.size() - used)));
  }

  static bool in_range(const SysctlSpec& spec, std::int32_t value) {
    if (spec.handler == Handler::power_of_two) return std::has_single_bit(static_cast<std::uint32_t>(value));
    return spec.handler == Handler::dointvec || (value >= spec.minimum && value <= spec.maximum);
  }

  Outcome write_unsigned(const SysctlSpec& spec, std::string_view data) {
    const Number number = read_number(kernel_, data);
    const bool fits = number.magnitude >= static_cast<std::uint64_t>(spec.minimum) &&
                      number.magnitude <= static_cast<std::uint64_t>(spec.maximum);
    if (!number.valid || number.negative || !fits) return failed(Errno::einval);
    table(spec).store(spec.id, static_cast<std::int32_t>(number.magnitude));
    return returned(static_cast<std::int64_t>(data.size()));  // all of it, whatever follows the number
  }

  const Profile& kernel_;
  SysctlStore& globals_;
  SysctlStore& own_;
  bool initial_namespace_;
  bool foreign_;
};

}  // namespace weir::lockfree
