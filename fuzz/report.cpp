#include "fuzz/report.hpp"

#include <cstddef>
#include <exception>

#include "model/host.hpp"
#include "oracle/json/reader.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/text/malformed.hpp"

namespace weir::fuzz {
namespace {

void append_line(std::string& text, const Op& operation, const Outcome& outcome) {
  oracle::append_json(text, operation, outcome);
  text += '\n';
}

}  // namespace

std::vector<Op> operations_of(const Input& input, const Difference& difference) {
  if (!difference.recorded.empty()) {
    const auto begin = difference.recorded.begin();
    return {begin, begin + static_cast<std::ptrdiff_t>(difference.index) + 1};
  }
  std::vector<Op> ops;
  model::Host<Concrete> host(*input.profile, input.options);
  Scope scope;
  const auto take = [&](const Op& operation) {
    ops.push_back(operation);
    if (ops.size() > difference.index) return Glimpse{.go_on = false};
    const Outcome answer = host.step(operation);
    scope.note(operation, answer);
    return Glimpse::of(answer);
  };
  for (const Op& each : input.ops)
    if (!take(each).go_on) return ops;
  probe(Scope(scope), take);
  return ops;
}

std::string to_trace(const Input& input, const Difference& difference) {
  std::string text;
  oracle::append_json(text, oracle::Header{input.profile, input.options});
  text += '\n';
  model::Host<Concrete> host(*input.profile, input.options);
  std::vector<Op> ops = operations_of(input, difference);
  ops.pop_back();
  for (const Op& each : ops) append_line(text, each, host.step(each));
  append_line(text, difference.operation, difference.observed);
  return text;
}

std::string to_sentence(const Difference& difference) {
  return std::string(difference.in_probe ? "probing the final state, " : "") + oracle::to_json(difference.operation) +
         ": expected " + oracle::to_text(difference.expected) + ", observed " + oracle::to_text(difference.observed);
}

std::optional<Input> from_trace(std::string_view text) {
  try {
    oracle::TraceReader reader(oracle::read_text(std::string(text)), "trace");
    Input input{reader.header().profile, reader.header().options, {}};
    for (oracle::TraceLine line; reader.next(line);) input.ops.push_back(line.operation);
    return input;
  } catch (const oracle::Malformed&) {
    return std::nullopt;
  }
}

}  // namespace weir::fuzz
