// The verdicts in forms that other programs, and browsers, read.
#include <fmt/format.h>

#include <map>
#include <set>

#include "cli/prove.hpp"
#include "oracle/json/writer.hpp"

namespace weir::cli {
namespace {

/// Text as XML and HTML have it, in attributes too.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return out;
}

bool is_decided(const proofs::Result& result) {
  return result.verdict == proofs::Verdict::proved || result.verdict == proofs::Verdict::counterexample;
}

std::string inputs_of(const proofs::Result& result) {
  std::string text;
  for (const auto& [name, value] : result.counterexample) text += fmt::format("{} = {}\n", name, value);
  return text;
}

std::string clauses_of(const proofs::Result& result) {
  std::string text;
  result.clauses.for_each(
      [&](Clause each) { text += fmt::format("{}{}", text.empty() ? "" : ",", json_string(info(each).name)); });
  return text;
}

/// JUnit tells what failed from what could not be decided.
std::string junit_case(const proofs::Result& result) {
  std::string text = fmt::format(R"(    <testcase classname="{}" name="{}" time="{:.3f}")", escaped(result.theorem),
                                 escaped(result.name()), result.seconds);
  if (result.good) return text + "/>\n";
  const std::string_view kind = is_decided(result) ? "failure" : "error";
  return text + fmt::format(">\n      <{0} message=\"{1}: {2}\">{3}</{0}>\n    </testcase>\n", kind,
                            name_of_enum(result.verdict), escaped(result.detail),
                            escaped(inputs_of(result) + trace_of(result)));
}

std::string sarif_result(const proofs::Result& result) {
  const std::string text = fmt::format("{} ({}): {}{}", result.theorem, result.kernels(), name_of_enum(result.verdict),
                                       result.detail.empty() ? "" : ": " + result.detail);
  return fmt::format(
      R"({{"ruleId":{},"level":"{}","message":{{"text":{}}},"locations":[{{"physicalLocation":{{"artifactLocation":)"
      R"({{"uri":{}}}}}}}],"partialFingerprints":{{"obligation/v1":{}}},"properties":{{"clauses":[{}]}}}})",
      json_string(result.theorem), result.good ? "note" : "error", json_string(text), json_string(result.file),
      json_string(result.name()), clauses_of(result));
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

std::string proofs_as_junit(const proofs::Summary& summary) {
  struct Suite {
    std::string cases;
    std::size_t tests = 0, failures = 0, errors = 0;
    double seconds = 0;
  };
  std::map<std::string_view, Suite> suites;
  for (const auto& each : summary.results) {
    Suite& suite = suites[each.file];
    suite.cases += junit_case(each);
    ++suite.tests;
    suite.failures += !each.good && is_decided(each) ? 1 : 0;
    suite.errors += !each.good && !is_decided(each) ? 1 : 0;
    suite.seconds += each.seconds;
  }
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"weir prove\">\n";
  for (const auto& [file, suite] : suites)
    text += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\">\n{}  </testsuite>\n",
        escaped(file), suite.tests, suite.failures, suite.errors, suite.seconds, suite.cases);
  return text + "</testsuites>\n";
}

std::string proofs_as_sarif(const proofs::Summary& summary) {
  std::string rules, results;
  std::set<std::string_view> listed;
  std::map<std::string_view, std::string_view> sentences;
  for (const auto& each : proofs::catalogue()) sentences[each.name] = each.sentence;
  for (const auto& each : summary.results) {
    if (listed.insert(each.theorem).second)
      rules += fmt::format(R"({}{{"id":{},"shortDescription":{{"text":{}}}}})", rules.empty() ? "" : ",",
                           json_string(each.theorem), json_string(sentences[each.theorem]));
    if (!each.good || each.verdict == proofs::Verdict::counterexample)
      results += fmt::format("{}{}", results.empty() ? "" : ",\n", sarif_result(each));
  }
  return fmt::format(
      R"({{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{{"tool":{{"driver":)"
      R"({{"name":"weir prove","version":"{}","rules":[{}]}}}},"results":[)"
      "\n{}\n]}}]}}\n",
      WEIR_VERSION, rules, results);
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
