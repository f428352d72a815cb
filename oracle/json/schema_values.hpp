// Schemas by the type of the field that they describe, as values.hpp reads it. Private to the schema.
#pragma once
#include <fmt/format.h>

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/op.hpp"
#include "model/outcome.hpp"
#include "oracle/json/append.hpp"

namespace weir::oracle {

template <class T>
struct Tag {};

/// A JSON object, member by member.
class Object {
 public:
  Object& add(std::string_view name, std::string_view json) {
    append_name(text_, name);
    text_ += json;
    return *this;
  }
  std::string text() const { return text_ + '}'; }

 private:
  std::string text_ = "{";
};

template <class T>
std::string json_of(const T& value) {
  std::string text;
  append_value(text, value);
  return text;
}

/// A list of JSON values, one by one.
class List {
 public:
  List& add(std::string_view json) {
    text_.append(text_.empty() ? "[" : ",").append(json);
    return *this;
  }
  std::string text() const { return text_.empty() ? "[]" : text_ + ']'; }

 private:
  std::string text_;
};

inline std::string defined_as(std::string_view name) { return fmt::format(R"({{"$ref":"#/$defs/{}"}})", name); }

template <std::integral T>
std::string whole_number(T low = std::numeric_limits<T>::min(), T high = std::numeric_limits<T>::max()) {
  return fmt::format(R"({{"type":"integer","minimum":{},"maximum":{}}})", low, high);
}

/// Where numbers of a type are defined: "uint32".
template <std::integral T>
std::string number_name() {
  return fmt::format("{}int{}", std::is_unsigned_v<T> ? "u" : "", 8 * sizeof(T));
}

template <class E>
std::string names_of() {
  List list;
  for (const auto& row : names<E>) list.add(json_of(row.text));
  return list.text();
}

template <class T>
std::string schema_of(Tag<T>) {
  if constexpr (std::is_enum_v<T>)
    return Object().add("enum", names_of<T>()).text();
  else
    return defined_as(number_name<T>());
}
inline std::string schema_of(Tag<bool>) { return R"({"type":"boolean"})"; }
inline std::string schema_of(Tag<Fd>) { return schema_of(Tag<decltype(Fd::label)>{}); }
inline std::string schema_of(Tag<NsId>) { return schema_of(Tag<decltype(NsId::id)>{}); }
inline std::string schema_of(Tag<Skb>) { return schema_of(Tag<decltype(Skb::id)>{}); }
inline std::string schema_of(Tag<Millis>) { return schema_of(Tag<decltype(Millis::count)>{}); }
inline std::string schema_of(Tag<FlowHash>) { return schema_of(Tag<decltype(FlowHash::value)>{}); }
inline std::string schema_of(Tag<Cpu>) { return defined_as("cpu"); }
inline std::string schema_of(Tag<Address>) { return defined_as("address"); }
inline std::string schema_of(Tag<End>) { return defined_as("end_of_connection"); }
inline std::string schema_of(Tag<std::string>) { return defined_as("bytes"); }
inline std::string schema_of(Tag<Errno>) { return defined_as("errno"); }

template <class T>
std::string schema_of(Tag<std::optional<T>>) {
  return fmt::format(R"({{"anyOf":[{},{{"type":"null"}}]}})", schema_of(Tag<T>{}));
}

template <class T>
std::string schema_of(Tag<std::vector<T>>) {
  return fmt::format(R"({{"type":"array","items":{}}})", schema_of(Tag<T>{}));
}

/// An object all of whose fields are given.
inline std::string schema_of(Tag<outcome::SentSegment>) {
  Object properties;
  List required;
  for_each_field<outcome::SentSegment>([&]<class Of, class Value>(const Field<Of, Value>& field) {
    properties.add(field.name, schema_of(Tag<Value>{}));
    required.add(json_of(field.name));
  });
  return Object()
      .add("type", R"("object")")
      .add("properties", properties.text())
      .add("required", required.text())
      .add("additionalProperties", "false")
      .text();
}

}  // namespace weir::oracle
