#include "oracle/check/check.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <unordered_map>

#include "oracle/check/label.hpp"
#include "oracle/check/machine.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/linear/history.hpp"
#include "oracle/text/malformed.hpp"

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

/// What was last done with each descriptor, by lines that do more than look.
class Doings {
 public:
  void note(const Op& operation, std::uint64_t line, const Explained& answer) {
    if (const auto fd = fd_of(operation); fd && !only_looks(operation)) last_[*fd] = {line, answer.clauses};
    const bool makes_one =
        std::holds_alternative<op::Socket>(operation) || std::holds_alternative<op::Accept>(operation);
    const auto* const returned = std::get_if<outcome::Returned>(&answer.outcome);
    if (makes_one && returned != nullptr && returned->ret >= 0)
      last_[static_cast<std::int32_t>(returned->ret)] = {line, answer.clauses};
  }
  /// Nothing where the operation does something itself, or nothing was done before it.
  std::optional<Earlier> behind(const Op& operation) const {
    const auto fd = fd_of(operation);
    if (!fd || !only_looks(operation)) return std::nullopt;
    const auto found = last_.find(*fd);
    return found == last_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  static std::optional<std::int32_t> fd_of(const Op& operation) {
    return std::visit(
        []<class T>(const T& each) -> std::optional<std::int32_t> {
          if constexpr (requires { each.fd; })
            return each.fd.label;
          else
            return std::nullopt;
        },
        operation);
  }

  std::unordered_map<std::int32_t, Earlier> last_;
};

GoOn how_to_go_on(const TraceLine& line, const Outcome& allowed) {
  if (is_crash(line.seen.outcome) || is_crash(allowed)) return GoOn::not_at_all;
  if (only_looks(line.operation)) return GoOn::from_here;
  if (!is_failure(line.seen.outcome)) return GoOn::not_at_all;
  return is_failure(allowed) ? GoOn::from_here : GoOn::from_before;
}

/// The rest of a trace whose calls overlapped.
CheckResult check_overlapping(TraceReader& trace, const Header& header, TraceLine first,
                              const std::function<void(const Divergence&)>& found) {
  History history = read_history(trace, std::move(first));
  history.header = header;
  CheckResult result;
  result.operations = history.calls.size();
  for (const Call& each : history.calls) result.compared += each.seen.any() ? 1 : 0;
  const HistoryResult answer = check_history(history, {});
  result.clauses = answer.clauses;
  if (answer.verdict == Linearizable::unknown)
    result.undecided = fmt::format("the search for an order of its {} calls was given up", result.operations);
  result.stopped = answer.verdict != Linearizable::ok;
  result.divergences = answer.divergence ? 1 : 0;
  if (answer.divergence) found(*answer.divergence);
  return result;
}

}  // namespace

CheckResult check(TraceReader& trace, const CheckOptions& options,
                  const std::function<void(const Divergence&)>& found) {
  Header header = trace.header();
  if (options.profile != nullptr) header.profile = options.profile;
  Machine machine(header);
  Doings doings;
  CheckResult result;
  for (TraceLine line; !result.stopped && trace.next(line);) {
    if (line.start && result.operations == 0) return check_overlapping(trace, header, std::move(line), found);
    if (line.start) throw Malformed(trace.file(), line.number, 1, "expected no start: the lines before have none");
    const Judged judged = machine.step(line.operation, label_of(line), line.seen);
    const Explained& answer = judged.answer;
    ++result.operations;
    result.clauses |= answer.clauses;
    if (line.seen.any()) ++result.compared;
    doings.note(line.operation, line.number, answer);
    if (judged.explained) continue;

    if (machine.gave_up_some()) {
      result.stopped = true;
      result.undecided = fmt::format(
          "at line {}: the kernel has picked among listeners with SO_REUSEPORT so often that too many states explain "
          "what was seen",
          line.number);
      return result;
    }
    ++result.divergences;
    const GoOn way = how_to_go_on(line, answer.outcome);
    result.stopped = !options.all || way == GoOn::not_at_all;
    found({.line = line.number,
           .text = std::string(trace.text()),
           .observed = to_text(line.seen),
           .allowed = allowed_text(judged),
           .clauses = answer.clauses,
           .before = describe(machine.before(), line.operation),
           .since = doings.behind(line.operation),
           .note = options.all && way == GoOn::not_at_all ? "the model cannot go on from what was observed" : ""});
    if (!result.stopped && way == GoOn::from_before) machine.undo();
  }
  return result;
}

}  // namespace weir::oracle
