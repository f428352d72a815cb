// What happens when: the moments of timers, by tables in seconds and milliseconds.
#include <algorithm>

#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/programs.hpp"

namespace weir::proofs {
namespace {

using namespace program;

/// A host whose time is told, not how much of it passes.
class Clocked {
 public:
  Clocked(const Profile& kernel, Program program) : host_(after(kernel, program)), program_(std::move(program)) {}

  /// Until `ms` after the program. \return what was sent meanwhile
  std::vector<outcome::SentSegment> until(std::uint32_t ms) {
    program_.push_back(pass(ms - now_));
    now_ = ms;
    return std::get<outcome::Passed>(host_.step(program_.back())).sent;
  }
  const Host& host() const { return host_; }
  const Program& program() const { return program_; }
  const Sock* sock(std::int32_t fd) const { return sock_of(host_, fd); }
  bool in(std::int32_t fd, TcpState state) const {
    return sock(fd) != nullptr && sock(fd)->sk_state == static_cast<std::int32_t>(state);
  }

 private:
  Host host_;
  Program program_;
  std::uint32_t now_ = 0;
};

/// Claims that `happened` is false a millisecond before and true at `ms`.
template <class C, class Happened>
void happens_at(C& c, std::string_view sentence, Clocked& clocked, std::uint32_t ms, Happened happened) {
  clocked.until(ms - 1);
  c.running(clocked.program());
  c.goal(sentence, !happened());
  clocked.until(ms);
  c.running(clocked.program());
  c.goal(sentence, happened());
}

struct Schedule {
  Releases span;
  std::vector<std::uint32_t> again;  ///< seconds
  std::uint32_t over;
};

const Schedule& of(const std::vector<Schedule>& all, const Profile& kernel) {
  return *std::find_if(all.begin(), all.end(), [&](const Schedule& each) { return contains(each.span, kernel); });
}

const std::vector<Schedule> syn_schedules{
    {{"", "2.6.35"}, {3, 9}, 21},
    {{"2.6.36", "3.0"}, {3, 9, 21, 45, 93}, 189},
    {{"3.1", "3.6"}, {1, 3, 7, 15, 31}, 63},
    {{"3.7", "6.4"}, {1, 3, 7, 15, 31, 63}, 127},
    {{"6.5", ""}, {1, 2, 3, 4, 5, 7, 11, 19, 35, 67}, 131},
};

/// A listener that drops every SYN but the first, of a peer that never answers: client 4 waits.
Program dropping() {
  return then(
      {write(Sysctl::tcp_syncookies, 0), write(Sysctl::tcp_max_syn_backlog, 0), write(Sysctl::tcp_synack_retries, 100)},
      then(then(listener(3), {segment(Flags::s)}), client(4)));
}

const auto a_syn_is_sent_again_when_it_is_due = [](auto& c, const Profile& kernel) {
  const Schedule& schedule = of(syn_schedules, kernel);
  Clocked clocked(kernel, dropping());
  c.goal("the client waits", clocked.in(4, TcpState::syn_sent));
  std::uint32_t times = 0;
  for (const std::uint32_t second : schedule.again) {
    ++times;
    happens_at(c, "it is sent again in that second", clocked, second * 1000,
               [&] { return clocked.sock(4)->retransmits == times; });
    c.twin("never more than once", clocked.sock(4)->retransmits <= 1);
  }
  happens_at(c, "it has failed in that one", clocked, schedule.over * 1000,
             [&] { return clocked.in(4, TcpState::close); });
  c.goal("with ETIMEDOUT", clocked.sock(4)->sk_err == Errno::etimedout);
};

const std::vector<Schedule> synack_schedules{{{"", "3.0"}, {3, 9, 21, 45, 93}, 189},
                                             {{"3.1", ""}, {1, 3, 7, 15, 31}, 63}};
const std::vector<Schedule> long_synack_schedules{{{"", "3.0"}, {3, 9, 21, 45, 93, 189, 309, 429}, 549},
                                                  {{"3.1", ""}, {1, 3, 7, 15, 31, 63, 127, 247}, 367}};

const auto a_syn_ack_is_sent_again_when_it_is_due = [](auto& c, const Profile& kernel) {
  for (const std::int64_t retries : {0, 1, 5, 8}) {
    Schedule schedule = of(retries > 5 ? long_synack_schedules : synack_schedules, kernel);
    if (retries < 5) {
      schedule.over = schedule.again[static_cast<std::size_t>(retries)];
      schedule.again.resize(static_cast<std::size_t>(retries));
    }
    Clocked clocked(kernel, then({write(Sysctl::tcp_synack_retries, retries)}, then(listener(3), {segment(Flags::s)})));
    for (const std::uint32_t second : schedule.again) {
      const auto before = clocked.until(second * 1000 - 1);
      const auto then = clocked.until(second * 1000);
      c.running(clocked.program());
      c.goal("it is sent again in that second, to the peer",
             before.empty() && then.size() == 1 && then[0].flags == Flags::sa && then[0].to == End{peer_v4, 1000});
    }
    happens_at(c, "the request is given up in that one", clocked, schedule.over * 1000,
               [&] { return net_of(clocked.host()).requests.empty(); });
    c.twin("it is never given up", !net_of(clocked.host()).requests.empty());
  }
};

/// Milliseconds at which a FIN that nobody takes is sent again.
std::vector<std::uint32_t> fin_times(const Profile& kernel) {
  if (contains({"3.10", ""}, kernel)) return {204, 408, 816, 1'632, 3'264, 6'528, 13'056, 26'112, 52'224};
  return {204, 612, 1'428, 3'060, 6'324, 12'852, 25'908, 52'020};
}

/// Two children wait, and two requests; the FIN of the first, 6, takes the last room, so that 7's finds none.
Program fin_without_room() {
  Program program{write(Sysctl::tcp_synack_retries, 250), socket(), bind(3), set(3, SockOpt::tcp_defer_accept, 10),
                  listen(3, 2)};
  for (const std::int32_t fd : {4, 5}) program = then(then(program, client(fd)), {shutdown(fd)});
  return then(then(then(program, client(6)), client(7)), {shutdown(6), shutdown(7)});
}

const auto a_fin_is_sent_again_when_it_is_due = [](auto& c, const Profile& kernel) {
  Clocked held(kernel, fin_without_room());
  std::uint32_t times = 0;
  for (const std::uint32_t ms : fin_times(kernel)) {
    ++times;
    happens_at(c, "it is sent again in that millisecond", held, ms, [&] { return held.sock(7)->retransmits == times; });
    c.twin("no more than five times", held.sock(7)->retransmits <= 5);
  }
  const bool probes = contains({"3.10", ""}, kernel);
  c.goal("its patience counts from the first that was no probe",
         held.sock(7)->retrans_stamp == fin_times(kernel)[probes ? 1 : 0] * model::one_millisecond);
  happens_at(c, "with a descriptor the connection is over after 924.6 s", held, probes ? 928'896 : 928'692,
             [&] { return held.in(7, TcpState::close); });
  c.goal("with ETIMEDOUT", held.sock(7)->sk_err == Errno::etimedout);
  Clocked orphan(kernel, then(fin_without_room(), {close(7)}));
  happens_at(c, "without one after 102.2 s", orphan, probes ? 104'448 : 104'244, [&] {
    const auto& socks = net_of(orphan.host()).socks;
    return std::none_of(socks.begin(), socks.end(), [](const Sock& each) {
      return each.sk_state == static_cast<std::int32_t>(TcpState::fin_wait1) && each.held_by == model::HeldBy::nobody;
    });
  });
};

Program pair() { return then(then(listener(3), client(4)), {accept(3)}); }

const auto acknowledgements_come_when_they_are_due = [](auto& c, const Profile& kernel) {
  const Program keeps_back = then(listener(3), {socket(), set(4, SockOpt::tcp_defer_accept, 5), connect(4)});
  Clocked kept(kernel, keeps_back);
  c.goal("each to the microsecond", kept.sock(4)->due == 200'000);
  happens_at(c, "a third ACK that is kept back leaves after 200 ms", kept, 200,
             [&] { return kept.sock(3)->listener.sk_ack_backlog == 1; });
  Clocked fin(kernel, then(pair(), {shutdown(4)}));
  happens_at(c, "a FIN is acknowledged at the next jiffy", fin, 4, [&] { return fin.in(4, TcpState::fin_wait2); });
  Clocked slow(kernel, then(keeps_back, {pass(300), accept(3), shutdown(5)}));
  c.goal("each to the microsecond", slow.sock(5)->due == 340'000);
  happens_at(c, "by a client that kept its third ACK back after 40 ms", slow, 40,
             [&] { return slow.in(5, TcpState::fin_wait2); });
  const bool early = contains({"", "3.0"}, kernel);
  Clocked deferred(kernel, {socket(), bind(3), set(3, SockOpt::tcp_defer_accept, 10), listen(3), socket(), connect(4)});
  happens_at(c, "a request that is deferred for 10 s becomes a child at the timeout after that", deferred,
             early ? 21'000 : 15'000, [&] { return deferred.sock(3)->listener.sk_ack_backlog == 1; });
  c.twin("such a request never becomes one", deferred.sock(3)->listener.sk_ack_backlog == 0);
};

const auto what_is_left_of_a_connection_lasts_a_minute = [](auto& c, const Profile& kernel) {
  const auto orphans = [](const Clocked& clocked) {
    const auto& socks = net_of(clocked.host()).socks;
    return std::count_if(socks.begin(), socks.end(), [](const Sock& each) {
      return each.sk_state == static_cast<std::int32_t>(TcpState::fin_wait2) && each.held_by == model::HeldBy::nobody;
    });
  };
  Clocked acked(kernel, then(pair(), {close(4)}));
  happens_at(c, "FIN_WAIT2 without a descriptor: from the acknowledgement", acked, 60'004,
             [&] { return acked.sock(5) != nullptr && orphans(acked) == 0 && net_of(acked.host()).now > 4'000; });
  Clocked closed(kernel, then(pair(), {shutdown(4), pass(30'000), close(4)}));
  happens_at(c, "or from the close, if that was later", closed, 60'000, [&] { return orphans(closed) == 0; });
  Clocked held(kernel, then(pair(), {shutdown(4)}));
  held.until(3'600'000);
  c.goal("with one as long as it is held", held.in(4, TcpState::fin_wait2));
  Clocked waits(kernel, then(pair(), {shutdown(5), shutdown(4), close(3), close(5)}));
  c.goal("TIME_WAIT is over 60 s later, to the microsecond",
         net_of(waits.host()).buckets[0].time_wait[0].until == 60'000'000);
  happens_at(c, "TIME_WAIT holds the port for 60 s", waits, 60'000,
             [&] { return net_of(waits.host()).buckets.empty(); });
  c.twin("it holds it for ever", !net_of(waits.host()).buckets.empty());
};

const auto timers_of_one_moment_have_their_order = [](auto& c, const Profile& kernel) {
  const Program peers = then(listener(3), {segment(Flags::s, 0, 0), segment(Flags::s, 0, 1), segment(Flags::s, 0, 2)});
  const bool newest_first = contains({"4.8", ""}, kernel);
  const std::uint32_t unit = contains({"", "3.0"}, kernel) ? 3'000 : 1'000;
  Clocked clocked(kernel, peers);
  for (const std::uint32_t times : {1U, 3U, 7U}) {
    const auto sent = clocked.until(times * unit);
    const bool turned = newest_first && times != 3;
    c.running(clocked.program());
    c.goal("all three", sent.size() == 3);
    for (std::size_t i = 0; i < sent.size(); ++i)
      c.goal("the first set first; from 4.8 on the last, so that the order turns round each time",
             sent[i].to.port == (turned ? 1002 - i : 1000 + i));
    c.twin("only one is sent", sent.size() == 1);
  }
};

const auto a_syn_is_hurried_by_an_ack_that_is_wrong = [](auto& c, const Profile& kernel) {
  const Program program =
      then(listener(3), {socket(), bind(4, loopback, other_port), connect(4), accept(3), close(5), close(3),
                         pass(61'000), socket(), bind(3, loopback), connect(3, loopback, other_port)});
  Clocked clocked(kernel, program);
  const bool hurries = contains({"5.6", ""}, kernel);
  c.running(clocked.program());
  c.goal("the other end is reset", clocked.in(4, TcpState::close));
  c.twin("the SYN is refused at once", clocked.in(3, TcpState::close));
  clocked.until(7);
  c.goal("the SYN waits", clocked.in(3, TcpState::syn_sent));
  clocked.until(8);
  c.goal("from 5.6 on it is sent again after two jiffies, and refused", clocked.in(3, TcpState::close) == hurries);
};

}  // namespace

std::vector<Theorem> schedule_theorems() {
  return {
      theorem(
          "schedules.a_syn_is_sent_again_when_it_is_due",
          "A SYN without an answer is sent again in the seconds of a table of releases, and fails with ETIMEDOUT in "
          "the last; not a millisecond sooner.",
          every_profile, a_syn_is_sent_again_when_it_is_due),
      theorem(
          "schedules.a_syn_ack_is_sent_again_when_it_is_due",
          "A SYN-ACK is sent again in the seconds of a table, as often as tcp_synack_retries (0, 1, 5, 8) says, and "
          "its request then given up.",
          every_profile, a_syn_ack_is_sent_again_when_it_is_due),
      theorem("schedules.a_fin_is_sent_again_when_it_is_due",
              "A FIN that nobody takes is sent again in the milliseconds of a table, and gives up after 924.6 s, or "
              "102.2 s without a descriptor.",
              every_profile, a_fin_is_sent_again_when_it_is_due),
      theorem("schedules.acknowledgements_come_when_they_are_due",
              "A third ACK that is kept back leaves after 200 ms, a FIN is acknowledged at the next jiffy or after 40 "
              "ms, and a deferred request becomes a child at the first timeout after its time.",
              every_profile, acknowledgements_come_when_they_are_due),
      theorem("schedules.what_is_left_lasts_a_minute",
              "FIN_WAIT2 without a descriptor and TIME_WAIT last 60 s; FIN_WAIT2 with one as long as it is held.",
              every_profile, what_is_left_of_a_connection_lasts_a_minute),
      theorem("schedules.timers_of_one_moment_have_their_order",
              "Of timers of one moment the first that was set fires first, from 4.8 on the last.", every_profile,
              timers_of_one_moment_have_their_order),
      theorem("schedules.a_syn_is_hurried_by_a_wrong_ack",
              "A SYN that meets the other end of an earlier connection is lost, and sent again two jiffies later from "
              "5.6 on.",
              every_profile, a_syn_is_hurried_by_an_ack_that_is_wrong),
  };
}

}  // namespace weir::proofs
