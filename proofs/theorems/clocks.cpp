// How long things last, in the units that rules reckon in: the lengths of timeouts, jiffies, lateness, and the memory
// of a listener that has sent cookies.
#include <algorithm>

#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/programs.hpp"

namespace weir::proofs {
namespace {

using namespace program;

const auto timeouts_double_up_to_two_minutes = [](auto& c, const Profile& kernel) {
  const std::uint64_t first = contains({"", "3.0"}, kernel) ? 3'000'000 : 1'000'000;
  const std::uint32_t linear = contains({"6.5", ""}, kernel) ? 4 : 0, probes = contains({"3.10", ""}, kernel) ? 1 : 0;
  const auto doubled = [](std::uint64_t begin, std::uint32_t times) {
    return std::min(begin << times, std::uint64_t{120'000'000});
  };
  for (std::uint32_t n = 0; n < 20; ++n) {
    const std::uint64_t syn_ack = model::synack_timeout_s(kernel, n) * std::uint64_t{1'000'000};
    c.goal("of a SYN-ACK", syn_ack == doubled(first, n));
    c.goal("of a SYN, from 6.5 on after four of a second",
           model::syn_timeout(kernel, n) == doubled(first, n - std::min(n, linear)));
    c.goal("of a FIN, from 3.10 on after a loss probe",
           model::fin_timeout(kernel, n) == doubled(204'000, n - std::min(n, probes)));
    c.twin("none is two minutes", syn_ack < 120'000'000);
  }
  c.goal("15 retransmissions take 924.6 s, and 9 take 102.2 s",
         model::fin_patience(false) == 924'600'000 && model::fin_patience(true) == 102'200'000);
};

const auto a_fin_is_given_up_when_its_patience_ends = [](auto& c, const Profile& kernel) {
  for (const bool orphan : {false, true})
    for (const std::uint32_t early : {0U, 1U}) {
      model::Net<Noted> net{&kernel};
      const model::SockId id = net.allocate(), peer = net.allocate();
      net[peer].sk_state = model::tcp<Noted>(TcpState::established);
      net[peer].peer = id;
      model::Sock<Noted>& sk = net[id];
      sk.peer = peer;
      sk.sk_state = model::tcp<Noted>(TcpState::fin_wait1);
      sk.held_by = orphan ? model::HeldBy::nobody : model::HeldBy::file;
      sk.retransmits = 5;
      sk.retrans_stamp = 0;
      const std::uint32_t ms = (orphan ? 102'200 : 924'600) - early;
      model::arm(net, id, model::SockTimer::fin, ms * model::one_millisecond);
      std::vector<outcome::SentSegment> sent;
      const auto settings = [](std::uint32_t) { return model::RequestSettings<Noted>{0, 0, 0}; };
      model::advance<Noted>(
          net, Millis{ms}, settings, [](std::uint32_t) { return 5; }, sent);
      const bool timed_out = orphan ? net.free_slots == id : net[id].sk_err == Errno::etimedout;
      c.goal("at that moment, not a millisecond before", timed_out == (early == 0));
      c.twin("always", timed_out);
    }
};

struct Tick {
  std::uint32_t hz;
  model::Time ms;
};

const auto a_jiffy_is_a_tick = [](auto& c, const Profile& kernel) {
  for (const Tick& each : {Tick{0, 1000}, Tick{1, 1000}, Tick{100, 10}, Tick{250, 4}, Tick{300, 4}, Tick{1000, 1}}) {
    Profile clocked = kernel;
    clocked.hz = each.hz;
    c.goal("in whole milliseconds, rounded up", model::jiffy(clocked) == each.ms * 1000);
    c.twin("four milliseconds", model::jiffy(clocked) == 4000);
  }
};

/// A host whose timers are 7 us late.
struct Late : Noted {
  static std::uint64_t late(std::uint64_t, std::uint64_t) { return 7; }
};

const auto a_timer_may_be_late = [](auto& c, const Profile& kernel) {
  model::Net<Late> net{&kernel};
  net.now = 1000;
  const model::SockId id = net.allocate();
  model::arm(net, id, model::SockTimer::syn, 500);
  model::Request& request = net.requests.emplace_back();
  model::arm(net, request, 600);
  c.goal("a socket's and a request's are due that much later", net[id].due == 1507 && request.due == 1607);
  c.goal("and in the order in which they were set", net[id].armed == 1 && request.armed == 2);
  c.twin("they are punctual", net[id].due == 1500);
};

const auto a_segment_is_for_who_was_there = [](auto& c, const Profile& kernel) {
  for (const bool another : {false, true})
    for (const bool closed : {false, true}) {
      model::Net<Noted> net{&kernel};
      const model::SockId id = net.allocate();
      const std::uint64_t born = net[id].born;
      if (another) {
        net.free(id);
        net.allocate();
      }
      net[id].sk_state = model::tcp<Noted>(closed ? TcpState::close : TcpState::established);
      const bool gone = model::client_is_gone(net, {.client = id, .born = born});
      c.goal("not for who is in CLOSE, nor for whoever has its slot by now", gone == (another || closed));
      c.twin("for whoever is not in CLOSE", gone == closed);
    }
};

/// A listener that answers by cookies from its second SYN on: its accept queue has room, its SYN queue none.
Program sends_cookies(const Profile& kernel, std::uint16_t first_peer = 100) {
  Program program = then({write(Sysctl::tcp_syncookies, 1)}, listener(3));
  for (std::uint16_t n = first_peer; net_of(after(kernel, program)).cookies.empty(); ++n)
    program.push_back(segment(Flags::s, 0, n));
  return program;
}

const auto an_overflow_is_remembered = [](auto& c, const Profile& kernel) {
  const bool early = contains({"", "4.1"}, kernel);
  const std::uint32_t whole = early ? 3'000 : 120'000;
  // Whether it is remembered `ms` after the second of two, which comes so much later than the first.
  const auto remembered = [&](std::uint32_t apart, std::uint32_t ms) {
    const Program program = then(sends_cookies(kernel), {pass(apart), segment(Flags::s, 0, 1), pass(ms)});
    c.running(program);
    const Host host = after(kernel, program);
    const Net& net = net_of(host);
    return model::recent_overflow(net, static_cast<model::SockId>(sock_of(host, 3) - net.socks.data()));
  };
  c.goal("for two minutes, until 4.1 for three seconds", remembered(900, whole - 900) && !remembered(900, whole + 1));
  c.goal("one that comes no more than a second after another is not noted from 4.2 on",
         remembered(1'000, whole) == early);
  c.goal("one that comes later is", remembered(1'001, whole));
  c.twin("for a minute", !remembered(0, early ? 3'000 : 60'001));
};

const auto old_cookies_are_forgotten = [](auto& c, const Profile& kernel) {
  const std::uint32_t minutes = contains({"", "3.12"}, kernel) ? 4 : 2;
  const Program before = sends_cookies(kernel);
  for (const std::uint32_t ms : {60'000 * minutes - 1, 60'000 * minutes}) {
    // The requests are given up meanwhile, so that a SYN queue has to be filled again.
    const Program program = then(then(before, {pass(ms)}), then({close(3)}, sends_cookies(kernel, 200)));
    c.running(program);
    const auto kept = net_of(after(kernel, program)).cookies.size();
    c.goal("one that is too old is, when the next is sent", kept == (ms < 60'000 * minutes ? 2U : 1U));
    c.twin("none is", kept == 2);
  }
};

}  // namespace

std::vector<Theorem> clock_theorems() {
  return {
      theorem("clocks.timeouts_double_up_to_two_minutes",
              "The timeouts of SYN, SYN-ACK and FIN double from the first, and are two minutes at most, to the "
              "microsecond, for the first 20; a FIN is given up after 924.6 s or 102.2 s.",
              every_profile, timeouts_double_up_to_two_minutes),
      theorem(
          "clocks.a_fin_is_given_up_when_its_patience_ends",
          "A FIN whose timer fires 924.6 s after it was first sent again, or 102.2 s without a descriptor, is given "
          "up; a millisecond earlier it is sent again.",
          every_profile, a_fin_is_given_up_when_its_patience_ends),
      theorem("clocks.a_jiffy_is_a_tick", "A jiffy is a tick of CONFIG_HZ in whole milliseconds, rounded up.",
              every_profile, a_jiffy_is_a_tick),
      theorem("clocks.a_timer_may_be_late",
              "A timer that is late is due that much later, of a socket and of a request.", every_profile,
              a_timer_may_be_late),
      theorem("clocks.a_segment_is_for_who_was_there",
              "A segment that is under way is for the socket that was there when it was sent, unless that has gone to "
              "CLOSE.",
              every_profile, a_segment_is_for_who_was_there),
      theorem("clocks.an_overflow_is_remembered",
              "A listener remembers that it sent a cookie for two minutes, until 4.1 for three seconds; from 4.2 on it "
              "notes the next only if that comes more than a second later.",
              every_profile, an_overflow_is_remembered),
      theorem("clocks.old_cookies_are_forgotten",
              "A cookie that is too old, four minutes until 3.12 and two from 3.13 on, is forgotten when the next is "
              "sent.",
              every_profile, old_cookies_are_forgotten),
  };
}

}  // namespace weir::proofs
