// A host whose numbers may be symbolic: the rules of model/, with answers that hold terms.
#pragma once
#include <array>
#include <span>
#include <vector>

#include "model/listen/plane.hpp"
#include "proofs/diff/domain.hpp"
// (the order matters: the domain's queue and number before the planes that use them)
#include "model/softnet/plane.hpp"
#include "model/softnet/softnet_stat.hpp"

namespace weir::proofs::diff {

using D = Searched;

/// What an operation answers: which kind of answer, a list that is known on this path, and numbers that may depend on
/// the open arguments.
struct Answer {
  std::int64_t kind = 0;
  std::vector<std::int64_t> list;
  std::vector<Symbolic::U64> numbers;

  bool same_form(const Answer& other) const { return kind == other.kind && numbers.size() == other.numbers.size(); }
};

/// Whether two answers differ.
SymbolicBool differ(const Answer& a, const Answer& b);

/// What the four kernels answer, in the order of the members of Kernels.
using Four = std::array<Answer, 4>;

/// Whether the two kernels answer differently because of the change: in some part of the answer in which they differ,
/// the one kernel with the change alone answers as the other.
SymbolicBool differ_by_the_change(const Four& answers);

/// What fills the hole of an operation, if it has one.
struct Open {
  const Symbolic::I32* number = nullptr;
  std::span<const Symbolic::U8> text;
};

/// The socket plane, with the readings that answer numbers.
class SearchSockets : public model::SocketPlane<D> {
 public:
  using model::SocketPlane<D>::SocketPlane;
  using model::SocketPlane<D>::perform;

  Answer listen(Fd fd, const Symbolic::I32& backlog);
  Answer tcp_info(Fd fd);
  Answer getsockopt(const op::Getsockopt& op);
  Answer netstat(NsId ns);
  /// sk_max_ack_backlog of every socket that has one.
  Answer kept() const;
};

class SearchHost {
 public:
  explicit SearchHost(const Profile& kernel)
      : kernel_(&kernel), sysctls_(model::initial_sysctls<D>(kernel, HostOptions{})), sockets_(kernel, sysctls_) {
    cpu_.weight = model::dev_rx_weight(sysctls_);
  }
  SearchHost(const SearchHost&) = delete;
  SearchHost& operator=(const SearchHost&) = delete;

  /// Performs one operation. \pre the operation is one that a shape holds
  Answer step(const Op& operation, const Open& open);
  Answer kept() const { return sockets_.kept(); }

 private:
  Answer perform(const op::Netns& op, const Open&);
  Answer perform(const op::SysctlWrite& op, const Open& open);
  Answer perform(const op::SysctlRead& op, const Open&);
  Answer perform(const op::Tick&, const Open&);
  Answer perform(const op::NetifRx& op, const Open&);
  Answer perform(const op::ProcessBacklog& op, const Open& open);
  Answer perform(const op::NetRxAction& op, const Open&);
  Answer perform(const op::SoftnetStat&, const Open&);
  Answer perform(const op::Listen& op, const Open& open);
  Answer perform(const op::TcpInfo& op, const Open&) { return sockets_.tcp_info(op.fd); }
  Answer perform(const op::Getsockopt& op, const Open&) { return sockets_.getsockopt(op); }
  Answer perform(const op::Netstat& op, const Open&) { return sockets_.netstat(op.ns); }
  /// The other calls answer a plain number.
  template <class Call>
  Answer perform(const Call& op, const Open&) {
    if constexpr (requires { sockets_.perform(op); })
      return returned_by(std::get<outcome::Returned>(sockets_.perform(op)));
    else
      throw Undecided{Verdict::error, "no shape holds such an operation"};
  }
  static Answer returned_by(const outcome::Returned& returned) {
    return {0, {}, {Symbolic::U64(returned.ret), Symbolic::U64(static_cast<std::uint64_t>(returned.error))}};
  }

  const Profile* kernel_;
  model::SysctlPlane<D> sysctls_;
  SearchSockets sockets_;
  model::SoftnetData<D> cpu_;  ///< packets of a shape all come to CPU 0
  Symbolic::U64 jiffies_{0};
  bool crashed_ = false;
};

}  // namespace weir::proofs::diff
