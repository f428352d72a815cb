// strace logs: the four of real servers are allowed, hand-made changes are found, and what cannot be read is refused.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "oracle/strace/check.hpp"
#include "oracle/text/malformed.hpp"
#include "tests/oracle/files.hpp"
#include "tests/oracle/refused.hpp"

namespace weir::oracle::strace {
namespace {

struct Checked {
  Report report;
  std::vector<Divergence> divergences;
};

Checked check_text(const std::string& text, bool all = false) {
  Checked checked;
  checked.report = check(Lines(read_text(text), "log"), releases::linux_6_18, all,
                         [&](const Divergence& found) { checked.divergences.push_back(found); });
  return checked;
}

class Server : public testing::TestWithParam<std::string> {};

TEST_P(Server, IsAllowed) {
  const auto checked = check_text(file_text("strace/" + GetParam() + ".log"));
  for (const auto& found : checked.divergences) ADD_FAILURE() << to_text(found, GetParam(), releases::linux_6_18);
  EXPECT_GE(checked.report.checked.total(), 14U);
  EXPECT_GE(checked.report.outside.total(), 1U);
}

TEST_P(Server, IsAllowedWithTimeStamps) {
  std::string stamped;
  for (const auto& line : lines_of(file_text("strace/" + GetParam() + ".log"))) {
    const bool has_result = line.find(") ") != std::string::npos && !line.ends_with("<unfinished ...>");
    stamped += line.substr(0, 6) + "12:34:56.123456 " + line.substr(6) + (has_result ? " <0.000042>\n" : "\n");
  }
  EXPECT_TRUE(check_text(stamped).divergences.empty());
}

INSTANTIATE_TEST_SUITE_P(Logs, Server, testing::Values("apache2", "memcached", "nginx", "redis"),
                         [](const auto& each) { return each.param; });

/// One result changed by hand in a log.
struct Change {
  std::string name;
  std::string log;
  std::uint64_t line;
  std::string from;
  std::string to;
  std::string allowed;
  std::string clause;
};

class Changed : public testing::TestWithParam<Change> {};

TEST_P(Changed, IsFoundWithLineClauseAndAllowedResult) {
  const Change& change = GetParam();
  auto lines = lines_of(file_text("strace/" + change.log + ".log"));
  std::string& line = lines.at(change.line - 1);
  const std::size_t at = line.rfind(change.from);
  ASSERT_NE(at, std::string::npos) << line;
  line.replace(at, std::string::npos, change.to);
  const auto checked = check_text(joined(lines));
  ASSERT_EQ(checked.divergences.size(), 1U);
  const Divergence& found = checked.divergences[0];
  EXPECT_EQ(found.line, change.line);
  EXPECT_NE(found.allowed.find(change.allowed), std::string::npos) << found.allowed;
  const auto clause = clause_from(change.clause);
  ASSERT_TRUE(clause.has_value()) << change.clause;
  EXPECT_TRUE(found.clauses.contains(*clause)) << to_text(found, change.log, releases::linux_6_18);
}

INSTANTIATE_TEST_SUITE_P(
    Results, Changed,
    testing::Values(
        Change{"ListenRefused", "nginx", 31, "= 0", "= -1 EADDRINUSE (Address already in use)", "0", "LISTEN.START"},
        Change{"ListenInvalid", "redis", 29, "= 0", "= -1 EINVAL (Invalid argument)", "0", "LISTEN.START"},
        Change{"ListenOne", "memcached", 29, "= 0", "= 1", "0", "LISTEN.START"},
        Change{"RelistenUnsupported", "nginx", 46, "= 0", "= -1 EOPNOTSUPP (Operation not supported)", "0",
               "LISTEN.RELISTEN"},
        Change{"AcceptInvalid", "redis", 48, "= -1", "= -1 EINVAL (Invalid argument)", "EAGAIN", "ACCEPT.EMPTY"},
        Change{"AcceptOfAnInheritedListener", "nginx", 81, "= 9", "= -1 EBADF (Bad file descriptor)", "EAGAIN",
               "ACCEPT.EMPTY"},
        Change{"BindInvalid", "memcached", 28, "= 0", "= -1 EINVAL (Invalid argument)", "0", "BIND.EMPTY_BUCKET"},
        Change{"SetsockoptInvalid", "apache2", 51, "= 0", "= -1 ENOPROTOOPT (Protocol not available)", "0",
               "DEFER.SET"},
        Change{"CloseBad", "redis", 49, "= 0", "= -1 EBADF (Bad file descriptor)", "0", "CLOSE.FILE"},
        Change{"SocketRefused", "redis", 26, "= 6", "= -1 EINVAL (Invalid argument)", "a descriptor",
               "SOCKET.CREATED"}),
    [](const auto& each) { return each.param.name; });

TEST(Strace, RulesThatALogCanBreak) {
  const std::string stream = "socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3\n";
  const std::string datagram = "socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) = 3\n";
  EXPECT_EQ(check_text(datagram + "listen(3, 5) = 0\n").divergences.size(), 1U);
  EXPECT_EQ(check_text(datagram + "listen(3, 5) = -1 EOPNOTSUPP (x)\n").divergences.size(), 0U);
  EXPECT_EQ(check_text(stream + "accept(3, NULL, NULL) = 4\n").divergences.size(), 1U);
  EXPECT_EQ(check_text(stream + "accept(3, NULL, NULL) = -1 EINVAL (x)\n").divergences.size(), 0U);
  EXPECT_EQ(check_text(stream + "listen(3, 5) = 0\nconnect(3, {sa_family=AF_INET, sin_port=htons(80), "
                                "sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0\n")
                .divergences.size(),
            1U);
  EXPECT_EQ(check_text("listen(-1, 5) = 0\n").divergences.size(), 1U);
  EXPECT_EQ(check_text("listen(-1, 5) = -1 EBADF (Bad file descriptor)\n").divergences.size(), 0U);
  EXPECT_EQ(check_text(stream + "getsockopt(3, SOL_SOCKET, SO_ACCEPTCONN, [1], [4]) = 0\n").divergences.size(), 1U);
  EXPECT_EQ(check_text(stream + "listen(3, 1) = 0\ngetsockopt(3, SOL_SOCKET, SO_ACCEPTCONN, [1], [4]) = 0\n")
                .divergences.size(),
            0U);
}

TEST(Strace, AcceptedConnectionsCannotListen) {
  const std::string start =
      "socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3\nlisten(3, 5) = 0\naccept(3, NULL, NULL) = 4\n";
  EXPECT_EQ(check_text(start + "listen(4, 5) = 0\n").divergences.size(), 1U);
  EXPECT_EQ(check_text(start + "listen(4, 5) = -1 EINVAL (x)\nshutdown(4, SHUT_WR) = -1 ENOTCONN (x)\nclose(4) = 0\n")
                .divergences.size(),
            0U);
}

TEST(Strace, ShownForksMakeDescriptorsCertain) {
  const std::string start =
      "10 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3\n10 listen(3, 5) = 0\n"
      "10 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f) = 11\n10 close(3) = 0\n";
  EXPECT_EQ(check_text(start + "11 listen(3, 6) = -1 EINVAL (x)\n").divergences.size(), 1U);
  EXPECT_EQ(check_text(start + "11 listen(3, 6) = 0\n11 close(3) = 0\n").divergences.size(), 0U);
  EXPECT_EQ(check_text(start + "11 close(3) = -1 EBADF (x)\n").divergences.size(), 1U);
}

TEST(Strace, ReadsEveryFormOfLine) {
  const std::string text =
      "strace: Process 7 attached\n"
      "[pid     7] 1700000000.000001 socket(AF_INET6, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3<TCPv6:[4711]> <0.1>\n"
      "[pid     7] bind(3<TCPv6:[[::]:80]>, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), "
      "inet_pton(AF_INET6, \"::\", &sin6_addr), sin6_scope_id=0}, 28) = -1 EACCES (Permission denied)\n"
      "[pid     7] listen(3<TCPv6:[[::]:80->[::1]:9]>, 5 <unfinished ...>\n"
      "[pid     8] read(4, \"a \\\" ) = -1 <unfinished ...>\", 100) = 5\n"
      "[pid     7] <... listen resumed>) = 0\n"
      "[pid     7] accept(3, 0x7ffd, [16]) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)\n"
      "[pid     7] --- SIGTERM {si_signo=SIGTERM} ---\n"
      "[pid     7] accept(3,  <unfinished ...>) = ?\n"
      "[pid     7] +++ killed by SIGTERM +++\n\n";
  const auto checked = check_text(text);
  EXPECT_TRUE(checked.divergences.empty());
  EXPECT_EQ(checked.report.checked.text(), "bind 1, listen 1, socket 1");
  EXPECT_EQ(checked.report.explained.text(), "bind (EACCES: a privileged port) 1");
  EXPECT_EQ(checked.report.without_result.text(), "accept 2");
}

TEST(Strace, CountsAndNamesWhatIsOutsideTheModel) {
  const auto checked = check_text(
      "socket(AF_UNIX, SOCK_STREAM, 0) = 3\nconnect(3, {sa_family=AF_UNIX, sun_path=\"/x\"}, 110) = -1 ENOENT (x)\n"
      "socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) = 4\nsetsockopt(3, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0\n"
      "close(4) = 0\nclose(3) = 0\nclose(9) = 0\n");
  EXPECT_EQ(checked.report.outside.text(), "connect AF_UNIX 1, setsockopt SO_KEEPALIVE 1, socket AF_NETLINK 1");
  EXPECT_EQ(checked.report.checked.text(), "close 2, socket 1");
  EXPECT_EQ(checked.report.unsure.text(), "close 1");
}

TEST(Strace, GoesOnBehindADivergence) {
  const auto checked = check_text(
      "socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) = 3\nlisten(3, 5) = 0\nsocket(AF_INET, SOCK_STREAM, 0) = 4\n"
      "listen(4, 5) = -1 EINVAL (x)\n",
      true);
  EXPECT_EQ(checked.divergences.size(), 2U);
  EXPECT_FALSE(checked.report.stopped);
}

struct Bad {
  std::string text;
  std::uint64_t line;
  std::uint64_t column;
};

TEST(Strace, RefusesWhatIsNoLogWithItsPosition) {
  for (const Bad& bad :
       {Bad{"hello world\n", 1, 1}, Bad{"7 close(3) = 0\n7 close(3 = 0\n", 2, 1}, Bad{"7 listen(3, 4)\n", 1, 1},
        Bad{"7 listen(3, 4) = -1\n", 1, 1}, Bad{"7 close(3 <unfinished ...>\n7 <... listen resumed>) = 0\n", 2, 3}}) {
    SCOPED_TRACE(bad.text);
    refusal([&] { check_text(bad.text); }, bad.line, bad.column);
  }
}

}  // namespace
}  // namespace weir::oracle::strace
