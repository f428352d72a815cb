#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fuzz/schedule/harness.hpp"
#include "oracle/json/writer.hpp"

namespace weir::fuzz {
namespace {

constexpr std::size_t width = 30;

struct Row {
  std::uint64_t time;
  unsigned thread;
  std::string text;
};

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string named(const Op& operation) {
  std::string text;
  oracle::append_json(text, operation, oracle::Observation{});
  return text;
}

}  // namespace

std::string schedule_table(const Recording& recording, const std::vector<Stretch>& stretches) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < recording.calls().size(); ++i) {
    const oracle::Call& call = recording.calls()[i];
    rows.push_back({call.start, recording.thread_of(i), named(call.operation)});
    if (call.end != oracle::Call::never)
      rows.push_back({call.end, recording.thread_of(i), "-> " + oracle::to_text(call.seen)});
  }
  // A call's end parts what its thread did in a row.
  for (const Stretch& each : stretches)
    rows.push_back({each.to, each.thread,
                    fmt::format("{} steps, to {}:{} {}", each.to - each.from + 1, base_name(each.last.file),
                                each.last.line, each.last.function)});
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.time < b.time; });
  std::string text;
  for (unsigned i = 0; i < Scheduler::max_threads; ++i)
    text += fmt::format("{:<{}}", fmt::format("thread {}", i), width);
  text += "\n";
  for (const Row& each : rows) {
    if (each.thread == ScheduleCase::before)
      text += "alone: " + each.text + "\n";
    else
      text += std::string(width * each.thread, ' ') + each.text + "\n";
  }
  return text;
}

}  // namespace weir::fuzz
