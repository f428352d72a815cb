#include "proofs/diff/shape.hpp"

namespace weir::proofs::diff {
namespace {

void set_number(Op& operation, std::int64_t value) {
  if (auto* const listen = std::get_if<op::Listen>(&operation))
    listen->backlog = static_cast<std::int32_t>(value);
  else if (auto* const poll = std::get_if<op::ProcessBacklog>(&operation))
    poll->quota = static_cast<std::int32_t>(value);
  else
    std::get<op::SysctlWrite>(operation).data = std::to_string(value);
}

}  // namespace

std::vector<Op> filled(const Shape& shape, std::size_t count, const Values& values) {
  std::vector<Op> ops(shape.ops.begin(), shape.ops.begin() + static_cast<std::ptrdiff_t>(count));
  std::size_t next = 0;
  for (const Hole& hole : shape.holes) {
    if (hole.at >= count) break;
    if (hole.runs.empty()) {
      set_number(ops[hole.at], values[next++]);
      continue;
    }
    std::string& text = std::get<op::SysctlWrite>(ops[hole.at]).data;
    text.clear();
    for (const std::uint32_t length : hole.runs) text.append(length, static_cast<char>(values[next++]));
  }
  return ops;
}

}  // namespace weir::proofs::diff
