// The descriptor that an operation names.
#pragma once
#include "model/op.hpp"

namespace weir {

/// nullptr for an operation that names none.
inline Fd* fd_of(Op& operation) {
  return std::visit(
      [](auto& each) -> Fd* {
        if constexpr (requires { each.fd; })
          return &each.fd;
        else
          return nullptr;
      },
      operation);
}

}  // namespace weir
