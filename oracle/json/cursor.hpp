// One line being read: where it stands, and how to say what is wrong with it. Private to the reader.
#pragma once
#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::oracle {

namespace ondemand = simdjson::ondemand;

struct Cursor {
  std::string_view file;
  std::uint64_t number;   ///< line, from 1
  std::string_view text;  ///< the line
  bool cut_short;         ///< the input ends with this line, without a newline
  std::uint32_t cpus;     ///< of the header
  const char* at;         ///< the token looked at last
  ondemand::document document;

  /// Throws Malformed at byte `where` of the line.
  [[noreturn]] void fail_at(const char* where, std::string_view message) const;
  /// "expected …, found …" at the token looked at last.
  [[noreturn]] void expected(std::string_view what) const;
  /// Says what simdjson met.
  [[noreturn]] void broken(simdjson::error_code error);

  /// The result's value, or `broken`.
  template <class T>
  T take(simdjson::simdjson_result<T> result) {
    T value;
    if (const auto error = std::move(result).get(value)) broken(error);
    return value;
  }
};

/// The next field of an object: its name, `at` standing on it, and its value.
struct Member {
  std::string_view name;
  ondemand::value value;
};
Member next_member(Cursor& cursor, simdjson::simdjson_result<ondemand::field> field);

/// The document as an object, and after its fields: that nothing follows it on the line.
ondemand::object open_object(Cursor& cursor);
void expect_end(Cursor& cursor);

}  // namespace weir::oracle
