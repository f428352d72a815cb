// The modes of comparison: each ignores what it says, and nothing else.
#include <gtest/gtest.h>

#include "oracle/check/comparison.hpp"

namespace weir::oracle {
namespace {

const Outcome fresh = outcome::Info{TcpState::listen, 0, 1};
const Outcome filled = outcome::Info{TcpState::listen, 1, 1};
const Outcome closed = outcome::Info{TcpState::close, 0, 1};

Comparison in_mode(std::string_view name) {
  Comparison comparison;
  comparison.*(comparison_mode(name)->ignores) = false;
  return comparison;
}

TEST(Comparison, ExactTellsAll) {
  EXPECT_EQ(comparison_mode("exact")->ignores, nullptr);
  EXPECT_TRUE(same({}, fresh, fresh));
  EXPECT_FALSE(same({}, fresh, filled));
  EXPECT_FALSE(same({}, failed(Errno::einval), failed(Errno::eisconn)));
}

TEST(Comparison, IgnoreCounters) {
  const Comparison mode = in_mode("ignore-counters");
  EXPECT_TRUE(same(mode, fresh, filled));
  EXPECT_FALSE(same(mode, fresh, closed)) << "a state is no counter";
  outcome::Counters dropped;
  dropped.ListenDrops = 1;
  EXPECT_TRUE(same(mode, outcome::Counters{}, dropped));
  EXPECT_FALSE(same(mode, failed(Errno::einval), failed(Errno::eisconn)));
  EXPECT_FALSE(same(mode, fresh, failed(Errno::einval)));
}

TEST(Comparison, ErrnoClass) {
  const Comparison mode = in_mode("errno-class");
  EXPECT_TRUE(same(mode, failed(Errno::einval), failed(Errno::eisconn)));
  EXPECT_FALSE(same(mode, failed(Errno::einval), returned(0)));
  EXPECT_FALSE(same(mode, returned(3), returned(4))) << "a descriptor is no error";
  EXPECT_FALSE(same(mode, fresh, filled));
}

TEST(Comparison, UnknownModes) { EXPECT_EQ(comparison_mode("sloppy"), nullptr); }

}  // namespace
}  // namespace weir::oracle
