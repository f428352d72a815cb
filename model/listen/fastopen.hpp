// The queue for TCP Fast Open requests: how long TCP_FASTOPEN and listen(2) make it. Requests of that kind carry data
// in their SYN, which no operation sends; the length is what can be seen. Source: include/linux/tcp.h
// (fastopen_init_queue, fastopen_queue_tune), net/ipv4/af_inet.c (inet_listen).
#pragma once
#include "model/listen/queues.hpp"

namespace weir::model {

inline constexpr std::int32_t TFO_SERVER_ENABLE = 0x2, TFO_SERVER_WO_SOCKOPT1 = 0x400, TFO_SERVER_WO_SOCKOPT2 = 0x800;

/// Until 4.3 the queue is made when it is first needed (ENOMEM is left out: nothing here runs out of memory), and as
/// long as asked for; from 4.4 it is a part of every TCP socket, and at most somaxconn long.
template <Domain D>
void set_fastopen_queue(const Profile& kernel, Listener<D>& queue, U32<D> length, I32<D> somaxconn) {
  if (kernel.listen_fastopen == ListenFastopen::makes_queue) {
    D::clause(Clause::FASTOPEN_SET_WHOLE);
    queue.fastopen_made = true;
    queue.fastopen_max_qlen = as<I32<D>>(length);
    return;
  }
  D::clause(Clause::FASTOPEN_SET);
  queue.fastopen_max_qlen = as<I32<D>>(at_most<D>(length, as<U32<D>>(somaxconn)));
}

template <Domain D>
Bool<D> has_flag(I32<D> tcp_fastopen, std::int32_t flag) {
  return (as<U32<D>>(tcp_fastopen) & U32<D>(static_cast<std::uint32_t>(flag))) != U32<D>(0);
}

/// A socket in CLOSE begins to listen: what tcp_fastopen lets it have without the option.
template <Domain D>
void listen_sets_fastopen(const Profile& kernel, Listener<D>& queue, I32<D> tcp_fastopen, I32<D> backlog,
                          I32<D> somaxconn) {
  const bool makes = kernel.listen_fastopen == ListenFastopen::makes_queue;
  if (makes && queue.fastopen_made) {
    D::clause(Clause::LISTEN_FASTOPEN_MADE);
    return;
  }
  const Bool<D> open = Bool<D>(makes) || queue.fastopen_max_qlen == I32<D>(0);
  const Bool<D> serves = has_flag<D>(tcp_fastopen, TFO_SERVER_ENABLE) && open;
  if (serves && has_flag<D>(tcp_fastopen, TFO_SERVER_WO_SOCKOPT1)) {
    D::clause(Clause::LISTEN_FASTOPEN);
    set_fastopen_queue<D>(kernel, queue, as<U32<D>>(backlog), somaxconn);
    return;
  }
  if (kernel.listen_fastopen == ListenFastopen::one_flag) return;
  if (serves && has_flag<D>(tcp_fastopen, TFO_SERVER_WO_SOCKOPT2)) {
    D::clause(Clause::LISTEN_FASTOPEN_LENGTH);
    set_fastopen_queue<D>(kernel, queue, as<U32<D>>(tcp_fastopen) >> U32<D>(16), somaxconn);
  }
}

}  // namespace weir::model
