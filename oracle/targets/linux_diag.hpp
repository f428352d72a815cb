// What the kernel says of one connection, by its ends.
#pragma once
#include <cstdint>
#include <optional>

#include "model/vocabulary/address.hpp"
#include "model/vocabulary/names.hpp"
#include "oracle/targets/linux_namespaces.hpp"

namespace weir::oracle {

struct TcpSight {
  TcpState state = TcpState::close;       ///< CLOSE: there is none
  std::optional<std::uint32_t> received;  ///< bytes, a FIN counts as one; a request or a TIME_WAIT does not tell
};

/// Asks in the network namespace where it was made (sock_diag(7); no privilege is needed). Looking changes nothing.
class TcpDiag {
 public:
  /// Throws std::system_error where the kernel has no sock_diag.
  TcpDiag();

  /// The connection or request between an end of this host and a peer.
  TcpSight look(const End& host, const End& peer);

 private:
  OwnedFd socket_;
};

}  // namespace weir::oracle
