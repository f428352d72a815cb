#include "cli/bench_report.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "cli/common.hpp"
#include "cli/reports/page.hpp"

namespace weir::cli {
namespace {

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown processor";
}

}  // namespace

std::string machine_json() {
  utsname system{};
  uname(&system);
  double load = 0;
  getloadavg(&load, 1);
  return fmt::format("\"processor\":{},\"cores\":{},\"system\":{},\"compiler\":{},\"load\":{:.1f},\"when\":\"{}\"",
                     json_string(processor()), std::thread::hardware_concurrency(),
                     json_string(fmt::format("{} {} {}", system.sysname, system.release, system.machine)),
                     json_string(
#ifdef __clang__
                         "clang " __clang_version__
#else
                         "GCC " __VERSION__
#endif
                         ),
                     load, utc_now());
}

std::optional<std::string> bench_page(const std::string& json) {
  return as_html(
      {.title = "weir bench", .body = "bench.html", .scripts = {"drain.js", "scenes.js", "bench.js"}, .data = json});
}

}  // namespace weir::cli
