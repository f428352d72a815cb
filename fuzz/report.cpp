#include "fuzz/report.hpp"

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

std::string to_trace(const Input& input, const Difference& difference) {
  std::string text;
  oracle::append_json(text, oracle::Header{input.profile, input.options});
  text += '\n';
  model::Host<Concrete> host(*input.profile, input.options);
  Scope scope;
  std::size_t index = 0;
  const auto agreed = [&](const Op& operation) {
    if (index++ == difference.index) return Glimpse{.go_on = false};
    const Outcome answer = host.step(operation);
    append_line(text, operation, answer);
    scope.note(operation, answer);
    return Glimpse::of(answer);
  };
  for (const Op& each : input.ops)
    if (!agreed(each).go_on) break;
  if (difference.in_probe) probe(Scope(scope), agreed);
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
