#include <fmt/format.h>

#include "cli/common.hpp"
#include "cli/diff.hpp"
#include "oracle/json/header.hpp"
#include "oracle/json/writer.hpp"

namespace weir::cli {
namespace {

std::string names_of(const std::vector<Clause>& which) {
  std::string text;
  for (const Clause each : which) text += fmt::format("{}{}", text.empty() ? "" : " ", info(each).name);
  return text.empty() ? "-" : text;
}

/// Long texts are cut in the table; traces and JSON have them whole.
std::string short_text(std::string text, std::size_t longest) {
  if (text.size() <= longest) return text;
  return fmt::format("{}… ({} bytes)", text.substr(0, longest / 2), text.size());
}

std::string change_text(const oracle::ProfileChange& change) {
  return fmt::format("{}: {} → {}{}\n  {}\n", bold(change.name), change.from, change.to,
                     change.changed.empty() ? "" : fmt::format("   [{}]", change.changed), change.meaning);
}

std::string side_text(const Side& side) {
  const std::string answer = oracle::to_text(side.answer.outcome);
  return side.kept.empty() ? answer : answer + "; " + side.kept;
}

std::string table(const Difference& found, const Shown& shown) {
  constexpr std::size_t widest = 200;
  std::string text;
  for (const Replayed& step : shown.steps) {
    const bool parted = step.from.answer.outcome != step.to.answer.outcome || step.from.kept != step.to.kept;
    text += fmt::format("    {}\n", short_text(oracle::to_json(step.operation), widest));
    const std::string from = side_text(step.from), to = side_text(step.to);
    if (!parted)
      text += from.empty() ? "" : fmt::format("        both           {}\n", short_text(from, widest));
    else
      text += fmt::format("        {:<14} {}\n        {:<14} {}\n", found.from->name, red(short_text(from, widest)),
                          found.to->name, red(short_text(to, widest)));
  }
  for (const std::string& each : shown.also) text += fmt::format("    {}\n", each);
  return text + fmt::format("    rules of {} alone: {}\n    rules of {} alone: {}\n", found.from->name,
                            names_of(shown.only_from), found.to->name, names_of(shown.only_to));
}

std::string why_not(const NotShown& each) {
  return each.exhausted ? "no witness within the bound" : "no witness found in the time given";
}

std::string json_list(const std::vector<Clause>& which) {
  std::string text;
  for (const Clause each : which) text += fmt::format("{}{}", text.empty() ? "" : ",", json_string(info(each).name));
  return "[" + text + "]";
}

std::string json_of(const oracle::ProfileChange& change) {
  return fmt::format(R"({{"change":{},"from":{},"to":{},"changed":{},"meaning":{}}})", json_string(change.name),
                     json_string(change.from), json_string(change.to), json_string(change.changed),
                     json_string(change.meaning));
}

std::string json_lines(const Difference& found, const Shown& shown, bool newer) {
  std::string text = oracle::to_json(oracle::Header{newer ? found.to : found.from, {}});
  for (const Replayed& step : shown.steps)
    text += "," + oracle::to_json(step.operation, (newer ? step.to : step.from).answer.outcome);
  return "[" + text + "]";
}

constexpr std::string_view name_of_kind(proofs::diff::Kind kind) {
  switch (kind) {
    case proofs::diff::Kind::answer:
      return "answer";
    case proofs::diff::Kind::last_of_many:
      return "last_of_many";
    case proofs::diff::Kind::state:
      break;
  }
  return "state";
}

}  // namespace

std::string trace_of(const Difference& found, const Shown& shown, bool newer) {
  std::string text = oracle::to_json(oracle::Header{newer ? found.to : found.from, {}}) + "\n";
  for (const Replayed& step : shown.steps)
    text += oracle::to_json(step.operation, (newer ? step.to : step.from).answer.outcome) + "\n";
  return text;
}

std::string side_by_side(const Difference& found) {
  std::string text;
  for (const Shown& shown : found.shown) {
    for (const auto& each : shown.changes) text += change_text(each);
    if (shown.witness.kind == proofs::diff::Kind::state)
      text += "  all answers agree; what the sockets keep of their last listen does not\n";
    text += table(found, shown) + "\n";
  }
  for (const NotShown& each : found.not_shown)
    text += change_text(each.change) + fmt::format("    {}\n\n", why_not(each));
  std::size_t with = 0;
  for (const Shown& shown : found.shown) with += shown.changes.size();
  if (with + found.not_shown.size() == 0)
    return fmt::format("{} and {}: no behaviour of the model changed\n", found.from->name, found.to->name);
  return text + fmt::format("{} of {} changes have a witness, {} witnesses in {:.1f} s\n", with,
                            with + found.not_shown.size(), found.shown.size(), found.seconds);
}

std::string as_json(const Difference& found) {
  std::string text;
  for (const Shown& shown : found.shown) {
    std::string changes;
    for (const auto& each : shown.changes) changes += (changes.empty() ? "" : ",") + json_of(each);
    text +=
        fmt::format(R"({{"changes":[{}],"kind":"{}","clauses_from":{},"clauses_to":{},"trace_from":{},"trace_to":{}}})"
                    "\n",
                    changes, name_of_kind(shown.witness.kind), json_list(shown.only_from), json_list(shown.only_to),
                    json_lines(found, shown, false), json_lines(found, shown, true));
  }
  for (const NotShown& each : found.not_shown)
    text += fmt::format(R"({{"changes":[{}],"kind":"none","exhausted":{}}})"
                        "\n",
                        json_of(each.change), each.exhausted);
  return text;
}

std::string as_matrix_row(const Difference& found) {
  std::string text = bold(fmt::format("{} → {}", found.from->name, found.to->name)) + "\n";
  if (found.shown.empty() && found.not_shown.empty()) return text + "  no behaviour of the model changed\n";
  for (const Shown& shown : found.shown) {
    for (const auto& each : shown.changes)
      text += fmt::format("  {}: {} → {}{}\n", each.name, each.from, each.to,
                          each.changed.empty() ? "" : fmt::format("   [{}]", each.changed));
    const Replayed& last = shown.steps.back();
    text += fmt::format("    {} operations, then {}: {} | {}\n    clauses {} | {}\n", shown.steps.size() - 1,
                        name_of(last.operation), short_text(side_text(last.from), 100),
                        short_text(side_text(last.to), 100), names_of(shown.only_from), names_of(shown.only_to));
  }
  for (const NotShown& each : found.not_shown)
    text += fmt::format("  {}: {} → {}: {}\n", each.change.name, each.change.from, each.change.to, why_not(each));
  return text;
}

}  // namespace weir::cli
