// Time, and peers that are not on this host: segments, requests, cookies, and the timers of all of them.
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/scenes.hpp"

namespace weir::proofs {
namespace {

constexpr std::uint16_t port = 8080, other_port = 8081;
constexpr Fd server{3}, client{4}, third{5};
constexpr End here{0xc0000201, port};

Op tcp_socket() { return op::Socket{{}, Family::inet, SockType::stream}; }
Op segment(std::uint16_t peer, Flags flags, std::uint32_t len = 0) {
  return op::Segment{{}, {0xc000020a, peer}, here, flags, len};
}
Op wait(std::uint32_t ms) { return op::Advance{{ms}}; }

/// The settings and options that decide what becomes of a handshake.
struct Handshakes {
  std::int32_t backlog, cookies, resets, defers, syn_backlog, retries;
};

Scene listener_with(const Handshakes& how) {
  Scene scene;
  scene.options.sysctl = {{Sysctl::tcp_syncookies, how.cookies},
                          {Sysctl::tcp_abort_on_overflow, how.resets},
                          {Sysctl::tcp_max_syn_backlog, how.syn_backlog},
                          {Sysctl::tcp_synack_retries, how.retries}};
  scene.before = {tcp_socket(), op::Bind{server, any_address, port},
                  op::Setsockopt{server, SockOpt::tcp_defer_accept, how.defers}, op::Listen{server, how.backlog}};
  return scene;
}

void look_at_all(Scene& scene, std::int32_t last) {
  for (std::int32_t fd = 3; fd <= last; ++fd) scene.look.push_back(op::TcpInfo{{fd}});
  scene.look.push_back(op::Netstat{});
  for (int i = 0; i < 3; ++i) scene.look.push_back(op::Accept{server});
  for (std::int32_t fd = last + 1; fd <= last + 3; ++fd) scene.look.push_back(op::TcpInfo{{fd}});
}

constexpr Handshakes common[] = {{0, 0, 0, 0, 128, 5},  {1, 1, 0, 0, 128, 5}, {0, 1, 1, 0, 128, 2},
                                 {1, 0, 0, 10, 128, 1}, {0, 2, 0, 0, 128, 5}, {4, 0, 1, 4, 128, 0},
                                 {2, 0, 0, 0, 2, 6},    {0, 1, 0, 3, 128, 3}};

/// Two peers, every segment that they may send, and what the server may do about it.
std::vector<Scene> segments_of_peers(const Profile&) {
  std::vector<Scene> scenes;
  for (const Handshakes& how : common) {
    Scene scene = listener_with(how);
    for (const std::uint16_t peer : {std::uint16_t{1000}, std::uint16_t{1001}})
      for (const Flags flags : {Flags::s, Flags::a, Flags::fa, Flags::r}) scene.steps.push_back(segment(peer, flags));
    for (const Op& each :
         Ops{segment(1000, Flags::a, 1), segment(1000, Flags::fa, 1), segment(1000, Flags::ra),
             segment(1000, Flags::sa), segment(1000, Flags::f), segment(1000, Flags::none), op::Accept{server},
             op::Close{server}, op::Shutdown{server, How::rd}, op::Shutdown{server, How::wr}, op::Close{client},
             op::Shutdown{client, How::wr}, op::Shutdown{client, How::rd}, wait(400), wait(1000), wait(61000)})
      scene.steps.push_back(each);
    scene.length = 3;
    scene.look = {segment(1000, Flags::a), segment(1000, Flags::s), wait(3000), segment(1000, Flags::a)};
    look_at_all(scene, 4);
    scenes.push_back(std::move(scene));
  }
  return scenes;
}

/// Where a connection stands when the last three events come: accepted, half closed by either, closed by both.
std::vector<Scene> connections_with_peers(const Profile&) {
  const Ops made{segment(1000, Flags::s), segment(1000, Flags::a), op::Accept{server}};
  std::vector<Scene> scenes;
  for (const Ops& then :
       {Ops{}, Ops{op::Shutdown{client, How::wr}}, Ops{segment(1000, Flags::fa)}, Ops{op::Close{client}},
        Ops{op::Shutdown{client, How::wr}, segment(1000, Flags::a)}, Ops{op::Close{client}, segment(1000, Flags::a)},
        Ops{op::Close{client}, segment(1000, Flags::a), segment(1000, Flags::fa)},
        Ops{segment(1000, Flags::fa), op::Close{client}}, Ops{segment(1000, Flags::a, 1)}}) {
    Scene scene = listener_with({1, 1, 0, 0, 128, 5});
    for (const Ops& part : {made, then}) scene.before.insert(scene.before.end(), part.begin(), part.end());
    for (const Flags flags : {Flags::s, Flags::a, Flags::fa, Flags::r, Flags::sa, Flags::f}) {
      scene.steps.push_back(segment(1000, flags));
      scene.steps.push_back(segment(1000, flags, 1));
    }
    for (const Op& each : Ops{op::Close{client}, op::Shutdown{client, How::wr}, op::Shutdown{client, How::rd},
                              op::Close{server}, wait(499), wait(500), wait(59999), wait(60000)})
      scene.steps.push_back(each);
    scene.length = 3;
    scene.look = {segment(1000, Flags::s), segment(1000, Flags::a), tcp_socket(), op::Bind{{5}, any_address, port},
                  op::Bind{{5}, any_address, 1000}};
    look_at_all(scene, 4);
    scenes.push_back(std::move(scene));
  }
  return scenes;
}

/// How long a cookie is good, and how long a listener believes that it has sent some.
std::vector<Scene> ages_of_cookies(const Profile&) {
  std::vector<Scene> scenes;
  for (const std::int32_t cookies : {1, 2})
    for (const std::int32_t backlog : {0, 1}) {
      Scene scene = listener_with({backlog, cookies, 0, 0, 128, 5});
      if (cookies == 1)
        for (std::uint16_t peer = 2000; peer < 2018; ++peer) scene.before.push_back(segment(peer, Flags::s));
      scene.before.push_back(segment(1000, Flags::s));
      for (const std::uint32_t ms : {500U, 999U, 1000U, 2999U, 3001U, 59000U, 60000U, 119999U, 120001U, 180000U})
        scene.steps.push_back(wait(ms));
      for (const Op& each : Ops{segment(1000, Flags::a), segment(1000, Flags::s), segment(1001, Flags::s),
                                segment(1001, Flags::a), op::Listen{server, 3}, op::Shutdown{server, How::rd},
                                op::Accept{server}, op::SysctlWrite{{}, Sysctl::tcp_syncookies, "0", 0, Cred::root}})
        scene.steps.push_back(each);
      scene.length = 3;
      scene.look = {segment(1000, Flags::a), segment(1001, Flags::a)};
      look_at_all(scene, 3);
      scenes.push_back(std::move(scene));
    }
  return scenes;
}

/// SYN-ACK timers: each of their times up to the last, of one request and of a crowd of them.
std::vector<Scene> requests_in_time(const Profile&) {
  std::vector<Scene> scenes;
  for (const std::int32_t retries : {0, 1, 2, 5, 6})
    for (const std::int32_t defers : {0, 1, 8, 100})
      for (const int crowd : {1, 2, 5, 9, 17}) {
        Scene scene = listener_with({16, 0, 0, defers, 128, retries});
        for (int i = 0; i < crowd; ++i) scene.before.push_back(segment(static_cast<std::uint16_t>(1000 + i), Flags::s));
        scene.steps = {segment(1000, Flags::s),
                       segment(1000, Flags::a),
                       segment(1000, Flags::a, 1),
                       segment(1001, Flags::a),
                       op::Listen{server, 1},
                       op::Close{server},
                       op::Shutdown{server, How::rd},
                       wait(1000),
                       wait(3000)};
        scene.length = 2;
        for (const std::uint32_t ms :
             {999U, 1U, 1000U, 1000U, 1000U, 3999U, 1U, 8000U, 16000U, 32000U, 64000U, 120000U, 240000U})
          scene.look.push_back(wait(ms));
        scene.look.push_back(segment(1000, Flags::a, 1));
        look_at_all(scene, 3);
        scenes.push_back(std::move(scene));
      }
  return scenes;
}

/// Clients on this host in time: SYNs that nobody takes, third ACKs kept back, FINs that are lost, TIME_WAIT.
std::vector<Scene> clients_in_time(const Profile&) {
  std::vector<Scene> scenes;
  for (const Handshakes& how : common)
    for (const std::int32_t keeps_ack_back : {0, 1}) {
      Scene scene = listener_with(how);
      for (const Fd fd : {client, third}) {
        scene.before.push_back(tcp_socket());
        scene.before.push_back(op::Setsockopt{fd, SockOpt::so_reuseaddr, 1});
        scene.before.push_back(op::Setsockopt{fd, SockOpt::tcp_defer_accept, keeps_ack_back});
        scene.before.push_back(op::Bind{fd, any_address, static_cast<std::uint16_t>(1000 + fd.label % 2)});
        scene.before.push_back(op::Connect{fd, loopback, port});
      }
      scene.before.push_back(tcp_socket());
      scene.before.push_back(op::Connect{{6}, loopback, port});
      scene.steps = {op::Accept{server},
                     op::Close{server},
                     op::Shutdown{server, How::rd},
                     op::Shutdown{server, How::wr},
                     op::Close{client},
                     op::Shutdown{client, How::wr},
                     op::Close{third},
                     op::Shutdown{third, How::wr},
                     op::Shutdown{{7}, How::wr},
                     op::Close{{7}},
                     op::Connect{client, loopback, port},
                     op::Connect{third, loopback, port},
                     op::Listen{server, 1},
                     wait(4),
                     wait(40),
                     wait(200),
                     wait(1000),
                     wait(3000),
                     wait(61000)};
      scene.length = 3;
      scene.look = {wait(210), wait(1000), wait(130000), wait(200000)};
      look_at_all(scene, 7);
      scenes.push_back(std::move(scene));
    }
  return scenes;
}

/// One event, and then time in small steps: what the timer of a SYN, of a FIN and of an orphan does and when.
std::vector<Scene> timers_to_their_end(const Profile&) {
  std::vector<Scene> scenes;
  for (const std::int32_t backlog : {0, 1})
    for (const std::int32_t defers : {0, 30}) {
      Scene scene = listener_with({backlog, 0, 0, defers, 128, 5});
      for (std::int32_t fd = 4; fd < 8; ++fd) {
        scene.before.push_back(tcp_socket());
        scene.before.push_back(op::Bind{{fd}, any_address, static_cast<std::uint16_t>(1000 + fd)});
        scene.before.push_back(op::Connect{{fd}, loopback, port});
      }
      scene.steps = {
          op::Close{{4}},     op::Shutdown{{4}, How::wr}, op::Close{{7}}, op::Shutdown{{7}, How::wr}, op::Close{server},
          op::Accept{server}, op::Shutdown{{6}, How::wr}, op::Close{{6}}};
      scene.length = 3;
      for (const std::uint32_t ms :
           {1U,    3U,    4U,     32U,    160U,   8U, 192U,   400U,    199U,    1U,      800U,   1200U,
            3000U, 7000U, 15000U, 31000U, 59999U, 1U, 63000U, 127000U, 254000U, 400000U, 900000U})
        scene.look.push_back(wait(ms));
      look_at_all(scene, 8);
      for (const std::uint16_t each : {std::uint16_t{1004}, std::uint16_t{1006}, std::uint16_t{1007}}) {
        scene.look.push_back(tcp_socket());
        scene.look.push_back(op::Bind{{12}, any_address, each});
        scene.look.push_back(op::Close{{12}});
      }
      Scene often = scene;  // the same, looked at each time
      often.look.clear();
      for (const Op& each : scene.look) {
        often.look.push_back(each);
        if (!std::holds_alternative<op::Advance>(each)) continue;
        for (const std::int32_t fd : {4, 6, 7, 8}) often.look.push_back(op::TcpInfo{{fd}});
        often.look.push_back(op::Netstat{});
      }
      often.length = 2;
      scenes.push_back(std::move(scene));
      scenes.push_back(std::move(often));
    }
  return scenes;
}

/// A client comes again from where another one came, whose connection or request the server still has.
Scene old_ends(std::int32_t defers) {
  Scene scene = listener_with({1, 0, 0, defers, 128, 5});
  for (const Fd fd : {client, third}) {
    scene.before.push_back(tcp_socket());
    scene.before.push_back(op::Setsockopt{fd, SockOpt::so_reuseaddr, 1});
    scene.before.push_back(op::Bind{fd, any_address, 1000});
  }
  scene.before.push_back(op::Connect{client, loopback, port});
  scene.steps = {op::Accept{server},
                 op::Close{client},
                 op::Shutdown{client, How::wr},
                 op::Connect{third, loopback, port},
                 op::Close{server},
                 op::Close{{6}},
                 wait(8),
                 wait(1100),
                 wait(61000)};
  scene.length = 4;
  return scene;
}

/// A SYN that was lost waits where another socket connects to.
Scene crossed_syns() {
  Scene scene = listener_with({0, 0, 0, 0, 128, 5});
  for (const std::int32_t fd : {4, 5, 6, 7}) {
    scene.before.push_back(tcp_socket());
    scene.before.push_back(op::Setsockopt{{fd}, SockOpt::so_reuseaddr, 1});
    if (fd == 6) scene.before.push_back(op::Bind{{6}, any_address, 1000});
    if (fd != 7) scene.before.push_back(op::Connect{{fd}, loopback, port});
  }
  scene.steps = {op::Close{server},
                 op::Bind{{7}, any_address, port},
                 op::Connect{{7}, loopback, 1000},
                 op::Shutdown{{6}, How::wr},
                 op::Shutdown{{7}, How::wr},
                 op::Connect{{6}, loopback, port},
                 op::Close{{7}},
                 wait(1100)};
  scene.length = 4;
  return scene;
}

std::vector<Scene> ends_that_come_again(const Profile&) {
  std::vector<Scene> scenes{old_ends(0), old_ends(30), crossed_syns()};
  for (Scene& each : scenes) {
    look_at_all(each, 7);
    each.look.push_back(wait(8));
    each.look.push_back(wait(130000));
    look_at_all(each, 7);
  }
  return scenes;
}

/// Addresses that nobody may come from or go to, and listeners of several addresses and families.
std::vector<Scene> addresses_of_segments(const Profile&) {
  Scene scene;
  scene.before = {tcp_socket(),
                  op::Bind{server, any_address, port},
                  op::Listen{server, 8},
                  op::Socket{{}, Family::inet6, SockType::stream},
                  op::Bind{client, any_address, other_port},
                  op::Listen{client, 8},
                  op::Netns{},
                  op::Socket{{1}, Family::inet, SockType::stream}};
  for (const std::uint32_t from :
       {0xc000020aU, 0x7f000001U, 0x00000001U, 0xe0000001U, 0xffffffffU, 0xf0000000U, 0x80000000U, 0x01000000U})
    for (const End to : {here, End{0xc0000201, other_port}, End{0xc0000201, 9}, End{0x7f000001, port},
                         End{0xe0000001, port}, End{0xffffffff, port}, End{0, port}})
      for (const Flags flags : {Flags::s, Flags::a, Flags::r, Flags::sa, Flags::none})
        scene.steps.push_back(op::Segment{{}, {from, 1000}, to, flags, 0});
  scene.steps.push_back(op::Segment{{1}, {0xc000020a, 1000}, here, Flags::s, 0});
  scene.steps.push_back(op::Segment{{}, {0xc000020a, 0}, here, Flags::s, 0});
  scene.steps.push_back(op::Segment{{}, {0xc000020a, 1000}, here, Flags::s, 5});
  scene.length = 1;
  scene.look = {segment(1000, Flags::a), op::Segment{{}, {0xc000020a, 1000}, {0xc0000201, other_port}, Flags::a, 0},
                op::Accept{client}, op::Segment{{1}, {0xc000020a, 1000}, here, Flags::a, 0}, op::Netstat{{1}}};
  look_at_all(scene, 5);
  return {scene};
}

}  // namespace

std::vector<Theorem> time_refinements() {
  return {
      refines("refinement.segments_of_peers",
              "Any three segments of two peers, calls and waits at a server, under eight settings, are answered alike.",
              segments_of_peers),
      refines("refinement.connections_with_peers",
              "Any three events at a connection with a peer, from nine of its states, are answered alike.",
              connections_with_peers),
      refines("refinement.ages_of_cookies", "A cookie is good, and an overflow remembered, for as long.",
              ages_of_cookies),
      refines("refinement.requests_in_time",
              "One request or a crowd of them is asked again and given up at the same times, after any two events.",
              requests_in_time),
      refines("refinement.clients_in_time",
              "Any three calls and waits of clients that are accepted, lost or kept waiting are answered alike.",
              clients_in_time),
      refines("refinement.timers_to_their_end",
              "After any three events the timers of SYN, FIN and TIME_WAIT fire at the same times, to the last.",
              timers_to_their_end),
      refines("refinement.ends_that_come_again",
              "A client that comes from where an older connection or request stands, and SYNs that cross, fare alike.",
              ends_that_come_again),
      refines("refinement.addresses_of_segments", "A segment from any kind of address to any other is answered alike.",
              addresses_of_segments),
  };
}

}  // namespace weir::proofs
