// Reading the members of an operation or outcome by its `fields`. Private to the reader.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "oracle/json/cursor.hpp"
#include "oracle/json/values.hpp"

namespace weir::oracle {

template <class T>
inline constexpr std::uint32_t required_fields = [] {
  std::uint32_t bits = 0;
  std::uint32_t bit = 1;
  for_each_field<T>([&](const auto& field) {
    if (field.required) bits |= bit;
    bit <<= 1;
  });
  return bits;
}();

/// Adds `bit` to the fields given so far; a field given twice is an error at its name.
inline void note_field(const Cursor& cursor, std::uint32_t& given, std::uint32_t bit) {
  if ((given & bit) != 0) cursor.expected("each field once");
  given |= bit;
}

/// Reads `member` into the field of `object` with its name. False where T has no such field.
template <class T>
bool read_field(Cursor& cursor, Member& member, T& object, std::uint32_t& given) {
  bool found = false;
  std::uint32_t bit = 1;
  for_each_field<T>([&](const auto& field) {
    if (!found && field.name == member.name) {
      found = true;
      note_field(cursor, given, bit);
      cursor.at = member.value.raw_json_token().data();
      read_value(cursor, member.value, object.*field.member);
    }
    bit <<= 1;
  });
  return found;
}

/// Throws where a required field was not given.
template <class T>
void expect_required(const Cursor& cursor, std::uint32_t given) {
  std::uint32_t bit = 1;
  for_each_field<T>([&](const auto& field) {
    if ((required_fields<T> & bit & ~given) != 0)
      cursor.fail_at(cursor.text.data() + cursor.text.size(),
                     "expected the field \"" + std::string(field.name) + "\", which is missing");
    bit <<= 1;
  });
}

template <class T>
std::string field_list() {
  std::string list;
  for_each_field<T>([&](const auto& field) { list += (list.empty() ? "" : ", ") + std::string(field.name); });
  return list;
}

template <class T>
void read_members(Cursor& cursor, ondemand::value& json, T& into) {
  const char* const start = cursor.at;
  ondemand::object object;
  if (json.get_object().get(object)) cursor.expected("an object");
  std::uint32_t given = 0;
  for (auto field : object) {
    Member member = next_member(cursor, field);
    if (!read_field(cursor, member, into, given)) cursor.expected("one of the fields " + field_list<T>());
  }
  cursor.at = start;
  if (given != required_fields<T>) cursor.expected("an object with all the fields " + field_list<T>());
}

}  // namespace weir::oracle
