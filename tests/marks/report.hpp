// Which tests, traces and campaigns reach which clause: the coverage report, as text and as one HTML file.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tests/marks/marks.hpp"

namespace weir::marks {

/// What reaches one clause.
struct Reached {
  Clause clause;
  std::vector<Mark> marks;          ///< tests that reach it on purpose
  std::vector<std::string> traces;  ///< files, from the root of the source tree
  bool by_campaign = false;
  std::string_view reason;  ///< why no campaign or trace reaches it (fuzz/unreached.hpp), or ""

  /// A mark, or the reason why there is none.
  bool accounted_for() const { return !marks.empty() || !reason.empty(); }
};

/// One for each clause, in the order of the table. Marks come from `all_marks()`; `campaign` is what campaigns reached.
std::vector<Reached> coverage(const std::vector<Mark>& marks, const ClauseSet& campaign);

/// What a campaign of that many inputs against lockfree/ reaches.
ClauseSet campaign_of(std::uint64_t inputs);

std::string to_text(const std::vector<Reached>& rows);
std::string to_html(const std::vector<Reached>& rows);

/// Writes clauses.txt and clauses.html. Throws std::runtime_error where it cannot.
void write_report(const std::filesystem::path& folder, const std::vector<Reached>& rows);

}  // namespace weir::marks
