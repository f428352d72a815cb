// JUnit tells what failed from what could not be decided, and from what was not run.
#include <fmt/format.h>

#include <map>

#include "cli/reports/report.hpp"

namespace weir::cli {
namespace {

using Verdict = ReportCase::Verdict;

std::string case_text(const ReportCase& each) {
  const std::string text = fmt::format(R"(    <testcase classname="{}" name="{}" time="{:.3f}")", escaped(each.suite),
                                       escaped(each.name), each.seconds);
  if (each.verdict == Verdict::passed) return text + "/>\n";
  const std::string_view kind = each.verdict == Verdict::failed ? "failure"
                                : each.verdict == Verdict::open ? "error"
                                                                : "skipped";
  return text + fmt::format(">\n      <{0} message=\"{1}\">{2}</{0}>\n    </testcase>\n", kind, escaped(each.message),
                            escaped(each.details));
}

struct Suite {
  std::string cases;
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  double seconds = 0;
};

}  // namespace

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

std::string as_junit(const Report& report) {
  std::map<std::string_view, Suite> suites;
  for (const ReportCase& each : report.cases) {
    Suite& suite = suites[each.suite];
    suite.cases += case_text(each);
    ++suite.tests;
    suite.failures += each.verdict == Verdict::failed ? 1 : 0;
    suite.errors += each.verdict == Verdict::open ? 1 : 0;
    suite.skipped += each.verdict == Verdict::skipped ? 1 : 0;
    suite.seconds += each.seconds;
  }
  std::string text = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\">\n", report.tool);
  for (const auto& [name, suite] : suites)
    text += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\">\n{}"
        "  </testsuite>\n",
        escaped(name), suite.tests, suite.failures, suite.errors, suite.skipped, suite.seconds, suite.cases);
  return text + "</testsuites>\n";
}

}  // namespace weir::cli
