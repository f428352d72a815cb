// The life of a connection over loopback, from connect to the last FIN, and of one by name.
#include <algorithm>
#include <concepts>
#include <optional>
#include <set>

#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/situations.hpp"

namespace weir::proofs {
namespace {

using namespace program;

constexpr Address address(std::uint32_t v4) { return {Address::Kind::v4, v4}; }

/// What connect answers from where it was bound to (abstract: nowhere) to each destination, of a stream and of
/// datagrams.
struct ConnectRow {
  Family family;
  Address bound;
  std::string_view stream, datagram;
};

constexpr auto destinations = std::to_array({any_address, loopback, address(0x7fffffff), address(0xe0000001),
                                             address(0xffffffff), loopback6, address(server_v4), abstract_names});

// To any, 127.0.0.1, 127.255.255.255, 224.0.0.1, 255.255.255.255, ::1, 192.0.2.1, an abstract name.
// .: success, P: EINPROGRESS, U: ENETUNREACH, F: EAFNOSUPPORT, C: EACCES, I: EINVAL
constexpr auto connect_table = std::to_array<ConnectRow>({
    {Family::inet, abstract_names, "PPUUUFUI", "..CUUFUI"},
    {Family::inet, loopback, "PPUUUFUI", "..C.CFUI"},
    {Family::inet, address(0x7fffffff), "PPUUUFUI", "..CUUFUI"},
    {Family::inet, address(0xe0000001), "PPUUUFUI", "..CUUFUI"},
    {Family::inet, address(0xffffffff), "PPUUUFUI", "..CUUFUI"},
    {Family::inet6, abstract_names, "PPUUUPUI", "..CUU.UI"},
    {Family::inet6, loopback6, "PUUUUPUI", ".UUUU.UI"},
    {Family::inet6, loopback, "PPUUUFUI", "..C.CFUI"},
    {Family::inet6, address(0x7fffffff), "UUUUUFUI", "UUUUUFUI"},
    {Family::inet6, address(0xe0000001), "IIIIIFII", "IIIIIFII"},
    {Family::inet6, address(0xffffffff), "IIIIIFII", "IIIIIFII"},
});

const auto connect_answers_by_the_table = [](auto& c, const Profile& kernel) {
  for (const ConnectRow& row : connect_table)
    for (const SockType type : {SockType::stream, SockType::dgram})
      for (std::size_t i = 0; i < destinations.size(); ++i) {
        Program program{socket(row.family, type)};
        if (row.bound.kind != Address::Kind::abstract) program.push_back(bind(3, row.bound, other_port));
        Host host = after(kernel, program);
        program.push_back(connect(3, destinations[i]));
        c.running(program);
        const std::string_view answers = type == SockType::stream ? row.stream : row.datagram;
        const Errno error = error_of(host.step(program.back()));
        c.goal("the answer is that of the table", letter(error) == answers[i]);
        const bool went = error == Errno::none || error == Errno::einprogress;
        c.goal("datagrams have a port then", error != Errno::none || sock_of(host, 3)->binding.port != 0);
        c.goal("nobody listens: a stream is refused, and says so once",
               error != Errno::einprogress || sock_of(host, 3)->sk_err == Errno::econnrefused);
        c.twin("only loopback is reached", went == (i == 1));
      }
};

/// The states of a client, 4, and its child, 5, after one more call.
struct PairRow {
  std::string_view before;  ///< what happened to the pair: f, F: the client's, server's FIN; a: and 100 ms
  std::int32_t fd;          ///< who is shut down for sending
  TcpState client, child;
};

// RFC 9293, figure 5, over loopback: no time passes within a call.
constexpr auto pair_table = std::to_array<PairRow>({
    {"", 4, TcpState::fin_wait1, TcpState::close_wait},
    {"", 5, TcpState::close_wait, TcpState::fin_wait1},
    {"f", 4, TcpState::fin_wait1, TcpState::close_wait},
    {"f", 5, TcpState::close, TcpState::close},
    {"fa", 4, TcpState::fin_wait2, TcpState::close_wait},
    {"fa", 5, TcpState::close, TcpState::close},
    {"F", 4, TcpState::close, TcpState::close},
    {"F", 5, TcpState::close_wait, TcpState::fin_wait1},
    {"Fa", 4, TcpState::close, TcpState::close},
    {"Fa", 5, TcpState::close_wait, TcpState::fin_wait2},
});

bool in_state(const Sock* sk, TcpState state) {
  return sk != nullptr && sk->sk_state == static_cast<std::int32_t>(state);
}

Program pair_after(std::string_view what) {
  Program program = then(then(listener(3), client(4)), {accept(3)});
  for (const char each : what) program.push_back(each == 'f' ? shutdown(4) : each == 'F' ? shutdown(5) : pass(100));
  return program;
}

const auto a_connection_ends_by_the_diagram = [](auto& c, const Profile& kernel) {
  for (const PairRow& row : pair_table) {
    const std::int32_t other = 9 - row.fd;
    const auto state_of = [&](std::int32_t fd) { return fd == 4 ? row.client : row.child; };
    for (const How how : {How::wr, How::rdwr}) {
      const Program program = then(pair_after(row.before), {shutdown(row.fd, how)});
      c.running(program);
      const Host host = after(kernel, program);
      c.goal("shutdown takes both ends where the diagram says",
             in_state(sock_of(host, 4), row.client) && in_state(sock_of(host, 5), row.child));
      c.twin("both ends are always the same", sock_of(host, 4)->sk_state == sock_of(host, 5)->sk_state);
    }
    const Program program = then(pair_after(row.before), {close(row.fd)});
    c.running(program);
    const Host host = after(kernel, program);
    c.goal("close takes the other end there, too", in_state(sock_of(host, other), state_of(other)));
    const Program reading = then(pair_after(row.before), {shutdown(row.fd, How::rd)});
    c.running(reading);
    const Host before = after(kernel, pair_after(row.before)), read = after(kernel, reading);
    for (const std::int32_t fd : {4, 5})
      c.goal("shutting down for reading moves nobody", sock_of(before, fd)->sk_state == sock_of(read, fd)->sk_state);
  }
};

const auto a_connect_is_told_once = [](auto& c, const Profile& kernel) {
  const auto answers = [&](const Program& before, std::int32_t fd, const std::vector<Errno>& expected) {
    Program program = before;
    for (std::size_t i = 0; i < expected.size(); ++i) program.push_back(connect(fd));
    c.running(program);
    Host host = after(kernel, before);
    for (const Errno each : expected)
      c.goal("the answer is the one that is due", error_of(host.step(connect(fd))) == each);
  };
  answers({socket()}, 3, {Errno::einprogress, Errno::econnrefused, Errno::einprogress});
  answers(listener(3), 3, {Errno::eisconn, Errno::eisconn});
  answers(then(listener(3), {socket()}), 4, {Errno::einprogress, Errno::none, Errno::eisconn});
  const Program full = then(then(listener(3, 0), client(4)), {socket()});
  if (!kernel.young_spares_syn && !kernel.syncookies_always)
    answers(then({write(Sysctl::tcp_syncookies, 0)}, full), 5, {Errno::einprogress, Errno::ealready});
  answers(then(client(3), {shutdown(3)}), 3, {Errno::einval, Errno::einval});
  answers(then(client(3), {connect(3)}), 3, {Errno::einprogress});
  answers(then(pair_after(""), {connect(4), shutdown(4), shutdown(5)}), 4, {Errno::eisconn});
  answers(then(pair_after(""), {close(5)}), 4, {Errno::none, Errno::eisconn});
  const Host host = after(kernel, client(3));
  c.twin("nobody is refused", sock_of(host, 3)->sk_err == Errno::none);
};

const auto accept_takes_who_waited_longest = [](auto& c, const Profile& kernel) {
  for_each_step(
      c, kernel, sockets(), [&](const Host& before, const Op& operation, const Host& host, const Outcome& answer) {
        const auto* const call = std::get_if<op::Accept>(&operation);
        if (call == nullptr) return;
        const Sock* const listener = sock_of(before, call->fd.label);
        const Errno error = error_of(answer);
        if (listener == nullptr) return;
        const bool listens = in_state(listener, TcpState::listen) && (listener->is_tcp() || listener->is_unix_stream());
        const model::SockId first = listener->first_child;
        c.goal("success exactly where a connection waits",
               (error == Errno::none) == (listens && first != model::no_sock));
        c.goal("EAGAIN exactly where none does", (error == Errno::eagain) == (listens && first == model::no_sock));
        if (error != Errno::none) return;
        const auto fd = static_cast<std::int32_t>(std::get<outcome::Returned>(answer).ret);
        const Sock *const taken = sock_of(host, fd), *const now = sock_of(host, call->fd.label);
        c.goal("it is the first of the line, as it was",
               taken->born == net_of(before)[first].born && taken->sk_state == net_of(before)[first].sk_state);
        c.goal("the next is first now", now->first_child == net_of(before)[first].next);
        c.goal("one fewer waits", now->listener.sk_ack_backlog + 1 == listener->listener.sk_ack_backlog);
        c.goal("the limit stays", now->listener.sk_max_ack_backlog == listener->listener.sk_max_ack_backlog);
        c.twin("none is left", now->first_child == model::no_sock);
      });
};

const auto a_backlog_of_n_admits_n_and_one = [](auto& c, const Profile& kernel) {
  for (std::uint32_t n = 0; n < 4; ++n)
    for (const Family family : {Family::inet, Family::unix_}) {
      const Address to = family == Family::inet ? loopback : abstract_names;
      Program program{socket(family), bind(3, family == Family::inet ? any_address : to),
                      listen(3, static_cast<std::int32_t>(n))};
      for (std::int32_t fd = 4; fd < 11; ++fd) program = then(program, {socket(family), connect(fd, to)});
      program.push_back(info(3));
      c.running(program);
      const Host host = after(kernel, program);
      c.goal("n + 1 wait", sock_of(host, 3)->listener.sk_ack_backlog == n + 1);
      c.twin("n wait", sock_of(host, 3)->listener.sk_ack_backlog == n);
      program.push_back(accept(3));
      program.push_back(socket(family));
      program.push_back(connect(12, to));
      const Host later = after(kernel, program);
      c.goal("when one is accepted there is room for one", sock_of(later, 3)->listener.sk_ack_backlog == n + 1);
      c.goal("which is the next that comes", in_state(sock_of(later, 12), TcpState::established));
    }
};

/// Calls that may take a socket that exists into a state that it was not in, by what can happen to it.
bool may_enter(TcpState state, const Op& operation) {
  const auto one_of = [&](std::initializer_list<std::string_view> calls) {
    return std::find(calls.begin(), calls.end(), name_of(operation)) != calls.end();
  };
  switch (state) {
    case TcpState::listen:
      return one_of({"listen"});
    case TcpState::syn_sent:
      return one_of({"connect"});
    case TcpState::established:
      return one_of({"connect", "advance"});
    case TcpState::fin_wait1:
    case TcpState::last_ack:
      return one_of({"shutdown", "close", "connect", "advance"});
    case TcpState::fin_wait2:
    case TcpState::closing:
      return one_of({"advance", "segment", "shutdown", "close"});
    case TcpState::close_wait:
      return one_of({"shutdown", "close", "segment", "connect", "advance"});
    default:
      return !one_of({"bind", "setsockopt", "getsockopt", "tcp_info", "netstat", "listen", "accept", "sysctl_write"});
  }
}

const auto states_are_entered_by_their_calls = [](auto& c, const Profile& kernel) {
  for_each_step(c, kernel, sockets(), [&](const Host& before, const Op& operation, const Host& host, const Outcome&) {
    const Net &was = net_of(before), &now = net_of(host);
    for (model::SockId id = 0; id < was.socks.size(); ++id) {
      const Sock &a = was[id], &b = now[id];
      if (a.born != b.born || a.held_by == model::HeldBy::nobody || a.sk_state == b.sk_state) continue;
      c.goal("a socket for datagrams is moved by connect alone", !a.is_udp() || name_of(operation) == "connect");
      if (!a.is_tcp()) continue;
      const auto state = static_cast<TcpState>(b.sk_state);
      c.goal("nobody is in a state that the model does not have",
             state != TcpState::syn_recv && state != TcpState::time_wait);
      c.goal("each is entered by the calls that can",
             b.held_by == model::HeldBy::nobody || may_enter(state, operation));
      c.goal("who was in LISTEN is in CLOSE", !in_state(&a, TcpState::listen) || state == TcpState::close);
      c.twin("nobody leaves LISTEN", !in_state(&a, TcpState::listen));
    }
  });
};

/// The socket, the other end of each connection in reach, the listener that each waits at, and who waits there.
std::set<model::SockId> connected_to(const Net& net, model::SockId start) {
  std::set<model::SockId> found{start};
  std::vector<model::SockId> open{start};
  const auto add = [&](model::SockId id) {
    if (id != model::no_sock && found.insert(id).second) open.push_back(id);
  };
  while (!open.empty()) {
    const model::SockId id = open.back();
    open.pop_back();
    add(net[id].peer);
    add(net[id].cookie_from);
    for (model::SockId child = net[id].first_child; child != model::no_sock; child = net[child].next) add(child);
    for (model::SockId other = 0; other < net.socks.size(); ++other) {
      if (net[other].cookie_from == id) add(other);
      for (model::SockId child = net[other].first_child; child != model::no_sock; child = net[child].next)
        if (child == id) add(other);
    }
    for (const model::Request& each : net.requests) {
      if (each.listener == id) add(each.client);
      if (each.client == id) add(each.listener);
    }
  }
  return found;
}

/// The descriptor of a call that looks for no other socket by its address.
std::optional<std::int32_t> fd_of(const Op& operation) {
  return std::visit(
      []<class Call>(const Call& each) -> std::optional<std::int32_t> {
        if constexpr (requires { each.fd; })
          if (!std::same_as<Call, op::Connect>) return each.fd.label;
        return std::nullopt;
      },
      operation);
}

const auto a_call_touches_only_who_is_connected = [](auto& c, const Profile& kernel) {
  for_each_step(c, kernel, sockets(), [&](const Host& before, const Op& operation, const Host& host, const Outcome&) {
    const auto fd = fd_of(operation);
    const Sock* const sk = fd ? sock_of(before, *fd) : nullptr;
    if (sk == nullptr) return;
    const Net &was = net_of(before), &now = net_of(host);
    const auto id = static_cast<model::SockId>(sk - was.socks.data());
    const auto connected = connected_to(was, id);
    bool others_stay = true, nobody_else = true;
    for (model::SockId other = 0; other < was.socks.size(); ++other) {
      if (was[other] == now[other]) continue;
      others_stay = others_stay && (connected.count(other) != 0 || was[other].born != now[other].born);
      nobody_else = nobody_else && other == id;
    }
    c.goal("the socket, those it is connected to, and who waits with them", others_stay);
    c.twin("the socket alone", nobody_else);
  });
};

const auto counters_only_grow = [](auto& c, const Profile& kernel) {
  for_each_step(c, kernel, sockets(), [&](const Host& before, const Op& operation, const Host& host, const Outcome&) {
    const auto &was = net_of(before).mib[0], &now = net_of(host).mib[0];
    c.goal("no counter goes back", now.ListenOverflows >= was.ListenOverflows && now.ListenDrops >= was.ListenDrops &&
                                       now.SyncookiesSent >= was.SyncookiesSent &&
                                       now.EmbryonicRsts >= was.EmbryonicRsts &&
                                       now.TCPDeferAcceptDrop >= was.TCPDeferAcceptDrop);
    c.goal("every overflow is a drop, too",
           now.ListenOverflows - was.ListenOverflows <= now.ListenDrops - was.ListenDrops);
    const bool moves = std::holds_alternative<op::Segment>(operation) ||
                       std::holds_alternative<op::Connect>(operation) ||
                       std::holds_alternative<op::Advance>(operation) ||
                       std::holds_alternative<op::Shutdown>(operation) || std::holds_alternative<op::Close>(operation);
    c.goal("only what sends segments moves them", moves || was == now);
    c.twin("nothing moves them", was == now);
  });
};

}  // namespace

std::vector<Theorem> connection_theorems() {
  return {
      theorem("connections.connect_answers_by_the_table",
              "connect answers by a table of families, where the socket is bound and where it connects to.",
              every_profile, connect_answers_by_the_table),
      theorem("connections.connect_is_told_once",
              "What became of a connect is told once: EISCONN, EALREADY, EINVAL, success or the error that is due.",
              every_profile, a_connect_is_told_once),
      theorem("connections.end_by_the_diagram",
              "shutdown and close take both ends of a connection over loopback where the diagram of TCP's states says; "
              "shutting down for reading moves nobody.",
              every_profile, a_connection_ends_by_the_diagram),
      theorem("connections.accept_takes_who_waited_longest",
              "In every situation accept succeeds exactly where a connection waits, takes the first of the line as it "
              "is, and leaves the others and the limit.",
              every_profile, accept_takes_who_waited_longest),
      theorem("connections.a_backlog_of_n_admits_n_and_one",
              "With a backlog of 0 .. 3, n + 1 of seven clients wait for accept, over loopback and by name.",
              every_profile, a_backlog_of_n_admits_n_and_one),
      theorem("connections.states_are_entered_by_their_calls",
              "In every situation a socket gets into a state only by the calls that can take it there, and from LISTEN "
              "to CLOSE only.",
              every_profile, states_are_entered_by_their_calls),
      theorem("connections.a_call_touches_only_who_is_connected",
              "In every situation a call on a socket, other than connect, changes no socket but that one, the other "
              "ends and listeners that it is connected to or waits at, and who waits there.",
              every_profile, a_call_touches_only_who_is_connected),
      theorem("connections.counters_only_grow",
              "In every situation no counter goes back, every overflow is a drop, and only what sends segments moves "
              "them.",
              every_profile, counters_only_grow),
  };
}

}  // namespace weir::proofs
