// What a campaign leaves on disk, so that the next one goes on where it was stopped, and several work on one.
//
//   DIR/TARGET-RELEASE-OPERATION-HASH.jsonl   a finding, small, as a trace that `weir check` reads
//   DIR/corpus/TARGET/HASH.jsonl              an input that took a new way through the spec
//   DIR/state/TARGET/WORKER.json              what a worker has done so far
//
// A file is there as a whole or not at all: it is written under another name, flushed to the disk, and renamed. Its
// name is made of what is in it, so that the same found twice is one file; folders of several machines are merged by
// copying them into each other, in any order. TARGET and WORKER are whatever somebody calls himself, made part of a
// path by `file_name_of`: nothing is written or removed outside of DIR.
//
// Where something cannot be written (the disk is full) it is kept, and tried again; `unwritten` is what is left.
// `save` and `unwritten` may be called by several threads; any number of processes may have objects of one folder, with
// different workers.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "fuzz/engine.hpp"

namespace weir::fuzz {

/// What a worker has done, over all the times that it was started.
struct Progress {
  std::uint64_t seed = 0;    ///< of the first time
  std::uint64_t starts = 0;  ///< how often
  std::uint64_t inputs = 0, operations = 0, probes = 0, divergences = 0, unconfirmed = 0;
  double seconds = 0;
  ClauseSet covered;

  Progress& operator+=(const CampaignStats& stats);
  Progress& operator+=(const Progress& another);  ///< worker's; the seed stays
};

/// A name as a part of a path: letters, digits, dashes, underscores and dots inside of it stay, other bytes become %XX.
/// Two names are never the same file's.
std::string file_name_of(std::string_view name);

/// Which of several findings are one file.
enum class OneFile : std::uint8_t {
  of_each_case,   ///< equal traces
  of_each_shape,  ///< those of one shape (fuzz/kind.hpp) on one host: the first stays
};

/// From a file of state/; as it begins where there is none.
Progress progress_in(const std::filesystem::path& file);

class CampaignFolder {
 public:
  using Concerns = std::function<bool(const Input&)>;

  /// \param target, worker  any names
  CampaignFolder(std::filesystem::path folder, std::string_view target, std::string_view worker,
                 OneFile one_file = OneFile::of_each_case);

  /// What is there of this target and concerns the campaign; `left_alone` counts the rest. A file that is no trace is
  /// left out: `strange` names it.
  std::vector<Finding> findings(const Concerns& concerns = {});
  /// The shortest first.
  std::vector<Input> corpus(const Concerns& concerns = {});
  std::size_t left_alone() const { return left_alone_; }
  /// Of this worker; as it begins where it has left nothing.
  Progress progress();
  const std::vector<std::filesystem::path>& strange() const { return strange_; }

  /// Forgets the corpus and the progress of all workers on this target. Findings stay.
  void begin_anew();
  /// Of the inputs that `corpus()` gave, forgets those that are not among these. What others wrote since stays.
  void keep_only(const std::vector<Input>& kept);

  void save(const Finding& finding);
  void save(const Input& input);
  void save(const Progress& progress);

  std::filesystem::path path_of(const Finding& finding) const;
  /// Findings that could not be written, tried once more.
  std::vector<Finding> unwritten();
  /// Why something could not be written; "" if all could.
  const std::string& trouble() const { return trouble_; }

 private:
  std::filesystem::path path_of(const Input& input) const;
  void save_one(const Finding& finding);
  bool is_there(const std::filesystem::path& path, const Finding& finding) const;
  std::filesystem::path state() const;
  bool write(const std::filesystem::path& path, const std::string& text, bool to_the_disk);

  const std::filesystem::path folder_;
  const std::string target_, worker_;
  const OneFile one_file_;
  std::vector<std::filesystem::path> strange_, given_;
  std::map<std::filesystem::path, Finding> unwritten_;
  std::string trouble_;
  std::size_t left_alone_ = 0;
  std::mutex saving_;
};

}  // namespace weir::fuzz
