// SARIF 2.1.0: each problem a result, what it breaks a rule, the way to it a code flow.
#include <fmt/format.h>

#include <map>

#include "cli/common.hpp"
#include "cli/reports/report.hpp"

namespace weir::cli {
namespace {

/// A path as a URI: absolute ones with a scheme, and nothing in it that a URI cannot have.
std::string uri_of(const std::string& file) {
  constexpr std::string_view plain = "-._~/";
  std::string uri = file.starts_with('/') ? "file://" : "";
  for (const char each : file) {
    const auto byte = static_cast<unsigned char>(each);
    if (std::isalnum(byte) != 0 || plain.find(each) != std::string_view::npos)
      uri += each;
    else
      uri += fmt::format("%{:02X}", byte);
  }
  return uri;
}

std::string location(const std::string& file, std::uint64_t line, const std::string& text) {
  const std::string region = line == 0 ? "" : fmt::format(R"(,"region":{{"startLine":{}}})", line);
  const std::string message = text.empty() ? "" : fmt::format(R"(,"message":{{"text":{}}})", json_string(text));
  return fmt::format(R"({{"physicalLocation":{{"artifactLocation":{{"uri":{}}}{}}}{}}})", json_string(uri_of(file)),
                     region, message);
}

std::string code_flow(const std::vector<ReportStep>& way) {
  if (way.empty()) return "";
  std::string steps;
  for (const ReportStep& each : way)
    steps += fmt::format("{}{{\"location\":{}}}", steps.empty() ? "" : ",", location(each.file, each.line, each.text));
  return fmt::format(R"(,"codeFlows":[{{"threadFlows":[{{"locations":[{}]}}]}}])", steps);
}

std::string rule_text(const ReportRule& rule) {
  std::string text =
      fmt::format(R"({{"id":{},"shortDescription":{{"text":{}}})", json_string(rule.id), json_string(rule.sentence));
  if (!rule.help.empty()) text += fmt::format(R"(,"help":{{"text":{}}})", json_string(rule.help));
  if (!rule.help_uri.empty()) text += fmt::format(R"(,"helpUri":{})", json_string(rule.help_uri));
  return text + '}';
}

std::string result_text(const ReportProblem& problem, std::size_t rule) {
  std::string clauses;
  for (const std::string& each : problem.clauses)
    clauses += fmt::format("{}{}", clauses.empty() ? "" : ",", json_string(each));
  return fmt::format(R"({{"ruleId":{},"ruleIndex":{},"level":"{}","message":{{"text":{}}},"locations":[{}],)"
                     R"("partialFingerprints":{{"weir/v1":{}}},"properties":{{"clauses":[{}]}}{}}})",
                     json_string(problem.rule.id), rule, problem.expected ? "note" : "error",
                     json_string(problem.message), location(problem.file, problem.line, ""),
                     json_string(problem.fingerprint), clauses, code_flow(problem.way));
}

}  // namespace

std::string as_sarif(const Report& report, const std::string& name) {
  std::string rules, results;
  std::map<std::string_view, std::size_t> places;
  for (const ReportCase& each : report.cases)
    for (const ReportProblem& problem : each.problems) {
      const auto [place, is_new] = places.emplace(problem.rule.id, places.size());
      if (is_new) rules += fmt::format("{}\n{}", rules.empty() ? "" : ",", rule_text(problem.rule));
      results += fmt::format("{}\n{}", results.empty() ? "" : ",", result_text(problem, place->second));
    }
  return fmt::format(
      R"({{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{{"tool":{{"driver":)"
      R"({{"name":"{}","version":"{}","rules":[{}]}}}},"automationDetails":{{"id":{}}},"results":[{}]}}]}})"
      "\n",
      report.tool, WEIR_VERSION, rules, json_string(report.tool + "/" + name + "/"), results);
}

}  // namespace weir::cli
