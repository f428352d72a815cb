// weir report: a campaign, the proofs, the explored executions and the drain as one page.
#include "cli/report.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>

#include "cli/common.hpp"
#include "cli/reports/page.hpp"
#include "cli/reports/report.hpp"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

struct ReportArguments {
  ReportSources sources;
  fs::path out;
};

/// What was not named is taken where it is.
void look_into_the_folder(ReportSources& sources) {
  const auto take = [&](fs::path& into, const char* name) {
    std::error_code error;
    if (into.empty() && fs::is_regular_file(sources.folder / name, error)) into = sources.folder / name;
  };
  take(sources.prove, "prove.json");
  take(sources.explore, "explore.json");
  take(sources.bench, "bench.json");
}

bool has_a_campaign(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder / "state", error)) return true;
  for (const auto& each : fs::directory_iterator(folder, error))
    if (each.path().extension() == ".jsonl") return true;
  return false;
}

int report(ReportArguments given) {
  ReportSources& sources = given.sources;
  std::error_code error;
  if (!fs::is_directory(sources.folder, error)) {
    complain(fmt::format("weir: {}: expected a folder that `weir campaign --out` has filled, found {}\n",
                         sources.folder.string(), fs::exists(sources.folder, error) ? "a file" : "nothing"));
    return malformed;
  }
  look_into_the_folder(sources);
  if (!has_a_campaign(sources.folder) && sources.prove.empty() && sources.explore.empty() && sources.bench.empty()) {
    complain(
        fmt::format("weir: {}: expected what `weir campaign --out` leaves (state, findings), or prove.json, "
                    "explore.json or bench.json, found none of them\n",
                    sources.folder.string()));
    return malformed;
  }
  try {
    const auto page =
        as_html({.title = "weir report",
                 .body = "report.html",
                 .scripts = {"drain.js", "scenes.js", "coverage.js", "sequence.js", "explored.js", "report.js"},
                 .data = report_as_json(sources)});
    if (!page) {
      complain(no_charts);
      return not_available;
    }
    if (given.out.empty()) given.out = sources.folder / "report.html";
    if (!write_file(given.out, *page)) return malformed;
    print(fmt::format("{}: {} kB\n", given.out.string(), page->size() / 1000));
  } catch (const Unreadable& unreadable) {
    complain(fmt::format("weir: {}\n", unreadable.what()));
    return malformed;
  }
  return agreed;
}

}  // namespace

std::string report_as_json(const ReportSources& sources) {
  const auto or_null = [](const fs::path& file, auto&& read) { return file.empty() ? "null" : read(file); };
  return fmt::format(
      R"({{"version":"{}","folder":{},"when":"{}",)"
      "\n\"planes\":{},\n\"targets\":{},\n\"history\":{},\n\"findings\":{},\n\"proofs\":{},\n\"explored\":{},\n"
      "\"bench\":{}}}\n",
      WEIR_VERSION, json_string(sources.folder.string()), utc_now(), planes_as_json(), targets_as_json(sources.folder),
      history_as_json(sources.folder), findings_as_json(sources.folder),
      or_null(sources.prove, [](const fs::path& file) { return lines_as_json(file, "theorem"); }),
      or_null(sources.explore, [](const fs::path& file) { return lines_as_json(file, "client"); }),
      or_null(sources.bench, [](const fs::path& file) { return object_as_json(file, "drain"); }));
}

void add_report(CLI::App& app, int& exit_code) {
  const auto given = std::make_shared<ReportArguments>();
  CLI::App* const command = app.add_subcommand("report", "Make one page of what a campaign and its like have found");
  command->add_option("DIR", given->sources.folder, "a folder that `weir campaign --out` has filled")->required();
  command->add_option("-o,--output", given->out, "the page; default: DIR/report.html")->option_text("FILE");
  command->add_option("--prove", given->sources.prove, "what `weir prove --json` wrote; default: DIR/prove.json")
      ->option_text("FILE");
  command
      ->add_option("--explore", given->sources.explore, "what `weir explore --json` wrote; default: DIR/explore.json")
      ->option_text("FILE");
  command->add_option("--bench", given->sources.bench, "what `weir bench --json` wrote; default: DIR/bench.json")
      ->option_text("FILE");
  command->footer(
      "The page needs nothing but a browser. Example:\n  weir campaign --out findings\n  weir prove --json > "
      "findings/prove.json\n  weir report findings\n");
  command->callback([given, &exit_code] { exit_code = report(*given); });
}

}  // namespace weir::cli
