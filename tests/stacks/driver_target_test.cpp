// The driver protocol from weir's side: what a driver may say, and what becomes of one that says something else.
#include <gtest/gtest.h>

#include "oracle/targets/driver_target.hpp"

namespace weir::oracle {
namespace {

using Status = DriverTarget::Status;

const std::vector<Op> handshake{op::Socket{}, op::Listen{{3}, 1}, op::Accept{{3}}, op::TcpInfo{{3}}};

DriverTarget model_of(const char* release, const char* how = "") {
  return DriverTarget({WEIR_MODEL_DRIVER, release, how});
}

/// A shell script that speaks.
std::string error_of(const std::string& script) {
  try {
    DriverTarget({"sh", "-c", script});
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

TEST(DriverTarget, AnswersACase) {
  DriverTarget model = model_of("linux-6.18");
  EXPECT_EQ(model.hello().name, "model");
  for (int round = 0; round < 2; ++round) {  // a case begins from a clean host
    const auto ran = model.run({}, handshake);
    ASSERT_EQ(ran.status, Status::answered) << ran.error;
    EXPECT_EQ(ran.outcomes, (std::vector<Outcome>{returned(3), returned(0), failed(Errno::eagain),
                                                  outcome::Info{TcpState::listen, 0, 1}}));
  }
}

TEST(DriverTarget, OneThatDiesHasAnsweredUntilThen) {
  DriverTarget model = model_of("linux-6.18", "die");
  for (int round = 0; round < 2; ++round) {  // it is started anew
    const auto ran = model.run({}, handshake);
    EXPECT_EQ(ran.status, Status::ended);
    EXPECT_EQ(ran.outcomes.size(), 2u);
    EXPECT_NE(ran.error.find("signal 6"), std::string::npos) << ran.error;
  }
}

TEST(DriverTarget, OneThatHangsIsGivenUp) {
  DriverTarget model = model_of("linux-6.18", "hang");
  const auto ran = model.run({}, handshake);
  EXPECT_EQ(ran.status, Status::ended);
  EXPECT_EQ(ran.outcomes.size(), 2u);
  EXPECT_NE(ran.error.find("silent for 1000 ms after {\"op\":\"accept\""), std::string::npos) << ran.error;
}

TEST(DriverTarget, OneThatMakesNoSenseHasFailed) {
  DriverTarget model = model_of("linux-6.18", "babble");
  const auto ran = model.run({}, handshake);
  EXPECT_EQ(ran.status, Status::failed);
  EXPECT_NE(ran.error.find("expected"), std::string::npos) << ran.error;
}

TEST(DriverTarget, AnswersMustBeWholeAndToTheQuestion) {
  const std::string hello = R"(echo '{"driver":1,"name":"x","ops":"listen tcp_info"}'; read a; read b; echo ')";
  const std::vector<Op> ops{op::TcpInfo{{3}}};
  for (const char* answer : {R"({"op":"tcp_info","fd":4,"state":"LISTEN","unacked":0,"sacked":0})",
                             R"({"op":"tcp_info","fd":3,"state":"LISTEN","unacked":0})", R"({"op":"tcp_info","fd":3})",
                             R"({"op":"tcp_info","fd":3,"ret":-1,"errno":"EODD"})"}) {
    DriverTarget driver({"sh", "-c", hello + answer + "'; sleep 5"});
    const auto ran = driver.run({}, ops);
    EXPECT_EQ(ran.status, Status::failed) << answer;
    EXPECT_NE(ran.error.find(answer), std::string::npos) << ran.error;
  }
}

TEST(DriverTarget, TheFirstLineIsRead) {
  const auto says = [](const std::string& script, const char* expected) {
    const std::string error = error_of(script);
    EXPECT_NE(error.find(expected), std::string::npos) << script << ": " << error;
  };
  says("exit 3", "ended with status 3");
  says("echo no loopback >&2; exit 1", "ended with status 1: no loopback");
  says("echo hello", "expected an object, found hello");
  says(R"(echo '{"driver":2}')", "\"driver\":1");
  says(R"(echo '{"driver":1}')", "\"name\"");
  says(R"(echo '{"driver":1,"name":"x"}')", "\"ops\"");
  says(R"(echo '{"driver":1,"name":"x","ops":"listen dance"}')", "found dance");
  says(R"(echo '{"driver":1,"name":"x","ops":"listen","families":"decnet"}')", "found decnet");
  says(R"(echo '{"driver":1,"name":"x","ops":"listen","patience_ms":0}')", "\"patience_ms\" from 1");
  says(R"(echo '{"driver":1,"name":"x","ops":"listen","one_case":false}')", "\"one_case\":true");
  EXPECT_NE(error_of("exec /nowhere/at/all").find("could not be run"), std::string::npos);
  EXPECT_THROW(DriverTarget({"/nowhere/at/all"}), std::runtime_error);
}

TEST(DriverTarget, IsAskedForWhatItHasNamed) {
  const DriverTarget model = model_of("linux-6.18");
  EXPECT_TRUE(model.supported(op::Socket{{}, Family::inet, SockType::stream}));
  EXPECT_FALSE(model.supported(op::Socket{{}, Family::inet6, SockType::stream}));
  EXPECT_FALSE(model.supported(op::Socket{{}, Family::inet, SockType::dgram}));
  EXPECT_FALSE(model.supported(op::Socket{{1}, Family::inet, SockType::stream}));
  EXPECT_TRUE(model.supported(op::Bind{{3}, loopback, 80}));
  EXPECT_FALSE(model.supported(op::Bind{{3}, loopback6, 80}));
  EXPECT_FALSE(model.supported(op::Close{{2}}));
  EXPECT_FALSE(model.supported(op::Netstat{}));
}

}  // namespace
}  // namespace weir::oracle
