#include "oracle/json/layout.hpp"

namespace weir::oracle {
namespace {

constexpr std::size_t width = 120;

/// Where the value of a member begins: behind its name and colon, where it has one.
std::size_t value_of(std::string_view member) {
  if (member[0] != '"') return 0;
  const std::size_t behind = member.find('"', 1) + 1;
  return behind < member.size() && member[behind] == ':' ? behind + 1 : 0;
}

/// The comma or bracket that ends the member which begins at `at`.
std::size_t end_of_member(std::string_view json, std::size_t at) {
  int depth = 0;
  bool quoted = false;
  for (;; ++at) {
    const char c = json[at];
    if (quoted) {
      if (c == '\\') ++at;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
      return at;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
}

void lay_out(std::string& to, std::string_view member, std::size_t indent) {
  to.append(indent, ' ');
  const std::size_t open = value_of(member);
  const bool fits = indent + member.size() < width;
  if (fits || (member[open] != '{' && member[open] != '[')) {
    to += member;
    return;
  }
  to.append(member.substr(0, open + 1)).append("\n");
  for (std::size_t at = open + 1; at < member.size();) {
    const std::size_t end = end_of_member(member, at);
    lay_out(to, member.substr(at, end - at), indent + 2);
    to += member[end] == ',' ? ",\n" : "\n";
    at = end + 1;
  }
  to.append(indent, ' ').append(1, member.back());
}

}  // namespace

std::string over_lines(std::string_view json) {
  std::string text;
  lay_out(text, json, 0);
  return text + '\n';
}

}  // namespace weir::oracle
