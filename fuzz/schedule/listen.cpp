// Threads make calls on sockets that they share: a listener, its clients, and their children.
//
// The judge takes each call for one step. Many are several, in the kernel too, and there are moments in between that no
// order of whole calls explains. So a thread is not let near these (what it may see there is for the clients of
// proofs/memory, and for the tests of lockfree/):
//
// * A connect's SYN and its third ACK each ask for room: of two that want the last place one may come to nothing.
//   And an accept takes the child, and only then gives its place back. Either one thread alone connects, one alone
//   accepts, and the limit stands, or the queue is never full.
// * A place in the queue is taken, and the child made, before it can be accepted; so nobody asks for the length of
//   the listener's queue or changes what children inherit while others connect.
// * A client is in SYN_SENT for a while, also where nobody listens. Nobody looks at it from outside, or sets what
//   only a fresh socket takes; and where several threads connect no two clients share a port, so none holds
//   another's ends.
// * A connect settles on a source before it sends its SYN; so nobody binds to one address of several.
// * listen enters LISTEN before it asks for the port, and leaves it again; so only one that listens has its limit
//   changed.
// * The end of a listener comes to its children one by one.
// * A descriptor is reserved before it is there; so where threads accept, none closes, and no number comes again.
// * A close takes the descriptor away, and then waits for the calls on its socket; so where threads close, each
//   client is one thread's own. (A call that has lost its descriptor so answers as on a closed socket. In the
//   kernel it keeps it.)
#include "fuzz/schedule/host_run.hpp"

namespace weir::fuzz {
namespace {

constexpr std::int32_t listener = 3, clients = 5;
constexpr std::uint16_t port = 80;
constexpr std::int32_t ample = 16;  ///< a limit above the number of sockets that a case has

/// What the threads of a case do, and with what.
struct Threads {
  bool accept = false, close = false;
  bool several = false;         ///< connect, or accept
  bool listens = false;         ///< the listener does, when they begin
  std::int32_t labels_end = 0;  ///< above the descriptors that were there before
};

Threads survey(const ScheduleCase& each) {
  Threads threads;
  int connects = -1, accepts = -1;  // who does
  for (std::size_t i = 0; i < each.thread.size(); ++i) {
    const int thread = each.thread[i];
    if (thread == ScheduleCase::before) continue;
    const bool accept = std::holds_alternative<op::Accept>(each.input.ops[i]);
    const bool connect = std::holds_alternative<op::Connect>(each.input.ops[i]);
    threads.accept = threads.accept || accept;
    threads.close = threads.close || std::holds_alternative<op::Close>(each.input.ops[i]);
    threads.several = threads.several || (connect && connects >= 0 && connects != thread) ||
                      (accept && accepts >= 0 && accepts != thread);
    if (connect) connects = thread;
    if (accept) accepts = thread;
  }
  return threads;
}

/// Two sockets that both have it may have one port.
bool lets_share(SockOpt option) { return option == SockOpt::so_reuseaddr || option == SockOpt::so_reuseport; }

struct May {
  const Threads& threads;
  unsigned thread;

  bool operator()(const op::Accept& call) const { return call.fd.label == listener; }
  bool operator()(const op::Listen& call) const {
    return call.fd.label == listener && threads.listens && threads.several && call.backlog >= ample;
  }
  bool operator()(const op::Close& call) const { return on_client(call.fd) && !threads.accept; }
  bool operator()(const op::Connect& call) const { return on_client(call.fd) && call.addr.kind == Address::Kind::v4; }
  bool operator()(const op::Bind& call) const { return on_client(call.fd) && call.addr == any_address; }
  bool operator()(const op::Shutdown& call) const { return on_client(call.fd); }
  bool operator()(const op::Setsockopt& call) const {
    return on_client(call.fd) && lets_share(call.opt) && (call.value == 0 || !threads.several);
  }
  template <class Operation>
  bool operator()(const Operation&) const {
    return false;
  }
  bool on_client(Fd fd) const {
    const bool shared = threads.accept || !threads.close;
    return fd.label > listener && fd.label < threads.labels_end &&
           (shared || static_cast<unsigned>(fd.label) % Scheduler::max_threads == thread);
  }
};

/// Where several connect the listener that they find has room for all, which no sysctl takes away; where they accept,
/// no number is free again.
bool may_before(const Threads& threads, const Op& operation) {
  const auto* const listen = std::get_if<op::Listen>(&operation);
  if (listen != nullptr && threads.several) return static_cast<std::uint32_t>(listen->backlog) >= ample;
  const auto* const set = std::get_if<op::Setsockopt>(&operation);
  if (set != nullptr && lets_share(set->opt) && set->value != 0) return !threads.several;
  if (std::holds_alternative<op::Close>(operation)) return !threads.accept;
  return !std::holds_alternative<op::Advance>(operation) && !std::holds_alternative<op::SysctlWrite>(operation);
}

Flaw run(Scheduler& scheduler, const ScheduleCase& each, Recording& recording) {
  Threads threads = survey(each);
  HostRun host(scheduler, each, recording);
  const auto before = [&](unsigned, const Op& operation) { return may_before(threads, operation); };
  if (Flaw flaw = host.begin(before); !flaw.why.empty()) return flaw;
  const Outcome info = host.ask(op::TcpInfo{{listener}});
  if (const auto* const seen = std::get_if<outcome::Info>(&info)) threads.listens = seen->state == TcpState::listen;
  threads.labels_end = host.labels_end();
  const auto may = [&](unsigned thread, const Op& operation) { return std::visit(May{threads, thread}, operation); };
  if (Flaw flaw = host.go(may); !flaw.why.empty()) return flaw;
  return judge(each, host.before(), recording.calls());
}

Op draw_call(Rng& rng, Fd client) {
  switch (rng.below(10)) {
    case 0:
    case 1:
    case 2:
      return op::Connect{client, loopback, port};
    case 3:
    case 4:
      return op::Accept{{listener}};
    case 5:
      return op::Close{client};
    case 6:
      return op::Listen{{listener}, ample + static_cast<std::int32_t>(rng.below(4))};
    case 7:
      return op::Shutdown{client, rng.pick(pool<How>)};
    case 8:
      return op::Setsockopt{client, SockOpt::so_reuseaddr, static_cast<std::int32_t>(rng.below(2))};
    default:
      return op::Bind{client, {}, static_cast<std::uint16_t>(port + 1 + rng.below(2))};
  }
}

void draw(Rng& rng, std::vector<Op>& ops) {
  ops.clear();
  for (std::int32_t i = 0; i <= clients; ++i) ops.emplace_back(op::Socket{{}, Family::inet, SockType::stream});
  ops.emplace_back(op::Bind{{listener}, {}, port});
  ops.emplace_back(op::Listen{{listener}, static_cast<std::int32_t>(rng.chance(1, 2) ? ample : rng.below(4))});
  const bool closing = rng.chance(1, 3);
  for (std::uint32_t count = 8 + rng.below(20); count > 0; --count) {
    Op call = draw_call(rng, {listener + 1 + static_cast<std::int32_t>(rng.below(clients))});
    if (closing && std::holds_alternative<op::Accept>(call)) call = op::Close{{listener + 1}};
    ops.push_back(std::move(call));
  }
}

}  // namespace

const ScheduleHarness schedule_harness{
    .name = "schedule_listen", .weights = listen_plane, .profiles = {&releases::linux_6_18}, .draw = draw, .run = run};

}  // namespace weir::fuzz
