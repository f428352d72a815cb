// One number out of the text of a sysctl write.
// Source: lib/vsprintf.c (simple_strtoul), lib/kstrtox.c (_parse_integer), kernel/sysctl.c (proc_get_long).
#pragma once
#include <algorithm>
#include <optional>

#include "model/profile.hpp"
#include "model/sysctl/characters.hpp"

namespace weir::model {

template <Domain D>
struct Number {
  U64<D> magnitude;
  bool negative;
  std::size_t length;  ///< bytes of text it took, sign and prefix included
};

inline constexpr std::size_t token_characters = 20;  ///< the longest number taken whole, sign and prefix included

/// The base, as the first characters announce it, and how many of them are no digits.
struct Radix {
  unsigned base;
  std::size_t prefix;
};

/// \pre !text.empty()
template <Domain D>
Radix guess_base(Bytes<D> text) {
  if (text[0] != byte<D>('0')) {
    D::clause(Clause::DOINTVEC_DECIMAL);
    return {10, 0};
  }
  if (text.size() > 2 && (text[1] == byte<D>('x') || text[1] == byte<D>('X')) && is_hex_digit<D>(text[2])) {
    D::clause(Clause::DOINTVEC_HEX);
    return {16, 2};
  }
  D::clause(Clause::DOINTVEC_OCTAL);
  return {8, 0};
}

/// Reads digits from the start of `text` for as long as they last. \pre !text.empty()
/// \return nothing if they exceed unsigned long and this kernel minds; `length` counts the prefix too
template <Domain D>
std::optional<Number<D>> strtoul(const Profile& kernel, Bytes<D> text) {
  const auto [base, prefix] = guess_base<D>(text);
  Number<D> number{U64<D>(0), false, prefix};
  bool overflowed = false;
  for (; number.length < text.size() && is_digit_of<D>(base, text[number.length]); ++number.length) {
    const U64<D> digit = digit_value<D>(text[number.length]);
    // 15 hexadecimal or 19 decimal digits cannot overflow; beyond them the question is asked.
    if (number.length >= 15 && number.magnitude > (~U64<D>(0) - digit) / U64<D>(base)) overflowed = true;
    number.magnitude = wrapping_add(wrapping_mul(number.magnitude, U64<D>(base)), digit);
  }
  if (overflowed && kernel.ulong_overflow_rejected) {
    D::clause(Clause::DOINTVEC_ULONG_OVERFLOW);
    return std::nullopt;
  }
  if (overflowed) D::clause(Clause::DOINTVEC_ULONG_WRAPS);
  return number;
}

/// Whether the byte after a number lets it end there.
template <Domain D>
Bool<D> ends_number(const Profile& kernel, U8<D> next) {
  if (kernel.isspace_or_nul_ends_number) return is_space<D>(next) || next == byte<D>(0);
  return next == byte<D>(' ') || next == byte<D>('\t') || next == byte<D>('\n');
}

/// Takes one number from the start of `text`, which is not empty and does not begin with a blank.
/// \return nothing where the kernel answers EINVAL
template <Domain D>
std::optional<Number<D>> proc_get_long(const Profile& kernel, Bytes<D> text) {
  // The kernel copies the token to a small buffer and parses there: one byte more in later releases, to notice excess.
  const std::size_t window = token_characters + (kernel.token_split ? 0 : 1);
  const Bytes<D> token = text.first(std::min(text.size(), window));

  bool negative = false;
  if (text.size() > 1 && token[0] == byte<D>('-')) {
    D::clause(Clause::DOINTVEC_SIGN);
    negative = true;
  }
  const Bytes<D> digits = token.subspan(negative ? 1 : 0);
  if (!between<D>(digits[0], '0', '9')) {
    D::clause(Clause::DOINTVEC_NO_DIGIT);
    return std::nullopt;
  }
  auto number = strtoul<D>(kernel, digits);
  if (!number) return std::nullopt;
  number->negative = negative;
  number->length += negative ? 1 : 0;

  if (number->length > token_characters) {
    D::clause(Clause::DOINTVEC_TOKEN_LONG);
    return std::nullopt;
  }
  if (number->length == text.size()) return number;
  if (kernel.token_split && number->length == token_characters) {
    D::clause(Clause::DOINTVEC_TOKEN_SPLIT);
    return number;
  }
  if (!ends_number<D>(kernel, text[number->length])) {
    D::clause(Clause::DOINTVEC_TRAILING);
    return std::nullopt;
  }
  return number;
}

}  // namespace weir::model
