// Other network stacks as targets of a campaign: how each is started.
#include <CLI/CLI.hpp>

#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "cli/campaign.hpp"
#include "fuzz/reachable.hpp"

namespace weir::cli {
namespace {

/// A stack differs in many ways.
constexpr std::uint32_t most_findings = 64;
/// Each attempt takes milliseconds here.
constexpr std::uint32_t stack_shrink_attempts = 400;
/// The two ends of a connection talk on their own in a stack: what depends on which was faster is no finding.
constexpr std::uint32_t confirmations = 5;

/// The drivers stand beside this program.
std::filesystem::path beside_this_program() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

}  // namespace

Job stack_job(const oracle::StackChoice& stack, const Profile& release, const oracle::Comparison& comparison) {
  Job job = plugin_job(stack.command(beside_this_program()), release, comparison);
  job.report.name = stack.name;
  return job;
}

Job plugin_job(const std::vector<std::string>& command, const Profile& release, const oracle::Comparison& comparison) {
  Job job;
  job.report.name = "plugin";
  try {
    const auto driver = std::make_shared<oracle::DriverTarget>(command);
    job.report.name = driver->hello().name;
    job.options.generator = fuzz::stack_cases(driver);
    job.options.profiles = {&release};
    job.options.max_findings = most_findings;
    job.options.shrink_attempts = stack_shrink_attempts;
    job.options.confirmations = confirmations;
    job.options.one_of_each_shape = true;
    job.report.compared_with = std::string(release.name);
    job.report.reachable = fuzz::clauses_of({&release});
    job.stack_effort = std::make_shared<fuzz::StackEffort>();
    job.target = fuzz::stack_target(driver, comparison, *job.stack_effort);
  } catch (const std::runtime_error& error) {
    job.report.not_available = error.what();
  }
  return job;
}

std::string comparisons_text() {
  std::string text;
  for (const oracle::ComparisonMode& each : oracle::comparison_modes)
    text += (text.empty() ? "" : "; ") + std::string(each.name) + ": " + std::string(each.sentence);
  return text;
}

oracle::Comparison comparison_from(const std::string& text) {
  oracle::Comparison comparison;
  std::istringstream modes(text);
  for (std::string name; std::getline(modes, name, ',');) {
    const oracle::ComparisonMode* const mode = oracle::comparison_mode(name);
    if (mode == nullptr) throw CLI::ValidationError("--compare", name + ": expected some of " + comparisons_text());
    if (mode->ignores != nullptr) comparison.*(mode->ignores) = false;
  }
  return comparison;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  if (words.empty()) throw CLI::ValidationError("--plugin", "expected a command");
  return words;
}

}  // namespace weir::cli
