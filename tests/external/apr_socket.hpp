// A client of the model: how the Apache Portable Runtime and httpd set TCP_DEFER_ACCEPT, in the operations of a trace.
//
// Restated from apache/apr network_io/unix/sockopt.c @016f56a0357b and apache/httpd server/listen.c @0288158bacec. The
// runtime remembers of the option one bit, "it was set to something", and compares that bit with the *value* asked for.
// So 1 is set once, but any other value again at each call. It reports the error of the system call, and ENOTIMPL where
// the platform has no such option. The server warns of errors, but not of ENOTIMPL, and goes on in any case.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/op.hpp"
#include "model/outcome.hpp"

namespace weir::testing {

/// What apr_socket_opt_set returns.
struct AprStatus {
  enum class Kind : std::uint8_t { success, error, not_implemented };
  Kind kind = Kind::success;
  Errno error = Errno::none;  ///< of Kind::error
};

class AprSocket {
 public:
  AprSocket(Fd fd, bool platform_has_option) : fd_(fd), platform_has_option_(platform_has_option) {}

  /// apr_socket_opt_set(APR_TCP_DEFER_ACCEPT, value). `call` makes the system call, if there is one to make.
  AprStatus set_defer_accept(std::int32_t value, const std::function<Outcome(const Op&)>& call) {
    if (!platform_has_option_) return {AprStatus::Kind::not_implemented, Errno::none};
    if ((was_set_ ? 1 : 0) == value) return {};
    const Outcome answer = call(op::Setsockopt{fd_, SockOpt::tcp_defer_accept, value});
    const auto& returned = std::get<outcome::Returned>(answer);
    if (returned.ret < 0) return {AprStatus::Kind::error, returned.error};
    was_set_ = value != 0;
    return {};
  }

 private:
  Fd fd_;
  bool platform_has_option_;
  bool was_set_ = false;
};

/// ap_apply_accept_filter: whether the server logs a warning. It goes on either way.
inline bool httpd_warns(const AprStatus& status) { return status.kind == AprStatus::Kind::error; }

}  // namespace weir::testing
