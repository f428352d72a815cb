// The findings of a report, and the files of other commands that it takes in.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <variant>
#include <vector>

#include "cli/common.hpp"
#include "cli/report.hpp"
#include "oracle/check/check.hpp"
#include "oracle/check/label.hpp"
#include "oracle/check/machine.hpp"
#include "oracle/json/reader.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/text/malformed.hpp"
#include "oracle/text/whole_file.hpp"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

/// Who does it to the kernel.
struct Actor {
  std::string_view operator()(const op::Segment&) const { return "peer"; }
  std::string_view operator()(const op::Advance&) const { return "clock"; }
  std::string_view operator()(const op::Tick&) const { return "clock"; }
  std::string_view operator()(const op::NetifRx&) const { return "device"; }
  std::string_view operator()(const op::ProcessBacklog&) const { return "softirq"; }
  std::string_view operator()(const op::NetRxAction&) const { return "softirq"; }
  template <class Call>
  std::string_view operator()(const Call&) const {
    return "program";
  }
};

std::string strings(const std::vector<std::string>& texts) {
  JsonList list;
  for (const std::string& each : texts) list.add(json_string(each));
  return list.array();
}

/// What the model knows of a trace whose last line is the one that differs.
struct Told {
  JsonList steps;
  std::string expected, observed;
  ClauseSet clauses;  ///< of the last
};

Told tell(oracle::TraceReader& trace) {
  Told told;
  oracle::Host host(*trace.header().profile, trace.header().options);
  for (oracle::TraceLine line; trace.next(line);) {
    const auto answer = oracle::step(host, line.operation, oracle::label_of(line));
    told.expected = '{' + oracle::to_text(answer.outcome) + '}';
    told.observed = '{' + oracle::to_text(line.seen) + '}';
    told.clauses = answer.clauses;
    told.steps.add(fmt::format(R"({{"actor":"{}","op":{},"answer":{},"clauses":{}}})",
                               std::visit(Actor{}, line.operation), oracle::to_json(line.operation), told.observed,
                               numbers_of(answer.clauses)));
  }
  if (told.steps.empty()) throw oracle::Malformed(trace.file(), 2, 1, "expected an operation, found the end");
  return told;
}

/// `weir check FILE` in a shell, whatever the file is called.
std::string command_for(const fs::path& file) {
  std::string quoted;
  for (const char each : file.string()) quoted += each == '\'' ? "'\\''" : std::string{each};
  const bool plain = std::all_of(quoted.begin(), quoted.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("/._+-").find(c) != std::string::npos;
  });
  return plain ? "weir check " + quoted : "weir check '" + quoted + "'";
}

std::string finding_as_json(const fs::path& file) {
  const std::string text = oracle::read_whole(file);
  oracle::TraceReader trace(oracle::read_text(text), file.string());
  const Told told = tell(trace);
  std::optional<oracle::Divergence> divergence;
  oracle::TraceReader again(oracle::read_text(text), file.string());
  oracle::check(again, {}, [&](const oracle::Divergence& each) { divergence = each; });
  const std::string name = file.filename().string();
  return fmt::format(
      R"({{"file":{},"target":{},"release":{},"reproduce":{},"steps":{},"expected":{},"observed":{},"clauses":{},)"
      R"("before":{},"note":{}}})",
      json_string(name), json_string(name.substr(0, name.find("-linux-"))), json_string(trace.header().profile->name),
      json_string(command_for(file)), told.steps.array(), told.expected, told.observed, numbers_of(told.clauses),
      strings(divergence ? divergence->before : std::vector<std::string>{}),
      json_string(divergence ? divergence->note : ""));
}

}  // namespace

std::string findings_as_json(const fs::path& folder) {
  JsonList findings;
  std::vector<std::string> strange;
  for (const fs::path& file : files_in(folder, ".jsonl")) try {
      findings.add(finding_as_json(file));
    } catch (const oracle::Malformed& no_trace) {
      strange.emplace_back(no_trace.what());
    }
  return fmt::format(R"({{"all":{},"strange":{}}})", findings.array(), strings(strange));
}

std::string lines_as_json(const fs::path& file, std::string_view member) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) throw Unreadable(fmt::format("{}: there is no such file", file.string()));
  std::istringstream lines(oracle::read_whole(file));
  simdjson::dom::parser parser;
  JsonList all;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.empty()) continue;
    simdjson::dom::object object;
    if (parser.parse(line).get(object) || object[member].error())
      throw Unreadable(fmt::format("{}:{}: expected a JSON object with \"{}\"", file.string(), number, member));
    all.add(line);
  }
  return all.array();
}

std::string object_as_json(const fs::path& file, std::string_view member) {
  const std::string text = oracle::read_whole(file);
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(text).get(object) || object[member].error())
    throw Unreadable(fmt::format("{}: expected a JSON object with \"{}\"", file.string(), member));
  return text;
}

}  // namespace weir::cli
