// What a command found, for the machines that look at it: one description, written as JUnit (what passed), as
// SARIF 2.1.0 (what is wrong, by which rule, on which path) and as a badge (docs/ci.md).
#pragma once
#include <CLI/CLI.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace weir::cli {

/// What was broken: a clause of the model, a theorem, a client of the explorer.
struct ReportRule {
  std::string id;
  std::string sentence;
  std::string help;      ///< where it comes from; may be empty
  std::string help_uri;  ///< may be empty
};

/// One step on the way to a problem.
struct ReportStep {
  std::string file;
  std::uint64_t line = 0;  ///< from 1; 0: not known
  std::string text;
};

struct ReportProblem {
  ReportRule rule;
  bool expected = false;  ///< it is how things should be, and told for information
  std::string message;
  std::string file;
  std::uint64_t line = 0;            ///< from 1; 0: not known
  std::string fingerprint;           ///< the same for the same problem in another run
  std::vector<std::string> clauses;  ///< that had a part in it
  std::vector<ReportStep> way = {};  ///< to it, in order
};

struct ReportCase {
  enum class Verdict : std::uint8_t { passed, failed, open, skipped };  ///< open: undecided, or not readable
  std::string suite;
  std::string name;
  Verdict verdict = Verdict::passed;
  double seconds = 0;
  std::string message = {};  ///< one line: why it did not pass
  std::string details = {};
  std::vector<ReportProblem> problems = {};
};

struct Report {
  std::string tool;     ///< "weir check"
  std::string summary;  ///< in a few words, for the badge: "3 of 4 agree"
  std::vector<ReportCase> cases;
};

std::string as_junit(const Report& report);
/// \param name  of this run among several that are uploaded together
std::string as_sarif(const Report& report, const std::string& name);
/// What shields.io takes from an endpoint.
std::string as_badge(const Report& report);

/// Text as XML and HTML have it, in attributes too. What XML cannot have becomes a blank.
std::string escaped(std::string_view text);

/// The files that were asked for.
struct ReportFiles {
  std::filesystem::path junit, sarif, badge;

  /// --junit, --sarif and --badge.
  void add_options(CLI::App& command);
  bool any() const { return !junit.empty() || !sarif.empty() || !badge.empty(); }
  /// \return false, with a complaint, where that cannot be
  bool write(const Report& report) const;
};

/// Puts the whole file in place at once: whoever reads it sees the old one or the new one.
/// \return false, with a complaint, where that cannot be
bool write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace weir::cli
