// Values as bytes: what a worker process tells the one that started it, and what the cache keeps. Read by the same
// program on the same machine, so numbers stand as they lie in memory.
#pragma once
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weir::proofs {

class RecordWriter {
 public:
  template <class Number>
  requires std::is_arithmetic_v<Number> || std::is_enum_v<Number>
  void put(Number value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void put(std::string_view text) {
    put(text.size());
    bytes_ += text;
  }
  /// The elements of a vector, each put by `each`.
  template <class T, class Each>
  void put_all(const std::vector<T>& values, Each each) {
    put(values.size());
    for (const T& value : values) each(value);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// \throws std::runtime_error where the bytes end early
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) : left_(bytes) {}

  template <class Number>
  Number get() {
    Number value{};
    std::memcpy(&value, first(sizeof value).data(), sizeof value);
    return value;
  }
  std::string get_text() { return std::string(first(get<std::size_t>())); }
  template <class T, class Each>
  std::vector<T> get_all(Each each) {
    std::vector<T> values;
    for (std::size_t count = get<std::size_t>(); count > 0; --count) values.push_back(each());
    return values;
  }
  bool empty() const { return left_.empty(); }

 private:
  std::string_view first(std::size_t count) {
    if (count > left_.size()) throw std::runtime_error("a record ends early");
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }
  std::string_view left_;
};

}  // namespace weir::proofs
