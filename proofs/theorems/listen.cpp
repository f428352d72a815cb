// The listen plane: listen(2) from the descriptor to the stored backlog.
#include "model/listen/listen.hpp"
#include "proofs/theorems/planes.hpp"

namespace weir::proofs {
namespace {

enum class Descriptor { closed, no_socket, socket };

/// What surrounds one call of listen(2): a descriptor of any kind, and answers of any value from the rest of the
/// kernel.
template <class C>
struct AnyWorld {
  using D = DomainOf<C>;
  struct File {
    unsigned references = 1;
  };

  Descriptor descriptor = Descriptor::socket;
  File file;
  model::Sock<D> sock;
  I32<D> limit;      ///< somaxconn
  I32<D> syn_limit;  ///< tcp_max_syn_backlog
  I32<D> fastopen;   ///< tcp_fastopen
  I32<D> refusal;    ///< of the security hook; 0 is consent
  I32<D> port;       ///< 0, or why there is no port
  I32<D> ulp;        ///< not 0: an upper layer protocol without clone
  unsigned puts = 0;

  File* fget(std::int32_t) {
    if (descriptor == Descriptor::closed) return nullptr;
    ++file.references;
    return &file;
  }
  void fput(File& given_back) {
    --given_back.references;
    ++puts;
  }
  model::Sock<D>* sock_from_file(File&) { return descriptor == Descriptor::socket ? &sock : nullptr; }
  I32<D> somaxconn(const model::Sock<D>&) const { return limit; }
  I32<D> tcp_max_syn_backlog(const model::Sock<D>&) const { return syn_limit; }
  I32<D> tcp_fastopen(const model::Sock<D>&) const { return fastopen; }
  I32<D> security_socket_listen(const model::Sock<D>&, I32<D>) const { return refusal; }
  Bool<D> has_ulp_without_clone(const model::Sock<D>&) const { return ulp != I32<D>(0); }
  I32<D> get_port(model::Sock<D>&) const { return port; }
};

/// A listener with any counts that its fields can hold.
template <class C>
model::Listener<DomainOf<C>> any_listener(C& c, const Profile& kernel) {
  using D = DomainOf<C>;
  model::Listener<D> listener;
  listener.sk_max_ack_backlog = c.u32("sk_max_ack_backlog");
  listener.sk_ack_backlog = c.u32("sk_ack_backlog");
  listener.qlen = c.u32("qlen");
  listener.young = c.u32("young");
  listener.syn_table = c.u32("syn_table");
  listener.rskq_defer_accept = c.u32("rskq_defer_accept");
  if (kernel.backlog_is_u16)
    c.assume("both backlog fields hold an unsigned short",
             listener.sk_max_ack_backlog <= U32<D>(0xffff) && listener.sk_ack_backlog <= U32<D>(0xffff));
  return listener;
}

/// One call of listen(2) on a TCP socket in any state.
template <class C>
struct AnyListen {
  using D = DomainOf<C>;
  I32<D> backlog;
  AnyWorld<C> world;
  model::Sock<D> before;
  I32<D> result;

  AnyListen(C& c, const Profile& kernel) : backlog(c.i32("backlog")) {
    world.limit = c.i32("somaxconn");
    world.syn_limit = c.i32("tcp_max_syn_backlog");
    world.fastopen = c.i32("tcp_fastopen");
    world.refusal = c.i32("security_socket_listen");
    world.port = c.i32("get_port");
    world.ulp = c.i32("ulp_without_clone");
    world.sock.state = c.i32("state");
    world.sock.sk_state = c.i32("sk_state");
    world.sock.listener = any_listener(c, kernel);
    before = world.sock;
  }

  void call(const Profile& kernel) { result = model::sys_listen<D>(kernel, world, 3, backlog); }

  Bool<D> somaxconn_is_in_range(const Profile& kernel) const {
    const SysctlSpec& spec = *spec_of(kernel, Sysctl::somaxconn);
    return world.limit >= I32<D>(spec.minimum) && world.limit <= I32<D>(spec.maximum);
  }
  const model::Sock<D>& after() const { return world.sock; }
  U32<D> stored() const { return after().listener.sk_max_ack_backlog; }
  Bool<D> succeeded() const { return result == I32<D>(0); }
};

/// Implication, as a term.
template <class B>
B implies(const B& premise, const B& conclusion) {
  return !premise || conclusion;
}

template <Domain D>
Bool<D> same_queues(const model::Listener<D>& a, const model::Listener<D>& b) {
  return a.sk_ack_backlog == b.sk_ack_backlog && a.qlen == b.qlen && a.young == b.young && a.syn_table == b.syn_table &&
         a.rskq_defer_accept == b.rskq_defer_accept;
}

template <Domain D>
Bool<D> same_but_for_the_limit(const model::Sock<D>& a, const model::Sock<D>& b) {
  return a.state == b.state && a.sk_state == b.sk_state && same_queues<D>(a.listener, b.listener);
}

const auto clamp = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  const U32<D> asked = as<U32<D>>(listen.backlog), limit = as<U32<D>>(listen.world.limit);
  c.assume("somaxconn is not negative", listen.world.limit >= I32<D>(0));
  listen.call(kernel);
  c.assume("listen succeeds", listen.succeeded());
  c.cover("the clamp acts", asked > limit);
  c.cover("the clamp lets a backlog pass", asked < limit);
  const U32<D> smaller = choose(asked < limit, asked, limit);
  const U32<D> field(kernel.backlog_is_u16 ? 0xffffU : 0xffffffffU);
  c.goal("stored == min(backlog, somaxconn), in the width of the field", listen.stored() == (smaller & field));
  c.twin("stored == backlog", listen.stored() == (asked & field));
};

const auto negative_backlog_gives_somaxconn = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  c.assume("somaxconn is within 0..65535", listen.world.limit >= I32<D>(0) && listen.world.limit <= I32<D>(65535));
  c.assume("the backlog is negative", listen.backlog < I32<D>(0));
  listen.call(kernel);
  c.assume("listen succeeds", listen.succeeded());
  c.goal("stored == somaxconn", listen.stored() == as<U32<D>>(listen.world.limit));
  c.twin("stored == 0", listen.stored() == U32<D>(0));
};

const auto stored_value_never_wraps = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  c.assume("somaxconn is in the range of its table", listen.somaxconn_is_in_range(kernel));
  c.assume("the backlog is within 0..somaxconn", listen.backlog >= I32<D>(0) && listen.backlog <= listen.world.limit);
  listen.call(kernel);
  c.assume("listen succeeds", listen.succeeded());
  c.goal("stored is the backlog", as<I32<D>>(listen.stored()) == listen.backlog);
  c.twin("stored is below somaxconn", as<I32<D>>(listen.stored()) < listen.world.limit);
};

const auto somaxconn_65536_is_stored_as_0 = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  c.assume("somaxconn is in the range of its table", listen.somaxconn_is_in_range(kernel));
  c.assume("somaxconn is within 1..65536", listen.world.limit >= I32<D>(1) && listen.world.limit <= I32<D>(65536));
  c.assume("the backlog is at least 1", listen.backlog >= I32<D>(1));
  listen.call(kernel);
  c.assume("listen succeeds", listen.succeeded());
  c.goal("stored is not 0", listen.stored() != U32<D>(0));
  c.twin("stored is more than 1", listen.stored() > U32<D>(1));
};

const auto negative_somaxconn_disables_the_clamp = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  c.assume("somaxconn is in the range of its table", listen.somaxconn_is_in_range(kernel));
  c.assume("the backlog is within 0..65535", listen.backlog >= I32<D>(0) && listen.backlog <= I32<D>(65535));
  listen.call(kernel);
  c.assume("listen succeeds", listen.succeeded());
  c.goal("stored <= somaxconn", as<I32<D>>(listen.stored()) <= listen.world.limit);
  c.twin("stored < backlog", as<I32<D>>(listen.stored()) < listen.backlog);
};

const auto failure_leaves_the_socket = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  listen.call(kernel);
  c.assume("listen fails", !listen.succeeded());
  c.cover("for want of a port", listen.result == listen.world.port && listen.world.refusal == I32<D>(0));
  c.goal("all but the limit is as before", same_but_for_the_limit<D>(listen.after(), listen.before));
  const auto same_limit = listen.stored() == listen.before.listener.sk_max_ack_backlog;
  const U32<D> clamped = as<U32<D>>(model::clamp_backlog<D>(listen.backlog, listen.world.limit));
  if (kernel.backlog_stored != BacklogStored::last)
    c.goal("the limit is as before, or overwritten", same_limit || listen.stored() == clamped);
  else
    c.goal("the limit is as before", same_limit);
  c.twin("the limit is overwritten", listen.stored() == clamped);
};

const auto only_from_close_or_listen = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  listen.call(kernel);
  const auto was = [&](TcpState state) { return listen.before.sk_state == model::tcp<D>(state); };
  const auto listens = listen.after().sk_state == model::tcp<D>(TcpState::listen);
  c.cover("a socket begins to listen", listens && was(TcpState::close));
  c.goal("success means LISTEN", implies(listen.succeeded(), listens));
  c.goal("who listens was in CLOSE or LISTEN", implies(listens, was(TcpState::close) || was(TcpState::listen)));
  c.goal("who begins to listen was SS_UNCONNECTED",
         implies(listens && was(TcpState::close), listen.before.state == I32<D>(model::SS_UNCONNECTED)));
  c.twin("who listens was in CLOSE", implies(listens, was(TcpState::close)));
};

const auto ulp_without_clone_never_begins_to_listen = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  c.assume("the socket is in CLOSE", listen.before.sk_state == model::tcp<D>(TcpState::close));
  c.assume("its upper layer protocol cannot be cloned", listen.world.ulp != I32<D>(0));
  c.assume("everything else allows it", listen.world.refusal == I32<D>(0) && listen.world.port == I32<D>(0) &&
                                            listen.before.state == I32<D>(model::SS_UNCONNECTED));
  listen.call(kernel);
  c.goal("EINVAL", listen.result == model::error<D>(Errno::einval));
  c.goal("still CLOSE, and both queues as before", same_but_for_the_limit<D>(listen.after(), listen.before));
  c.twin("the limit is as before", listen.stored() == listen.before.listener.sk_max_ack_backlog);
};

const auto relisten_keeps_the_queue = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  c.assume("the socket listens", listen.before.sk_state == model::tcp<D>(TcpState::listen));
  c.cover("connections wait", listen.before.listener.sk_ack_backlog > U32<D>(0));
  listen.call(kernel);
  c.goal("both queues are as before", same_but_for_the_limit<D>(listen.after(), listen.before));
  c.twin("so is the limit", listen.stored() == listen.before.listener.sk_max_ack_backlog);
};

const auto descriptor_is_put_exactly_once = [](auto& c, const Profile& kernel) {
  AnyListen listen(c, kernel);
  listen.world.descriptor = static_cast<Descriptor>(c.below(3, "descriptor"));
  listen.world.sock.family = names<Family>[c.below(names<Family>.size(), "family")].value;
  listen.world.sock.type = names<SockType>[c.below(names<SockType>.size(), "type")].value;
  listen.call(kernel);
  const bool opened = listen.world.descriptor != Descriptor::closed;
  c.cover("a descriptor that is open", opened);
  c.cover("a call that succeeds", listen.succeeded());
  c.goal("one put for a descriptor that was found, none otherwise", listen.world.puts == (opened ? 1U : 0U));
  c.goal("the file has the references that it had", listen.world.file.references == 1);
  c.twin("one put always", listen.world.puts == 1);
};

const auto syn_table_is_a_power_of_two_above_both = [](auto& c, const Profile&) {
  using D = DomainOf<decltype(c)>;
  const I32<D> backlog = c.i32("backlog"), max_syn = c.i32("tcp_max_syn_backlog");
  const U32<D> limit = as<U32<D>>(max_syn), asked = as<U32<D>>(backlog), zero(0), one(1);
  const U32<D> wanted = choose(asked < limit, asked, limit);
  c.assume("the smaller of the limits is below 2^31 - 1", wanted < U32<D>(0x7fffffffU));
  const U32<D> entries = model::syn_table_entries<D>(backlog, max_syn);
  c.goal("a power of two", entries != zero && (entries & (entries - one)) == zero);
  c.goal("above 8 and above the smaller of the limits", entries > U32<D>(8) && entries > wanted);
  c.goal("not twice as large as needed", entries == U32<D>(16) || entries <= (wanted << one));
  c.twin("at most 256", entries <= U32<D>(256));
};

}  // namespace

std::vector<Theorem> listen_theorems() {
  return {
      theorem(
          "listen.clamp",
          "While somaxconn is not negative, a successful listen stores the smaller of backlog and somaxconn, compared "
          "as unsigned, cut to the width of the field.",
          every_profile, clamp),
      theorem("listen.negative_backlog_gives_somaxconn",
              "While somaxconn is within 0..65535, a negative backlog is stored as somaxconn.", every_profile,
              negative_backlog_gives_somaxconn),
      historic("C1", {{"", "3.10"}},
               theorem("listen.stored_value_never_wraps",
                       "Any backlog that somaxconn allows, with any somaxconn that its table allows, is stored as it is.",
                       every_profile, stored_value_never_wraps)),
      historic("C1", {{"", "3.10"}},
               theorem("listen.somaxconn_65536_is_stored_as_0",
                       "A backlog of at least 1 is never stored as 0. Until 3.10 somaxconn 65536 passed the clamp, and "
                       "the field is an unsigned short.",
                       every_profile, somaxconn_65536_is_stored_as_0)),
      historic("C2", {{"", "3.10"}},
               theorem("listen.negative_somaxconn_disables_the_clamp",
                       "No listen stores a backlog above somaxconn. Until 3.10 somaxconn could be negative, and it is "
                       "compared as unsigned.",
                       every_profile, negative_somaxconn_disables_the_clamp)),
      theorem("listen.failure_leaves_the_socket",
              "A listen that fails leaves the socket as it was; from 4.4 all but the limit, which it may overwrite.",
              every_profile, failure_leaves_the_socket),
      theorem("listen.only_from_close_or_listen",
              "A socket gets to LISTEN from CLOSE only, unconnected, and stays there from LISTEN.", every_profile,
              only_from_close_or_listen),
      historic("C12", {{"", "6.1"}},
               theorem("listen.ulp_without_clone_never_begins_to_listen",
                       "A socket whose upper layer protocol cannot be cloned does not get to LISTEN, and nothing but "
                       "the limit changes. Until 6.1 it listened, and its children shared the protocol (CVE-2023-0461).",
                       within({{"4.14", ""}}), ulp_without_clone_never_begins_to_listen)),
      theorem("listen.relisten_keeps_the_queue",
              "Listening again changes the limit and nothing else: both queues stay.", every_profile,
              relisten_keeps_the_queue),
      theorem("listen.descriptor_is_put_exactly_once",
              "On every path of listen(2) the file that was looked up is put exactly once.", every_profile,
              descriptor_is_put_exactly_once),
      theorem("listen.syn_table_is_a_power_of_two_above_both",
              "The SYN table has the least power of two of entries that is above both 8 and the smaller of backlog and "
              "tcp_max_syn_backlog.",
              within({{"", "4.3"}}), syn_table_is_a_power_of_two_above_both),
  };
}

}  // namespace weir::proofs
