// Input that cannot be read: where, and what was expected there.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::oracle {

/// Thrown by every reader. `what()` is "file:line:column: expected …", line and column counted from 1, the column in
/// bytes. The CLI turns it into exit code 2.
class Malformed : public std::runtime_error {
 public:
  Malformed(std::string_view file, std::uint64_t line, std::uint64_t column, std::string_view message)
      : std::runtime_error(std::string(file) + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " +
                           std::string(message)),
        line_(line),
        column_(column),
        message_(message) {}

  std::uint64_t line() const { return line_; }
  std::uint64_t column() const { return column_; }
  const std::string& message() const { return message_; }

 private:
  std::uint64_t line_;
  std::uint64_t column_;
  std::string message_;
};

}  // namespace weir::oracle
