#include "fuzz/question.hpp"

#include "fuzz/linux_exclusions.hpp"
#include "fuzz/probes.hpp"
#include "model/host.hpp"

namespace weir::fuzz {

Question question(const Input& input, const std::function<bool(const Op&)>& supported) {
  model::Host<Recorded> model(*input.profile, input.options);
  Question question;
  ClauseSet passed;
  const ClauseScope recording(passed);
  const auto answer = [&](const Op& operation) {
    passed.clear();
    Outcome outcome = model.step(operation);
    question.clauses |= passed;
    return outcome;
  };
  const auto ask = [&](const Op& operation, const Outcome& outcome, std::size_t place) {
    question.ops.push_back(operation);
    question.expected.push_back(outcome);
    question.places.push_back(place);
    question.paths.push_back(passed.hash());
  };
  LinuxExclusions exclusions;
  Scope scope;
  std::size_t place = 0;
  for (; place < input.ops.size(); ++place) {
    const Op& each = input.ops[place];
    if (!supported(each)) continue;
    question.excluded = exclusions.excludes(each);
    if (question.excluded) break;
    const Outcome outcome = answer(each);
    ask(each, outcome, place);
    exclusions.note(each, outcome);
    scope.note(each, outcome);
  }
  question.operations = question.ops.size();
  probe(scope, [&](const Op& each) {
    const Outcome outcome = answer(each);
    if (supported(each)) ask(each, outcome, place);
    ++place;
    return Glimpse::of(outcome);
  });
  return question;
}

bool is_a_jiffy_later(const Difference& difference) {
  const auto* const expected = std::get_if<outcome::Info>(&difference.expected);
  const auto* const observed = std::get_if<outcome::Info>(&difference.observed);
  if (expected == nullptr || observed == nullptr || expected->unacked != 1 || observed->unacked != 0) return false;
  return (expected->state == TcpState::fin_wait1 && observed->state == TcpState::fin_wait2) ||
         (expected->state == TcpState::last_ack && observed->state == TcpState::close);
}

}  // namespace weir::fuzz
