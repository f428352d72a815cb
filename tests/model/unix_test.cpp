// AF_UNIX: names, the queue of a listener, datagram peers. The same in all releases but for the width of the limit;
// what a live 6.18 answers stands in tests/live/facts.
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

/// A host with a listener of that backlog under label 3, named 7.
Script listening(std::string_view release, std::int32_t backlog, SockType type = SockType::stream) {
  Script host(release);
  host.socket(Family::unix_, type);
  host.bind(3, 7, abstract_names);
  host.listen(3, backlog);
  return host;
}

/// How many of 100 clients are let in before the first EAGAIN.
int clients_of(Script& host, int tries = 100, SockType type = SockType::stream) {
  for (int i = 0; i < tries; ++i) {
    const int client = std::stoi(host.socket(Family::unix_, type));
    const std::string answer = host.connect(client, 7, abstract_names);
    if (answer == "EAGAIN") return i;
    EXPECT_EQ(answer, "0");
  }
  return tries;
}

TEST(Unix, OneMoreThanTheBacklogFits) {
  for (const Profile* kernel : releases::all)
    for (const std::int32_t backlog : {0, 1, 5}) {
      Script host = listening(kernel->name, backlog);
      EXPECT_EQ(clients_of(host), backlog + 1) << kernel->name;
    }
  Script host = listening(linux_6_18, 2, SockType::seqpacket);
  EXPECT_EQ(clients_of(host, 100, SockType::seqpacket), 3);
}

TEST(Unix, SomaxconnClampsIt) {
  Script host(linux_6_18);
  host.write(Sysctl::somaxconn, "2");
  host.socket(Family::unix_);
  host.bind(3, 7, abstract_names);
  EXPECT_EQ(host.listen(3, -1), "0");
  EXPECT_EQ(clients_of(host), 3);
}

/// The limit has 16 bits, the queue has not: 65536 of them is a limit of 0.
TEST(Unix, TheLimitIsCutTo16BitsUntil40) {
  for (const auto& [release, fits] : {std::pair{"linux-3.10", 1}, {"linux-4.1", 100}}) {
    Script host(release);
    host.write(Sysctl::somaxconn, "65536");
    host.socket(Family::unix_);
    host.bind(3, 7, abstract_names);
    host.listen(3, 65536);
    EXPECT_EQ(clients_of(host), fits) << release;
  }
}

TEST(Unix, AClientIsConnectedForGood) {
  Script host = listening(linux_6_18, 5);
  host.socket(Family::unix_);
  EXPECT_EQ(host.connect(4, 7, abstract_names), "0");
  EXPECT_EQ(host.connect(4, 7, abstract_names), "EISCONN");
  host.close(3);
  EXPECT_EQ(host.connect(4, 7, abstract_names), "ECONNREFUSED") << "the name is asked for first";
  EXPECT_EQ(host.bind(4, 8, abstract_names), "0");
  EXPECT_EQ(host.listen(4, 1), "EINVAL");
  EXPECT_TRUE(host.passed(Clause::LISTEN_UNIX_STATE));
  EXPECT_TRUE(host.passed(Clause::CLOSE_UNIX_LISTENER));
}

TEST(Unix, AShutListenerRefusesAndKeepsItsQueue) {
  Script host = listening(linux_6_18, 5);
  EXPECT_EQ(clients_of(host, 2), 2);
  EXPECT_EQ(host.shutdown(3, How::rd), "0");
  host.socket(Family::unix_);
  EXPECT_EQ(host.connect(6, 7, abstract_names), "ECONNREFUSED");
  EXPECT_EQ(host.accept(3), "7");
  EXPECT_EQ(host.accept(3), "8");
  EXPECT_EQ(host.accept(3), "EAGAIN");
}

/// listen(2) in a world that no host is: the rule alone.
struct OtherWorld {
  struct File {};
  File file{};
  model::Sock<Recorded> sock{};
  File* fget(std::int32_t) { return &file; }
  void fput(File&) {}
  model::Sock<Recorded>* sock_from_file(File&) { return &sock; }
  std::int32_t somaxconn(const model::Sock<Recorded>&) { return 128; }
  std::int32_t tcp_max_syn_backlog(const model::Sock<Recorded>&) { return 1024; }
  std::int32_t tcp_fastopen(const model::Sock<Recorded>&) { return 0; }
  std::int32_t security_socket_listen(const model::Sock<Recorded>&, std::int32_t) { return 0; }
  bool has_ulp_without_clone(const model::Sock<Recorded>&) { return ulp; }
  std::int32_t get_port(model::Sock<Recorded>&) { return port; }

  bool ulp = false;
  std::int32_t port = 0;
};

TEST(ListenPort, TheErrorOfGetPortIsLostUntil61) {
  for (const auto& [release, error] : {std::pair{"linux-6.1", Errno::eaddrinuse}, {"linux-6.2", Errno::enomem}}) {
    OtherWorld world;
    world.port = -static_cast<std::int32_t>(Errno::enomem);
    EXPECT_EQ(model::sys_listen<Recorded>(*profile_from(release), world, 3, 1), -static_cast<std::int32_t>(error));
    EXPECT_EQ(world.sock.sk_state, static_cast<std::int32_t>(TcpState::close));
  }
}

/// A protocol like TLS belongs to one connection; until 6.1 a listener's children had it, too (CVE-2023-0461).
TEST(ListenUlp, IsRefusedFrom62) {
  OtherWorld world;
  world.ulp = true;
  const OtherWorld before = world;
  EXPECT_EQ(model::sys_listen<Recorded>(*profile_from("linux-6.2"), world, 3, 5),
            -static_cast<std::int32_t>(Errno::einval));
  EXPECT_EQ(world.sock.sk_state, before.sock.sk_state);
  EXPECT_EQ(model::sys_listen<Recorded>(*profile_from("linux-6.1"), world, 3, 5), 0);
  EXPECT_EQ(world.sock.sk_state, static_cast<std::int32_t>(TcpState::listen));
  // Who listens already is not asked.
  EXPECT_EQ(model::sys_listen<Recorded>(*profile_from("linux-6.2"), world, 3, 7), 0);
  EXPECT_EQ(world.sock.listener.sk_max_ack_backlog, 7U);
}

}  // namespace
}  // namespace weir::testing
