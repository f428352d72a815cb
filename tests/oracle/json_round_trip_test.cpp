// What the writer writes, the reader reads back as the same value.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "oracle/json/reader.hpp"
#include "oracle/json/writer.hpp"
#include "tests/oracle/random_ops.hpp"

namespace weir::oracle {
namespace {

TEST(JsonRoundTrip, OperationsAndOutcomes) {
  constexpr int count = 50'000;
  const Header header{&releases::linux_2_6_32, {.cpus = max_cpus, .sysctl = {{Sysctl::somaxconn, -5}}}};
  RandomOps random(1);
  std::vector<std::pair<Op, Outcome>> written;
  std::string text = to_json(header) + "\n";
  for (int i = 0; i < count; ++i) {
    const Op operation = random.operation();
    const Outcome outcome = random.outcome_of(operation);
    append_json(text, operation, outcome);
    text += '\n';
    written.emplace_back(operation, outcome);
  }
  TraceReader reader(read_text(text), "round trip");
  EXPECT_EQ(to_json(reader.header()), to_json(header));
  TraceLine line;
  for (const auto& [operation, outcome] : written) {
    ASSERT_TRUE(reader.next(line));
    ASSERT_EQ(line.operation, operation) << reader.text();
    ASSERT_TRUE(agrees(line.seen, outcome)) << reader.text();
    ASSERT_EQ(to_json(line.operation, outcome), reader.text());
  }
  EXPECT_FALSE(reader.next(line));
}

TEST(JsonRoundTrip, EveryByteInData) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  const Op operation = op::SysctlWrite{NsId{0}, Sysctl::somaxconn, bytes, 0, Cred::root};
  TraceReader reader(read_text(to_json(Header{}) + "\n" + to_json(operation) + "\n"), "bytes");
  TraceLine line;
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line.operation, operation);
}

TEST(JsonRoundTrip, OperationsWithoutOutcome) {
  RandomOps random(2);
  for (int i = 0; i < 1000; ++i) {
    const Op operation = random.operation();
    const Header header{&releases::linux_6_18, {.cpus = max_cpus, .sysctl = {}}};
    TraceReader reader(read_text(to_json(header) + "\n" + to_json(operation)), "no outcome");
    TraceLine line;
    ASSERT_TRUE(reader.next(line));
    EXPECT_EQ(line.operation, operation);
    EXPECT_FALSE(line.seen.any());
  }
}

}  // namespace
}  // namespace weir::oracle
