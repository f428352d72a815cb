#include "fuzz/folder.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "fuzz/kind.hpp"
#include "fuzz/report.hpp"
#include "model/host.hpp"
#include "oracle/json/reader.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/text/fnv.hpp"
#include "oracle/text/malformed.hpp"
#include "oracle/text/whole_file.hpp"

namespace weir::fuzz {
namespace {

std::string hash_of(std::string_view text) { return fmt::format("{:016x}", oracle::fnv(text)); }

std::string release_of(const Input& input) {
  const std::string_view name = input.profile->name;
  return std::string(name.substr(0, name.find('+')));
}

/// What `to_trace` wrote: its last line is the one that differs. Throws Malformed.
Finding finding_from(const std::string& text, const std::string& name) {
  oracle::TraceReader trace(oracle::read_text(text), name);
  Finding finding{{trace.header().profile, trace.header().options, {}}, {}};
  model::Host<Concrete> host(*finding.input.profile, finding.input.options);
  Difference& difference = finding.difference;
  for (oracle::TraceLine line; trace.next(line);) {
    difference.expected = host.step(line.operation);
    difference.observed = line.seen.outcome;
    finding.input.ops.push_back(std::move(line.operation));
  }
  if (finding.input.ops.empty()) throw oracle::Malformed(name, 2, 1, "expected an operation, found the end");
  difference.operation = finding.input.ops.back();
  difference.index = finding.input.ops.size() - 1;
  return finding;
}

std::string inputs_trace(const Input& input) {
  std::string text = oracle::to_json(oracle::Header{input.profile, input.options}) + '\n';
  for (const Op& each : input.ops) oracle::append_json(text, each), text += '\n';
  return text;
}

std::string json_of(const Progress& progress) {
  std::string clauses;
  progress.covered.for_each(
      [&](Clause each) { clauses += fmt::format("{}\"{}\"", clauses.empty() ? "" : ",", info(each).name); });
  return fmt::format(
      "{{\"seed\":{},\"starts\":{},\"inputs\":{},\"operations\":{},\"probes\":{},\"divergences\":{},\"unconfirmed\":{},"
      "\"seconds\":{:.3f},\n\"clauses\":[{}]}}\n",
      progress.seed, progress.starts, progress.inputs, progress.operations, progress.probes, progress.divergences,
      progress.unconfirmed, progress.seconds, clauses);
}

/// A field that is missing, or none that this weir knows, leaves what there is.
Progress progress_from(const std::string& text) {
  Progress progress;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(text).get(object)) return progress;
  const auto take = [&](std::string_view name, std::uint64_t& into) {
    if (std::uint64_t value = 0; object[name].get(value) == simdjson::SUCCESS) into = value;
  };
  take("seed", progress.seed);
  take("starts", progress.starts);
  take("inputs", progress.inputs);
  take("operations", progress.operations);
  take("probes", progress.probes);
  take("divergences", progress.divergences);
  take("unconfirmed", progress.unconfirmed);
  if (double value = 0; object["seconds"].get(value) == simdjson::SUCCESS) progress.seconds = value;
  simdjson::dom::array clauses;
  if (object["clauses"].get(clauses)) return progress;
  for (const simdjson::dom::element each : clauses) {
    std::string_view name;
    if (each.get(name)) continue;
    if (const auto clause = clause_from(name)) progress.covered.insert(*clause);
  }
  return progress;
}

/// In the order of their names, without those that are being written.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder, std::string_view beginning,
                                            std::string_view end) {
  std::vector<std::filesystem::path> files;
  std::error_code not_there;
  for (const auto& each : std::filesystem::directory_iterator(folder, not_there)) {
    const std::string name = each.path().filename().string();
    if (each.is_regular_file() && name.starts_with(beginning) && name.ends_with(end) && name.front() != '.')
      files.push_back(each.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Where a finding was made belongs to it: the same operations differ on one host, and not on another.
std::string shape_with_host(const Finding& finding) {
  return oracle::to_json(oracle::Header{finding.input.profile, finding.input.options}) +
         shape_of(finding.input, finding.difference);
}

}  // namespace

std::string file_name_of(std::string_view name) {
  std::string safe;
  for (const char each : name) {
    const auto byte = static_cast<unsigned char>(each);
    const bool plain = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9') ||
                       each == '-' || each == '_' || (each == '.' && !safe.empty());
    safe += plain ? std::string(1, each) : fmt::format("%{:02X}", byte);
  }
  return safe.empty() ? "%" : safe;
}

Progress& Progress::operator+=(const CampaignStats& stats) {
  inputs += stats.inputs;
  operations += stats.effort.operations;
  probes += stats.effort.probes;
  divergences += stats.divergences;
  unconfirmed += stats.unconfirmed;
  seconds += stats.seconds;
  covered |= stats.covered;
  return *this;
}

Progress& Progress::operator+=(const Progress& another) {
  starts += another.starts;
  inputs += another.inputs;
  operations += another.operations;
  probes += another.probes;
  divergences += another.divergences;
  unconfirmed += another.unconfirmed;
  seconds += another.seconds;
  covered |= another.covered;
  return *this;
}

Progress progress_in(const std::filesystem::path& file) { return progress_from(oracle::read_whole(file)); }

CampaignFolder::CampaignFolder(std::filesystem::path folder, std::string_view target, std::string_view worker,
                               OneFile one_file)
    : folder_(std::move(folder)), target_(file_name_of(target)), worker_(file_name_of(worker)), one_file_(one_file) {}

std::vector<Finding> CampaignFolder::findings(const Concerns& concerns) {
  std::vector<Finding> all;
  for (const auto& path : files_of(folder_, target_ + "-linux-", ".jsonl")) try {
      Finding finding = finding_from(oracle::read_whole(path), path.string());
      // Of another target, whose name only begins like this one.
      if (!path.filename().string().starts_with(target_ + "-" + release_of(finding.input) + "-")) continue;
      if (!concerns || concerns(finding.input))
        all.push_back(std::move(finding));
      else
        ++left_alone_;
    } catch (const oracle::Malformed&) {
      strange_.push_back(path);
    }
  return all;
}

std::vector<Input> CampaignFolder::corpus(const Concerns& concerns) {
  std::vector<Input> all;
  for (const auto& path : files_of(folder_ / "corpus" / target_, "", ".jsonl")) {
    auto input = from_trace(oracle::read_whole(path));
    if (input && concerns && !concerns(*input)) {
      ++left_alone_;
      continue;
    }
    (input ? given_ : strange_).push_back(path);
    if (input) all.push_back(std::move(*input));
  }
  std::stable_sort(all.begin(), all.end(), [](const Input& a, const Input& b) { return a.ops.size() < b.ops.size(); });
  return all;
}

Progress CampaignFolder::progress() { return progress_in(state()); }

void CampaignFolder::begin_anew() {
  std::error_code not_there;
  std::filesystem::remove_all(folder_ / "corpus" / target_, not_there);
  std::filesystem::remove_all(folder_ / "state" / target_, not_there);
}

void CampaignFolder::keep_only(const std::vector<Input>& kept) {
  std::vector<std::filesystem::path> wanted;
  for (const Input& each : kept) wanted.push_back(path_of(each));
  std::sort(wanted.begin(), wanted.end());
  std::error_code not_there;
  for (const auto& each : std::exchange(given_, {}))
    if (!std::binary_search(wanted.begin(), wanted.end(), each)) std::filesystem::remove(each, not_there);
}

void CampaignFolder::save(const Finding& finding) {
  const std::scoped_lock lock(saving_);
  save_one(finding);
}
void CampaignFolder::save_one(const Finding& finding) {
  const auto path = path_of(finding);
  if (is_there(path, finding)) return;
  if (!write(path, to_trace(finding.input, finding.difference), true)) unwritten_.emplace(path, finding);
}
// What was kept can be found again: it is not worth waiting for the disk.
void CampaignFolder::save(const Input& input) {
  const std::scoped_lock lock(saving_);
  write(path_of(input), inputs_trace(input), false);
}
void CampaignFolder::save(const Progress& progress) {
  const std::scoped_lock lock(saving_);
  write(state(), json_of(progress), false);
  for (const auto& [path, finding] : std::exchange(unwritten_, {})) save_one(finding);
}

std::vector<Finding> CampaignFolder::unwritten() {
  const std::scoped_lock lock(saving_);
  for (const auto& [path, finding] : std::exchange(unwritten_, {})) save_one(finding);
  std::vector<Finding> left;
  for (const auto& [path, finding] : unwritten_) left.push_back(finding);
  return left;
}

/// Of the form in which it is read again, so that what is known from a file and what is found have one name.
std::filesystem::path CampaignFolder::path_of(const Finding& finding) const {
  const Finding read = finding_from(to_trace(finding.input, finding.difference), "a finding");
  const std::string it =
      one_file_ == OneFile::of_each_shape ? shape_with_host(read) : to_trace(read.input, read.difference);
  return folder_ / fmt::format("{}-{}-{}-{}.jsonl", target_, release_of(finding.input),
                               name_of(finding.difference.operation), hash_of(it));
}

/// As a whole: what somebody has damaged is written again.
bool CampaignFolder::is_there(const std::filesystem::path& path, const Finding& finding) const try {
  if (!std::filesystem::exists(path)) return false;
  const Finding other = finding_from(oracle::read_whole(path), path.string());
  return path_of(other) == path_of(finding);
} catch (const oracle::Malformed&) {
  return false;
}
std::filesystem::path CampaignFolder::path_of(const Input& input) const {
  return folder_ / "corpus" / target_ / (hash_of(inputs_trace(input)) + ".jsonl");
}
std::filesystem::path CampaignFolder::state() const { return folder_ / "state" / target_ / (worker_ + ".json"); }

bool CampaignFolder::write(const std::filesystem::path& path, const std::string& text, bool to_the_disk) {
  std::error_code told_by_the_writing;
  std::filesystem::create_directories(path.parent_path(), told_by_the_writing);
  const std::string trouble = oracle::write_whole(path, text, to_the_disk);
  if (!trouble.empty()) trouble_ = trouble;
  return trouble.empty();
}

}  // namespace weir::fuzz
