// What a memory order asks for.
#pragma once
#include <atomic>
#include <string_view>

namespace weir::proofs::memory {

using Order = std::memory_order;

/// consume counts as acquire, as every compiler has it.
constexpr bool acquires(Order order) {
  return order == Order::acquire || order == Order::consume || order == Order::acq_rel || order == Order::seq_cst;
}
constexpr bool releases(Order order) {
  return order == Order::release || order == Order::acq_rel || order == Order::seq_cst;
}
constexpr std::string_view short_name(Order order) {
  switch (order) {
    case Order::relaxed:
      return "rlx";
    case Order::consume:
    case Order::acquire:
      return "acq";
    case Order::release:
      return "rel";
    case Order::acq_rel:
      return "a/r";
    case Order::seq_cst:
      return "sc";
  }
  return "?";
}

}  // namespace weir::proofs::memory
