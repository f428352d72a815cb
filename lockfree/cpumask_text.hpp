// A CPU mask as text, and back: this implementation's own reader and writer. What differs between releases is read from
// the profile.
#pragma once
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "lockfree/sysctl_text.hpp"
#include "model/errno.hpp"
#include "model/profile.hpp"

namespace weir::lockfree {

/// A mask of up to 64 CPUs, or why there is none.
struct MaskRead {
  Errno error = Errno::none;
  std::uint64_t mask = 0;
};

namespace text {

inline constexpr bool is_hex(char byte) { return digit_value(byte) != not_a_digit; }
inline constexpr bool parts_groups(char byte) { return byte == ',' || is_blank(byte); }

/// What a 5.5 kernel makes of a mask, one byte after the other.
class StrictMask {
 public:
  explicit StrictMask(std::uint32_t cpus) : cpus_(cpus) {}

  MaskRead read(std::string_view bytes) {
    std::size_t at = 0;
    for (; at < bytes.size() && bytes[at] != '\0'; ++at) {
      const char byte = bytes[at];
      if (is_blank(byte)) {
        gap_ = digits_seen_;  // from here on only blanks may follow
        continue;
      }
      if (gap_) return {Errno::einval};
      if (byte != ',') {
        if (const Errno error = take(byte); error != Errno::none) return {error};
        continue;
      }
      if (const Errno error = close_group(); error != Errno::none) return {error};
      if (at + 1 == bytes.size()) return {Errno::none, mask_};  // nothing behind the comma: no group is missed
    }
    return {close_group(), mask_};
  }

 private:
  Errno take(char digit) {
    if (!is_hex(digit)) return Errno::einval;
    if (group_ > 0x0fffffff) return Errno::eoverflow;
    group_ = group_ * 16 + digit_value(digit);
    in_group_ = digits_seen_ = true;
    return Errno::none;
  }
  Errno close_group() {
    if (!in_group_) return Errno::einval;
    const auto width = static_cast<std::uint32_t>(std::bit_width(group_));
    bits_ += bits_ == 0 ? width : 32;
    mask_ = mask_ << 32 | group_;
    group_ = 0;
    in_group_ = false;
    return bits_ > cpus_ ? Errno::eoverflow : Errno::none;
  }

  std::uint32_t cpus_;
  std::uint64_t mask_ = 0;
  std::uint32_t group_ = 0;
  std::uint32_t bits_ = 0;  ///< of the number so far, without leading zeros
  bool in_group_ = false, digits_seen_ = false, gap_ = false;
};

/// What a 5.6 kernel makes of a mask: the last word of the first line is the lowest 32 CPUs, and so on.
inline MaskRead read_lax_mask(std::string_view bytes, std::uint32_t cpus) {
  constexpr std::string_view line_ends("\n\0", 2), separators(" \t\n\v\f\r\xa0,");
  constexpr std::size_t longest = 8;  // digits of a word
  bytes = bytes.substr(0, bytes.find_first_of(line_ends));
  std::uint64_t mask = 0;
  for (std::uint32_t shift = 0;; shift += 32) {
    const std::size_t last = bytes.find_last_not_of(separators);
    if (last == bytes.npos) break;
    if (shift >= cpus) return {Errno::eoverflow};
    bytes = bytes.substr(0, last + 1);
    const std::size_t before = bytes.find_last_of(separators);
    const std::string_view word = bytes.substr(before == bytes.npos ? 0 : before + 1);
    const std::string_view digits = word.substr(word.size() - std::min(word.size(), longest));
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || end != digits.data() + digits.size()) return {Errno::einval};
    mask |= std::uint64_t{value} << shift;
    bytes.remove_suffix(digits.size());
    if (word.size() == digits.size()) continue;
    if (is_hex(bytes.back())) return {Errno::eoverflow};
    bytes.remove_suffix(1);  // whatever stands before eight digits parts them from what is before
  }
  if (cpus < 64 && mask >> cpus != 0) return {Errno::eoverflow};
  return {Errno::none, mask};
}

}  // namespace text

inline MaskRead read_cpumask(const Profile& kernel, std::string_view bytes, std::uint32_t cpus) {
  return kernel.cpumask_from_the_end ? text::read_lax_mask(bytes, cpus) : text::StrictMask(cpus).read(bytes);
}

/// As many of the first digits as leave room for a newline in `room` bytes, and the newline; nothing without digits.
inline std::string cpumask_line(std::uint64_t mask, std::uint32_t cpus, std::size_t room) {
  std::string line;
  for (std::uint32_t cpu = 0; cpu < cpus; cpu += 4, mask >>= 4) {
    if (cpu != 0 && cpu % 32 == 0) line.insert(line.begin(), ',');
    line.insert(line.begin(), "0123456789abcdef"[mask % 16]);
  }
  line.resize(std::min(line.size(), room - std::min<std::size_t>(room, 1)));
  if (!line.empty()) line += '\n';
  return line;
}

}  // namespace weir::lockfree
