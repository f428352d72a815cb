// TCP_DEFER_ACCEPT: seconds and SYN-ACK retransmissions. Source: net/ipv4/tcp.c (secs_to_retrans, retrans_to_secs).
#pragma once
#include "model/listen/sock.hpp"

namespace weir::model {

inline constexpr std::uint32_t rto_max_s = 120;  ///< TCP_RTO_MAX in seconds

inline std::uint32_t next_timeout(std::uint32_t timeout) { return timeout * 2 > rto_max_s ? rto_max_s : timeout * 2; }

/// \return the least number of retransmissions (at most 255) whose waits add up to `seconds` or more; 0 for seconds <=
/// 0
template <Domain D>
U32<D> secs_to_retrans(const Profile& kernel, I32<D> seconds) {
  if (seconds <= I32<D>(0)) {
    D::clause(Clause::DEFER_OFF);
    return U32<D>(0);
  }
  D::clause(Clause::DEFER_SET);
  std::uint32_t retrans = 1, timeout = kernel.first_synack_timeout_s, period = timeout;
  while (retrans < 255 && as<U32<D>>(seconds) > U32<D>(period)) {
    ++retrans;
    timeout = next_timeout(timeout);
    period += timeout;
  }
  return U32<D>(retrans);
}

/// \return seconds that `retrans` retransmissions span
template <Domain D>
I32<D> retrans_to_secs(const Profile& kernel, U32<D> retrans) {
  D::clause(Clause::DEFER_GET);
  std::uint32_t timeout = kernel.first_synack_timeout_s, period = 0;
  for (std::uint32_t n = 0; n < 255 && U32<D>(n) < retrans; ++n) {
    period += timeout;
    timeout = next_timeout(timeout);
  }
  return I32<D>(static_cast<std::int32_t>(period));
}

}  // namespace weir::model
