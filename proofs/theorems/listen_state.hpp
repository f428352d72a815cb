// Arbitrary calls of listen(2) and arbitrary listeners, for the theorems of the listen plane.
#pragma once
#include "model/listen/listen.hpp"
#include "proofs/symbolic/theorem.hpp"

namespace weir::proofs {

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
  U32<D> limit_when_found{0};  ///< sk_max_ack_backlog when the port is had: a SYN may come from then on

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
  I32<D> get_port(model::Sock<D>& sk) {
    limit_when_found = sk.listener.sk_max_ack_backlog;
    return port;
  }
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

template <Domain D>
Bool<D> same_queues(const model::Listener<D>& a, const model::Listener<D>& b) {
  return a.sk_ack_backlog == b.sk_ack_backlog && a.qlen == b.qlen && a.young == b.young && a.syn_table == b.syn_table &&
         a.rskq_defer_accept == b.rskq_defer_accept;
}

template <Domain D>
Bool<D> same_but_for_the_limit(const model::Sock<D>& a, const model::Sock<D>& b) {
  return a.state == b.state && a.sk_state == b.sk_state && same_queues<D>(a.listener, b.listener);
}

}  // namespace weir::proofs
