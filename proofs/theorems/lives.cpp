// One socket's lives: what it is when it is made, what is left of one life in the next, and how it is shown.
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/situations.hpp"

namespace weir::proofs {
namespace {

using namespace program;

constexpr Address second_loopback{Address::Kind::v4, 0x7f000002};

bool in_state(const Sock* sk, TcpState state) {
  return sk != nullptr && sk->sk_state == static_cast<std::int32_t>(state);
}

bool is_idle(const Sock& sk) {
  const bool no_queue =
      sk.first_child == model::no_sock && sk.last_child == model::no_sock && sk.listener.sk_ack_backlog == 0;
  const bool no_peer = sk.peer == model::no_sock && sk.cookie_from == model::no_sock && !sk.parked;
  const bool nothing_due = sk.timer == model::SockTimer::none && sk.due == model::never && !sk.unacked;
  return no_queue && no_peer && nothing_due && !sk.unread && sk.overflow == model::never;
}

bool may_send_and_receive(const Sock& sk) { return !sk.send_shutdown && !sk.receive_shutdown; }

const auto a_new_socket_has_nothing_behind_it = [](auto& c, const Profile& kernel) {
  for (const auto& family : names<Family>)
    for (const auto& type : names<SockType>) {
      const Program program{socket(), close(3), socket(family.value, type.value)};
      c.running(program);
      const Host host = after(kernel, program);
      const Sock* const sk = sock_of(host, 3);
      if (sk == nullptr) continue;
      const auto& queue = sk->listener;
      c.goal("it is unconnected and in CLOSE", sk->state == 1 && in_state(sk, TcpState::close));
      c.goal("it has no name and no options",
             sk->binding.port == 0 && sk->binding.address == any_address && !sk->binding.address_locked &&
                 !sk->binding.port_locked && !sk->ipv6only && !sk->saddr_settled && !sk->reuseaddr && !sk->reuseport);
      c.goal("no limit and no queue", queue.sk_max_ack_backlog == 0 && queue.sk_ack_backlog == 0 && queue.qlen == 0 &&
                                          queue.young == 0 && queue.syn_table == 0 && queue.rskq_defer_accept == 0 &&
                                          queue.fastopen_max_qlen == 0 && !queue.fastopen_made);
      c.goal("no other end, and nothing due", is_idle(*sk) && sk->unix_peer == 0 && sk->peer_port == 0 &&
                                                  sk->peer_address == any_address && sk->next == model::no_sock);
      c.goal("nothing was sent, answered or has failed", sk->retransmits == 0 && sk->retrans_stamp == model::never &&
                                                             sk->oow_answered == model::never && sk->armed == 0 &&
                                                             sk->cookie_minute == 0 && !sk->kept_ack_back &&
                                                             !sk->remote && sk->sk_err == Errno::none);
      c.goal("it may send and receive", may_send_and_receive(*sk));
      c.twin("it has a port", sk->binding.port != 0);
    }
};

const auto a_disconnected_socket_is_as_new = [](auto& c, const Profile& kernel) {
  for_each_step(c, kernel, sockets(), [&](const Host& before, const Op& operation, const Host& host, const Outcome&) {
    const auto* const call = std::get_if<op::Shutdown>(&operation);
    const Sock* const was = call == nullptr ? nullptr : sock_of(before, call->fd.label);
    if (was == nullptr || !was->is_tcp()) return;
    const bool connecting = in_state(was, TcpState::syn_sent);
    const Sock& now = *sock_of(host, call->fd.label);
    if (!connecting && !(in_state(was, TcpState::listen) && call->how != How::wr)) return;
    c.goal("it is unconnected, in CLOSE, and idle", now.state == 1 && in_state(&now, TcpState::close) && is_idle(now));
    c.goal("it may send and receive", may_send_and_receive(now));
    c.goal("a connect that was cut off has ECONNRESET, which no call tells",
           now.sk_err == (connecting ? Errno::econnreset : was->sk_err));
    c.goal("a port that bind named stays, another is given back",
           now.binding.port == (was->binding.port_locked ? was->binding.port : 0));
    c.goal("so does an address",
           now.binding.address == (was->binding.address_locked ? was->binding.address : any_address));
    c.twin("none listened", connecting);
  });
};

const auto an_error_is_told_once = [](auto& c, const Profile& kernel) {
  for_each_step(c, kernel, sockets(),
                [&](const Host& before, const Op& operation, const Host& host, const Outcome& answer) {
                  const auto* const call = std::get_if<op::Connect>(&operation);
                  const Sock* const was = call == nullptr ? nullptr : sock_of(before, call->fd.label);
                  if (was == nullptr || !was->is_tcp() || was->state != model::SS_CONNECTING) return;
                  if (!in_state(was, TcpState::close)) return;
                  const Sock& now = *sock_of(host, call->fd.label);
                  c.goal("the one that was pending", error_of(answer) == was->sk_err && was->sk_err != Errno::none);
                  c.goal("then none is", now.sk_err == Errno::none);
                  c.goal("and the socket is unconnected, idle, and may send and receive",
                         now.state == 1 && is_idle(now) && may_send_and_receive(now));
                  c.twin("it is told twice", now.sk_err == was->sk_err);
                });
};

/// Where a socket was bound before its connect (abstract: nowhere), and where that went.
struct Attempt {
  Family family;
  Address bound, destination;
};

std::vector<Attempt> attempts() {
  std::vector<Attempt> all;
  for (const Family family : {Family::inet, Family::inet6})
    for (const Address bound : {abstract_names, any_address, loopback, loopback6})
      for (const Address destination : {loopback, second_loopback, loopback6})
        if (family == Family::inet6 || (bound != loopback6 && destination != loopback6))
          all.push_back({family, bound, destination});
  return all;
}

/// What may be done with a socket then, and what shows how it went.
std::vector<Program> second_lives() {
  std::vector<Program> all;
  for (const Address each : {any_address, loopback, second_loopback, loopback6}) {
    all.push_back({connect(3, each, 9), info(3), connect(3, each, 9)});
    all.push_back({bind(3, each), listen(3), socket(Family::inet6), connect(4, each), info(3)});
    all.push_back({listen(3), socket(Family::inet6), connect(4, each, other_port), info(3)});
  }
  return all;
}

const auto a_connect_that_failed_leaves_nothing = [](auto& c, const Profile& kernel) {
  for (const Attempt& each : attempts()) {
    Program before{socket(each.family)};
    if (each.bound.kind != Address::Kind::abstract) before.push_back(bind(3, each.bound, other_port));
    const Program refused = then(before, {connect(3, each.destination, 9), connect(3, each.destination, 9)});
    for (const Program& life : second_lives()) {
      c.running(then(refused, life));
      Host fresh = after(kernel, before), used = after(kernel, refused);
      for (const Op& call : life) {
        const Outcome answer = fresh.step(call);
        c.goal("what it answers is what a socket answers that never connected", used.step(call) == answer);
        c.twin("neither is ever refused", error_of(answer) != Errno::econnrefused);
      }
    }
  }
};

const auto both_ends_by_name_are_connected = [](auto& c, const Profile& kernel) {
  for (const SockType type : {SockType::stream, SockType::seqpacket}) {
    const Program program{socket(Family::unix_, type), bind(3, abstract_names),    listen(3),
                          socket(Family::unix_, type), connect(4, abstract_names), accept(3)};
    c.running(program);
    const Host host = after(kernel, program);
    for (const std::int32_t fd : {4, 5}) {
      const Sock* const sk = sock_of(host, fd);
      c.goal("client and child are connected, and of that type",
             in_state(sk, TcpState::established) && sk->state == model::SS_CONNECTED && sk->type == type);
    }
    c.goal("the listener is not", sock_of(host, 3)->state == model::SS_UNCONNECTED);
    c.twin("nor is the client", sock_of(host, 4)->state == model::SS_UNCONNECTED);
  }
};

const auto who_was_shut_down_sends_fin_when_connected = [](auto& c, const Profile& kernel) {
  const Op syn = op::Segment{{}, End{peer_v4, 1000}, End{server_v4, other_port}, Flags::s};
  for (const bool shut : {false, true}) {
    Program program{write(Sysctl::tcp_syncookies, 0),
                    write(Sysctl::tcp_max_syn_backlog, 0),
                    socket(),
                    bind(3, any_address, other_port),
                    listen(3),
                    syn,
                    socket(),
                    bind(4, loopback)};
    if (shut) program.push_back(shutdown(4));
    program = then(program, {connect(4, loopback, other_port), close(3), socket(), bind(3, loopback, other_port)});
    c.running(program);
    Host host = after(kernel, program);
    c.goal("a SYN that was dropped waits", in_state(sock_of(host, 4), TcpState::syn_sent));
    program.push_back(connect(3));
    c.running(program);
    host.step(program.back());
    c.goal("one that meets it connects both; who waited sends FIN if it had been shut down",
           in_state(sock_of(host, 4), shut ? TcpState::fin_wait1 : TcpState::established) &&
               in_state(sock_of(host, 3), shut ? TcpState::close_wait : TcpState::established));
    c.twin("both are established", in_state(sock_of(host, 4), TcpState::established));
  }
  const Program alone{socket(), bind(3, loopback), shutdown(3), connect(3)};
  c.running(alone);
  c.goal("a socket that was shut down and connects to itself is closed by its own FIN",
         in_state(sock_of(after(kernel, alone), 3), TcpState::close));
};

const auto what_has_a_descriptor_is_shown = [](auto& c, const Profile& kernel) {
  const auto shown = [](const Host& host) {
    std::vector<std::int32_t> labels;
    host.sockets().for_each_socket([&](std::int32_t label, const Sock&) { labels.push_back(label); });
    return labels;
  };
  using Labels = std::vector<std::int32_t>;
  Host host = after(kernel, {socket(), socket(), socket(), close(4)});
  c.goal("sockets that have one, in its order", shown(host) == Labels{3, 5});
  const Host before = host;
  host.step(close(0));
  c.goal("a descriptor that is no socket is part of the state", !same_state(before, host));
  for (const std::int32_t wished : {0, 9}) {
    host.name_next_fd(wished);
    c.goal("the next may be named", std::get<outcome::Returned>(host.step(socket())).ret == wished);
  }
  c.goal("then it is the lowest from 3 on", std::get<outcome::Returned>(host.step(socket())).ret == 4);
  c.goal("and they are shown in order", shown(host) == Labels{0, 3, 4, 5, 9});
  c.twin("there are four", shown(host).size() == 4);
};

}  // namespace

std::vector<Theorem> life_theorems() {
  return {
      theorem("lives.a_new_socket_has_nothing_behind_it",
              "A socket of each kind, in a slot that was another's, begins unconnected, without name, options, queue, "
              "peer, timer or error.",
              every_profile, a_new_socket_has_nothing_behind_it),
      theorem("lives.a_disconnected_socket_is_as_new",
              "In every situation a listener that is shut down for reading, and a socket that is while it connects, is "
              "unconnected and idle, may send and receive, and keeps the port and the address that bind named.",
              every_profile, a_disconnected_socket_is_as_new),
      theorem("lives.an_error_is_told_once",
              "In every situation the error of a connect that failed is told by the next, and then there is none.",
              every_profile, an_error_is_told_once),
      theorem("lives.a_connect_that_failed_leaves_nothing",
              "A socket whose connect was refused answers as one that never connected, for every family, address "
              "bound to, destination, and what comes next.",
              every_profile, a_connect_that_failed_leaves_nothing),
      theorem("lives.both_ends_by_name_are_connected",
              "Client and child of a connection by name are connected, and of the listener's type.", every_profile,
              both_ends_by_name_are_connected),
      theorem("lives.who_was_shut_down_sends_fin_when_connected",
              "A SYN that waits is met by one the other way round; the socket that waited sends FIN at once if it had "
              "been shut down for sending, and one that connects to itself, too.",
              every_profile, who_was_shut_down_sends_fin_when_connected),
      theorem("lives.what_has_a_descriptor_is_shown",
              "Sockets are shown in the order of their descriptors, of which the next may be named, 0 as well.",
              every_profile, what_has_a_descriptor_is_shown),
  };
}

}  // namespace weir::proofs
