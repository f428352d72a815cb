#include "oracle/targets/driver_target.hpp"

#include <simdjson.h>

#include <algorithm>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "oracle/json/reader.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/text/malformed.hpp"
#include "oracle/text/suggest.hpp"

namespace weir::oracle {
namespace {

template <class... Each>
constexpr auto op_names(const std::variant<Each...>*) {
  return std::array<std::string_view, sizeof...(Each)>{Each::name...};
}
constexpr auto known_ops = op_names(static_cast<const Op*>(nullptr));

[[noreturn]] void expected(const std::string& what) {
  throw std::runtime_error("the driver's first line: expected " + what);
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

template <class Enum>
std::vector<Enum> enums_of(std::string_view text, const char* field) {
  std::vector<Enum> values;
  for (const std::string& word : words_of(text)) {
    const auto value = enum_from<Enum>(word);
    if (!value) expected(std::string("in \"") + field + "\" some of " + list_of<Enum>() + ", found " + word);
    values.push_back(*value);
  }
  return values;
}

/// Whose sockets have such addresses.
constexpr Family family_of(Address::Kind kind) {
  switch (kind) {
    case Address::Kind::v6_loopback:
      return Family::inet6;
    case Address::Kind::abstract:
      return Family::unix_;
    default:
      return Family::inet;
  }
}

/// Every field of the outcome that is always there was observed.
bool complete(const Observation& seen) {
  return seen.any() && std::visit(
                           [&]<class T>(const T&) {
                             bool all = true;
                             std::uint32_t bit = 1;
                             for_each_field<T>([&](const auto& field) {
                               all = all && (!field.required || (seen.fields & bit) != 0);
                               bit <<= 1;
                             });
                             return all;
                           },
                           seen.outcome);
}

/// What is wrong with an answer; "" and its outcome if nothing is.
std::string trouble(const Op& asked, const std::string& line, const Header& header, Outcome& outcome) {
  std::string text;
  append_json(text, header);
  text += '\n' + line + '\n';
  try {
    TraceReader reader(read_text(std::move(text)), "the driver's answer");
    TraceLine answer;
    if (!reader.next(answer)) return "an empty line";
    if (!(answer.operation == asked)) return "an answer to another operation";
    if (!complete(answer.seen)) return "no result, or a part of it,";
    outcome = std::move(answer.seen.outcome);
    return {};
  } catch (const Malformed& bad) {
    return bad.what();
  }
}

}  // namespace

Hello hello_from(const std::string& line) {
  Hello hello;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(line).get_object().get(object)) expected("an object, found " + line);
  std::int64_t version = 0;
  if (object["driver"].get(version) || version != 1) expected(R"("driver":1, the version of the protocol)");
  std::string_view text;
  if (object["name"].get(text)) expected(R"("name", what the stack is called)");
  hello.name = text;
  if (object["ops"].get(text)) expected(R"("ops", the operations that it can carry out, as one string)");
  for (const std::string& word : words_of(text)) {
    const auto found = std::find(known_ops.begin(), known_ops.end(), word);
    if (found == known_ops.end()) expected("in \"ops\" operations of docs/TRACE.md, found " + word);
    hello.ops.set(static_cast<std::size_t>(found - known_ops.begin()));
  }
  if (!object["families"].get(text)) hello.families = enums_of<Family>(text, "families");
  if (!object["types"].get(text)) hello.types = enums_of<SockType>(text, "types");
  std::int64_t patience = 0;
  if (!object["patience_ms"].get(patience)) hello.patience = std::chrono::milliseconds(patience);
  if (hello.patience.count() < 1 || hello.patience.count() > 60'000) expected(R"("patience_ms" from 1 to 60000)");
  if (!object["one_case"].get(hello.one_case) && !hello.one_case) expected(R"("one_case":true, or no such field)");
  return hello;
}

DriverTarget::DriverTarget(std::vector<std::string> command) : command_(std::move(command)) { start(); }

void DriverTarget::start() {
  program_ = std::make_unique<Program>(command_);
  std::string line;
  switch (program_->receive(line, started_within)) {
    case Program::Answer::line:
      hello_ = hello_from(line);
      return;
    case Program::Answer::ended:
      throw std::runtime_error(command_.front() + " " + program_->end());
    case Program::Answer::silent:
      throw std::runtime_error(command_.front() + " has not said a word");
  }
}

bool DriverTarget::supported(const Op& operation) const {
  if (!hello_.ops.test(operation.index())) return false;
  const auto has = [](const auto& list, auto each) { return std::find(list.begin(), list.end(), each) != list.end(); };
  const auto* const socket = std::get_if<op::Socket>(&operation);
  if (socket != nullptr && !(has(hello_.families, socket->family) && has(hello_.types, socket->type))) return false;
  constexpr std::int32_t first_label = 3;
  return std::visit(
      [&](const auto& each) {
        bool can = true;
        if constexpr (requires { each.addr; })
          can = each.addr.kind == Address::Kind::any || has(hello_.families, family_of(each.addr.kind));
        if constexpr (requires { each.fd; }) can = can && each.fd.label >= first_label;
        if constexpr (requires { each.ns; }) can = can && each.ns.id == 0;
        return can;
      },
      operation);
}

DriverTarget::Run DriverTarget::run(const Header& header, std::span<const Op> ops) {
  if (program_ == nullptr) start();
  std::string text;
  append_json(text, header);
  text += '\n';
  for (const Op& each : ops) {
    append_json(text, each);
    text += '\n';
  }
  Run ran;
  program_->send(text);  // one that has ended says so below
  std::string line;
  for (const Op& each : ops) {
    const auto answer = program_->receive(line, hello_.patience);
    if (answer == Program::Answer::ended) {
      ran.status = Status::ended;
      ran.error = program_->end();
    } else if (answer == Program::Answer::silent) {
      ran.status = Status::ended;
      ran.error = "silent for " + std::to_string(hello_.patience.count()) + " ms after " + to_json(each);
    } else {
      Outcome outcome;
      const std::string wrong = trouble(each, line, header, outcome);
      if (wrong.empty()) {
        ran.outcomes.push_back(std::move(outcome));
        continue;
      }
      ran.error = wrong + " in: " + line;
    }
    program_.reset();
    return ran;
  }
  ran.status = Status::answered;
  if (hello_.one_case) program_.reset();
  return ran;
}

}  // namespace weir::oracle
