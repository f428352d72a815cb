#include "oracle/strace/log.hpp"

#include <algorithm>
#include <charconv>

#include "oracle/text/malformed.hpp"

namespace weir::oracle::strace {
namespace {

constexpr auto none = std::string_view::npos;
constexpr std::string_view unfinished_mark = "<unfinished ...>";
constexpr std::string_view resumed_mark = "resumed>";

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

bool is_made_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == none;
}

/// Removes what may stand before a call: the process, time stamps, and [the instruction pointer] or [call number].
std::string_view without_prefix(std::string_view text, Pid& pid) {
  constexpr std::string_view digits = "0123456789";
  for (;;) {
    text = without_blanks(text);
    if (text.starts_with("[pid ")) {
      const auto number = without_blanks(text.substr(5));
      const char* const end = number.data() + number.size();
      const auto read = std::from_chars(number.data(), end, pid);
      if (read.ec != std::errc{} || read.ptr == end || *read.ptr != ']') return text;
      text = {read.ptr + 1, static_cast<std::size_t>(end - read.ptr - 1)};
      continue;
    }
    const std::size_t blank = text.find(' ');
    if (blank == none) return text;
    const auto token = text.substr(0, blank);
    if (token.front() == '[') {
      const std::size_t close = text.find(']');
      if (close == none || !is_made_of(text.substr(1, close - 1), "0123456789abcdefx ")) return text;
      text.remove_prefix(close + 1);
      continue;
    }
    if (is_made_of(token, digits)) {
      if (std::from_chars(token.data(), token.data() + token.size(), pid).ec != std::errc{}) return text;
    } else if (!is_made_of(token, "0123456789:.")) {
      return text;
    }
    text.remove_prefix(blank);
  }
}

}  // namespace

void Log::fail(std::string_view line, std::string_view where, std::string_view message) const {
  throw Malformed(lines_.file(), lines_.number(), static_cast<std::uint64_t>(where.data() - line.data()) + 1, message);
}

bool Log::next(Event& event) {
  std::string_view line;
  if (!lines_.next(line)) return false;
  event = {};
  read(line, event);
  return true;
}

void Log::read(std::string_view line, Event& event) {
  Call& call = event.call;
  call.line = lines_.number();
  const std::string_view body = without_prefix(line, call.pid);
  const bool note = body.starts_with("---") || body.starts_with("strace: ") || body.starts_with("> ");
  if (body.empty() || note) return;
  if (body.starts_with("+++")) {
    event.kind = Event::Kind::exited;
    unfinished_.erase(call.pid);
    return;
  }
  if (body.starts_with("<... ")) return resume(line, body, event);
  const auto name_end = std::find_if_not(body.begin(), body.end(), is_name);
  if (name_end == body.begin() || name_end == body.end() || *name_end != '(')
    fail(line, body, "expected a line of an strace log: a call, a signal (---), an exit (+++) or <... resumed>");
  call.name = std::string(body.begin(), name_end);
  if (body.ends_with(unfinished_mark)) return begin(body, event);
  complete(line, body, event);
}

void Log::begin(std::string_view body, Event& event) {
  event.kind = Event::Kind::unfinished;
  const auto so_far = without_blanks(body.substr(0, body.size() - unfinished_mark.size()));
  // The arguments so far are of use where the call ends behind others that it made possible (a close).
  split_arguments(std::string(so_far.substr(event.call.name.size() + 1)) + ")", event.call.arguments);
  unfinished_[event.call.pid] = so_far;
}

void Log::resume(std::string_view line, std::string_view body, Event& event) {
  const auto begun = unfinished_.find(event.call.pid);
  const std::size_t mark = body.find(resumed_mark);
  if (mark == none) fail(line, body, "expected \"resumed>\"");
  if (begun == unfinished_.end()) return;  // it began before the log did
  const auto name = without_blanks(body.substr(5, mark - 5));
  event.call.name = name;
  if (!begun->second.starts_with(std::string(name) + "("))
    fail(line, body, "expected the rest of the unfinished call of this process: " + begun->second);
  const std::string whole = begun->second + std::string(body.substr(mark + resumed_mark.size()));
  unfinished_.erase(begun);
  complete(line, whole, event);
}

void Log::complete(std::string_view line, std::string_view body, Event& event) {
  Call& call = event.call;
  event.kind = Event::Kind::completed;
  call.text = body;
  if (!is_followed(call.name)) return;
  const auto inside = body.substr(call.name.size() + 1);
  const std::size_t length = split_arguments(inside, call.arguments);
  if (length == 0) fail(line, line, "expected the closing parenthesis of " + call.name);
  // A process that ends leaves its call as `name(… <unfinished ...>) = ?`.
  if (!call.arguments.empty() && call.arguments.back().ends_with(unfinished_mark)) call.arguments.pop_back();
  if (!read_result(inside.substr(length), call.result))
    fail(line, line, "expected \"= RESULT\" behind " + call.name + "(…), with the name of the error where it is -1");
}

}  // namespace weir::oracle::strace
