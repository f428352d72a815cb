// JSON values by the type of the field that they fill. Private to the reader.
#pragma once
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/errno.hpp"
#include "model/op.hpp"
#include "model/outcome.hpp"
#include "oracle/json/cursor.hpp"
#include "oracle/text/suggest.hpp"

namespace weir::oracle {

/// An object all of whose fields are given. Defined in fields.hpp, which knows how fields are read.
template <class T>
void read_members(Cursor& cursor, ondemand::value& json, T& into);

inline std::string range_text(std::int64_t low, std::uint64_t high) {
  return "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
}

template <std::integral T>
void read_number(Cursor& cursor, ondemand::value& json, T& into, T low = std::numeric_limits<T>::min(),
                 T high = std::numeric_limits<T>::max()) {
  using Wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
  Wide value = 0;
  simdjson::error_code error;
  if constexpr (std::is_signed_v<T>)
    error = json.get_int64().get(value);
  else
    error = json.get_uint64().get(value);
  if (error || value < low || value > high)
    cursor.expected(range_text(static_cast<std::int64_t>(low), static_cast<std::uint64_t>(high)));
  into = static_cast<T>(value);
}

template <std::integral T>
void read_value(Cursor& cursor, ondemand::value& json, T& into) {
  read_number(cursor, json, into);
}

inline void read_value(Cursor& cursor, ondemand::value& json, bool& into) {
  if (json.get_bool().get(into)) cursor.expected("true or false");
}

inline void read_value(Cursor& cursor, ondemand::value& json, Fd& into) { read_number(cursor, json, into.label); }
inline void read_value(Cursor& cursor, ondemand::value& json, NsId& into) { read_number(cursor, json, into.id); }
inline void read_value(Cursor& cursor, ondemand::value& json, Skb& into) { read_number(cursor, json, into.id); }
inline void read_value(Cursor& cursor, ondemand::value& json, Millis& into) { read_number(cursor, json, into.count); }
inline void read_value(Cursor& cursor, ondemand::value& json, FlowHash& into) { read_number(cursor, json, into.value); }
inline void read_value(Cursor& cursor, ondemand::value& json, Cpu& into) {
  read_number(cursor, json, into.index, std::uint32_t{0}, cursor.cpus - 1);
}

/// The string as UTF-8, or an error that names what was expected.
inline std::string_view read_string(Cursor& cursor, ondemand::value& json, std::string_view what) {
  std::string_view text;
  const auto error = json.get_string().get(text);
  if (error == simdjson::STRING_ERROR) cursor.broken(error);
  if (error) cursor.expected(what);
  return text;
}

template <class E>
requires std::is_enum_v<E>
void read_value(Cursor& cursor, ondemand::value& json, E& into) {
  const auto found = enum_from<E>(read_string(cursor, json, "a name as a string"));
  if (!found) cursor.expected("one of " + list_of<E>());
  into = *found;
}

inline void read_value(Cursor& cursor, ondemand::value& json, Errno& into) {
  const auto found = errno_from(read_string(cursor, json, "the name of an error as a string"));
  if (!found) cursor.expected("the name of an error that the model knows");
  into = *found;
}

inline void read_value(Cursor& cursor, ondemand::value& json, Address& into) {
  constexpr std::string_view what = "an address: \"\" for any, four numbers with dots, \"::1\", or \"@\"";
  const auto found = address_from(read_string(cursor, json, what));
  if (!found) cursor.expected(what);
  into = *found;
}

inline void read_value(Cursor& cursor, ondemand::value& json, End& into) {
  constexpr std::string_view what = "an end: an IPv4 address, a colon and a port, as \"192.0.2.10:1000\"";
  const auto found = end_from(read_string(cursor, json, what));
  if (!found) cursor.expected(what);
  into = *found;
}

/// Code points U+0000 .. U+00FF are bytes.
inline void read_value(Cursor& cursor, ondemand::value& json, std::string& into) {
  const std::string_view utf8 = read_string(cursor, json, "a string");
  into.clear();
  into.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if (byte >= 0xc4) cursor.expected("bytes as code points U+0000 to U+00FF");
    if (byte < 0x80) {
      into += utf8[i];
    } else {
      const auto low = static_cast<unsigned char>(utf8[++i]);
      into += static_cast<char>(byte << 6 | (low & 0x3f));
    }
  }
}

inline void read_value(Cursor& cursor, ondemand::value& json, std::vector<Skb>& into) {
  ondemand::array list;
  if (json.get_array().get(list)) cursor.expected("a list of packet numbers");
  for (auto element : list) {
    ondemand::value each = cursor.take(element);
    cursor.at = each.raw_json_token().data();
    read_value(cursor, each, into.emplace_back());
  }
}

inline void read_value(Cursor& cursor, ondemand::value& json, std::vector<outcome::SentSegment>& into) {
  ondemand::array list;
  if (json.get_array().get(list)) cursor.expected("a list of segments");
  for (auto element : list) {
    ondemand::value each = cursor.take(element);
    cursor.at = each.raw_json_token().data();
    read_members(cursor, each, into.emplace_back());
  }
}

template <class T>
void read_value(Cursor& cursor, ondemand::value& json, std::optional<T>& into) {
  bool absent = false;
  if (!json.is_null().get(absent) && absent)
    into.reset();
  else
    read_value(cursor, json, into.emplace());
}

}  // namespace weir::oracle
