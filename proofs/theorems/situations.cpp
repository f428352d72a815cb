#include "proofs/theorems/situations.hpp"

namespace weir::proofs::program {
namespace {

constexpr Address multicast{Address::Kind::v4, 0xe0000001};

/// In namespace 1: a listener, a client, and the child that was accepted. Nothing that happens in namespace 0 is to
/// touch them. Their descriptors are moved out of the way of those of the situations by sockets that are closed again.
Program in_another_namespace() {
  Program program{op::Netns{}};
  for (std::int32_t fd = 3; fd < bystanders; ++fd) program.push_back(socket());
  program.push_back(socket(Family::inet, SockType::stream, 1));
  program.push_back(bind(bystanders));
  program.push_back(listen(bystanders));
  program.push_back(socket(Family::inet, SockType::stream, 1));
  program.push_back(connect(bystanders + 1));
  program.push_back(accept(bystanders));
  for (std::int32_t fd = 3; fd < bystanders; ++fd) program.push_back(close(fd));
  return program;
}

/// Listener 3, client 4, and 5, the child.
Program pair() { return then(then(listener(3), client(4)), {accept(3)}); }

/// Listener 3, and 4, the child of a remote peer.
Program remote() { return then(listener(3), {segment(Flags::s), segment(Flags::a), accept(3)}); }

/// A listener that was shut down in both directions before it listened, which its children inherit.
Program shut_listener(How how = How::rdwr) { return {socket(), bind(3), shutdown(3, how), listen(3, 5)}; }

Program deferring(std::int32_t backlog = 5) {
  return {socket(), bind(3), set(3, SockOpt::tcp_defer_accept, 10), listen(3, backlog)};
}

/// A FIN that nobody takes: two children wait, and two requests, and the FIN of 6 takes the last room before that of 7.
Program fin_without_room(Program listens) {
  for (const std::int32_t fd : {4, 5}) listens = then(then(listens, client(fd)), {shutdown(fd)});
  return then(then(then(listens, client(6)), client(7)), {shutdown(6), shutdown(7)});
}

/// The same until shortly before the SYN-ACK of the request is sent again; by then there is room.
Program fin_with_room_later(Program listens, std::uint32_t ms) {
  return then(fin_without_room(std::move(listens)), {pass(ms), accept(3)});
}

/// A listener that defers, and whose children send FIN at once.
Program deferring_shut_listener() {
  return {socket(), bind(3), set(3, SockOpt::tcp_defer_accept, 10), shutdown(3), listen(3, 2)};
}

/// Client 4 of port 81 has a request, and is reset by 5, whose ends are those of the server.
Program request_without_client() {
  Program program;
  for (const std::int32_t fd : {3, 4, 5, 6}) {
    program.push_back(socket());
    program.push_back(set(fd, SockOpt::so_reuseport));
    program.push_back(set(fd, SockOpt::so_reuseaddr));
  }
  return then(program, {set(3, SockOpt::tcp_defer_accept, 10), bind(5, loopback), bind(3), listen(3),
                        bind(4, loopback, other_port), bind(6, loopback, other_port), connect(4),
                        connect(5, loopback, other_port)});
}

/// 4 is left in FIN_WAIT2, and 6 may have its port.
Program orphan_with_a_port() {
  return then(listener(3),
              {socket(), set(4, SockOpt::so_reuseaddr), bind(4, loopback, other_port), connect(4), accept(3), close(4),
               pass(100), socket(), set(4, SockOpt::so_reuseaddr), bind(4, loopback, other_port)});
}

/// The SYN of 5, from port 80 to 81, waits; 3 may connect the other way round. `first` is what 5 does before.
Program syn_that_waits(const Program& first = {}) {
  const Program full{socket(),         bind(3, any_address, other_port), listen(3, 0),
                     socket(),         connect(4, loopback, other_port), socket(),
                     bind(5, loopback)};
  return then(then(full, first),
              {connect(5, loopback, other_port), close(3), close(4), socket(), bind(3, loopback, other_port)});
}

/// In a namespace of its own: listener 3, which defers, and the request of client 4.
Program request_elsewhere() {
  return {op::Netns{}, socket(Family::inet, SockType::stream, 2), bind(3),   set(3, SockOpt::tcp_defer_accept, 10),
          listen(3),   socket(Family::inet, SockType::stream, 2), connect(4)};
}

/// No SYN is refused, and there is no room for client 5.
Program client_without_room() {
  return then({write(Sysctl::tcp_syncookies, 2)}, then(listener(3, 0), then(client(4), client(5))));
}

std::vector<Situation> alone() {
  return {{"an empty host", {}},
          {"sockets of each kind",
           {socket(), socket(Family::inet, SockType::dgram), socket(Family::unix_),
            socket(Family::unix_, SockType::dgram), socket(Family::netlink, SockType::dgram)}},
          {"IPv6, bound and not",
           {socket(Family::inet6), socket(Family::inet6), bind(4, loopback6), socket(Family::inet6), bind(5),
            socket(Family::inet6, SockType::dgram), bind(6, loopback6)}},
          {"IPv6, bound to IPv4",
           {socket(Family::inet6), bind(3, loopback), socket(Family::inet6), bind(4, multicast), socket(Family::inet6),
            bind(5, Address{Address::Kind::v4, 0xffffffff}, other_port)}},
          {"a listener", listener(3)},
          {"bound, and shut down", {socket(), bind(3, loopback), shutdown(3, How::rdwr), socket()}},
          {"a port that is shared",
           {socket(), set(3, SockOpt::so_reuseaddr), bind(3), socket(), set(4, SockOpt::so_reuseaddr), bind(4),
            socket(), set(5, SockOpt::so_reuseaddr)}},
          {"two listeners that share",
           {socket(), set(3, SockOpt::so_reuseport), bind(3), listen(3), socket(), set(4, SockOpt::so_reuseport),
            bind(4), listen(4), socket()}},
          {"a listener of length 0 for Fast Open",
           {socket(), set(3, SockOpt::tcp_fastopen, 0), bind(3), write(Sysctl::tcp_fastopen, 0x402)}}};
}

std::vector<Situation> over_loopback() {
  const Program pairs = pair();
  return {
      {"refused", client(3)},
      {"a child that waits", then(listener(3), client(4))},
      {"a connection", pairs},
      {"a FIN that is not acknowledged", then(pairs, {shutdown(4)})},
      {"a FIN that is", then(pairs, {shutdown(4), pass(100)})},
      {"an orphan in FIN_WAIT2", then(pairs, {close(4), pass(100)})},
      {"a server that closes first", then(pairs, {close(5), pass(100)})},
      {"TIME_WAIT", then(pairs, {shutdown(5), shutdown(4), close(3)})},
      {"no room", then(then(listener(3, 0), client(4)), client(5))},
      {"a request of a listener that defers", then(deferring(), client(4))},
      {"a client that keeps its ACK back",
       then(listener(3), {socket(), set(4, SockOpt::tcp_defer_accept, 5), connect(4)})},
      {"both of these", then(deferring(), {socket(), set(4, SockOpt::tcp_defer_accept, 5), connect(4)})},
      {"a request whose client is gone", then(then(deferring(), client(4)), {close(4)})},
      {"a request whose listener is gone",
       then(deferring(), {socket(), bind(4, loopback, other_port), connect(4), close(3)})},
      {"a listener that defers no more",
       then(deferring(), {socket(), bind(4, loopback, other_port), connect(4), shutdown(3, How::rd)})},
      {"the ends of a request", then(deferring(), {socket(), bind(4, loopback, other_port), connect(4), close(4),
                                                   socket(), bind(4, loopback, other_port)})},
      {"a request whose client was reset", request_without_client()},
      {"a FIN without room", fin_without_room(deferring(2))},
      {"a FIN that finds room", fin_with_room_later(deferring(2), 14'900)},
      {"one that finds it later", fin_with_room_later(deferring(2), 20'900)},
      {"a FIN that meets another", fin_with_room_later(deferring_shut_listener(), 14'900)},
      {"one that meets it later", fin_with_room_later(deferring_shut_listener(), 20'900)},
      {"two FINs that have met", then(fin_with_room_later(deferring_shut_listener(), 14'900), {pass(10'000)})},
      {"a SYN that waits for another", syn_that_waits()},
      {"a SYN of a socket that was shut down", syn_that_waits({shutdown(5)})},
      {"a request in a third namespace", request_elsewhere()},
      {"a connect that failed, shut down", then(client(3), {shutdown(3)})},
      {"connected to itself", {socket(), bind(3, loopback), connect(3), socket()}},
      {"a child that sends FIN at once", then(shut_listener(), client(4))},
      {"a child that sends FIN to one that did", then(fin_without_room(deferring(2)), {accept(3), shutdown(3)})},
      {"a port of an orphan", orphan_with_a_port()},
      {"an ACK kept back from a listener that is gone",
       then(listener(3), {socket(), set(4, SockOpt::tcp_defer_accept, 5), connect(4), close(3)})},
      {"a client without room", client_without_room()},
      {"its FIN", then(client_without_room(), {close(5)})},
      {"the cookie of who has the first slot",  // the fifth of these: those that made way were closed in their order
       then({write(Sysctl::tcp_syncookies, 2)}, then(listener(3), {socket(), socket(), socket(), socket(),
                                                                   set(7, SockOpt::tcp_defer_accept, 5), connect(7)}))},
      {"a cookie that is not wanted any more",
       then({write(Sysctl::tcp_syncookies, 2)}, then(listener(3), {socket(), set(4, SockOpt::tcp_defer_accept, 5),
                                                                   connect(4), write(Sysctl::tcp_syncookies, 0)}))}};
}

std::vector<Situation> from_afar() {
  const Program peer = remote();
  return {
      {"a request of a remote peer", then(listener(3), {segment(Flags::s)})},
      {"one whose SYN came again", then(listener(3), {segment(Flags::s), segment(Flags::s)})},
      {"one of a listener that defers", then(deferring(), {segment(Flags::s), segment(Flags::a)})},
      {"one of a listener that is gone", then(listener(3), {segment(Flags::s), shutdown(3, How::rdwr)})},
      {"one in a crowd", then(deferring(3), {segment(Flags::s, 0, 0), segment(Flags::s, 0, 1), segment(Flags::s, 0, 2),
                                             segment(Flags::s, 0, 3), pass(7500)})},
      {"a connection with a remote peer", peer},
      {"one whose SYN has come again", then(peer, {segment(Flags::s)})},
      {"one with data", then(peer, {segment(Flags::pa, 10)})},
      {"one in CLOSE_WAIT", then(peer, {segment(Flags::fa)})},
      {"one in FIN_WAIT1", then(peer, {shutdown(4)})},
      {"one in FIN_WAIT2", then(peer, {shutdown(4), segment(Flags::a)})},
      {"one that is not read from", then(peer, {shutdown(4, How::rdwr), segment(Flags::a)})},
      {"an orphan of one", then(peer, {close(4), segment(Flags::a)})},
      {"one in LAST_ACK", then(peer, {segment(Flags::fa), shutdown(4)})},
      {"one in CLOSING", then(shut_listener(), {segment(Flags::s), segment(Flags::fa)})},
      {"one in TIME_WAIT", then(peer, {shutdown(4), segment(Flags::a), segment(Flags::fa), segment(Flags::sa)})},
      {"one in TIME_WAIT of no listener",
       then(peer, {shutdown(4), segment(Flags::a), segment(Flags::fa), close(3), segment(Flags::sa)})},
      {"a request of a listener that was shut down", then(shut_listener(), {segment(Flags::s)})},
      {"a cookie of a remote peer", then({write(Sysctl::tcp_syncookies, 2)}, then(listener(3), {segment(Flags::s)}))},
      {"a cookie without room",
       then({write(Sysctl::tcp_syncookies, 2)},
            then(listener(3, 0), {segment(Flags::s), segment(Flags::s, 0, 1), segment(Flags::a)}))},
      {"a cookie that is old",
       then({write(Sysctl::tcp_syncookies, 2)},
            then(listener(3), {segment(Flags::s), pass(119'000), segment(Flags::s, 0, 1), pass(2'000)}))},
      {"one that is older",
       then({write(Sysctl::tcp_syncookies, 2)},
            then(listener(3), {segment(Flags::s), pass(239'000), segment(Flags::s, 0, 1), pass(2'000)}))},
      {"no room, and resets", then({write(Sysctl::tcp_abort_on_overflow, 1)},
                                   then(deferring(0), {segment(Flags::s, 0, 0), segment(Flags::a, 0, 0),
                                                       segment(Flags::s, 0, 1), segment(Flags::pa, 1, 1)}))}};
}

std::vector<Situation> by_name() {
  const Program unix_listener{socket(Family::unix_), bind(3, abstract_names), listen(3, 0)};
  const Program one = then(unix_listener, {socket(Family::unix_), connect(4, abstract_names)});
  return {{"a unix listener", then(unix_listener, {socket(Family::unix_)})},
          {"a unix listener that is full", then(one, {socket(Family::unix_)})},
          {"a unix connection", then(one, {accept(3)})},
          {"a unix listener that is shut down", then(unix_listener, {shutdown(3, How::rd), socket(Family::unix_)})},
          {"unix datagrams",
           {socket(Family::unix_, SockType::dgram), bind(3, abstract_names), socket(Family::unix_, SockType::dgram),
            bind(4, abstract_names, other_port), connect(3, abstract_names, other_port),
            socket(Family::unix_, SockType::dgram)}},
          {"datagrams",
           {socket(Family::inet, SockType::dgram), bind(3, loopback), socket(Family::inet, SockType::dgram),
            socket(Family::inet, SockType::dgram), bind(5, multicast, other_port), connect(5)}}};
}

void add_calls(std::vector<Op>& all, std::int32_t fd) {
  for (const Address address : {any_address, loopback, Address{Address::Kind::v4, 0x7f000002}, loopback6,
                                Address{Address::Kind::v4, server_v4}, abstract_names}) {
    for (const std::uint16_t number : {std::uint16_t{0}, port, other_port}) all.push_back(bind(fd, address, number));
    for (const std::uint16_t number : {port, other_port}) all.push_back(connect(fd, address, number));
  }
  all.push_back(connect(fd, Address{Address::Kind::v4, 0x7fffffff}));
  all.push_back(connect(fd, multicast));
  for (const auto& option : names<SockOpt>) {
    for (const std::int32_t value : {-1, 0, 1}) all.push_back(set(fd, option.value, value));
    all.push_back(get(fd, option.value));
  }
  for (const std::int32_t backlog : {-1, 0, 1, 5}) all.push_back(listen(fd, backlog));
  for (const auto& how : names<How>) all.push_back(shutdown(fd, how.value));
  for (const Op& each : {accept(fd), close(fd), info(fd)}) all.push_back(each);
}

std::vector<Op> all_operations() {
  std::vector<Op> all{op::Netns{}, op::Netns{Owner::user}, netstat(), netstat(1), netstat(2)};
  for (const auto& family : names<Family>)
    for (const auto& type : names<SockType>) all.push_back(socket(family.value, type.value));
  all.push_back(socket(Family::inet, SockType::stream, 2));
  for (std::int32_t fd = 2; fd <= last_fd; ++fd) add_calls(all, fd);
  for (const auto& flags : names<Flags>)
    for (const std::uint32_t len : {0U, 1U})
      for (const std::uint16_t n : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{9}})
        all.push_back(segment(flags.value, len, n));
  all.push_back(op::Segment{{}, End{0x7f000001, 1000}, End{server_v4, port}, Flags::s});
  all.push_back(op::Segment{{}, End{peer_v4, 1000}, End{server_v4, other_port}, Flags::r});
  all.push_back(op::Segment{NsId{2}, End{peer_v4, 1000}, End{server_v4, port}, Flags::s});
  for (const std::uint32_t ms : {1U, 250U, 1'000U, 4'000U, 61'000U, 130'000U, 300'000U, 2'000'000U})
    all.push_back(pass(ms));
  for (const Sysctl id : {Sysctl::somaxconn, Sysctl::tcp_syncookies, Sysctl::tcp_abort_on_overflow})
    all.push_back(write(id, 1));
  all.push_back(write(Sysctl::tcp_child_ehash_entries, 16'777'217));
  all.push_back(op::SysctlRead{{}, Sysctl::somaxconn});
  return all;
}

}  // namespace

const Stage& sockets() {
  static const Stage stage = [] {
    Stage made{{}, all_operations()};
    for (const auto& kind : {alone(), over_loopback(), from_afar(), by_name()})
      for (const Situation& each : kind)
        made.situations.push_back({each.name, then(in_another_namespace(), each.program)});
    return made;
  }();
  return stage;
}

}  // namespace weir::proofs::program
