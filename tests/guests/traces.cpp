#include "tests/guests/traces.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "model/host.hpp"
#include "oracle/json/reader.hpp"
#include "oracle/json/writer.hpp"
#include "tests/guests/campaign.hpp"

namespace weir::guests {
namespace {

struct Trace {
  std::vector<Op> ops;
  std::vector<oracle::Observation> seen;
};

Trace trace_from(const std::filesystem::path& path) {
  std::ifstream stream(path);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  oracle::TraceReader reader(oracle::read_text(text), path.filename());
  Trace trace;
  for (oracle::TraceLine line; reader.next(line);) {
    trace.ops.push_back(line.operation);
    trace.seen.push_back(line.seen);
  }
  return trace;
}

}  // namespace

std::vector<Outcome> answers(oracle::LinuxTarget& guest, const std::vector<Op>& ops) {
  using Status = oracle::LinuxTarget::Status;
  for (int attempt = 0; attempt < 50; ++attempt) {
    auto ran = guest.run(ops);
    if (ran.status == Status::failed) throw std::runtime_error(ran.error);
    if (ran.status == Status::answered) return std::move(ran.outcomes);
  }
  throw std::runtime_error("the machine is too busy");
}

void expect_predictions(oracle::LinuxTarget& guest) {
  int count = 0;
  for (const auto& each : std::filesystem::directory_iterator(WEIR_PREDICTIONS)) {
    const Trace trace = trace_from(each.path());
    const auto got = answers(guest, trace.ops);
    model::Host<Concrete> model(own_profile(guest));
    for (std::size_t i = 0; i < trace.ops.size(); ++i) {
      EXPECT_TRUE(agrees(trace.seen[i], got[i])) << each.path() << ": " << oracle::to_json(trace.ops[i], got[i]);
      EXPECT_EQ(model.step(trace.ops[i]), got[i]) << each.path() << ": " << oracle::to_json(trace.ops[i], got[i]);
    }
    ++count;
  }
  EXPECT_GT(count, 0);
}

}  // namespace weir::guests
