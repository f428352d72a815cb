// Sockets that might be taken for one another: of two namespaces, of a port that was chosen and one that was named, of
// a listener that once had a peer, of a request that has lost its listener or found it again.
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/scenes.hpp"

namespace weir::proofs {
namespace {

constexpr std::uint16_t port = 8080, other_port = 8081;
constexpr Fd first{3}, second{4}, third{5};

Ops look_at_three() {
  Ops look;
  for (const Fd fd : {first, second, third}) look.push_back(op::TcpInfo{fd});
  for (const Fd fd : {first, second, third}) look.push_back(op::Connect{fd, loopback, other_port});
  look.push_back(op::Accept{first});
  for (const std::uint32_t ns : {0U, 1U}) look.push_back(op::Netstat{{ns}});
  return look;
}

/// Three streams that may share ports; the namespace of the third.
Ops three_streams(std::uint32_t ns) {
  Ops made{op::Netns{}};
  for (const Fd fd : {first, second, third}) {
    made.push_back(op::Socket{{fd.label == third.label ? ns : 0}, Family::inet, SockType::stream});
    made.push_back(op::Setsockopt{fd, SockOpt::so_reuseaddr, 1});
  }
  return made;
}

/// A client whose request waits at its listener. A third socket has the listener's port, here or elsewhere, and
/// connects to the client's.
std::vector<Scene> requests_in_the_way(const Profile&) {
  std::vector<Scene> scenes;
  for (const std::uint32_t ns : {0U, 1U}) {
    Scene scene;
    scene.before =
        joined({three_streams(ns),
                {op::Bind{first, loopback, port}, op::Bind{third, loopback, port},
                 op::Bind{second, loopback, other_port}, op::Setsockopt{first, SockOpt::tcp_defer_accept, 30},
                 op::Listen{first, 1}, op::Connect{second, loopback, port}}});
    scene.steps = {op::Close{first},
                   op::Close{second},
                   op::Shutdown{first, How::rd},
                   op::Shutdown{second, How::rdwr},
                   op::Connect{third, loopback, other_port},
                   op::Advance{{1100}}};
    scene.length = 4;
    scene.look = look_at_three();
    scenes.push_back(std::move(scene));
  }
  return scenes;
}

/// A remote peer's request whose listener stops, and begins again.
std::vector<Scene> requests_that_stay(const Profile&) {
  const auto segment = [](Flags flags, std::uint32_t len = 0) {
    return op::Segment{{}, {0xc0000210, 1000}, {0xc0000201, port}, flags, len};
  };
  Scene scene;
  scene.before = {op::Socket{}, op::Bind{first, any_address, port}, op::Listen{first, 1}, segment(Flags::s)};
  scene.steps = {op::Shutdown{first, How::rd}, op::Listen{first, 1}, segment(Flags::s),  segment(Flags::a),
                 segment(Flags::a, 1),         op::Accept{first},    op::Advance{{1100}}};
  scene.length = 4;
  scene.look = {segment(Flags::a), op::Accept{first}, op::TcpInfo{first}, op::Netstat{}};
  return {scene};
}

/// It was refused, and listens where it had connected from.
std::vector<Scene> listeners_that_had_a_peer(const Profile&) {
  Scene scene;
  scene.before = joined({three_streams(0),
                         {op::Bind{first, loopback, port}, op::Bind{second, loopback, other_port},
                          op::Connect{first, loopback, other_port}, op::Connect{first, loopback, other_port}}});
  scene.steps = {op::Listen{first, 1}, op::Connect{second, loopback, port}, op::Accept{first}, op::Close{second},
                 op::Shutdown{first, How::rd}};
  scene.length = 4;
  scene.look = look_at_three();
  return {scene};
}

/// Who connects without a name gets a port that nobody can name, and keeps the one it has.
std::vector<Scene> ports_of_datagrams(const Profile&) {
  Scene scene;
  const Op datagrams = op::Socket{{}, Family::inet, SockType::dgram};
  scene.before = {datagrams, datagrams, datagrams};
  for (const Fd fd : {first, second}) {
    for (const std::uint16_t number : {std::uint16_t{1}, std::uint16_t{2}})
      scene.steps.push_back(op::Bind{fd, loopback, number});
    scene.steps.push_back(op::Connect{fd, loopback, other_port});
    scene.steps.push_back(op::Close{fd});
  }
  scene.length = 3;
  scene.look = {op::Bind{third, loopback, 1}, op::Bind{third, loopback, 2}};
  return {scene};
}

/// A name of unix sockets is one of its namespace.
std::vector<Scene> names_of_two_namespaces(const Profile&) {
  std::vector<Scene> scenes;
  for (const SockType type : {SockType::stream, SockType::dgram}) {
    Scene scene;
    scene.before = {op::Netns{}};
    for (const std::uint32_t ns : {0U, 1U, 1U}) scene.before.push_back(op::Socket{{ns}, Family::unix_, type});
    for (const Fd fd : {first, second}) {
      scene.steps.push_back(op::Bind{fd, abstract_names, 1});
      scene.steps.push_back(op::Listen{fd, 1});
      scene.steps.push_back(op::Close{fd});
    }
    scene.steps.push_back(op::Connect{third, abstract_names, 1});
    scene.steps.push_back(op::Bind{third, abstract_names, 1});
    scene.length = 3;
    scene.look = {op::Connect{third, abstract_names, 1}, op::Accept{first}, op::Accept{second}};
    scenes.push_back(std::move(scene));
  }
  return scenes;
}

}  // namespace

std::vector<Theorem> apart_refinements() {
  return {
      refines(
          "refinement.requests_in_the_way",
          "Any four calls around a request that waits, and a socket with its listener's port in the same namespace or "
          "another, are answered alike.",
          requests_in_the_way),
      refines(
          "refinement.requests_that_stay",
          "Any four calls and segments around a listener that stops and begins again while a peer's request waits are "
          "answered alike.",
          requests_that_stay),
      refines(
          "refinement.listeners_that_had_a_peer",
          "A socket that was refused and then listens is found by its port alone: any four calls are answered alike.",
          listeners_that_had_a_peer),
      refines("refinement.ports_of_datagrams",
              "Any three binds, connects and closes of two datagram sockets leave the same ports to a third.",
              ports_of_datagrams),
      refines("refinement.names_of_two_namespaces",
              "Any three calls on unix sockets of two namespaces are answered alike.", names_of_two_namespaces),
  };
}

}  // namespace weir::proofs
