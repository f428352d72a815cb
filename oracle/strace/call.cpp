#include "oracle/strace/call.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace weir::oracle::strace {
namespace {

constexpr auto followed = std::to_array<std::string_view>(
    {"socket", "bind",       "listen",     "accept", "accept4", "connect",     "shutdown",
     "close",  "setsockopt", "getsockopt", "dup",    "dup2",    "dup3",        "fcntl",
     "clone",  "clone3",     "fork",       "vfork",  "execve",  "close_range", "unshare"});

constexpr auto none = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == none ? std::string_view{} : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// Behind the closing quote of the string that starts at `at`.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return at + 1;
}

/// Behind the decoration of a descriptor, as -y and -yy print it: <TCP:[127.0.0.1:80->127.0.0.1:4711]>.
std::size_t skip_decoration(std::string_view text, std::size_t at) {
  int depth = 0;
  for (std::size_t end = at + 1; end < text.size(); ++end) {
    if (text[end] == '[') ++depth;
    if (text[end] == ']') --depth;
    if (text[end] == '>' && depth <= 0) return end + 1;
  }
  const std::size_t first = text.find('>', at);  // a path may have a lone bracket
  return first == none ? text.size() : first + 1;
}

/// Behind a string, a decoration or a comment that starts at `at`; `at` itself where none does.
std::size_t skip_opaque(std::string_view text, std::size_t at) {
  if (text[at] == '"') return skip_string(text, at);
  const bool decorates = text[at] == '<' && at > 0 && is_digit(text[at - 1]) && text.substr(at, 2) != "<<";
  if (decorates) return skip_decoration(text, at);
  if (text.substr(at, 2) == "/*") {
    const std::size_t end = text.find("*/", at + 2);
    return end == none ? text.size() : end + 2;
  }
  return at;
}

}  // namespace

bool Call::shares_files() const {
  return std::any_of(arguments.begin(), arguments.end(),
                     [](const auto& each) { return each.find("CLONE_FILES") != std::string::npos; });
}

bool is_followed(std::string_view name) { return std::find(followed.begin(), followed.end(), name) != followed.end(); }

std::size_t split_arguments(std::string_view text, std::vector<std::string>& arguments) {
  int depth = 0;
  std::size_t start = 0;
  const auto take = [&](std::size_t end) {
    const auto argument = trimmed(text.substr(start, end - start));
    if (!argument.empty()) arguments.emplace_back(argument);
    start = end + 1;
  };
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t behind = skip_opaque(text, at); behind != at) {
      at = behind;
      continue;
    }
    const char c = text[at];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (depth == 0 && c == ')') {
      take(at);
      return at + 1;
    }
    if (c == ')' || c == ']' || c == '}') --depth;
    if (depth == 0 && c == ',') take(at);
    ++at;
  }
  return 0;
}

bool read_result(std::string_view text, Result& result) {
  text = trimmed(text);
  if (text.empty() || text[0] != '=') return false;
  text = trimmed(text.substr(1));
  if (text.empty()) return false;
  if (text[0] == '?') return true;
  const bool hex = text.substr(0, 2) == "0x";
  const char* const first = text.data() + (hex ? 2 : 0);
  const char* const end = text.data() + text.size();
  std::uint64_t address = 0;
  const auto read = hex ? std::from_chars(first, end, address, 16) : std::from_chars(first, end, result.ret);
  if (read.ec != std::errc{}) return false;
  if (hex) result.ret = static_cast<std::int64_t>(address);
  result.known = true;
  if (!result.failed() || hex) return true;
  const auto rest = trimmed({read.ptr, static_cast<std::size_t>(end - read.ptr)});
  result.error = rest.substr(0, rest.find(' '));
  return !result.error.empty();
}

}  // namespace weir::oracle::strace
