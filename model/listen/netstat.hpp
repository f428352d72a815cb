// The counters of a namespace, as /proc/net/netstat shows them. Source: net/ipv4/proc.c (snmp4_net_list).
#pragma once
#include <optional>

#include "model/listen/conn_request.hpp"

namespace weir::model {

/// Those that the release does not have are absent.
template <Domain D>
struct Counters {
  U64<D> ListenOverflows, ListenDrops, SyncookiesSent, EmbryonicRsts;
  std::optional<U64<D>> TCPDeferAcceptDrop, TCPReqQFullDoCookies, TCPReqQFullDrop;
};

template <Domain D>
Counters<D> netstat(const Profile& kernel, const Mib<D>& mib) {
  D::clause(Clause::NETSTAT);
  Counters<D> shown{mib.ListenOverflows, mib.ListenDrops, mib.SyncookiesSent, mib.EmbryonicRsts, {}, {}, {}};
  if (kernel.defer_drop_counted) shown.TCPDeferAcceptDrop = mib.TCPDeferAcceptDrop;
  if (kernel.syn_flood_counters) {
    shown.TCPReqQFullDoCookies = mib.TCPReqQFullDoCookies;
    shown.TCPReqQFullDrop = mib.TCPReqQFullDrop;
  }
  return shown;
}

}  // namespace weir::model
