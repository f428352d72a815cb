// The client model of apr_socket.hpp against the model of the kernel, and both against a log of Apache httpd 2.4.
#include <gtest/gtest.h>

#include <algorithm>

#include "model/host.hpp"
#include "oracle/strace/log.hpp"
#include "tests/external/apr_socket.hpp"

namespace weir::testing {
namespace {

/// A call on a socket as text, "listen 511 = 0"; what the operations of a trace cannot say is left out.
using Calls = std::vector<std::string>;

std::string text_of(const Op& operation, const Outcome& answer) {
  const std::string ret = " = " + std::to_string(std::get<outcome::Returned>(answer).ret);
  if (const auto* listen = std::get_if<op::Listen>(&operation))
    return "listen " + std::to_string(listen->backlog) + ret;
  if (const auto* bind = std::get_if<op::Bind>(&operation)) return "bind " + std::to_string(bind->port) + ret;
  const auto& option = std::get<op::Setsockopt>(operation);
  return std::string(name_of_enum(option.opt)) + " " + std::to_string(option.value) + ret;
}

/// "18086" of "sin_port=htons(18086)", "30" of "[30]".
std::string digits_of(const std::string& text, std::size_t from = 0) {
  const std::size_t begin = text.find_first_of("0123456789", from);
  return text.substr(begin, text.find_first_not_of("0123456789", begin) - begin);
}

/// The calls on the socket that came to listen, in the order of the log.
Calls calls_on_the_listener() {
  const std::string path = WEIR_TEST_DATA "/strace/apache2.log";
  oracle::strace::Log log({oracle::read_file(path), path});
  oracle::strace::Event event;
  Calls calls;
  std::string fd;
  bool listens = false;
  while (log.next(event)) {
    const auto& call = event.call;
    if (event.kind != oracle::strace::Event::Kind::completed || call.arguments.empty()) continue;
    const std::string ret = " = " + std::to_string(call.result.ret);
    if (call.name == "socket" && !listens && call.arguments[0] == "AF_INET") {
      fd = std::to_string(call.result.ret);
      calls.clear();
    } else if (call.arguments[0] == fd && call.name == "bind") {
      calls.push_back("bind " + digits_of(call.arguments[1], call.arguments[1].find("htons")) + ret);
    } else if (call.arguments[0] == fd && call.name == "listen") {
      calls.push_back("listen " + call.arguments[1] + ret);
      listens = true;
    } else if (call.arguments[0] == fd && call.name == "setsockopt" && enum_from<SockOpt>(call.arguments[2])) {
      calls.push_back(call.arguments[2] + " " + digits_of(call.arguments[3]) + ret);
    }
  }
  return calls;
}

class Httpd {
 public:
  explicit Httpd(bool platform_has_option = true) : listener_(Fd{3}, platform_has_option) {}

  /// make_sock
  void open(SockType type = SockType::stream) {
    host_.step(op::Socket{{}, Family::inet, type});
    call(op::Setsockopt{{3}, SockOpt::so_reuseaddr, 1});
    call(op::Bind{{3}, loopback, 18086});
    call(op::Listen{{3}, 511});
  }

  /// ap_apply_accept_filter, at each reading of the configuration.
  void apply_accept_filter(std::int32_t value) {
    const AprStatus status = listener_.set_defer_accept(value, [this](const Op& operation) { return call(operation); });
    warnings += httpd_warns(status) ? 1 : 0;
    error = status.error;
  }

  std::int32_t defer_accept() {
    return std::get<outcome::OptionValue>(host_.step(op::Getsockopt{{3}, SockOpt::tcp_defer_accept})).value;
  }

  Calls calls;
  int warnings = 0;
  Errno error = Errno::none;  ///< of the last time

 private:
  Outcome call(const Op& operation) {
    Outcome answer = host_.step(operation);
    calls.push_back(text_of(operation, answer));
    return answer;
  }

  model::Host<Concrete> host_{releases::linux_6_18};
  AprSocket listener_;
};

TEST(ApacheAccept, MakesTheCallsOfTheLogWithTheirResults) {
  Httpd server;
  server.open();
  server.apply_accept_filter(30);
  server.apply_accept_filter(30);  // httpd reads its configuration twice
  EXPECT_EQ(server.calls, calls_on_the_listener());
  EXPECT_EQ(server.warnings, 0);
  EXPECT_EQ(server.defer_accept(), 31) << "the kernel keeps retransmissions, not seconds";
}

TEST(ApacheAccept, OneIsSetOnce) {
  Httpd server;
  server.open();
  for (int i = 0; i < 3; ++i) server.apply_accept_filter(1);
  EXPECT_EQ(std::count(server.calls.begin(), server.calls.end(), "TCP_DEFER_ACCEPT 1 = 0"), 1);
  server.apply_accept_filter(0);
  EXPECT_EQ(server.calls.back(), "TCP_DEFER_ACCEPT 0 = 0");
  server.apply_accept_filter(0);
  EXPECT_EQ(std::count(server.calls.begin(), server.calls.end(), "TCP_DEFER_ACCEPT 0 = 0"), 1);
}

TEST(ApacheAccept, AnErrorIsReportedAndTheServerGoesOn) {
  Httpd server;
  server.open(SockType::dgram);  // where TCP has no options
  for (int i = 1; i <= 2; ++i) {
    server.apply_accept_filter(1);
    EXPECT_EQ(server.error, Errno::enoprotoopt);
    EXPECT_EQ(server.warnings, i) << "what failed is not remembered as set";
  }
}

TEST(ApacheAccept, WithoutTheOptionNothingIsCalledAndNothingLogged) {
  Httpd server(false);
  server.open();
  const Calls before = server.calls;
  server.apply_accept_filter(30);
  EXPECT_EQ(server.calls, before);
  EXPECT_EQ(server.warnings, 0);
  EXPECT_EQ(server.defer_accept(), 0);
}

/// The twin: a runtime that remembered the value would make one call less than the log shows.
TEST(ApacheAcceptMustFail, ALogOfAnotherRuntime) {
  Httpd server;
  server.open();
  server.apply_accept_filter(30);
  EXPECT_NE(server.calls, calls_on_the_listener());
  EXPECT_EQ(calls_on_the_listener().size(), server.calls.size() + 1);
}

}  // namespace
}  // namespace weir::testing
