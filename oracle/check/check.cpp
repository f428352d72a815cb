#include "oracle/check/check.hpp"

#include <string>

#include "oracle/check/label.hpp"
#include "oracle/check/machine.hpp"
#include "oracle/json/writer.hpp"

namespace weir::oracle {
namespace {

/// Where the model and the observation differ, how the check can go on from what was observed.
enum class GoOn {
  from_here,    ///< the operation only looks, or failed both ways: the model's state is as good as any
  from_before,  ///< it was seen to fail: it did nothing
  not_at_all,   ///< it was seen to do what the model cannot follow
};

bool only_looks(const Op& operation) {
  return std::visit(
      []<class T>(const T&) {
        return std::is_same_v<T, op::SysctlRead> || std::is_same_v<T, op::Getsockopt> ||
               std::is_same_v<T, op::TcpInfo> || std::is_same_v<T, op::Netstat> || std::is_same_v<T, op::SoftnetStat>;
      },
      operation);
}

GoOn how_to_go_on(const TraceLine& line, const Outcome& allowed) {
  if (is_crash(line.seen.outcome) || is_crash(allowed)) return GoOn::not_at_all;
  if (only_looks(line.operation)) return GoOn::from_here;
  if (!is_failure(line.seen.outcome)) return GoOn::not_at_all;
  return is_failure(allowed) ? GoOn::from_here : GoOn::from_before;
}

}  // namespace

CheckResult check(TraceReader& trace, const CheckOptions& options,
                  const std::function<void(const Divergence&)>& found) {
  Header header = trace.header();
  if (options.profile != nullptr) header.profile = options.profile;
  Machine machine(header);
  CheckResult result;
  for (TraceLine line; !result.stopped && trace.next(line);) {
    const Explained answer = machine.step(line.operation, label_of(line));
    ++result.operations;
    result.clauses |= answer.clauses;
    if (line.seen.any()) ++result.compared;
    if (agrees(line.seen, answer.outcome)) continue;

    ++result.divergences;
    const GoOn way = how_to_go_on(line, answer.outcome);
    result.stopped = !options.all || way == GoOn::not_at_all;
    found({.line = line.number,
           .text = std::string(trace.text()),
           .observed = to_text(line.seen),
           .allowed = to_text(answer.outcome),
           .clauses = answer.clauses,
           .before = describe(machine.before(), line.operation),
           .note = options.all && way == GoOn::not_at_all ? "the model cannot go on from what was observed" : ""});
    if (!result.stopped && way == GoOn::from_before) machine.undo();
  }
  return result;
}

}  // namespace weir::oracle
