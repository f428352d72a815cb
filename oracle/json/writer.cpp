#include "oracle/json/writer.hpp"

#include <string_view>

#include "oracle/json/append.hpp"

namespace weir::oracle {
namespace {

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
