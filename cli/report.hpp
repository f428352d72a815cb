// What `weir report` puts on its page, each part as JSON. The parts that read files throw Unreadable.
#pragma once
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "model/clause.hpp"

namespace weir::cli {

struct Unreadable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Where things are. An empty path: there is none.
struct ReportSources {
  std::filesystem::path folder;                 ///< of a campaign
  std::filesystem::path prove, explore, bench;  ///< what these commands write with --json
};

/// A list of JSON values, one behind the other, that grows.
class JsonList {
 public:
  void add(std::string_view value) { text_ += (text_.empty() ? "" : ",") + std::string(value); }
  bool empty() const { return text_.empty(); }
  std::string array() const { return '[' + text_ + ']'; }
  std::string object() const { return '{' + text_ + '}'; }

 private:
  std::string text_;
};

/// The numbers of the clauses.
std::string numbers_of(const ClauseSet& set);
/// The files of a folder with that extension, in the order of their names, without those that are being written.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder, std::string_view extension);

/// The three planes with their clauses, in the order of the tables; elsewhere a clause is its number in that order.
std::string planes_as_json();

/// The targets of the campaign: what they did, what they reached, what they cannot reach.
std::string targets_as_json(const std::filesystem::path& folder);
/// How they grew, worker by worker.
std::string history_as_json(const std::filesystem::path& folder);
/// Each finding with its operations and both answers; "strange" names files that should be findings and are none.
std::string findings_as_json(const std::filesystem::path& folder);

/// The lines of a file as an array. Each has to be an object with that member.
std::string lines_as_json(const std::filesystem::path& file, std::string_view member);
/// A file that is one object with that member.
std::string object_as_json(const std::filesystem::path& file, std::string_view member);

/// All of it.
std::string report_as_json(const ReportSources& sources);

}  // namespace weir::cli
