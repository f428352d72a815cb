#include "oracle/json/writer.hpp"

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <vector>

namespace weir::oracle {
namespace {

void append_value(std::string& to, std::integral auto value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  to.append(digits, end);
}

void append_value(std::string& to, bool value) { to += value ? "true" : "false"; }

void append_ascii(std::string& to, unsigned char byte) {
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
void append_value(std::string& to, std::string_view bytes) {
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

void append_utf8(std::string& to, std::string_view text) {
  to += '"';
  for (const char each : text) {
    const auto byte = static_cast<unsigned char>(each);
    if (byte < 0x80)
      append_ascii(to, byte);
    else
      to += each;
  }
  to += '"';
}

void append_value(std::string& to, const std::string& bytes) { append_value(to, std::string_view(bytes)); }
void append_value(std::string& to, Fd fd) { append_value(to, fd.label); }
void append_value(std::string& to, NsId ns) { append_value(to, ns.id); }
void append_value(std::string& to, Millis span) { append_value(to, span.count); }
void append_value(std::string& to, Cpu cpu) { append_value(to, cpu.index); }
void append_value(std::string& to, Skb skb) { append_value(to, skb.id); }
void append_value(std::string& to, FlowHash flow) { append_value(to, flow.value); }
void append_value(std::string& to, Address address) { append_value(to, std::string_view(weir::to_text(address))); }
void append_value(std::string& to, End end) { append_value(to, std::string_view(weir::to_text(end))); }
void append_value(std::string& to, Errno error) { append_value(to, name_of(error)); }

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

void append_value(std::string& to, const std::vector<Skb>& packets) {
  to += '[';
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i != 0) to += ',';
    append_value(to, packets[i]);
  }
  to += ']';
}

void append_value(std::string& to, const std::vector<outcome::SentSegment>& segments);

void append_name(std::string& to, std::string_view name) {
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

void append_value(std::string& to, const std::vector<outcome::SentSegment>& segments) {
  to += '[';
  for (std::size_t i = 0; i < segments.size(); ++i) {
    to += i == 0 ? "{" : ",{";
    append_fields(to, segments[i]);
    to += '}';
  }
  to += ']';
}

void append_open(std::string& to, const Op& operation) {
  to += "{\"op\":\"";
  to += name_of(operation);
  to += '"';
  std::visit([&](const auto& each) { append_fields(to, each); }, operation);
}

void append_outcome(std::string& to, const Outcome& outcome) {
  std::visit([&](const auto& each) { append_fields(to, each); }, outcome);
}

void append_observation(std::string& to, const Observation& seen) {
  std::visit([&](const auto& each) { append_fields(to, each, seen.fields); }, seen.outcome);
}

}  // namespace

void append_json(std::string& to, const Header& header) {
  const HostOptions defaults;
  to += '{';
  append_name(to, "weir");
  append_value(to, trace_version);
  append_name(to, "profile");
  append_value(to, header.profile->name);
  if (header.options.cpus != defaults.cpus) {
    append_name(to, "cpus");
    append_value(to, header.options.cpus);
  }
  if (header.options.thread_backlog_napi) {
    append_name(to, "thread_backlog_napi");
    append_value(to, true);
  }
  if (!header.options.sysctl.empty()) {
    append_name(to, "sysctl");
    to += '{';
    for (const auto& [id, value] : header.options.sysctl) {
      append_name(to, name_of_enum(id));
      append_value(to, value);
    }
    to += '}';
  }
  to += '}';
}

void append_json(std::string& to, const Op& operation) {
  append_open(to, operation);
  to += '}';
}

void append_json(std::string& to, const Op& operation, const Outcome& outcome) {
  append_open(to, operation);
  append_outcome(to, outcome);
  to += '}';
}

void append_json(std::string& to, const Op& operation, const Outcome& outcome, const ClauseSet& passed) {
  append_open(to, operation);
  append_outcome(to, outcome);
  append_name(to, "clauses");
  to += '[';
  passed.for_each([&](Clause clause) {
    if (to.back() != '[') to += ',';
    append_value(to, info(clause).name);
  });
  to += "]}";
}

void append_json(std::string& to, const Op& operation, const Observation& seen) {
  append_open(to, operation);
  append_observation(to, seen);
  to += '}';
}

std::string to_json(const Header& header) {
  std::string text;
  append_json(text, header);
  return text;
}

std::string to_json(const Op& operation) {
  std::string text;
  append_json(text, operation);
  return text;
}

std::string to_json(const Op& operation, const Outcome& outcome) {
  std::string text;
  append_json(text, operation, outcome);
  return text;
}

std::string error_json(const Malformed& malformed) {
  std::string text = "{";
  append_name(text, "error");
  append_utf8(text, malformed.message());
  append_name(text, "line");
  append_value(text, malformed.line());
  append_name(text, "column");
  append_value(text, malformed.column());
  return text + '}';
}

std::string to_text(const Outcome& outcome) {
  std::string text;
  append_outcome(text, outcome);
  return text;
}

std::string to_text(const Observation& seen) {
  std::string text;
  append_observation(text, seen);
  return text;
}

}  // namespace weir::oracle
