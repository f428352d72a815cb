#include "oracle/json/cursor.hpp"

#include <algorithm>

#include "oracle/text/malformed.hpp"

namespace weir::oracle {
namespace {

constexpr std::size_t longest_quote = 40;

/// The JSON token at `where`, cut to a readable length; never past the end of the line.
std::string quote(std::string_view text, const char* where) {
  std::string_view rest = text.substr(static_cast<std::size_t>(where - text.data()));
  if (rest.empty()) return "the end of the line";
  std::size_t length = 1;
  if (rest[0] == '"') {
    while (length < rest.size() && rest[length] != '"') length += rest[length] == '\\' ? 2 : 1;
    ++length;
  } else {
    length = std::max(length, rest.find_first_of(",:{}[] \t\r"));
  }
  length = std::min(length, rest.size());
  if (length <= longest_quote) return std::string(rest.substr(0, length));
  std::size_t cut = longest_quote;
  while (cut > 0 && (static_cast<unsigned char>(rest[cut]) & 0xc0) == 0x80) --cut;  // between characters
  return std::string(rest.substr(0, cut)) + "…";
}

/// First byte that does not belong to well-formed UTF-8.
const char* first_bad_byte(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t length = 1;
    while (length <= 4 && at + length <= text.size() && !simdjson::validate_utf8(text.data() + at, length)) ++length;
    if (length > 4 || at + length > text.size()) break;
    at += length;
  }
  return text.data() + at;
}

}  // namespace

void Cursor::fail_at(const char* where, std::string_view message) const {
  const auto offset = std::clamp<std::ptrdiff_t>(where - text.data(), 0, static_cast<std::ptrdiff_t>(text.size()));
  throw Malformed(file, number, static_cast<std::uint64_t>(offset) + 1, message);
}

void Cursor::expected(std::string_view what) const {
  fail_at(at, "expected " + std::string(what) + ", found " + quote(text, at));
}

void Cursor::broken(simdjson::error_code error) {
  const char* const end = text.data() + text.size();
  switch (error) {
    case simdjson::UTF8_ERROR:
      fail_at(first_bad_byte(text), "expected UTF-8, found a byte that is none");
    case simdjson::EMPTY:
      fail_at(text.data(), "expected an operation, found an empty line");
    case simdjson::UNCLOSED_STRING:
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
    case simdjson::OUT_OF_BOUNDS:
      fail_at(end, cut_short ? "expected the rest of the line: the file is cut off here"
                             : "expected the rest of the object, found the end of the line");
    case simdjson::UNESCAPED_CHARS: {
      const auto* const control =
          std::find_if(text.data(), end, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
      fail_at(control, "expected control characters in strings as \\u00XX, found one as it is");
    }
    case simdjson::STRING_ERROR:
      expected("a string with JSON escapes");
    default:
      if (const char* where = nullptr; document.current_location().get(where) == simdjson::SUCCESS) at = where;
      expected("JSON");
  }
}

Member next_member(Cursor& cursor, simdjson::simdjson_result<ondemand::field> field) {
  ondemand::field each = cursor.take(std::move(field));
  cursor.at = each.key().raw() - 1;
  const std::string_view name = cursor.take(each.unescaped_key());
  return {name, each.value()};
}

ondemand::object open_object(Cursor& cursor) {
  cursor.at = cursor.text.data() + std::min(cursor.text.find_first_not_of(" \t\r"), cursor.text.size());
  ondemand::object object;
  const auto error = cursor.document.get_object().get(object);
  if (error == simdjson::INCORRECT_TYPE) cursor.expected("an object");
  if (error) cursor.broken(error);
  return object;
}

void expect_end(Cursor& cursor) {
  const char* where = nullptr;
  if (cursor.document.current_location().get(where) == simdjson::SUCCESS)
    cursor.fail_at(where, "expected the end of the line after the object");
}

}  // namespace weir::oracle
