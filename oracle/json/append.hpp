// JSON values by the type of the field that holds them. Private to the writer and to the schema.
#pragma once
#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/errno.hpp"
#include "model/op.hpp"
#include "model/outcome.hpp"

namespace weir::oracle {

void append_value(std::string& to, std::integral auto value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  to.append(digits, end);
}

inline void append_value(std::string& to, bool value) { to += value ? "true" : "false"; }

inline void append_ascii(std::string& to, unsigned char byte) {
  constexpr std::string_view hex = "0123456789abcdef";
  if (byte == '"' || byte == '\\') {
    to += '\\';
    to += static_cast<char>(byte);
  } else if (byte == '\n') {
    to += "\\n";
  } else if (byte == '\t') {
    to += "\\t";
  } else if (byte < 0x20 || byte == 0x7f) {
    to += "\\u00";
    to += hex[byte >> 4];
    to += hex[byte & 15];
  } else {
    to += static_cast<char>(byte);
  }
}

/// Bytes as code points U+0000 .. U+00FF: any string of bytes has a text form.
inline void append_value(std::string& to, std::string_view bytes) {
  to += '"';
  for (const char each : bytes) {
    const auto byte = static_cast<unsigned char>(each);
    if (byte < 0x80) {
      append_ascii(to, byte);
    } else {
      to += static_cast<char>(0xc0 | byte >> 6);
      to += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  to += '"';
}

inline void append_value(std::string& to, const std::string& bytes) { append_value(to, std::string_view(bytes)); }
inline void append_value(std::string& to, Fd fd) { append_value(to, fd.label); }
inline void append_value(std::string& to, NsId ns) { append_value(to, ns.id); }
inline void append_value(std::string& to, Millis span) { append_value(to, span.count); }
inline void append_value(std::string& to, Cpu cpu) { append_value(to, cpu.index); }
inline void append_value(std::string& to, Skb skb) { append_value(to, skb.id); }
inline void append_value(std::string& to, FlowHash flow) { append_value(to, flow.value); }
inline void append_value(std::string& to, Address address) {
  append_value(to, std::string_view(weir::to_text(address)));
}
inline void append_value(std::string& to, End end) { append_value(to, std::string_view(weir::to_text(end))); }
inline void append_value(std::string& to, Errno error) { append_value(to, name_of(error)); }

template <class E>
requires std::is_enum_v<E>
void append_value(std::string& to, E value) { append_value(to, name_of_enum(value)); }

template <class T>
void append_value(std::string& to, const std::optional<T>& value) {
  if (value)
    append_value(to, *value);
  else
    to += "null";
}

inline void append_value(std::string& to, const std::vector<Skb>& packets) {
  to += '[';
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i != 0) to += ',';
    append_value(to, packets[i]);
  }
  to += ']';
}

inline void append_value(std::string& to, const std::vector<outcome::SentSegment>& segments);

inline void append_name(std::string& to, std::string_view name) {
  to += to.empty() || to.back() == '{' ? "\"" : ",\"";
  to += name;
  to += "\":";
}

/// Optional fields at their default value are left out; so is every field whose bit is not set.
template <class T>
void append_fields(std::string& to, const T& object, std::uint32_t fields = ~std::uint32_t{0}) {
  [[maybe_unused]] static const T defaults{};
  std::uint32_t bit = 1;
  for_each_field<T>([&](const auto& field) {
    const bool left_out = (fields & bit) == 0 || (!field.required && object.*field.member == defaults.*field.member);
    bit <<= 1;
    if (left_out) return;
    append_name(to, field.name);
    append_value(to, object.*field.member);
  });
}

inline void append_value(std::string& to, const std::vector<outcome::SentSegment>& segments) {
  to += '[';
  for (std::size_t i = 0; i < segments.size(); ++i) {
    to += i == 0 ? "{" : ",{";
    append_fields(to, segments[i]);
    to += '}';
  }
  to += ']';
}

}  // namespace weir::oracle
