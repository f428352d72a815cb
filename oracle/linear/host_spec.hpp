// A host as a sequential specification.
#pragma once
#include <string>
#include <type_traits>
#include <variant>

#include "model/host.hpp"
#include "oracle/json/header.hpp"

namespace weir::oracle {

/// Any operation.
class HostSpec {
 public:
  explicit HostSpec(const Header& header) : host_(*header.profile, header.options) {}
  Outcome step(const Op& operation) { return host_.step(operation); }

 protected:
  model::Host<Concrete> host_;
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

  void append_state(std::string& key) const {
    const auto put = [&key](std::uint64_t value) { key.append(std::to_string(value)).push_back(' '); };
    host_.softnet().for_each_value(put);
    for (const auto& table : host_.sysctls().namespaces)
      for (const auto value : table) put(static_cast<std::uint32_t>(value));
    for (const auto value : host_.sysctls().global) put(static_cast<std::uint32_t>(value));
  }
};

}  // namespace weir::oracle
