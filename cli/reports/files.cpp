// The badge, and how reports get onto the disk.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <system_error>

#include "cli/common.hpp"
#include "cli/reports/report.hpp"
#include "oracle/text/whole_file.hpp"

namespace weir::cli {

std::string as_badge(const Report& report) {
  using Verdict = ReportCase::Verdict;
  const auto any = [&](Verdict verdict) {
    return std::any_of(report.cases.begin(), report.cases.end(),
                       [&](const ReportCase& each) { return each.verdict == verdict; });
  };
  const bool failed = any(Verdict::failed), open = any(Verdict::open);
  const bool passed = any(Verdict::passed);
  return fmt::format("{{\"schemaVersion\":1,\"label\":{},\"message\":{},\"color\":\"{}\",\"isError\":{}}}\n",
                     json_string(report.tool), json_string(report.summary),
                     failed   ? "red"
                     : open   ? "orange"
                     : passed ? "brightgreen"
                              : "lightgrey",
                     failed);
}

void ReportFiles::add_options(CLI::App& command) {
  command.add_option("--junit", junit, "write a JUnit file")->option_text("FILE");
  command.add_option("--sarif", sarif, "write a SARIF file")->option_text("FILE");
  command.add_option("--badge", badge, "write what shields.io makes a badge of")->option_text("FILE");
}

bool ReportFiles::write(const Report& report) const {
  bool written = true;
  if (!junit.empty()) written &= write_file(junit, as_junit(report));
  if (!sarif.empty()) written &= write_file(sarif, as_sarif(report, sarif.stem().string()));
  if (!badge.empty()) written &= write_file(badge, as_badge(report));
  return written;
}

bool write_file(const std::filesystem::path& path, const std::string& text) {
  std::error_code error;
  if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error)) {  // a pipe, a terminal
    std::ofstream file(path, std::ios::binary);
    file << text;
    if (file.flush()) return true;
    complain(fmt::format("weir: cannot write {}\n", path.string()));
    return false;
  }
  const std::string trouble = oracle::write_whole(path, text, false);
  if (!trouble.empty()) complain(fmt::format("weir: {}\n", trouble));
  return trouble.empty();
}

}  // namespace weir::cli
