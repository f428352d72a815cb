// Sockets on one host: who may bind, listen and connect, what an accept queue holds, what closing leaves.
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/scenes.hpp"

namespace weir::proofs {
namespace {

constexpr std::uint16_t port = 8080, other_port = 8081;
constexpr Fd server{3}, client{4}, third{5};
constexpr Address second_loopback = v4_address(0x7f000002), nobodys = v4_address(0xc0000201),
                  local_broadcast = v4_address(0x7fffffff), broadcast = v4_address(0xffffffff),
                  multicast = v4_address(0xe0000001);

Op tcp_socket(Family family = Family::inet) { return op::Socket{{}, family, SockType::stream}; }

/// Everything that shows of sockets: three that were made, and whom their queues hold.
Ops look_at_sockets() {
  Ops look;
  for (const Fd fd : {server, client, third}) look.push_back(op::TcpInfo{fd});
  for (int i = 0; i < 3; ++i) look.push_back(op::Accept{server});
  for (std::int32_t fd = 5; fd < 9; ++fd) look.push_back(op::TcpInfo{{fd}});
  look.push_back(op::Accept{client});
  look.push_back(op::Netstat{});
  return look;
}

const Ops two_sockets{tcp_socket(), tcp_socket()};
const Ops listening = joined({two_sockets, {op::Bind{server, loopback, port}, op::Listen{server, 0}}});
const Ops connected =
    joined({listening, {op::Bind{client, any_address, other_port}, op::Connect{client, loopback, port}}});
const Ops accepted = joined({connected, {op::Accept{server}}});
const Ops full = joined({connected,
                         {tcp_socket(), op::Connect{third, loopback, port}, tcp_socket(),
                          op::Connect{{6}, loopback, port}, tcp_socket(), op::Connect{{7}, loopback, port}}});

std::vector<Scene> listeners_and_clients(const Profile&) {
  const Ops steps{op::Bind{server, loopback, port},
                  op::Listen{server, 0},
                  op::Listen{server, -1},
                  op::Connect{client, loopback, port},
                  op::Accept{server},
                  op::Shutdown{server, How::rd},
                  op::Shutdown{server, How::wr},
                  op::Shutdown{client, How::wr},
                  op::Shutdown{client, How::rdwr},
                  op::Close{server},
                  op::Close{client},
                  op::Bind{client, any_address, other_port},
                  op::Listen{client, 1},
                  op::Connect{server, loopback, other_port},
                  op::Shutdown{third, How::wr},
                  op::Close{third},
                  tcp_socket()};
  std::vector<Scene> scenes;
  for (const Ops& before : {two_sockets, listening, connected, accepted, full})
    scenes.push_back({before, steps, 3, look_at_sockets()});
  return scenes;
}

/// The same with two limits on the queues, cookies, resets, and a server that waits for data.
std::vector<Scene> a_full_accept_queue(const Profile&) {
  std::vector<Scene> scenes;
  for (const std::int32_t backlog : {0, 1})
    for (const std::int32_t cookies : {0, 1, 2})
      for (const std::int32_t reset : {0, 1})
        for (const std::int32_t defers : {0, 10}) {
          Scene scene;
          scene.options.sysctl = {{Sysctl::tcp_syncookies, cookies}, {Sysctl::tcp_abort_on_overflow, reset}};
          scene.before = {tcp_socket(), op::Bind{server, any_address, port},
                          op::Setsockopt{server, SockOpt::tcp_defer_accept, defers}, op::Listen{server, backlog}};
          for (std::int32_t fd = 4; fd < 8; ++fd) {
            scene.before.push_back(tcp_socket());
            if (fd % 2 == 0) scene.before.push_back(op::Setsockopt{{fd}, SockOpt::tcp_defer_accept, 1});
            scene.before.push_back(op::Connect{{fd}, loopback, port});
          }
          scene.steps = {op::Listen{server, 1 - backlog},
                         op::Accept{server},
                         op::Close{server},
                         op::Shutdown{server, How::rd},
                         op::Close{client},
                         op::Shutdown{client, How::wr},
                         op::Shutdown{third, How::wr},
                         op::Close{third},
                         op::Connect{client, loopback, port},
                         op::Advance{{40}},
                         op::Advance{{1000}},
                         op::Advance{{200000}}};
          scene.length = 2;
          scene.look = look_at_sockets();
          scenes.push_back(std::move(scene));
        }
  return scenes;
}

/// Two sockets with any options, of which both want a port, and one may listen.
std::vector<Scene> who_may_share_a_port(const Profile&) {
  std::vector<Scene> scenes;
  const Ops wanted{op::Bind{client, any_address, port}, op::Bind{client, loopback, port},
                   op::Bind{client, loopback6, port}, op::Bind{client, second_loopback, port},
                   op::Bind{client, any_address, 0}};
  for (const Family family : {Family::inet, Family::inet6})
    for (const SockType type : {SockType::stream, SockType::dgram})
      for (const SockOpt option : {SockOpt::so_reuseaddr, SockOpt::so_reuseport})
        for (const Family second : {Family::inet, Family::inet6})
          for (const Address& address : {any_address, loopback, loopback6}) {
            Scene scene;
            scene.before = {op::Socket{{}, family, type}, op::Socket{{}, second, type},
                            op::Setsockopt{server, option, 1}, op::Setsockopt{client, option, 1},
                            op::Bind{server, address, port}};
            scene.steps =
                joined({wanted,
                        {op::Listen{server, 1}, op::Setsockopt{client, option, 0}, op::Setsockopt{server, option, 0},
                         op::Setsockopt{client, SockOpt::so_reuseport, 1}, op::Close{server}}});
            scene.length = 2;
            scene.look = {op::Bind{client, any_address, port}, op::Listen{client, 1}, tcp_socket(),
                          op::Bind{third, loopback, port},     op::Listen{third, 1},  op::Close{client},
                          op::Bind{third, any_address, port},  op::Listen{third, 1}};
            scenes.push_back(std::move(scene));
          }
  return scenes;
}

/// From any bound address to any other, for both families and both kinds of socket.
std::vector<Scene> where_a_connect_goes(const Profile&) {
  const Address all[] = {any_address,     loopback,  second_loopback, loopback6,     nobodys,
                         local_broadcast, broadcast, multicast,       abstract_names};
  std::vector<Scene> scenes;
  for (const Family family : {Family::inet, Family::inet6, Family::netlink})
    for (const SockType type : {SockType::stream, SockType::dgram}) {
      Scene scene;
      scene.before = {tcp_socket(Family::inet6),
                      op::Bind{server, any_address, port},
                      op::Listen{server, 4},
                      tcp_socket(),
                      op::Bind{client, second_loopback, other_port},
                      op::Listen{client, 4},
                      op::Socket{{}, family, type}};
      for (const Address& each : all) {
        scene.steps.push_back(op::Bind{third, each, 0});
        scene.steps.push_back(op::Connect{third, each, port});
      }
      scene.steps.push_back(op::Bind{third, loopback, port});
      scene.steps.push_back(op::Connect{third, loopback, other_port});
      scene.length = 2;
      scene.look = {op::Connect{third, any_address, port},
                    op::Connect{third, second_loopback, other_port},
                    op::Connect{third, any_address, 9},
                    op::TcpInfo{third},
                    op::Accept{server},
                    op::Accept{client},
                    op::Bind{third, loopback, 7},
                    op::Netstat{}};
      scenes.push_back(std::move(scene));
    }
  return scenes;
}

/// Two clients of one another, of themselves, and one that comes again from where it came.
std::vector<Scene> ends_that_meet(const Profile&) {
  const Ops steps{op::Connect{server, loopback, other_port},
                  op::Connect{client, loopback, port},
                  op::Connect{server, loopback, port},
                  op::Shutdown{server, How::wr},
                  op::Shutdown{client, How::wr},
                  op::Close{server},
                  op::Close{client},
                  op::Connect{third, loopback, port},
                  op::Connect{third, loopback, other_port},
                  op::Listen{client, 1},
                  op::Advance{{1100}},
                  op::Advance{{61000}}};
  std::vector<Scene> scenes;
  for (const Address& address : {loopback, any_address}) {
    Scene scene;
    for (const Fd fd : {server, client, third}) {
      scene.before.push_back(tcp_socket());
      scene.before.push_back(op::Setsockopt{fd, SockOpt::so_reuseaddr, 1});
    }
    scene.before.push_back(op::Bind{server, address, port});
    scene.before.push_back(op::Bind{client, address, other_port});
    scene.before.push_back(op::Bind{third, address, other_port});
    scene.steps = steps;
    scene.length = 3;
    scene.look = look_at_sockets();
    scenes.push_back(std::move(scene));
  }
  return scenes;
}

std::vector<Scene> names_of_unix_sockets(const Profile&) {
  std::vector<Scene> scenes;
  for (const SockType type : {SockType::stream, SockType::seqpacket, SockType::dgram}) {
    const Op socket = op::Socket{{}, Family::unix_, type};
    Scene scene;
    scene.before = {socket, socket, socket};
    scene.steps = {op::Bind{server, abstract_names, 1},
                   op::Bind{server, abstract_names, 0},
                   op::Bind{client, abstract_names, 2},
                   op::Bind{client, abstract_names, 1},
                   op::Bind{client, loopback, 1},
                   op::Listen{server, 0},
                   op::Listen{client, 1},
                   op::Connect{client, abstract_names, 1},
                   op::Connect{server, abstract_names, 2},
                   op::Connect{third, abstract_names, 1},
                   op::Connect{third, abstract_names, 0},
                   op::Connect{client, loopback, 1},
                   op::Accept{server},
                   op::Shutdown{server, How::rd},
                   op::Shutdown{server, How::wr},
                   op::Close{server},
                   op::Close{client}};
    scene.length = 3;
    scene.look = joined({{op::Connect{third, abstract_names, 1}, op::Connect{third, abstract_names, 2}, socket,
                          op::Connect{{6}, abstract_names, 1}, op::Connect{{6}, abstract_names, 1}},
                         look_at_sockets()});
    scenes.push_back(scene);
    scene.before = {socket,
                    socket,
                    socket,
                    op::Bind{server, abstract_names, 1},
                    op::Listen{server, 0},
                    op::Connect{client, abstract_names, 1},
                    op::Connect{third, abstract_names, 1}};
    scene.length = 2;
    scenes.push_back(std::move(scene));
  }
  return scenes;
}

std::vector<Scene> options_of_sockets(const Profile&) {
  std::vector<Scene> scenes;
  for (const Family family : {Family::inet, Family::inet6, Family::unix_, Family::netlink})
    for (const SockType type : {SockType::stream, SockType::dgram}) {
      Scene scene;
      scene.before = {op::Socket{{}, family, type}};
      for (const auto& option : names<SockOpt>)
        for (const std::int32_t value : {-1,
                                         0,
                                         1,
                                         2,
                                         3,
                                         7,
                                         8,
                                         100,
                                         127,
                                         128,
                                         255,
                                         256,
                                         4095,
                                         4096,
                                         4097,
                                         65535,
                                         65536,
                                         196602,
                                         std::numeric_limits<std::int32_t>::max(),
                                         std::numeric_limits<std::int32_t>::min()})
          scene.steps.push_back(op::Setsockopt{server, option.value, value});
      scene.steps.push_back(op::Bind{server, loopback, port});
      scene.steps.push_back(op::Listen{server, 5});
      scene.length = 1;
      for (const auto& option : names<SockOpt>) scene.look.push_back(op::Getsockopt{server, option.value});
      scene.look.push_back(op::Listen{server, 5});
      for (const auto& option : names<SockOpt>) {
        scene.look.push_back(op::Getsockopt{server, option.value});
        scene.look.push_back(op::Setsockopt{server, option.value, 1});
        scene.look.push_back(op::Getsockopt{server, option.value});
      }
      scenes.push_back(std::move(scene));
    }
  return scenes;
}

/// A queue for Fast Open: which settings make listen give it, and how long it is.
std::vector<Scene> queues_for_fast_open(const Profile&) {
  std::vector<Scene> scenes;
  for (const std::int32_t setting : {0, 1, 2, 3, 0x400, 0x402, 0x802, 0xc02, 0x50802, 0x10c02, -65534, -1})
    for (const std::int32_t somaxconn : {1, 7, 128}) {
      Scene scene;
      scene.options.sysctl = {{Sysctl::tcp_fastopen, setting}, {Sysctl::somaxconn, somaxconn}};
      scene.before = {tcp_socket(), op::Bind{server, any_address, port}};
      scene.steps = {op::Setsockopt{server, SockOpt::tcp_fastopen, 0},
                     op::Setsockopt{server, SockOpt::tcp_fastopen, 5},
                     op::Listen{server, 0},
                     op::Listen{server, 3},
                     op::Listen{server, -1},
                     op::Shutdown{server, How::rd}};
      scene.length = 3;
      scene.look = {op::Getsockopt{server, SockOpt::tcp_fastopen}, op::TcpInfo{server}};
      scenes.push_back(std::move(scene));
    }
  return scenes;
}

/// Descriptors that are none, sockets that cannot be had, namespaces that are not there.
std::vector<Scene> what_is_not_there(const Profile&) {
  Scene scene;
  scene.before = {tcp_socket(), op::Netns{}, op::Socket{{1}, Family::inet, SockType::stream}};
  for (const std::int32_t fd : {-1, 0, 2, 3, 4, 5, 6, max_fd, max_fd - 1}) {
    for (const Op& each : Ops{op::Bind{{fd}, any_address, port}, op::Listen{{fd}, 1}, op::Accept{{fd}}, op::Close{{fd}},
                              op::Connect{{fd}, loopback, port}, op::TcpInfo{{fd}}, op::Shutdown{{fd}, How::rdwr},
                              op::Getsockopt{{fd}, SockOpt::so_reuseaddr}})
      scene.steps.push_back(each);
  }
  for (const std::uint32_t ns : {0U, 1U, 2U, 3U}) {
    scene.steps.push_back(op::Netstat{{ns}});
    scene.steps.push_back(op::Segment{{ns}, {0xc000020a, 1000}, {0xc0000201, port}, Flags::s, 0});
    for (const auto& family : names<Family>)
      for (const auto& type : names<SockType>) scene.steps.push_back(op::Socket{{ns}, family.value, type.value});
  }
  for (const auto& owner : names<Owner>) scene.steps.push_back(op::Netns{owner.value});
  scene.length = 2;
  scene.look = {tcp_socket(), op::TcpInfo{{5}}, op::Listen{{3}, 1}, op::Listen{{4}, 1}, op::Netns{}};
  return {scene};
}

}  // namespace

std::vector<Theorem> socket_refinements() {
  return {
      refines("refinement.listeners_and_clients",
              "Any three calls by and on a server and its clients, from five beginnings, are answered alike.",
              listeners_and_clients),
      refines("refinement.a_full_accept_queue",
              "Any two events at a server to which more clients have come than its queue holds, with and without "
              "cookies, resets and TCP_DEFER_ACCEPT, are answered alike.",
              a_full_accept_queue),
      refines("refinement.who_may_share_a_port",
              "Two sockets of either family, with either option, get or are refused a port alike.",
              who_may_share_a_port),
      refines("refinement.where_a_connect_goes", "From any bound address to any other a connect goes alike.",
              where_a_connect_goes),
      refines("refinement.ends_that_meet",
              "Two sockets that connect to each other or to themselves, and one that comes again, are answered alike.",
              ends_that_meet),
      refines("refinement.names_of_unix_sockets", "Any three calls on three unix sockets are answered alike.",
              names_of_unix_sockets),
      refines("refinement.options_of_sockets", "Every option of every kind of socket takes and shows values alike.",
              options_of_sockets),
      refines("refinement.queues_for_fast_open",
              "tcp_fastopen, somaxconn and backlog make the same queue for Fast Open.", queues_for_fast_open),
      refines("refinement.what_is_not_there",
              "Descriptors, families and namespaces that are not there are refused alike.", what_is_not_there),
  };
}

}  // namespace weir::proofs
