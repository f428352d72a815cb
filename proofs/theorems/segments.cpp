// Segments of remote peers, by tables: in each state, what each kind of segment is answered by and where it leads.
#include <algorithm>

#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/programs.hpp"

namespace weir::proofs {
namespace {

using namespace program;

/// What segments are told apart by.
enum class Kind { reset, syn, nothing, ack, data, fin, fin_with_data, count };

struct Sent {
  Kind kind;
  Flags flags;
  std::uint32_t len;
};

/// Each way to send each kind. Without ACK a FIN says nothing; what RST, SYN and segments without ACK carry is not
/// looked at.
constexpr auto all_sent = std::to_array<Sent>({
    {Kind::reset, Flags::r, 0},
    {Kind::reset, Flags::ra, 0},
    {Kind::reset, Flags::ra, 5},
    {Kind::syn, Flags::s, 0},
    {Kind::syn, Flags::sa, 0},
    {Kind::syn, Flags::sa, 5},
    {Kind::nothing, Flags::none, 0},
    {Kind::nothing, Flags::f, 0},
    {Kind::nothing, Flags::f, 5},
    {Kind::ack, Flags::a, 0},
    {Kind::ack, Flags::pa, 0},
    {Kind::data, Flags::a, 5},
    {Kind::data, Flags::pa, 1},
    {Kind::fin, Flags::fa, 0},
    {Kind::fin_with_data, Flags::fa, 5},
});

/// The answer to a kind of segment, and the state that it leads to; `time_wait` where nothing but that is left.
struct Effect {
  Flags reply;
  TcpState state;
};

struct StateRow {
  std::string_view what;
  Program before;  ///< listener 3, connection 4
  TcpState state;
  std::array<Effect, static_cast<std::size_t>(Kind::count)> effects;
  bool inherited = false;  ///< the connection waits in the accept queue
};

Program remote(const Program& more) {
  return then(then(listener(3), {segment(Flags::s), segment(Flags::a), accept(3)}), more);
}

constexpr Effect drop(TcpState state) { return {Flags::none, state}; }
constexpr Effect acked(TcpState state) { return {Flags::a, state}; }
constexpr Effect over{Flags::none, TcpState::close}, refused{Flags::r, TcpState::close};
constexpr Effect waits{Flags::none, TcpState::time_wait}, last{Flags::a, TcpState::time_wait};

/// reset, SYN, nothing, ACK, data, FIN, FIN with data
std::vector<StateRow> state_table() {
  using S = TcpState;
  const Op ack = segment(Flags::a), fin = segment(Flags::fa);
  return {
      {"ESTABLISHED",
       remote({}),
       S::established,
       {over, acked(S::established), drop(S::established), drop(S::established), acked(S::established),
        drop(S::close_wait), drop(S::close_wait)}},
      {"CLOSE_WAIT",
       remote({fin}),
       S::close_wait,
       {over, acked(S::close_wait), drop(S::close_wait), drop(S::close_wait), drop(S::close_wait), acked(S::close_wait),
        acked(S::close_wait)}},
      {"FIN_WAIT1",
       remote({shutdown(4)}),
       S::fin_wait1,
       {over, acked(S::fin_wait1), drop(S::fin_wait1), drop(S::fin_wait2), acked(S::fin_wait2), last, last}},
      {"FIN_WAIT2",
       remote({shutdown(4), ack}),
       S::fin_wait2,
       {over, acked(S::fin_wait2), drop(S::fin_wait2), drop(S::fin_wait2), acked(S::fin_wait2), last, last}},
      {"FIN_WAIT1, not read",
       remote({shutdown(4, How::rdwr)}),
       S::fin_wait1,
       {over, acked(S::fin_wait1), drop(S::fin_wait1), drop(S::fin_wait2), refused, last, refused}},
      {"FIN_WAIT2, not read",
       remote({shutdown(4), ack, shutdown(4, How::rd)}),
       S::fin_wait2,
       {over, acked(S::fin_wait2), drop(S::fin_wait2), drop(S::fin_wait2), refused, last, refused}},
      {"FIN_WAIT2, closed",
       remote({shutdown(4), ack, close(4)}),
       S::fin_wait2,
       {over, acked(S::fin_wait2), drop(S::fin_wait2), drop(S::fin_wait2), refused, last, refused}},
      {"FIN_WAIT1, closed",
       remote({close(4)}),
       S::fin_wait1,
       {over, acked(S::fin_wait1), drop(S::fin_wait1), drop(S::fin_wait2), refused, last, refused}},
      {"LAST_ACK",
       remote({fin, shutdown(4)}),
       S::last_ack,
       {over, acked(S::last_ack), drop(S::last_ack), over, over, over, over}},
      {"CLOSING",
       {socket(), bind(3), shutdown(3), listen(3), segment(Flags::s), fin},
       S::closing,
       {over, acked(S::closing), drop(S::closing), waits, waits, waits, waits}},
  };
}

/// The connection with peer 0; nullptr where there is none, or one in CLOSE.
const Sock* connection(const Host& host) {
  for (const Sock& each : net_of(host).socks)
    if (each.remote && each.sk_state != static_cast<std::int32_t>(TcpState::close)) return &each;
  return nullptr;
}

bool is_in(const Host& host, TcpState state) {
  const Sock* const sk = connection(host);
  const bool in_time_wait = !net_of(host).buckets.empty() && !net_of(host).buckets[0].time_wait.empty();
  if (state == TcpState::time_wait) return sk == nullptr && in_time_wait;
  if (state == TcpState::close) return sk == nullptr && !in_time_wait;
  return sk != nullptr && sk->sk_state == static_cast<std::int32_t>(state);
}

const auto a_connection_takes_segments_by_the_table = [](auto& c, const Profile& kernel) {
  for (const StateRow& row : state_table()) {
    const Host before = after(kernel, row.before);
    c.goal("the connection is in that state", is_in(before, row.state));
    for (const Sent& sent : all_sent) {
      const Program program = then(row.before, {segment(sent.flags, sent.len)});
      c.running(program);
      Host host = before;
      const Effect& effect = row.effects[static_cast<std::size_t>(sent.kind)];
      const Outcome answer = host.step(program.back());
      c.goal("the answer is that of the table", answer == Outcome(outcome::Replied{effect.reply}));
      c.goal("and so is the state after it", is_in(host, effect.state));
      c.goal("the listener and its counters are as they were",
             net_of(host).mib == net_of(before).mib && *sock_of(host, 3) == *sock_of(before, 3));
      c.twin("none is answered", answer == Outcome(outcome::Replied{Flags::none}));
    }
  }
};

const auto a_child_that_sends_fin_takes_data = [](auto& c, const Profile& kernel) {
  for (const How how : {How::wr, How::rdwr}) {
    const Program program{socket(),  bind(3), shutdown(3, how), listen(3), segment(Flags::s), segment(Flags::pa, 5),
                          accept(3), info(4)};
    c.running(program);
    Host host = after(kernel, Program(program.begin(), program.begin() + 5));
    c.goal("its FIN goes back", host.step(program[5]) == Outcome(outcome::Replied{Flags::fa}));
    c.goal("and it is gone if it had been shut down for reading, too",
           is_in(host, how == How::wr ? TcpState::fin_wait1 : TcpState::close));
    c.twin("it is gone", is_in(host, TcpState::close));
  }
};

const auto every_slot_is_looked_at = [](auto& c, const Profile& kernel) {
  // The listener is the second socket; the first one's slot is the child's.
  const Program made{socket(), socket(), bind(4), listen(4), close(3), segment(Flags::s), segment(Flags::a), accept(4)};
  const Program program = then(made, {segment(Flags::a, 5)});
  c.running(program);
  Host host = after(kernel, made);
  const Outcome answer = host.step(program.back());
  c.goal("a connection in the first is found", answer == Outcome(outcome::Replied{Flags::a}));
  c.twin("it is not", answer == Outcome(outcome::Replied{Flags::r}));
  Host alone = after(kernel, {socket(Family::unix_), bind(3, abstract_names), listen(3), socket(Family::unix_)});
  c.goal("so is a name", error_of(alone.step(connect(4, abstract_names))) == Errno::none);
  Host ends =
      after(kernel, {socket(), set(3, SockOpt::so_reuseaddr), bind(3, loopback, other_port), socket(), bind(4),
                     listen(4), connect(3), socket(), set(5, SockOpt::so_reuseaddr), bind(5, loopback, other_port)});
  c.goal("and so are the ends of a connection", error_of(ends.step(connect(5))) == Errno::eaddrnotavail);
};

const auto answers_to_syns_are_500_ms_apart = [](auto& c, const Profile& kernel) {
  const Program pair = remote({});
  const Program waiting = remote({shutdown(4), segment(Flags::a), segment(Flags::fa)});
  const Program request = then(listener(3), {segment(Flags::s)});
  const std::vector<std::pair<Program, Flags>> all{
      {pair, Flags::s}, {pair, Flags::sa}, {waiting, Flags::sa}, {request, Flags::s}, {request, Flags::sa}};
  for (const auto& [before, flags] : all)
    for (const std::uint32_t ms : {0U, 1U, 499U, 500U}) {
      const Program program = then(before, {segment(flags), pass(ms), segment(flags)});
      c.running(program);
      Host host = after(kernel, Program(program.begin(), program.end() - 1));
      const Outcome answer = host.step(program.back());
      const bool answered = std::get<outcome::Replied>(answer).reply != Flags::none;
      c.goal("the second is answered from 500 ms on, before 4.0 always",
             answered == (ms >= 500 || !kernel.oow_rate_limited));
      c.twin("it is never answered", !answered);
    }
};

const auto what_an_orphan_answered_is_forgotten_in_time_wait = [](auto& c, const Profile& kernel) {
  const Op fin = segment(Flags::fa), syn_ack = segment(Flags::sa);
  const Program closing{socket(), bind(3), shutdown(3), listen(3), segment(Flags::s), fin, accept(3), close(4)};
  const Program waiting = remote({shutdown(4), segment(Flags::a), close(4)});
  // The FIN acknowledged in CLOSING, or the peer's own in FIN_WAIT2, which the kernel keeps as a TIME_WAIT already.
  for (const auto& [before, ending, kept] :
       {std::tuple{closing, segment(Flags::a), false}, std::tuple{waiting, fin, true}}) {
    const Program program = then(before, {syn_ack, ending, syn_ack});
    c.running(program);
    Host host = after(kernel, Program(program.begin(), program.end() - 1));
    c.goal("it is in TIME_WAIT", is_in(host, TcpState::time_wait));
    const bool answered = host.step(program.back()) == Outcome(outcome::Replied{Flags::a});
    c.goal("and answers anew, but from 4.0 on not where it was one before",
           answered == !(kept && kernel.oow_rate_limited));
    c.twin("it never answers", !answered);
  }
};

struct RequestRow {
  bool defers;
  Flags flags;
  std::uint32_t len;
  Flags reply;
  bool stays, child;
  unsigned embryonic;
};

// A request that is young, in a listener with TCP_DEFER_ACCEPT or without.
constexpr auto request_table = std::to_array<RequestRow>({
    {false, Flags::s, 0, Flags::sa, true, false, 0},
    {false, Flags::sa, 0, Flags::a, true, false, 0},
    {false, Flags::r, 0, Flags::none, false, false, 1},
    {false, Flags::ra, 0, Flags::none, false, false, 1},
    {false, Flags::none, 0, Flags::none, true, false, 0},
    {false, Flags::f, 0, Flags::none, true, false, 0},
    {false, Flags::a, 0, Flags::none, false, true, 0},
    {false, Flags::pa, 5, Flags::a, false, true, 0},
    {false, Flags::fa, 0, Flags::none, false, true, 0},
    {false, Flags::fa, 5, Flags::none, false, true, 0},
    {true, Flags::a, 0, Flags::none, true, false, 0},
    {true, Flags::pa, 0, Flags::none, true, false, 0},
    {true, Flags::a, 1, Flags::a, false, true, 0},
    {true, Flags::fa, 0, Flags::none, false, true, 0},
    {true, Flags::r, 0, Flags::none, false, false, 1},
    {true, Flags::s, 0, Flags::sa, true, false, 0},
});

const auto a_request_takes_segments_by_the_table = [](auto& c, const Profile& kernel) {
  for (const RequestRow& row : request_table) {
    Program program{socket(), bind(3), set(3, SockOpt::tcp_defer_accept, row.defers ? 5 : 0), listen(3),
                    segment(Flags::s)};
    Host host = after(kernel, program);
    program.push_back(segment(row.flags, row.len));
    c.running(program);
    c.goal("the answer is that of the table", host.step(program.back()) == Outcome(outcome::Replied{row.reply}));
    const auto& queue = sock_of(host, 3)->listener;
    c.goal("the request stays or goes", queue.qlen == (row.stays ? 1U : 0U) && queue.young == queue.qlen);
    c.goal("a child waits, or none", queue.sk_ack_backlog == (row.child ? 1U : 0U));
    c.goal("a request that is reset is counted", net_of(host).mib[0].EmbryonicRsts == row.embryonic);
    c.goal("one that is deferred, too",
           net_of(host).mib[0].TCPDeferAcceptDrop == (row.defers && row.stays && row.flags != Flags::s ? 1U : 0U));
    c.twin("every ACK makes a child", queue.sk_ack_backlog == (has_ack(row.flags) ? 1U : 0U));
  }
};

struct NobodyRow {
  Flags flags;
  Flags to_listener, to_nobody, to_time_wait;
};

// Where no request, connection or cookie is: a listener, or not even that. And where TIME_WAIT is, of no listener.
constexpr auto nobody_table = std::to_array<NobodyRow>({
    {Flags::none, Flags::none, Flags::r, Flags::none},
    {Flags::s, Flags::sa, Flags::r, Flags::a},
    {Flags::sa, Flags::r, Flags::r, Flags::a},
    {Flags::a, Flags::r, Flags::r, Flags::none},
    {Flags::pa, Flags::r, Flags::r, Flags::none},
    {Flags::f, Flags::none, Flags::r, Flags::a},
    {Flags::fa, Flags::r, Flags::r, Flags::a},
    {Flags::r, Flags::none, Flags::none, Flags::none},
    {Flags::ra, Flags::none, Flags::none, Flags::none},
});

const auto strangers_are_answered_by_the_table = [](auto& c, const Profile& kernel) {
  const Program gone = remote({shutdown(4), segment(Flags::a), segment(Flags::fa), close(3)});
  for (const NobodyRow& row : nobody_table) {
    const auto reply = [&](const Program& before) {
      const Program program = then(before, {segment(row.flags)});
      c.running(program);
      Host host = after(kernel, before);
      return host.step(program.back());
    };
    c.goal("by a listener", reply(listener(3)) == Outcome(outcome::Replied{row.to_listener}));
    const Outcome by_nobody = reply({});
    c.goal("by nobody", by_nobody == Outcome(outcome::Replied{row.to_nobody}));
    c.goal("and by what is left of a connection", reply(gone) == Outcome(outcome::Replied{row.to_time_wait}));
    c.twin("nobody resets all", by_nobody == Outcome(outcome::Replied{Flags::r}));
  }
};

const auto what_cannot_come_in_is_not_answered = [](auto& c, const Profile& kernel) {
  constexpr auto addresses = std::to_array<std::pair<std::uint32_t, bool>>({{0x7f000001, false},
                                                                            {0x7fffffff, false},
                                                                            {0x00000001, false},
                                                                            {0x00ffffff, false},
                                                                            {0x01000000, true},
                                                                            {0x7effffff, true},
                                                                            {0x80000000, true},
                                                                            {0xdfffffff, true},
                                                                            {0xe0000000, false},
                                                                            {0xefffffff, false},
                                                                            {0xf0000000, true},
                                                                            {0xfffffffe, true},
                                                                            {0xffffffff, false},
                                                                            {peer_v4, true}});
  for (const auto& [v4, may] : addresses)
    for (const bool is_source : {true, false}) {
      const End other{server_v4, port}, odd{v4, 1000};
      Program program = listener(3);
      program.push_back(
          op::Segment{{}, is_source ? odd : End{peer_v4, 1000}, is_source ? other : End{v4, port}, Flags::s});
      if (!is_source && v4 == peer_v4) continue;  // from itself
      c.running(program);
      const Host host = after(kernel, program);
      c.goal("no request for loopback, this network, multicast, broadcast",
             net_of(host).requests.size() == (may ? 1U : 0U));
      c.twin("for every address", net_of(host).requests.size() == 1);
    }
  Host host = after(kernel, listener(3));
  c.goal("nor for what comes from the address that it goes to",
         host.step(op::Segment{{}, End{server_v4, 1000}, End{server_v4, port}, Flags::s}) ==
             Outcome(outcome::Replied{Flags::none}));
};

const auto time_wait_is_renewed_by_a_syn = [](auto& c, const Profile& kernel) {
  const Program waiting =
      remote({shutdown(4), segment(Flags::a), segment(Flags::fa), write(Sysctl::tcp_syncookies, 2)});
  for (const Flags flags : {Flags::s, Flags::r, Flags::none, Flags::a, Flags::fa, Flags::f})
    for (const std::uint32_t ms : {59'999U, 60'000U}) {
      const Program program = then(waiting, {pass(30'000), segment(flags), pass(ms)});
      c.running(program);
      Host host = after(kernel, Program(program.begin(), program.end() - 1));
      const bool left = is_in(host, TcpState::time_wait);
      c.goal("a SYN and a RST end it", left == (flags != Flags::s && flags != Flags::r));
      c.goal("a SYN begins anew, which needs no cookie", (net_of(host).requests.size() == 1) == (flags == Flags::s));
      host.step(program.back());
      const bool restarts = flags == Flags::a || flags == Flags::fa || flags == Flags::none;
      c.goal("it lasts 60 s from the last segment that is in order or has ACK",
             !left || is_in(host, TcpState::time_wait) == (restarts && ms < 60'000));
      c.twin("it lasts 60 s from its beginning", !left || !is_in(host, TcpState::time_wait));
    }
};

}  // namespace

std::vector<Theorem> segment_theorems() {
  return {
      theorem("segments.to_a_connection_by_the_table",
              "A connection with a remote peer answers each kind of segment, and changes its state, by a table of "
              "states; its listener and all counters stay.",
              every_profile, a_connection_takes_segments_by_the_table),
      theorem("segments.a_child_that_sends_fin_takes_data",
              "Data that come with the third ACK of a child whose listener had been shut down for sending wait to be "
              "read; they end the child if it had been shut down for reading as well.",
              every_profile, a_child_that_sends_fin_takes_data),
      theorem("segments.every_slot_is_looked_at",
              "Connections, names and ends are found wherever they stand, in the first slot as well.", every_profile,
              every_slot_is_looked_at),
      theorem("segments.answers_to_syns_are_500_ms_apart",
              "SYNs to a request, a connection or TIME_WAIT are answered at most once in 500 ms, before 4.0 always.",
              every_profile, answers_to_syns_are_500_ms_apart),
      theorem("segments.what_an_orphan_answered_is_forgotten_in_time_wait",
              "An orphan that goes from CLOSING to TIME_WAIT answers a SYN that comes at once after another; one that "
              "goes there from FIN_WAIT2, from 4.0 on, does not.",
              every_profile, what_an_orphan_answered_is_forgotten_in_time_wait),
      theorem("segments.to_a_request_by_the_table",
              "A request answers each kind of segment by a table: it stays, becomes a child, or is reset and counted.",
              every_profile, a_request_takes_segments_by_the_table),
      theorem("segments.strangers_are_answered_by_the_table",
              "What comes from a peer that nothing is known of is answered by a table: by a listener, by nobody, by "
              "what is left of a connection.",
              every_profile, strangers_are_answered_by_the_table),
      theorem("segments.what_cannot_come_in_is_not_answered",
              "A SYN from or to loopback, this network, multicast or broadcast, or from the address that it goes to, "
              "is not answered; from and to any other it makes a request.",
              every_profile, what_cannot_come_in_is_not_answered),
      theorem("segments.time_wait_is_ended_by_a_syn",
              "TIME_WAIT of a remote peer ends by a SYN, which makes a request, by a RST, or 60 s after the last "
              "segment that is in order or has ACK.",
              every_profile, time_wait_is_renewed_by_a_syn),
  };
}

}  // namespace weir::proofs
