#include "oracle/targets/linux_counters.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace weir::oracle {
namespace {

/// Takes the next word off the front of a line.
std::string_view next_word(std::string_view& line) {
  const auto start = std::min(line.find_first_not_of(' '), line.size());
  line.remove_prefix(start);
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

void set(std::uint64_t& counter, std::uint64_t value) { counter = value; }
void set(std::optional<std::uint64_t>& counter, std::uint64_t value) { counter = value; }

void store(outcome::Counters& counters, std::string_view name, std::string_view text) {
  for_each_field<outcome::Counters>([&](const auto& field) {
    if (field.name != name) return;
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    set(counters.*field.member, value);
  });
}

std::uint64_t minus(std::uint64_t now, std::uint64_t before) { return now - before; }
std::optional<std::uint64_t> minus(std::optional<std::uint64_t> now, std::optional<std::uint64_t> before) {
  if (!now || !before) return now;
  return *now - *before;
}

}  // namespace

outcome::Counters read_counters(int netstat) {
  std::array<char, 16384> bytes;
  const ssize_t length = ::pread(netstat, bytes.data(), bytes.size(), 0);
  if (length < 0) throw std::system_error(errno, std::generic_category(), "reading netstat");
  // Its first two lines: "TcpExt: name name …" and "TcpExt: number number …".
  std::string_view text(bytes.data(), static_cast<std::size_t>(length));
  std::string_view titles = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(titles.size() + 1, text.size()));
  std::string_view numbers = text.substr(0, text.find('\n'));
  outcome::Counters counters;
  while (!titles.empty()) store(counters, next_word(titles), next_word(numbers));
  return counters;
}

outcome::Counters since(const outcome::Counters& before, const outcome::Counters& now) {
  outcome::Counters difference;
  for_each_field<outcome::Counters>(
      [&](const auto& field) { difference.*field.member = minus(now.*field.member, before.*field.member); });
  return difference;
}

}  // namespace weir::oracle
