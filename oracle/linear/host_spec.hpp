// A host as a sequential specification.
#pragma once
#include <string>
#include <type_traits>
#include <variant>

#include "model/host.hpp"
#include "oracle/json/header.hpp"
#include "oracle/json/observation.hpp"

namespace weir::oracle {

/// Any operation.
class HostSpec {
 public:
  explicit HostSpec(const Header& header) : host_(*header.profile, header.options) {}
  Outcome step(const Op& operation) { return host_.step(operation); }

  void append_state(std::string& key) const {
    // Most numbers are of 32 bits: those are half as much to hash. A length says which follow, so none is ambiguous.
    const auto put = [&key]<class T>(T value) { key.append(reinterpret_cast<const char*>(&value), sizeof value); };
    host_.softnet().for_each_value(put);
    for (const auto& table : host_.sysctls().namespaces)
      for (const auto value : table) put(static_cast<std::uint32_t>(value));
    for (const auto value : host_.sysctls().global) put(static_cast<std::uint32_t>(value));
  }
  /// Of states of which the same is told.
  bool same_state(const HostSpec& other) const { return host_.sockets().same_state(other.host_.sockets()); }

 protected:
  model::Host<Concrete> host_;
};

/// Any operation of a host on which a descriptor is reserved before it is there, as in the kernel: of calls that make
/// descriptors at once, none need have the lowest. Which one a call got is taken as it was seen.
class NamedSpec : public HostSpec {
 public:
  using HostSpec::HostSpec;

  Outcome step(const Op& operation) { return host_.step(operation); }
  Outcome step(const Op& operation, const Observation& seen) {
    const bool makes_one =
        std::holds_alternative<op::Socket>(operation) || std::holds_alternative<op::Accept>(operation);
    const auto* const made = std::get_if<outcome::Returned>(&seen.outcome);
    if (makes_one && made != nullptr && seen.any() && made->ret >= 0 && made->ret < max_fd)
      host_.name_next_fd(static_cast<std::int32_t>(made->ret));
    return host_.step(operation);
  }
};

/// Packets, polls and sysctls: all the state that these can have can be told.
class SoftnetSpec : public HostSpec {
 public:
  using HostSpec::HostSpec;

  static bool knows(const Op& operation) {
    return std::visit(
        []<class T>(const T&) {
          return requires(T each) { each.cpu; }
          || std::is_same_v<T, op::SysctlWrite> || std::is_same_v<T, op::SysctlRead> || std::is_same_v<T, op::Tick>;
        },
        operation);
  }

  bool same_state(const HostSpec&) const = delete;  // nothing else is to be compared
};

}  // namespace weir::oracle
