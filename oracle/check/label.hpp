// Descriptors are labels: the number that socket or accept was seen to return is the name by which later lines call it.
#pragma once
#include <cstdint>
#include <optional>
#include <variant>

#include "oracle/json/reader.hpp"

namespace weir::oracle {

inline std::optional<std::int32_t> label_of(const TraceLine& line) {
  const bool makes_fd =
      std::holds_alternative<op::Socket>(line.operation) || std::holds_alternative<op::Accept>(line.operation);
  const auto* const plain = std::get_if<outcome::Returned>(&line.seen.outcome);
  const bool has_ret = (line.seen.fields & 1) != 0;
  if (!makes_fd || plain == nullptr || !has_ret || plain->ret < 0) return std::nullopt;
  return static_cast<std::int32_t>(plain->ret);
}

}  // namespace weir::oracle
