#include "tests/marks/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "fuzz/report.hpp"
#include "fuzz/targets.hpp"
#include "fuzz/unreached.hpp"

namespace weir::marks {
namespace {

const std::filesystem::path root = WEIR_SOURCE_DIR;

ClauseSet clauses_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const auto input = fuzz::from_trace(std::string(std::istreambuf_iterator<char>(in), {}));
  if (!input) throw std::runtime_error(file.string() + " is not a trace");
  ClauseSet passed;
  const ClauseScope scope(passed);
  model::Host<Recorded> host(*input->profile, input->options);
  for (const Op& each : input->ops) host.step(each);
  return passed;
}

/// Every trace of the repository, by its path from the root.
std::map<std::string, ClauseSet> all_traces() {
  std::map<std::string, ClauseSet> traces;
  for (const auto* folder : {"fuzz", "tests/live", "tests/external"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder))
      if (entry.path().extension() == ".jsonl")
        traces[std::filesystem::relative(entry.path(), root).string()] = clauses_of(entry.path());
  return traces;
}

std::string_view reason_for(Clause clause) {
  for (const auto& each : fuzz::unreached)
    if (each.clause == clause) return each.reason;
  return "";
}

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) html += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string{c};
  return html;
}

std::size_t count_if(const std::vector<Reached>& rows, bool (*what)(const Reached&)) {
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), what));
}

std::string summary(const std::vector<Reached>& rows) {
  return fmt::format("{} clauses: {} have a test that reaches them on purpose, {} are in a trace, {} in the campaign",
                     rows.size(), count_if(rows, [](const Reached& each) { return !each.marks.empty(); }),
                     count_if(rows, [](const Reached& each) { return !each.traces.empty(); }),
                     count_if(rows, [](const Reached& each) { return each.by_campaign; }));
}

std::string html_row(const Reached& row) {
  const ClauseInfo& clause = info(row.clause);
  std::string marks, traces;
  for (const Mark& each : row.marks)
    marks += fmt::format("{}:{} <small>{}</small><br>", escaped(each.file), each.line, escaped(each.release));
  for (const auto& each : row.traces) traces += escaped(each) + "<br>";
  if (!traces.empty()) traces = fmt::format("<details><summary>{}</summary>{}</details>", row.traces.size(), traces);
  return fmt::format("<tr class={}><td id=\"{}\">{}<td>{}<td>{}<td>{}<td>{}<td>{}</tr>\n",
                     !row.marks.empty()    ? "reached"
                     : row.accounted_for() ? "reason"
                                           : "missing",
                     clause.name, clause.name, escaped(clause.sentence), marks, traces, row.by_campaign ? "yes" : "",
                     escaped(row.reason));
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace

ClauseSet campaign_of(std::uint64_t inputs) {
  fuzz::CampaignOptions options;
  options.max_inputs = inputs;
  options.record_every = 1;
  fuzz::Campaign campaign(std::move(options), fuzz::lockfree_target());
  return campaign.run(fuzz::Campaign::Clock::now() + std::chrono::minutes(2)).covered;
}

std::vector<Reached> coverage(const std::vector<Mark>& marks, const ClauseSet& campaign) {
  static const auto traces = all_traces();
  std::vector<Reached> rows;
  for (const ClauseInfo& each : clauses) {
    Reached row{each.clause, {}, {}, campaign.contains(each.clause), reason_for(each.clause)};
    for (const Mark& mark : marks)
      if (mark.clause == each.clause) row.marks.push_back(mark);
    for (const auto& [file, passed] : traces)
      if (passed.contains(each.clause)) row.traces.push_back(file);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string to_text(const std::vector<Reached>& rows) {
  std::string text = summary(rows) + "\n\n";
  text += fmt::format("{:<26} {:<36} {:>6} {:>8}\n", "clause", "test", "traces", "campaign");
  for (const Reached& row : rows) {
    const std::string mark =
        row.marks.empty()
            ? "-"
            : fmt::format("{}:{}", row.marks[0].file.substr(row.marks[0].file.rfind('/') + 1), row.marks[0].line);
    text += fmt::format("{:<26} {:<36} {:>6} {:>8}{}\n", info(row.clause).name, mark, row.traces.size(),
                        row.by_campaign ? "yes" : "-", row.reason.empty() ? "" : fmt::format("  ({})", row.reason));
  }
  return text;
}

std::string to_html(const std::vector<Reached>& rows) {
  std::string html = fmt::format(
      "<!doctype html><meta charset=utf-8><title>weir: clauses</title><style>"
      "body{{font:15px sans-serif;margin:2em}}table{{border-collapse:collapse}}td,th{{border:1px solid #ccc;padding:"
      "4px 8px;vertical-align:top;text-align:left}}.missing td{{background:#fbb}}.reason td{{background:#ffd}}"
      "</style>\n<h1>Clauses and what reaches them</h1>\n<p>{}.</p>\n"
      "<table><tr><th>clause<th>what it says<th>tests<th>traces<th>campaign<th>reason</tr>\n",
      summary(rows));
  for (const Reached& each : rows) html += html_row(each);
  return html + "</table>\n";
}

void write_report(const std::filesystem::path& folder, const std::vector<Reached>& rows) {
  std::filesystem::create_directories(folder);
  write(folder / "clauses.txt", to_text(rows));
  write(folder / "clauses.html", to_html(rows));
}

}  // namespace weir::marks
