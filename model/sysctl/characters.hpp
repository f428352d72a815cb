// The kernel's character classes. Source: lib/ctype.c, include/linux/ctype.h.
#pragma once
#include "model/domain.hpp"

namespace weir::model {

/// A literal byte in any domain.
template <Domain D>
constexpr U8<D> byte(unsigned char value) {
  return U8<D>(value);
}

/// \p low <= c <= \p high
template <Domain D>
constexpr Bool<D> between(const U8<D>& c, unsigned char low, unsigned char high) {
  return c >= byte<D>(low) && c <= byte<D>(high);
}

/// isspace: the six of ASCII and 0xA0, which the kernel's table calls a space.
template <Domain D>
constexpr Bool<D> is_space(const U8<D>& c) {
  return c == byte<D>(' ') || between<D>(c, '\t', '\r') || c == byte<D>(0xa0);
}

template <Domain D>
constexpr Bool<D> is_hex_digit(U8<D> c) {
  return between<D>(c, '0', '9') || between<D>(c, 'a', 'f') || between<D>(c, 'A', 'F');
}

template <Domain D>
constexpr Bool<D> is_digit_of(unsigned base, U8<D> c) {
  if (base == 16) return is_hex_digit<D>(c);
  return between<D>(c, '0', base == 8 ? '7' : '9');
}

/// \pre c is a hexadecimal digit
template <Domain D>
constexpr U64<D> digit_value(U8<D> c) {
  const U8<D> letter = as<U8<D>>(as<U32<D>>(c) & U32<D>(0x5f));  // upper case
  const Bool<D> decimal = between<D>(c, '0', '9');
  return choose(decimal, as<U64<D>>(c) - U64<D>('0'), as<U64<D>>(letter) - U64<D>('A' - 10));
}

}  // namespace weir::model
