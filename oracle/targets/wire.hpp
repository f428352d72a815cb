// Operations and outcomes as bytes, for the socket between a live target and its driver.
//
// Both ends are the same binary, so the form is private: native byte order and no version. It derives from `fields`;
// nothing here knows an operation by name.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "model/vocabulary/fields.hpp"

namespace weir::oracle::wire {

template <class T>
concept Described = requires {
  T::fields;
};

/// Numbers, enums and the small structs of numbers that fields are made of.
template <class T>
concept Plain = std::is_trivially_copyable_v<T> && !Described<T>;

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void put(const std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    out_ += text;
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(static_cast<std::uint8_t>(value.has_value()));
    if (value) put(*value);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put(static_cast<std::uint32_t>(values.size()));
    for (const auto& each : values) put(each);
  }
  template <class... T>
  void put(const std::variant<T...>& value) {
    put(static_cast<std::uint8_t>(value.index()));
    std::visit([this](const auto& each) { this->put(each); }, value);  // clang 14 misses an implicit use
  }
  template <Described T>
  void put(const T& value) {
    for_each_field<T>([&](const auto& field) { put(value.*field.member); });
  }
  template <Plain T>
  void put(const T& value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }

 private:
  std::string& out_;
};

/// Reads what Writer wrote. Bytes that no Writer wrote make ok() false and leave values unspecified.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  bool ok() const { return ok_; }

  void get(std::string& text) {
    const std::string_view bytes = take(get<std::uint32_t>());
    text.assign(bytes);
  }
  template <class T>
  void get(std::optional<T>& value) {
    if (get<std::uint8_t>() == 0)
      value.reset();
    else
      get(value.emplace());
  }
  template <class T>
  void get(std::vector<T>& values) {
    values.clear();
    for (auto count = get<std::uint32_t>(); ok_ && count > 0; --count) get(values.emplace_back());
  }
  template <class... T>
  void get(std::variant<T...>& value) {
    const auto index = get<std::uint8_t>();
    if (index >= sizeof...(T)) {
      ok_ = false;
      return;
    }
    using Alternative = void (*)(Reader&, std::variant<T...>&);
    static constexpr std::array<Alternative, sizeof...(T)> alternatives{
        [](Reader& in, std::variant<T...>& into) { in.get(into.template emplace<T>()); }...};
    alternatives[index](*this, value);
  }
  template <Described T>
  void get(T& value) {
    for_each_field<T>([&](const auto& field) { get(value.*field.member); });
  }
  template <Plain T>
  void get(T& value) {
    const std::string_view bytes = take(sizeof value);
    if (ok_) std::memcpy(&value, bytes.data(), sizeof value);
  }
  template <Plain T>
  T get() {
    T value{};
    get(value);
    return value;
  }

 private:
  std::string_view take(std::size_t count) {
    ok_ = ok_ && count <= left_.size();
    if (!ok_) return {};
    const std::string_view bytes = left_.substr(0, count);
    left_.remove_prefix(count);
    return bytes;
  }

  std::string_view left_;
  bool ok_ = true;
};

}  // namespace weir::oracle::wire
