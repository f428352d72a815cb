// Reads a statement's text from left to right; what is missing is an error with its place. Private to the reader.
#pragma once
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "oracle/text/malformed.hpp"

namespace weir::oracle::packetdrill {

class Text {
 public:
  Text(std::string_view text, const std::string& file, std::uint64_t line)
      : all_(text), rest_(text), file_(file), line_(line) {}

  [[noreturn]] void expected(std::string_view what) const {
    throw Malformed(file_, line_, all_.size() - rest_.size() + 1, "expected " + std::string(what));
  }

  std::string_view rest() const { return rest_; }
  bool at_end() const { return rest_.empty(); }

  void blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\n'))
      rest_.remove_prefix(1);
  }
  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void need(std::string_view token) {
    if (!take(token)) expected("\"" + std::string(token) + "\"");
  }
  /// Up to one of `ends`, or all there is.
  std::string_view until(std::string_view ends) {
    const auto taken = rest_.substr(0, rest_.find_first_of(ends));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  bool digit_next() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }

  /// \pre digit_next()
  int number_digit() {
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

  template <class T>
  T number(std::string_view what) {
    T value = 0;
    const auto read = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (read.ec != std::errc{}) expected(std::string(what) + " up to " + std::to_string(std::numeric_limits<T>::max()));
    rest_.remove_prefix(static_cast<std::size_t>(read.ptr - rest_.data()));
    return value;
  }

 private:
  std::string_view all_;
  std::string_view rest_;
  const std::string& file_;
  std::uint64_t line_;
};

}  // namespace weir::oracle::packetdrill
