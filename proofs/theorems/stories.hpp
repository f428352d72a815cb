// Operations that stories are made of: how a counterexample looks on a host.
#pragma once
#include <string>
#include <vector>

#include "proofs/symbolic/theorem.hpp"

namespace weir::proofs::story {

inline constexpr std::uint16_t port = 80;
inline constexpr End server{0xc0000201, port};  ///< 192.0.2.1

inline op::SysctlWrite write(Sysctl id, std::int64_t value) { return {{}, id, std::to_string(value)}; }

inline void add_listener(std::vector<Op>& ops, std::int32_t fd, std::int64_t backlog) {
  ops.emplace_back(op::Socket{{}, Family::inet, SockType::stream});
  ops.emplace_back(op::Bind{Fd{fd}, any_address, port});
  ops.emplace_back(op::Listen{Fd{fd}, static_cast<std::int32_t>(backlog)});
}

inline void add_client(std::vector<Op>& ops, std::int32_t fd) {
  ops.emplace_back(op::Socket{{}, Family::inet, SockType::stream});
  ops.emplace_back(op::Connect{Fd{fd}, loopback, port});
}

/// The SYN of the n-th remote peer.
inline op::Segment syn(std::uint16_t n) {
  return {{}, End{0xc0000210, static_cast<std::uint16_t>(1000 + n)}, server, Flags::s};
}

inline op::NetifRx packet(std::uint32_t n) { return {Cpu{0}, Skb{n}}; }

/// The answer, if it is one of that type.
template <class Answer, class Condition>
bool answered(const Outcome& outcome, Condition condition) {
  const auto* const answer = std::get_if<Answer>(&outcome);
  return answer != nullptr && condition(*answer);
}

inline bool unanswered(const Outcome& outcome) {
  return answered<outcome::Replied>(outcome, [](const auto& each) { return each.reply == Flags::none; });
}

inline bool oops(const Outcome& outcome) { return std::holds_alternative<outcome::Oops>(outcome); }

}  // namespace weir::proofs::story
