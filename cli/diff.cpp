// weir diff: what do two kernels answer differently, and by the smallest example?
#include "cli/diff.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "cli/common.hpp"
#include "oracle/profile/names.hpp"
#include "oracle/text/suggest.hpp"

namespace weir::cli {
namespace {

struct Arguments {
  std::string from, to;
  bool matrix = false;
  bool json = false;
  std::filesystem::path traces;
  proofs::diff::Options options;
};

class ProgressLine {
 public:
  void show(const Profile& from, const Profile& to, std::size_t done, std::size_t all) const {
    if (terminal_) complain(fmt::format("\r\x1b[K{} → {}: {} of {} changes", from.name, to.name, done, all));
  }
  void clear() const {
    if (terminal_) complain("\r\x1b[K");
  }

 private:
  bool terminal_ = ::isatty(STDERR_FILENO) != 0;
};

Difference difference_of(const Arguments& given, const Profile& from, const Profile& to) {
  const ProgressLine line;
  auto found =
      difference(from, to, given.options, [&](std::size_t done, std::size_t all) { line.show(from, to, done, all); });
  line.clear();
  return found;
}

/// from.NN.jsonl and to.NN.jsonl for the NN-th witness.
void write_traces(const Difference& found, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (std::size_t i = 0; i < found.shown.size(); ++i)
    for (const bool newer : {false, true}) {
      const auto path = folder / fmt::format("{:02}.{}.jsonl", i + 1, (newer ? found.to : found.from)->name);
      std::ofstream file(path);
      file << trace_of(found, found.shown[i], newer);
      if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
    }
}

int exit_code_of(const Difference& found) {
  if (found.refused > 0) {
    complain(fmt::format("weir: {} answers of the solver did not replay: a defect of weir\n", found.refused));
    return undecided;
  }
  if (!found.shown.empty()) return diverged;
  for (const NotShown& each : found.not_shown)
    if (!each.exhausted) return undecided;
  return agreed;
}

/// Each pair gets of the time that is left what its share of the changes that are left is.
int matrix(Arguments given) {
  auto left = given.options.time;
  const auto changes_to = [](std::size_t i) {
    return static_cast<double>(oracle::changes_between(*releases::all[i - 1], *releases::all[i]).size());
  };
  double all = 0;
  for (std::size_t i = 1; i < releases::all.size(); ++i) all += changes_to(i);
  int code = agreed;
  for (std::size_t i = 1; i < releases::all.size(); ++i) {
    given.options.time = std::max(left, left.zero()) * changes_to(i) / std::max(all, 1.0);
    const Difference found = difference_of(given, *releases::all[i - 1], *releases::all[i]);
    left -= std::chrono::duration<double>(found.seconds);
    all -= changes_to(i);
    print(given.json ? as_json(found) : as_matrix_row(found));
    code = std::max(code, exit_code_of(found));
    if (!given.traces.empty()) write_traces(found, given.traces / fmt::format("{}", found.to->name));
  }
  return code;
}

int diff(const Arguments& given) {
  if (given.matrix) return matrix(given);
  if (given.from.empty() || given.to.empty()) {
    complain("weir: diff takes --from and --to, or --matrix\n");
    return malformed;
  }
  const Profile* const from = oracle::profile_named(given.from).profile;
  const Profile* const to = oracle::profile_named(given.to).profile;
  const Difference found = difference_of(given, *from, *to);
  print(given.json ? as_json(found) : side_by_side(found));
  if (!given.traces.empty()) write_traces(found, given.traces);
  return exit_code_of(found);
}

CLI::Validator operation_name() {
  return CLI::Validator(
      [](std::string& text) -> std::string {
        std::vector<std::string_view> known;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
          (known.push_back(std::variant_alternative_t<I, Op>::name), ...);
        }
        (std::make_index_sequence<std::variant_size_v<Op>>{});
        if (std::find(known.begin(), known.end(), text) != known.end()) return {};
        const auto close = oracle::nearest(text, known);
        return fmt::format("there is no operation {}; {}", text,
                           close.empty() ? "known: " + oracle::join(known) : "did you mean " + oracle::join(close));
      },
      "", "operation");
}

}  // namespace

void add_diff(CLI::App& app, int& exit_code) {
  const auto given = std::make_shared<Arguments>();
  CLI::App* const command =
      app.add_subcommand("diff", "Find the smallest programs to which two kernels answer differently");
  auto* const from = command->add_option("--from", given->from, "one kernel: a profile, with settings behind +")
                         ->check(profile_name())
                         ->option_text("NAME");
  auto* const to = command->add_option("--to", given->to, "the other")->check(profile_name())->option_text("NAME");
  command->add_flag("--matrix", given->matrix, "every release and the one after it")->excludes(from)->excludes(to);
  command->add_option("--op", given->options.op, "only differences that show in the answer of such an operation")
      ->check(operation_name())
      ->allow_extra_args(false)
      ->option_text("NAME ...");
  command->add_option("--bound", given->options.bound, "operations in a program at most")
      ->check(CLI::Range(1, 1000))
      ->default_str("40");
  command
      ->add_option_function<std::string>(
          "--time", [given](const std::string& text) { given->options.time = duration_from(text); },
          "how long to look, for all changes together, e.g. 45s, 10m")
      ->default_str("45s");
  command->add_option("--traces", given->traces, "write both traces of each witness to this folder")
      ->option_text("FOLDER");
  command->add_flag("--json", given->json, "a JSON object a line, with both traces");
  command->footer(
      "Exit codes: 0 no difference · 1 a difference · 3 no answer in the time given. Examples:\n"
      "  weir diff --from linux-6.12 --to linux-6.13\n"
      "  weir diff --from linux-5.4 --to linux-5.4+backlog_is_u16=yes\n"
      "  weir diff --from linux-2.6.32 --to linux-6.18 --op sysctl_write\n"
      "  weir diff --matrix\n");
  command->callback([given, &exit_code] { exit_code = diff(*given); });
}

}  // namespace weir::cli
