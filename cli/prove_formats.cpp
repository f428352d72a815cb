// The verdicts in forms that other programs, and browsers, read.
#include <fmt/format.h>

#include <map>

#include "cli/prove.hpp"
#include "cli/reports/divergence.hpp"
#include "oracle/json/writer.hpp"

namespace weir::cli {
namespace {

bool is_decided(const proofs::Result& result) {
  return result.verdict == proofs::Verdict::proved || result.verdict == proofs::Verdict::counterexample;
}

std::string inputs_of(const proofs::Result& result) {
  std::string text;
  for (const auto& [name, value] : result.counterexample) text += fmt::format("{} = {}\n", name, value);
  return text;
}

ReportCase case_of(const proofs::Result& result, std::string_view sentence) {
  ReportCase each{.suite = std::string(result.file), .name = result.name(), .seconds = result.seconds};
  if (!result.good) {
    each.verdict = is_decided(result) ? ReportCase::Verdict::failed : ReportCase::Verdict::open;
    each.message = fmt::format("{}: {}", name_of_enum(result.verdict), result.detail);
    each.details = inputs_of(result) + trace_of(result);
  }
  if (result.good && result.verdict != proofs::Verdict::counterexample) return each;
  each.problems.push_back(
      {.rule = {.id = std::string(result.theorem), .sentence = std::string(sentence), .help = "", .help_uri = ""},
       .expected = result.good,
       .message = fmt::format("{} ({}): {}{}", result.theorem, result.kernels(), name_of_enum(result.verdict),
                              result.detail.empty() ? "" : ": " + result.detail),
       .file = std::string(result.file),
       .fingerprint = result.name(),
       .clauses = names_of(result.clauses)});
  for (const auto& [operation, outcome] : result.trace)
    each.problems.back().way.push_back({std::string(result.file), 0, oracle::to_json(operation, outcome)});
  return each;
}

std::string html_row(const proofs::Result& result) {
  std::string more = escaped(result.detail);
  const std::string shown = result.trace.empty() ? inputs_of(result) : trace_of(result);
  if (!shown.empty()) more = fmt::format("<details><summary>{}</summary><pre>{}</pre></details>", more, escaped(shown));
  return fmt::format(
      "<tr class=\"{}\"><td>{}</td><td>{}</td><td>{}{}</td><td>{}</td><td>{}</td><td>{:.1f}</td><td>{:.2f}</td>"
      "<td>{}</td></tr>\n",
      result.good ? "good" : "bad", escaped(result.theorem), escaped(result.kernels()),
      result.good && result.verdict == proofs::Verdict::counterexample ? "expected " : "", name_of_enum(result.verdict),
      result.paths, result.queries, static_cast<double>(result.rlimit) / 1e6, result.seconds, more);
}

}  // namespace

std::string trace_of(const proofs::Result& result) {
  if (result.trace.empty()) return "";
  std::string text = oracle::to_json(oracle::Header{profile_from(result.profiles.front()), {}}) + "\n";
  for (const auto& [operation, outcome] : result.trace) text += oracle::to_json(operation, outcome) + "\n";
  return text;
}

Report report_of(const proofs::Summary& summary) {
  std::map<std::string_view, std::string_view> sentences;
  for (const auto& each : proofs::catalogue()) sentences[each.name] = each.sentence;
  Report report{.tool = "weir prove", .summary = "", .cases = {}};
  std::size_t good = 0;
  for (const auto& each : summary.results) {
    report.cases.push_back(case_of(each, sentences[each.theorem]));
    good += each.good ? 1 : 0;
  }
  report.summary = fmt::format("{} of {} proved", good, summary.results.size());
  return report;
}

std::string proofs_as_html(const proofs::Summary& summary) {
  std::string rows;
  std::size_t good = 0;
  for (const auto& each : summary.results) {
    rows += html_row(each);
    good += each.good ? 1 : 0;
  }
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>weir prove</title>\n<style>"
      "body{{font:14px sans-serif;margin:2em}}table{{border-collapse:collapse}}td,th{{border:1px solid #ccc;"
      "padding:2px 8px;text-align:left;vertical-align:top}}.bad{{background:#fdd}}pre{{white-space:pre-wrap;"
      "overflow-wrap:anywhere}}</style></head><body>\n<h1>weir prove</h1>\n<p>{} of {} obligations have the verdict "
      "that is right, in {:.1f} s.</p>\n<table><tr><th>theorem</th><th>kernels</th><th>verdict</th><th>paths</th>"
      "<th>queries</th><th>rlimit, M</th><th>seconds</th><th></th></tr>\n{}</table></body></html>\n",
      good, summary.results.size(), summary.seconds, rows);
}

}  // namespace weir::cli
