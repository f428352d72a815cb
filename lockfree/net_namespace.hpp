// A network namespace: its sysctls, its counters, its ports. Made once, never destroyed before the host.
//
// Thread safety: any thread.
#pragma once
#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <optional>

#include "lockfree/ports.hpp"
#include "lockfree/remotes.hpp"
#include "lockfree/segmented.hpp"
#include "lockfree/sysctl_store.hpp"
#include "model/outcome.hpp"

namespace weir::lockfree {

/// The counters of /proc/net/netstat, by the kernel's names.
enum class Mib : std::uint8_t {
  ListenOverflows,
  ListenDrops,
  SyncookiesSent,
  EmbryonicRsts,
  TCPDeferAcceptDrop,
  TCPReqQFullDoCookies,
  TCPReqQFullDrop,
};
inline constexpr std::size_t mib_count = 7;

struct NetNamespace {
  SysctlStore sysctls;
  Ports ports;
  Remotes remotes;  ///< connections, requests, cookies and TIME_WAITs of remote peers
  Ports listeners;  ///< those holders that have listened: what a SYN looks through, however many children there are
  std::array<HostAtomic<std::uint64_t>, mib_count> counters{};
  HostAtomic<std::uint32_t> taking_ends{0};  ///< the turn of those that take two named ends (turn.hpp)
  HostAtomic<bool> ready{false};
  bool foreign = false;  ///< owned by another user namespace than the initial one; set before `ready`

  // relaxed: a counter is a sum; no reader concludes from one what another thread did.
  void count(Mib which) { counters[static_cast<std::size_t>(which)].fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t counted(Mib which) const {
    return counters[static_cast<std::size_t>(which)].load(std::memory_order_relaxed);
  }
};

/// The namespaces of a host. Ids are given out in order; 0 exists from the start.
class NetNamespaces {
 public:
  NetNamespaces(const Profile& kernel, const HostOptions& options) : kernel_(kernel), options_(options) {
    create(Owner::init);
  }

  std::uint32_t create(Owner owner) {
    // relaxed: the id is only reserved; `ready` publishes the namespace.
    const std::uint32_t id = next_.fetch_add(1, std::memory_order_relaxed);
    NetNamespace& made = spaces_.at(id);
    made.sysctls.reset(kernel_, options_);
    made.foreign = owner == Owner::user;
    if (id != 0) take_over(spaces_.at(0).sysctls, made.sysctls);
    // release: pairs with the acquire in `find`; without it a namespace could be seen with zeros for its sysctls.
    made.ready.store(true, std::memory_order_release);
    return id;
  }

  /// nullptr for an id that was never answered by `create`.
  NetNamespace* find(std::uint32_t id) {
    NetNamespace* const there = spaces_.find(id);
    // acquire: pairs with the release above.
    return there != nullptr && there->ready.load(std::memory_order_acquire) ? there : nullptr;
  }

 private:
  /// What a new namespace has from the one that makes it, which is the first.
  void take_over(const SysctlStore& maker, SysctlStore& made) {
    for (const SysctlSpec& row : kernel_.sysctls)
      for (std::size_t i = 0; row.from_first && i < row.elements; ++i)
        made.store_element(row.id, i, maker.load_element(row.id, i));
    const bool may_have_hash = spec_of(kernel_, Sysctl::tcp_child_ehash_entries) != nullptr;
    const std::int32_t asked = may_have_hash ? maker.load(Sysctl::tcp_child_ehash_entries) : 0;
    if (asked == 0) return;
    constexpr std::uint32_t requests_share = 128;
    const std::uint32_t slots = asked < 0 ? 0 : std::bit_ceil(static_cast<std::uint32_t>(asked));
    made.store(Sysctl::tcp_max_syn_backlog,
               static_cast<std::int32_t>(std::max(slots / requests_share, std::uint32_t{128})));
  }

  const Profile& kernel_;
  const HostOptions options_;
  HostAtomic<std::uint32_t> next_{0};
  Segmented<NetNamespace, 1, 1u << 20> spaces_;
};

inline outcome::Counters read_counters(const Profile& kernel, const NetNamespace& ns) {
  outcome::Counters all;
  all.ListenOverflows = ns.counted(Mib::ListenOverflows);
  all.ListenDrops = ns.counted(Mib::ListenDrops);
  all.SyncookiesSent = ns.counted(Mib::SyncookiesSent);
  all.EmbryonicRsts = ns.counted(Mib::EmbryonicRsts);
  if (kernel.defer_drop_counted) all.TCPDeferAcceptDrop = ns.counted(Mib::TCPDeferAcceptDrop);
  if (kernel.syn_flood_counters) {
    all.TCPReqQFullDoCookies = ns.counted(Mib::TCPReqQFullDoCookies);
    all.TCPReqQFullDrop = ns.counted(Mib::TCPReqQFullDrop);
  }
  return all;
}

}  // namespace weir::lockfree
