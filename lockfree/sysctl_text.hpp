// From the bytes of a sysctl write to a number, and back: this implementation's own parser.
//
// One pass over the bytes, no copy. What differs between releases is read from the profile.
#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "model/profile.hpp"

namespace weir::lockfree {

/// A number as it stands in the text: sign and magnitude apart, because the magnitude may be any 64-bit number.
struct Number {
  bool valid = false;
  bool negative = false;
  std::uint64_t magnitude = 0;
  std::size_t consumed = 0;  ///< bytes looked at, blanks on both sides included
};

namespace text {

inline constexpr std::size_t page_size = 4096;
inline constexpr std::uint8_t not_a_digit = 0xff;

/// The kernel's isspace: six ASCII blanks and the no-break space of Latin-1.
constexpr bool is_blank(char byte) { return (byte >= '\t' && byte <= '\r') || byte == ' ' || byte == '\xa0'; }

constexpr std::uint8_t digit_value(char byte) {
  if (byte >= '0' && byte <= '9') return static_cast<std::uint8_t>(byte - '0');
  const char lower = static_cast<char>(byte | 0x20);
  if (lower >= 'a' && lower <= 'f') return static_cast<std::uint8_t>(lower - 'a' + 10);
  return not_a_digit;
}

constexpr std::size_t skip_blanks(std::string_view bytes, std::size_t at) {
  while (at < bytes.size() && is_blank(bytes[at])) ++at;
  return at;
}

/// May this byte follow a number?
constexpr bool ends_number(const Profile& kernel, char byte) {
  if (kernel.isspace_or_nul_ends_number) return byte == '\0' || is_blank(byte);
  return byte == ' ' || byte == '\t' || byte == '\n';
}

struct Radix {
  unsigned base;
  std::size_t prefix;
};

/// "0x" counts only before a hexadecimal digit; any other leading 0 means octal.
constexpr Radix radix_of(std::string_view digits) {
  if (digits[0] != '0') return {10, 0};
  const bool hexadecimal = digits.size() > 2 && (digits[1] | 0x20) == 'x' && digit_value(digits[2]) != not_a_digit;
  return hexadecimal ? Radix{16, 2} : Radix{8, 0};
}

struct Digits {
  std::uint64_t value = 0;
  std::size_t length = 0;
  bool overflow = false;
};

constexpr Digits read_digits(std::string_view digits) {
  const auto [base, prefix] = radix_of(digits);
  Digits result{.length = prefix};
  for (; result.length < digits.size(); ++result.length) {
    const unsigned digit = digit_value(digits[result.length]);
    if (digit >= base) break;
    std::uint64_t exact = 0;  // asked for without a division, which takes longer than all the rest
    result.overflow |=
        __builtin_mul_overflow(result.value, base, &exact) || __builtin_add_overflow(exact, digit, &exact);
    result.value = result.value * base + digit;
  }
  return result;
}

}  // namespace text

/// Reads the one number of a sysctl write: blanks, sign, digits, an end, blanks. What stands after that is not read.
constexpr Number read_number(const Profile& kernel, std::string_view bytes) {
  if (kernel.page_cap) bytes = bytes.substr(0, text::page_size - 1);
  std::size_t at = text::skip_blanks(bytes, 0);

  // Releases that split long tokens look at 20 characters; later ones look at 21 and refuse a token that fills them.
  const std::size_t window_size = kernel.token_split ? 20 : 21;
  std::string_view window = bytes.substr(at, window_size);
  Number number;
  if (window.size() > 1 && window[0] == '-') {
    number.negative = true;
    window.remove_prefix(1);
    ++at;
  }
  if (window.empty() || window[0] < '0' || window[0] > '9') return {};

  const text::Digits digits = text::read_digits(window);
  if (digits.overflow && kernel.ulong_overflow_rejected) return {};
  const bool window_used_up = digits.length == window.size();
  at += digits.length;
  if (!kernel.token_split && digits.length + (number.negative ? 1 : 0) == window_size) return {};
  const bool cut_by_window = kernel.token_split && window_used_up;
  if (at < bytes.size() && !cut_by_window && !text::ends_number(kernel, bytes[at])) return {};

  number.valid = true;
  number.magnitude = digits.value;
  number.consumed = text::skip_blanks(bytes, at);
  return number;
}

/// The int that the number stands for: refused when out of range, or cut to its low 32 bits, as the release has it for
/// this handler.
constexpr bool to_int(const Profile& kernel, Handler handler, const Number& number, std::int32_t& value) {
  constexpr std::uint64_t int_max = std::numeric_limits<std::int32_t>::max();
  const bool refuses =
      handler == Handler::dointvec_minmax ? kernel.minmax_overflow_rejected : kernel.int_overflow_rejected;
  if (refuses && number.magnitude > int_max + (number.negative ? 1 : 0)) return false;
  const std::uint64_t bits = number.negative ? 0 - number.magnitude : number.magnitude;
  value = static_cast<std::int32_t>(static_cast<std::uint32_t>(bits));
  return true;
}

/// The decimal number and a newline.
inline std::string line_of(std::int32_t value) {
  std::array<char, 12> digits{};  // '-', ten digits, '\n'
  char* first = digits.data() + digits.size();
  *--first = '\n';
  auto rest = value < 0 ? 0 - static_cast<std::uint32_t>(value) : static_cast<std::uint32_t>(value);
  do *--first = static_cast<char>('0' + rest % 10);
  while ((rest /= 10) != 0);
  if (value < 0) *--first = '-';
  return {first, digits.data() + digits.size()};
}

}  // namespace weir::lockfree
