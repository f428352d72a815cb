// A host with short names for its operations, so that a test reads like the trace it is.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "model/host.hpp"

namespace weir::testing {

inline constexpr const char* linux_2_6_32 = "linux-2.6.32";
inline constexpr const char* linux_6_18 = "linux-6.18";

class Script {
 public:
  explicit Script(std::string_view profile, const HostOptions& options = {}) : host(*profile_from(profile), options) {}

  Outcome step(const Op& operation) {
    const ClauseScope scope(clauses);
    return host.step(operation);
  }

  /// "0", "3", … or the name of the error.
  std::string call(const Op& operation) {
    const Outcome outcome = step(operation);
    const auto* const answer = std::get_if<outcome::Returned>(&outcome);
    if (answer == nullptr) return "(not a call)";
    return answer->ret >= 0 ? std::to_string(answer->ret) : std::string(name_of(answer->error));
  }

  std::string netns(Owner owner = Owner::init) { return call(op::Netns{owner}); }
  std::string socket(Family family = Family::inet, SockType type = SockType::stream, std::uint32_t ns = 0) {
    return call(op::Socket{{ns}, family, type});
  }
  std::string bind(int fd, std::uint16_t port, Address address = loopback) {
    return call(op::Bind{{fd}, address, port});
  }
  std::string listen(int fd, std::int32_t backlog) { return call(op::Listen{{fd}, backlog}); }
  std::string connect(int fd, std::uint16_t port, Address address = loopback) {
    return call(op::Connect{{fd}, address, port});
  }
  std::string accept(int fd) { return call(op::Accept{{fd}}); }
  std::string shutdown(int fd, How how) { return call(op::Shutdown{{fd}, how}); }
  std::string close(int fd) { return call(op::Close{{fd}}); }
  std::string set(int fd, SockOpt opt, std::int32_t value) { return call(op::Setsockopt{{fd}, opt, value}); }

  /// The reply to a segment of remote peer 192.0.2.10:`port` to 192.0.2.1:8080.
  std::string seg(std::uint16_t port, Flags flags, std::uint32_t len = 0) {
    const Outcome answer = step(op::Segment{{0}, {0xc000020a, port}, {0xc0000201, 8080}, flags, len});
    return std::string(name_of_enum(std::get<outcome::Replied>(answer).reply));
  }

  /// The ports of remote peers to which SYN-ACKs are sent while time passes.
  std::string advance(std::uint32_t ms) {
    const Outcome answer = step(op::Advance{{ms}});
    std::string ports;
    for (const auto& each : std::get<outcome::Passed>(answer).sent)
      ports += (ports.empty() ? "" : " ") + std::to_string(each.to.port);
    return ports;
  }

  /// "LISTEN 2 1": state, tcpi_unacked, tcpi_sacked; or the name of the error.
  std::string info(int fd) {
    const Outcome outcome = step(op::TcpInfo{{fd}});
    if (const auto* failure = std::get_if<outcome::Returned>(&outcome)) return std::string(name_of(failure->error));
    const auto& seen = std::get<outcome::Info>(outcome);
    return std::string(name_of_enum(seen.state)) + " " + std::to_string(seen.unacked) + " " +
           std::to_string(seen.sacked);
  }

  /// The value, or the name of the error.
  std::string get(int fd, SockOpt opt) {
    const Outcome outcome = step(op::Getsockopt{{fd}, opt});
    if (const auto* failure = std::get_if<outcome::Returned>(&outcome)) return std::string(name_of(failure->error));
    return std::to_string(std::get<outcome::OptionValue>(outcome).value);
  }

  std::string write(Sysctl id, std::string data, std::int64_t pos = 0, std::uint32_t ns = 0, Cred cred = Cred::root) {
    return call(op::SysctlWrite{{ns}, id, std::move(data), pos, cred});
  }
  std::string read(Sysctl id, std::uint32_t ns = 0, std::uint32_t len = 4096, std::int64_t pos = 0) {
    const Outcome outcome = step(op::SysctlRead{{ns}, id, len, pos});
    if (const auto* failure = std::get_if<outcome::Returned>(&outcome)) return std::string(name_of(failure->error));
    return std::get<outcome::ReadBack>(outcome).data;
  }
  outcome::Counters netstat(std::uint32_t ns = 0) { return std::get<outcome::Counters>(step(op::Netstat{{ns}})); }

  bool passed(Clause clause) const { return clauses.contains(clause); }

  model::Host<Recorded> host;
  ClauseSet clauses;
};

}  // namespace weir::testing
