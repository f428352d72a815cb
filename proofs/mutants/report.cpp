#include "proofs/mutants/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weir::mutants {
namespace {

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string_view name_of(End end) {
  switch (end) {
    case End::killed:
      return "killed";
    case End::survived:
      return "survives";
    case End::undecided:
      return "undecided";
    case End::not_passed:
      return "no theorem passes it";
    case End::absent:
      break;
  }
  return "does not compile";
}

std::string change(const Listed& mutant) {
  if (mutant.after.empty()) return fmt::format("without {}", mutant.before);
  return fmt::format("{} => {}", mutant.before, mutant.after);
}

/// In a table of Markdown.
std::string cell(std::string_view text) {
  std::string out = "`` ";
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out + " ``";
}

bool by_lockfree(const Judged& judged) { return judged.fate.theorem.starts_with("refinement."); }

}  // namespace

void Report::sort() {
  std::sort(all_.begin(), all_.end(), [](const Judged& a, const Judged& b) { return a.number < b.number; });
}

const Argument* Report::argument(const Judged& judged) const {
  const auto found = arguments_.find(judged.mutant().id);
  return found == arguments_.end() ? nullptr : &found->second;
}

/// Neither killed nor argued.
bool Report::stands(const Judged& judged) const {
  return judged.fate.end != End::killed && judged.fate.end != End::absent && argument(judged) == nullptr;
}

std::vector<std::string> Report::complaints() const {
  std::vector<std::string> found = complaints_about(arguments_, all_mutants());
  for (const Judged& each : all_)
    if (each.fate.end == End::killed && argument(each) != nullptr)
      found.push_back(fmt::format("{} is argued, but {} kills it", each.mutant().id, each.fate.theorem));
  return found;
}

std::string Report::summary() const {
  std::map<std::string_view, std::array<std::size_t, 5>> rows;
  std::array<std::size_t, 5> sum{};
  std::size_t hang = 0, die = 0;
  for (const Judged& each : all_) {
    auto& row = rows[each.mutant().kind];
    const std::size_t column = each.fate.end == End::killed   ? (by_lockfree(each) ? 1 : 0)
                               : each.fate.end == End::absent ? 4
                               : argument(each) != nullptr    ? 2
                                                              : 3;
    ++row[column];
    ++sum[column];
    hang += each.fate.how.ends_with("does not end");
    die += each.fate.how.ends_with("the program dies");
  }
  std::string text =
      "| | killed | killed by a comparison with lockfree/ | argued | survive | do not compile |\n"
      "|---|--:|--:|--:|--:|--:|\n";
  const auto line = [&](std::string_view name, const auto& row) {
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", name, row[0], row[1], row[2], row[3], row[4]);
  };
  for (const auto& [kind, row] : rows) line(kind, row);
  line("all", sum);
  return text +
         fmt::format("\n{} of {} mutants; of the killed, {} make a loop turn without end and {} the program die.\n",
                     all_.size(), all_mutants().size(), hang, die);
}

std::string Report::as_text() const {
  std::string text;
  const bool few = all_.size() <= 40;
  for (const Judged& each : all_)
    if (few || stands(each))
      text +=
          fmt::format("{}  {}\n  {}:{}  {}\n  {} {}\n", each.mutant().id, name_of(each.fate.end), each.mutant().file,
                      each.mutant().line, change(each.mutant()), each.fate.theorem, each.fate.how);
  for (const std::string& each : complaints()) text += each + "\n";
  return text + summary();
}

std::string as_json(const Listed& mutant) {
  return fmt::format("{{\"id\":{},\"kind\":{},\"file\":{},\"line\":{},\"before\":{},\"after\":{}}}\n",
                     json_string(mutant.id), json_string(mutant.kind), json_string(mutant.file), mutant.line,
                     json_string(mutant.before), json_string(mutant.after));
}

std::string Report::as_json(const Judged& judged) const {
  std::string line = weir::mutants::as_json(judged.mutant());
  line.resize(line.size() - 2);
  return fmt::format("{},\"end\":{},\"theorem\":{},\"how\":{},\"argued\":{},\"seconds\":{:.3f}}}\n", line,
                     json_string(name_of(judged.fate.end)), json_string(judged.fate.theorem),
                     json_string(judged.fate.how), argument(judged) != nullptr, judged.fate.seconds);
}

std::string Report::sampled() const {
  return fmt::format(
      "It is a sample: the {} of {} that a bound of time (`--within`) has let it judge, in the order of a hash of "
      "their\nnames, so that every header and kind has its share. The others were not judged.\n\n",
      all_.size(), all_mutants().size());
}

std::string Report::as_page() const {
  std::string page =
      "# Mutants of the rules\n\n"
      "Each mutant is one change of one rule of `model/`. A theorem kills it if it is not proved any more for the "
      "release "
      "named;\n[proofs.md](proofs.md) tells how. This page is the output of `weir mutants --spec --markdown`.\n\n" +
      (all_.size() < all_mutants().size() ? sampled() : "") + summary();
  std::string_view file;
  for (const Judged& each : all_) {
    if (each.fate.end == End::absent) continue;
    if (each.mutant().file != file) {
      file = each.mutant().file;
      page += fmt::format("\n## [{0}](../{0})\n\n| mutant | line | change | killed by |\n|---|--:|---|---|\n", file);
    }
    const Argument* const argued = argument(each);
    page += fmt::format("| {} | {} | {} | {} |\n", each.mutant().id, each.mutant().line, cell(change(each.mutant())),
                        each.fate.end == End::killed ? each.fate.theorem
                        : argued != nullptr          ? "argued: " + argued->reason
                                                     : "**" + std::string(name_of(each.fate.end)) + "**");
  }
  return page;
}

int Report::exit_code() const {
  const auto left = [&](End end) {
    return std::any_of(all_.begin(), all_.end(),
                       [&](const Judged& each) { return each.fate.end == end && stands(each); });
  };
  if (left(End::survived) || left(End::not_passed) || !complaints().empty()) return 1;
  return left(End::undecided) ? 3 : 0;
}

}  // namespace weir::mutants
