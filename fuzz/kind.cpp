#include "fuzz/kind.hpp"

#include <variant>

namespace weir::fuzz {
namespace {

std::string what_differs(const outcome::Info& expected, const outcome::Info& observed) {
  if (expected.state != observed.state)
    return std::string(name_of_enum(expected.state)) + "/" + std::string(name_of_enum(observed.state));
  std::string fields(name_of_enum(expected.state));
  if (expected.unacked != observed.unacked) fields += " unacked";
  if (expected.sacked != observed.sacked) fields += " sacked";
  return fields;
}

std::string option_of(const Op& operation) {
  return std::visit(
      [](const auto& each) -> std::string {
        if constexpr (requires { each.opt; })
          return ' ' + std::string(name_of_enum(each.opt));
        else
          return {};
      },
      operation);
}

}  // namespace

std::string kind_of(const Difference& difference) {
  std::string kind(name_of(difference.operation));
  kind += option_of(difference.operation);
  const auto* const expected = std::get_if<outcome::Info>(&difference.expected);
  const auto* const observed = std::get_if<outcome::Info>(&difference.observed);
  if (expected != nullptr && observed != nullptr) return kind + ' ' + what_differs(*expected, *observed);
  for (const Outcome* each : {&difference.expected, &difference.observed}) {
    kind += ' ' + std::to_string(each->index());
    if (const auto* returned = std::get_if<outcome::Returned>(each)) kind += name_of(returned->error);
  }
  return difference.path == 0 ? kind : kind + ' ' + std::to_string(difference.path);
}

std::string shape_of(const Input& input, Difference difference) {
  std::string shape;
  for (const Op& each : input.ops) shape += std::string(name_of(each)) + option_of(each) + ", ";
  difference.path = 0;
  return shape + kind_of(difference);
}

bool only_looks(const Op& operation) {
  return std::holds_alternative<op::TcpInfo>(operation) || std::holds_alternative<op::Getsockopt>(operation) ||
         std::holds_alternative<op::SysctlRead>(operation) || std::holds_alternative<op::Netstat>(operation) ||
         std::holds_alternative<op::SoftnetStat>(operation);
}

}  // namespace weir::fuzz
