// The private bytes between a live target and its driver.
#include "oracle/targets/wire.hpp"

#include <gtest/gtest.h>

#include "model/outcome.hpp"

namespace weir::oracle::wire {
namespace {

template <class T>
std::string written(const T& value) {
  std::string bytes;
  Writer(bytes).put(value);
  return bytes;
}

const std::vector<Op> operations{
    op::Netns{},
    op::SysctlWrite{{2}, Sysctl::somaxconn, std::string("1\0 2", 4), -5, Cred::user},
    op::Bind{{7}, v4_address(0x7f000001), 65535},
    op::Connect{{-1}, loopback6, 1},
    op::NetRxAction{{1}, 3U},
    op::NetRxAction{{1}, std::nullopt},
};

const std::vector<Outcome> outcomes{
    returned(3),
    failed(Errno::einval),
    outcome::ReadBack{2, "1\n"},
    outcome::Info{TcpState::listen, 1, 0xffffffff},
    outcome::ActionRan{{{1}, {2}}, true, false},
    outcome::Counters{1, 2, 3, 4, 5, std::nullopt, 7},
};

TEST(Wire, ReadsBackWhatWasWritten) {
  std::vector<Op> ops;
  Reader(written(operations)).get(ops);
  EXPECT_EQ(ops, operations);
  std::vector<Outcome> answers;
  Reader(written(outcomes)).get(answers);
  EXPECT_EQ(answers, outcomes);
}

TEST(Wire, EveryTruncationIsNoticed) {
  const std::string bytes = written(outcomes);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    std::vector<Outcome> answers;
    Reader in(std::string_view(bytes).substr(0, length));
    in.get(answers);
    EXPECT_FALSE(in.ok()) << length;
  }
}

TEST(Wire, AnUnknownAlternativeIsNoticed) {
  Outcome answer;
  Reader in("\xff");
  in.get(answer);
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace weir::oracle::wire
