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
  SysctlFiles(const Profile& kernel, SysctlStore& globals, SysctlStore& own, bool initial_namespace)
      : kernel_(kernel), globals_(globals), own_(own), initial_namespace_(initial_namespace) {}

  /// Why the file cannot be written so, whatever is in the text; or none.
  Errno may_write(const op::SysctlWrite& call) const {
    const SysctlSpec* const spec = spec_of(kernel_, call.sysctl);
    if (spec == nullptr || hidden(*spec)) return Errno::enoent;
    if (call.cred != Cred::root || read_only(*spec)) return Errno::eacces;
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
    return spec->handler == Handler::dou8vec_minmax ? write_u8(*spec, call.data) : write_int(*spec, call.data);
  }

  Outcome read(const op::SysctlRead& call) const {
    if (const Errno error = may_read(call); error != Errno::none) return failed(error);
    const SysctlSpec* const spec = spec_of(kernel_, call.sysctl);
    outcome::ReadBack answer;
    if (call.pos != 0 || call.len == 0) return answer;
    answer.data = line_of(table(*spec).load(spec->id));
    answer.data.resize(std::min<std::size_t>(answer.data.size(), call.len));
    answer.ret = static_cast<std::int64_t>(answer.data.size());
    return answer;
  }

 private:
  static constexpr std::size_t kmalloc_max_size = std::size_t{4} << 20;

  /// Global knobs of net.core belong to the initial namespace; those of net.ipv4 and kernel are seen from everywhere.
  static bool belongs_to_init(const SysctlSpec& spec) {
    return spec.scope == Scope::global && name_of_enum(spec.id).starts_with("net.core.");
  }
  bool foreign(const SysctlSpec& spec) const { return !initial_namespace_ && belongs_to_init(spec); }
  bool hidden(const SysctlSpec& spec) const { return kernel_.globals_absent_in_netns && foreign(spec); }
  bool read_only(const SysctlSpec& spec) const { return !kernel_.globals_absent_in_netns && foreign(spec); }

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

  Outcome write_int(const SysctlSpec& spec, std::string_view data) {
    const Number number = read_number(kernel_, data);
    std::int32_t value = 0;
    if (!number.valid || !to_int(kernel_, spec.handler, number, value)) return failed(Errno::einval);
    if (spec.handler != Handler::dointvec && (value < spec.minimum || value > spec.maximum))
      return failed(Errno::einval);
    if (spec.handler == Handler::power_of_two && !std::has_single_bit(static_cast<std::uint32_t>(value)))
      return failed(Errno::einval);
    table(spec).store(spec.id, value);
    // Bytes past the page that was looked at count as written; blanks that were skipped too; other bytes do not.
    const std::size_t seen = kernel_.page_cap ? std::min(data.size(), text::page_size - 1) : data.size();
    return returned(static_cast<std::int64_t>(data.size() - (seen - number.consumed)));
  }

  Outcome write_u8(const SysctlSpec& spec, std::string_view data) {
    const Number number = read_number(kernel_, data);
    const bool in_range = number.magnitude >= static_cast<std::uint64_t>(spec.minimum) &&
                          number.magnitude <= static_cast<std::uint64_t>(spec.maximum);
    if (!number.valid || number.negative || !in_range) return failed(Errno::einval);
    table(spec).store(spec.id, static_cast<std::int32_t>(number.magnitude));
    return returned(static_cast<std::int64_t>(data.size()));  // all of it, whatever follows the number
  }

  const Profile& kernel_;
  SysctlStore& globals_;
  SysctlStore& own_;
  bool initial_namespace_;
};

}  // namespace weir::lockfree
