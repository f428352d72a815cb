// The socket plane: descriptors, sockets and everything that system calls do to them.
//
// This header declares the plane; its functions stand in socket_calls.hpp (socket, options, tcp_info, close),
// bind_calls.hpp (bind, listen, ports), connect_calls.hpp (connect), handshake.hpp (the listener's half of it),
// teardown.hpp (FIN, RST, shutdown), segment_calls.hpp and requests.hpp (segments of remote peers) timers.hpp (time)
// and unix_calls.hpp (AF_UNIX). lockfree/host.hpp includes them all.
//
// Thread safety: every call from any thread, but for `advance`: one thread at a time. A call that several threads make
// on one descriptor takes effect in some order; calls that involve two sockets proceed as segments do between machines,
// step by step, each step atomic.
//
// Progress: lock-free. A step is repeated only when another thread's step on the same word succeeded. The exceptions
// (turn.hpp): bind, connect, listen, shutdown and close of several threads on one socket take turns, and so do connects
// from ports that bind asked for while they take their ends.
//
// Invariants:
//   (1) Whoever moves a word into CLOSE on an orphan gives the slot back, and nobody else does.
//   (2) A child in the accept queue of a socket that no longer listens is reset: by the closer, or by the thread that
//       queued it, whoever sees the other's step.
//   (3) For each SYN admitted qlen and young rise once; qlen falls once when the request ends, young then or when the
//       request's SYN-ACK first times out, whichever comes first.
//   (4) At most one connection, request or TIME_WAIT of a remote peer has a four-tuple, but for the moment in which a
//       TIME_WAIT takes over from a connection.
#pragma once
#include <cassert>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "lockfree/addresses.hpp"
#include "lockfree/epoch.hpp"
#include "lockfree/fd_table.hpp"
#include "lockfree/net_namespace.hpp"
#include "lockfree/sock.hpp"
#include "model/outcome.hpp"

namespace weir::lockfree {

namespace detail {
inline constexpr std::uint32_t rto_max_s = 120;        ///< TCP_RTO_MAX
inline constexpr std::uint64_t time_wait_ms = 60'000;  ///< TCP_TIMEWAIT_LEN, and tcp_fin_timeout
inline constexpr std::uint64_t minute_ms = 60'000;
inline constexpr std::uint64_t rto_min_ms = 200;
inline constexpr std::uint32_t delack_min_ms = 40;
inline constexpr std::uint32_t delack_max_ms = 200;
}  // namespace detail

class SocketPlane {
 public:
  SocketPlane(const Profile& kernel, const SysctlStore& globals, NetNamespaces& spaces)
      : kernel_(kernel), globals_(globals), spaces_(spaces) {}

  Outcome socket(const op::Socket& call);
  Outcome bind(const op::Bind& call);
  Outcome listen(const op::Listen& call);
  Outcome connect(const op::Connect& call);
  Outcome accept(const op::Accept& call);
  Outcome shutdown(const op::Shutdown& call);
  Outcome close(const op::Close& call);
  Outcome setsockopt(const op::Setsockopt& call);
  Outcome getsockopt(const op::Getsockopt& call);
  Outcome tcp_info(const op::TcpInfo& call);
  Outcome segment(const op::Segment& call);
  Outcome advance(const op::Advance& call);

 private:
  /// A socket under way: what every step needs.
  struct Open {
    Sock* sock = nullptr;
    SockRef ref{};
    NetNamespace* ns = nullptr;
    std::uint64_t epoch = 0;
    Errno error = Errno::none;  ///< EBADF or ENOTSOCK; then the rest is empty
  };
  enum class Taken : std::uint8_t { alone, other_end_met, by_another, not_fresh };
  enum class Syn : std::uint8_t { dropped, cookie, queued };
  /// What an ACK of a client without a child brings: nothing else, its FIN, or a gap where a FIN was lost.
  enum class Ack : std::uint8_t { bare, fin, gap };
  /// A segment of a remote peer under way.
  struct Arrival {
    NetNamespace* ns = nullptr;
    Tuple tuple{};
    Flags flags = Flags::none;
    bool data = false;
    bool renewal = false;  ///< a SYN that has ended a TIME_WAIT
    std::uint64_t epoch = 0;
  };
  /// A SYN-ACK on its way to a client of this host.
  struct Answered {
    Open listener;
    Syn how = Syn::dropped;
  };
  /// Who has a four-tuple.
  struct Found {
    Ports::View view;
    SockRef holder;  ///< a connection, else a request, else a TIME_WAIT
    TcpState state = TcpState::close;
    SockRef cookie;
  };
  /// The flags of the answer; nothing, if another thread has changed what the segment had found.
  using Reply = std::optional<Flags>;

  Open open(const Fd& fd, std::uint64_t epoch);
  Open follow(SockRef ref, std::uint64_t epoch);
  SockRef create(std::uint32_t ns, SockWord word, std::uint64_t epoch);
  void give_back(const Open& gone);
  static bool alive(const Sock& sock, SockRef ref);

  // --- bind_calls.hpp -----------------------------------------------------------------------------------------------
  Outcome bind_inet(const Open& at, const op::Bind& call);
  Outcome bind_netlink(const Open& at);
  bool claim_port(const Open& at, SockWord joining);
  bool joins_unseen(SockWord joining, const Endpoint& local, const PortMemory& memory) const;
  PortMemory remember(SockWord joining, const Endpoint& local, const Ports::View& view) const;
  void enlist(Ports& ports, const Open& at, SockWord holder);
  Outcome inet_listen(const Open& at, std::uint32_t backlog);
  Errno listen_start(const Open& at, std::uint32_t backlog);
  void store_max(Sock& sock, std::uint32_t backlog);
  std::uint32_t syn_table_size(const NetNamespace& ns, std::uint32_t backlog) const;

  void tune_fastopen(const Open& at, std::uint32_t backlog);

  // --- connect_calls.hpp --------------------------------------------------------------------------------------------
  void autobind(const Open& at);
  Outcome connect_stream(const Open& at, const op::Connect& call);
  Outcome connect_datagram(const Open& at, const op::Connect& call);
  Outcome connect_again(const Open& at, SockWord seen);
  Taken take_ends(const Open& at, SockWord& seen, const Route& route, SockWord& sent);
  bool meets_other_end(const Open& client, std::uint16_t port, const Route& route);
  bool tuple_taken(const Open& at, std::uint16_t port, const Endpoint& local, const Endpoint& remote);
  bool request_stands(const Open& at, SockWord word, const Route& route);
  template <class Wanted>
  Open other_end(const Open& client, std::uint16_t port, const Route& route, const Wanted& wanted);
  bool resets_old_connection(const Open& client, std::uint16_t port, const Route& route);
  void send_syn(const Open& client, const Route& route);
  std::optional<Answered> syn_arrives(const Open& client, const Route& route);
  bool synack_arrives(const Open& client, const Answered& answer);
  bool ends_stale_request(const Open& client, std::uint16_t port, const Route& route);
  void hurry_syn(const Open& client);
  Open local_request(NetNamespace& ns, std::uint16_t port, const Endpoint& server, const Endpoint& client,
                     std::uint64_t epoch);
  bool crosses(const Open& client, std::uint16_t port, const Route& route);
  void refuse_syn(const Open& client);
  void establish_with_self(const Open& at);
  SockRef find_listener(NetNamespace& ns, const Endpoint& to);

  // --- handshake.hpp ------------------------------------------------------------------------------------------------
  Syn receive_syn(const Open& listener, bool renewal);
  void receive_ack(const Open& listener, const Open& client, Syn how);
  bool syn_queue_full(const Sock& listener, SynCount syn, AckBacklog backlog) const;
  void request_leaves(const Open& listener, bool young);
  bool reserve_place(Sock& listener);
  void release_place(Sock& listener);
  static void link(HostAtomic<SockRef>& end, SockRef to);
  static SockRef linked(const HostAtomic<SockRef>& end);
  static TcpState once_linked(const Sock& sock);
  static bool still_listens(const Open& listener);
  std::optional<SockRef> take_child(const Open& listener);
  Errno found_no_child(const Open& listener);
  void park(const Open& listener, const Open& client, Syn how, bool acked);
  SockRef new_request(const Open& listener, const Open& client, bool acked);
  void queue_child(const Open& listener, const Open& client, bool fin_missing);
  void hand_over(const Open& listener, SockRef child);

  // --- teardown.hpp -------------------------------------------------------------------------------------------------
  Outcome shutdown_tcp(const Open& at, How how);
  static bool fin_changes(SockWord& word);
  static bool close_changes(SockWord& word);
  void send_fin(const Open& at);
  void fin_leaves(const Open& at);
  void deliver_fin(const Open& at);
  void reach_holder(const Open& client, SockRef holder, Ack ack);
  void reach_request(const Open& client, const Open& request, Ack ack);
  void reach_cookie(const Open& client, const Open& listener);
  bool receive_fin(const Open& at, const Open& from);
  void fin_is_acked(const Open& at);
  void receive_reset(const Open& at);
  void end_in_time_wait(const Open& at, SockWord& word, SockRef& bucket);
  void after_ending(const Open& at, bool moved, SockWord after, SockRef bucket);
  SockRef time_wait_bucket(const Open& at, SockWord ending);
  void drop_queue(const Open& listener);
  void release_address(const Open& at, SockWord before);

  // --- segment_calls.hpp --------------------------------------------------------------------------------------------
  Reply deliver(Arrival& arriving);
  Found find_tuple(const Arrival& arriving);
  Reply listener_receives(const Arrival& arriving, const Found& found);
  Reply listener_receives_ack(const Open& listener, const Arrival& arriving, const Found& found);
  Reply time_wait_receives(const Open& bucket, const Arrival& arriving);
  Reply connection_receives(const Open& at, const Arrival& arriving, const Found& found);
  void takes_segment(const Open& at, SockWord& word, const Arrival& arriving, Flags& reply, SockRef& bucket);
  bool may_answer_syn(Sock& sock);

  // --- requests.hpp -------------------------------------------------------------------------------------------------
  SockRef new_slot(const Open& listener, const Tuple& tuple);
  bool publish(const Arrival& arriving, Found found, SockRef slot, SockWord word);
  Reply enqueue_request(const Open& listener, const Arrival& arriving, const Found& found);
  void leave_cookie(const Open& listener, const Arrival& arriving, const Found& found);
  Reply request_receives(const Open& request, const Open& listener, const Arrival& arriving);
  Reply repeat_synack(const Open& request);
  Reply become_child(const Open& request, const Open& listener, const Arrival& arriving);
  Reply cookie_child(const Open& memory, const Open& listener, const Arrival& arriving, const Found& found);
  Flags child_stands(const Open& at, SockWord child, const Open& listener, const Arrival& arriving);
  void drop_cookie(const Found& found, std::uint64_t epoch);
  void spend_cookie(const Open& connection, SockWord word);
  Open standing_listener(const Open& request);
  bool end_slot(const Open& at, TcpState state);
  void count_out(const Open& request);
  static void mark_acked(Sock& request);
  void drop_requests(const Open& listener, std::uint16_t port);
  void note_overflow(Sock& listener);
  bool overflowed_lately(const Sock& listener) const;

  // --- timers.hpp ---------------------------------------------------------------------------------------------------
  struct Due {
    std::uint64_t at = 0;
    std::uint64_t armed = 0;
    SockRef ref{};
    TcpState state = TcpState::close;
    bool is_request = false;
  };
  enum class Verdict : std::uint8_t { expires, waits, resends };
  std::uint64_t next_due(std::uint64_t from, std::uint64_t end, std::vector<Due>& found);
  std::optional<Due> due_of(std::uint32_t index);
  void fire(const Due& due, std::uint64_t epoch, outcome::Passed& passed);
  void synack_timer(const Open& request, outcome::Passed& passed);
  Verdict judge(const Open& listener, RequestWord request) const;
  void grows_old(const Open& listener);
  std::int32_t synack_threshold(const Open& listener, SynCount syn) const;
  std::uint64_t synack_wait(std::uint32_t timeouts) const;
  void set_request_timer(Sock& request, std::uint32_t timeouts);

  // --- local_timers.hpp ---------------------------------------------------------------------------------------------
  /// A segment over loopback, sent by a timer or in answer to one. They are taken in turn once all timers of the moment
  /// have fired.
  struct Flying {
    enum class What : std::uint8_t { syn, synack, third_ack, synack_again, ack_again, fin, rst };
    What what{};
    Open from;          ///< the client whose handshake or FIN it belongs to
    Answered answer{};  ///< of synack and third_ack
    Open request{};     ///< of synack_again and rst
  };
  void set_wait(const Open& at, Wait what, std::uint32_t tries, std::uint64_t wait);
  std::uint64_t jiffy() const;
  std::uint64_t syn_wait(std::uint32_t tries) const;
  std::uint64_t fin_wait(std::uint32_t tries) const;
  void wait_is_over(const Open& at, WaitWord wait);
  void syn_timer(const Open& at, WaitWord wait);
  void fin_timer(const Open& at, WaitWord wait);
  void give_up(const Open& at, TcpState in);
  void land(const Flying& segment);
  void syn_lands(const Open& at);
  void synack_lands(const Flying& segment);
  std::vector<Flying> flying_;  ///< of the thread that lets time pass
  std::uint64_t now() const {
    // relaxed: a sample of the clock; nothing is published through it.
    return now_.load(std::memory_order_relaxed);
  }
  // --- unix_calls.hpp -----------------------------------------------------------------------------------------------
  Outcome bind_unix(const Open& at, const op::Bind& call);
  bool claim_name(const Open& at, SockWord bound);
  Outcome listen_unix(const Open& at, std::uint32_t backlog);
  Outcome connect_unix(const Open& at, const op::Connect& call);
  Outcome note_peer(const Open& at, const Open& other);
  Outcome connect_to_listener(const Open& at, const Open& listener);
  bool reserve_in_queue(Sock& listener);
  void drop_unix_queue(const Open& listener);
  Outcome shutdown_unix(const Open& at, How how);

  std::int32_t sysctl(const NetNamespace& ns, Sysctl id) const {
    const SysctlSpec* const spec = spec_of(kernel_, id);
    return spec->scope == Scope::global ? globals_.load(id) : ns.sysctls.load(id);
  }
  /// sk_ack_backlog as wide as the release has it.
  std::uint32_t ack_of(std::uint32_t count) const {
    return kernel_.backlog_is_u16 ? static_cast<std::uint16_t>(count) : count;
  }

  const Profile& kernel_;
  const SysctlStore& globals_;
  NetNamespaces& spaces_;
  Epoch epoch_;
  FdTable fds_{};
  Socks socks_;
  Claims claims_;
  AcceptQueue::Nodes nodes_;
  HostAtomic<std::uint64_t> born_{0};
  HostAtomic<std::uint64_t> armed_{0};
  HostAtomic<std::uint64_t> now_{0};  ///< virtual time, ms since the host was made
};

inline bool SocketPlane::alive(const Sock& sock, SockRef ref) {
  // acquire: pairs with the release in `give_back`: whoever finds the socket gone knows what was done before it went.
  return sock.generation.load(std::memory_order_acquire) == ref.generation;
}

inline SocketPlane::Open SocketPlane::follow(SockRef ref, std::uint64_t epoch) {
  if (!ref) return {.error = Errno::enotconn};
  Sock& sock = socks_[ref.index];
  if (!alive(sock, ref)) return {.error = Errno::enotconn};
  // relaxed: set before the reference was published.
  return {&sock, ref, spaces_.find(sock.ns.load(std::memory_order_relaxed)), epoch, Errno::none};
}

inline SocketPlane::Open SocketPlane::open(const Fd& fd, std::uint64_t epoch) {
  const SockRef ref = fds_.at(fd.label);
  if (!ref) return {.error = fds_.is_standard(fd.label) ? Errno::enotsock : Errno::ebadf};
  Open at = follow(ref, epoch);
  if (at.error != Errno::none) at.error = Errno::ebadf;  // closed by another thread since the look-up
  return at;
}

inline SockRef SocketPlane::create(std::uint32_t ns, SockWord word, std::uint64_t epoch) {
  const std::uint32_t index = socks_.allocate(epoch);
  Sock& sock = socks_[index];
  // Nobody has the reference yet; entering it in the table, the queue or a claim publishes them.
  HostAtomics::renew(sock.ns, ns);
  HostAtomics::renew(sock.born, born_.fetch_add(1, std::memory_order_relaxed));
  HostAtomics::renew(sock.local, {});
  HostAtomics::renew(sock.remote, {});
  HostAtomics::renew(sock.peer, {});
  HostAtomics::renew(sock.parked_at, {});
  sock.wait.store({}, std::memory_order_relaxed);
  HostAtomics::renew(sock.backlog, {});
  HostAtomics::renew(sock.syn, {});
  HostAtomics::renew(sock.defer_accept, 0);
  HostAtomics::renew(sock.fastopen, {});
  HostAtomics::renew(sock.request, {});
  HostAtomics::renew(sock.deadline, 0);
  HostAtomics::renew(sock.answered, 0);
  HostAtomics::renew(sock.overflow, 0);
  sock.word.store(word, std::memory_order_relaxed);
  return {index, sock.generation.load(std::memory_order_relaxed)};
}

/// Invariant (1): called by the thread whose transition ended the socket.
inline void SocketPlane::give_back(const Open& gone) {
  // relaxed: published by the generation. Nobody finds the port by it any more.
  gone.sock->word.store({.flags = orphan}, std::memory_order_relaxed);
  // release: whoever reads the new generation knows that the old socket is gone; its word went first.
  [[maybe_unused]] const std::uint32_t was = gone.sock->generation.fetch_add(1, std::memory_order_release);
  assert(was == gone.ref.generation);  // once, and by one thread
  socks_.retire(gone.ref.index, gone.epoch);
}

}  // namespace weir::lockfree
