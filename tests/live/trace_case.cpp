#include "tests/live/trace_case.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "model/host.hpp"
#include "oracle/json/reader.hpp"
#include "oracle/json/writer.hpp"

namespace weir::live {
namespace {

TraceCase read(const std::filesystem::path& path) {
  std::ifstream stream(path);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  oracle::TraceReader reader(oracle::read_text(text), path.filename());
  TraceCase trace{path.filename(), {}, {}};
  for (oracle::TraceLine line; reader.next(line);) {
    trace.ops.push_back(line.operation);
    trace.seen.push_back(line.seen);
  }
  return trace;
}

}  // namespace

std::vector<TraceCase> traces_in(const std::string& folder) {
  std::vector<TraceCase> traces;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(WEIR_LIVE_TRACES) + "/" + folder))
    traces.push_back(read(entry.path()));
  std::sort(traces.begin(), traces.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  return traces;
}

std::vector<Outcome> answers_of_model(const TraceCase& trace) {
  model::Host<Concrete> host(releases::linux_6_18);
  std::vector<Outcome> answers;
  for (const Op& each : trace.ops) answers.push_back(host.step(each));
  return answers;
}

std::vector<Outcome> answers_of(oracle::LinuxTarget& kernel, const std::vector<Op>& ops) {
  constexpr int patience = 50;
  for (int attempt = 0; attempt < patience; ++attempt) {
    auto ran = kernel.run(ops);
    if (ran.status == oracle::LinuxTarget::Status::failed) throw std::runtime_error(ran.error);
    if (ran.status == oracle::LinuxTarget::Status::answered) return std::move(ran.outcomes);
  }
  throw std::runtime_error("the machine is too busy: every attempt took longer than the kernel's timers");
}

std::string disagreement(const TraceCase& trace, const std::vector<Outcome>& answers) {
  for (std::size_t i = 0; i < trace.ops.size(); ++i)
    if (i >= answers.size() || !agrees(trace.seen[i], answers[i]))
      return trace.file + ":" + std::to_string(i + 2) + ": " + oracle::to_json(trace.ops[i], answers.at(i));
  return "";
}

}  // namespace weir::live
