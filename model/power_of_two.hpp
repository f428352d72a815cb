// The kernel's roundup_pow_of_two. Source: include/linux/log2.h.
#pragma once
#include "model/domain.hpp"

namespace weir::model {

/// The least power of two that is not below `value`, modulo 2^32. \pre value >= 1
template <Domain D>
U32<D> roundup_pow_of_two(U32<D> value) {
  U32<D> smeared = value - U32<D>(1);
  for (std::uint32_t shift = 1; shift < 32; shift *= 2) smeared = smeared | (smeared >> U32<D>(shift));
  return wrapping_add(smeared, U32<D>(1));
}

}  // namespace weir::model
