// The model under a script: plays what the script injects and calls, and holds what it expects against the answers.
//
// Calls are in calls.cpp, segments in segments.cpp, time and commands in world.cpp.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "oracle/check/machine.hpp"
#include "oracle/packetdrill/check.hpp"
#include "oracle/packetdrill/peer.hpp"
#include "oracle/packetdrill/script.hpp"

namespace weir::oracle::packetdrill {

class World {
 public:
  World(const Profile& profile, std::string file, bool all, std::function<void(const Divergence&)> found)
      : host_(profile, HostOptions{}), file_(std::move(file)), all_(all), found_(std::move(found)) {}

  void apply(const Statement& statement);

  /// Calls that still wait return, and what was sent and not expected is counted.
  Report finish() &&;

  bool stopped() const { return report_.stopped; }

 private:
  struct Sent {
    End to;
    Flags flags = Flags::none;
    Micros at = 0;
    Micros slack = 0;  ///< a timer may be that much later
    std::uint64_t line = 0;
    ClauseSet clauses;
  };
  struct Waiting {
    Micros until = 0;
    Statement statement;
  };
  struct Span {
    Micros from = 0, to = 0;
  };

  void option(const Statement& statement);
  void command(const Statement& statement);

  Explained perform(const Op& operation, std::optional<std::int32_t> label, std::uint64_t line);
  std::optional<Micros> next_send(Micros limit) const;
  void pass_until(Micros time);
  void take_sent(const outcome::Passed& passed, const ClauseSet& clauses);
  void run_waiting(Micros before);
  Span span_of(const When& when) const;

  void call(const Statement& statement);
  void judge(const Statement& statement, const Op& operation, std::optional<std::int32_t> label);
  void make_socket(const Statement& statement);
  void bind(const Statement& statement);
  void connect(const Statement& statement);
  void option_call(const Statement& statement);
  void other_call(const Statement& statement);
  std::optional<Fd> descriptor(const Statement& statement);
  bool listens(Fd fd) const;

  void inject(const Statement& statement);
  void expect(const Statement& statement);
  void await(const Statement& statement, Flags flags, const Span& when);
  bool is_shown_by_no_operation(const Statement& statement, Flags flags, Peer& peer);
  End peer_of(const ScriptSegment& segment) const;
  End host_end(const ScriptSegment& segment) const;
  void leave_alone(Peer& peer, const Statement& statement, const std::string& kind);

  void outside(const Statement& statement, const std::string& kind) { report_.outside.add(kind, statement.line); }
  void diverged(const Divergence& divergence);
  std::vector<std::string> listeners() const;

  Host host_;
  std::string file_;
  bool all_;
  std::function<void(const Divergence&)> found_;
  Report report_;

  Micros now_ = 0;           ///< of the script
  std::int64_t passed_ = 0;  ///< milliseconds that the model has seen pass
  Micros tolerance_ = 4000;
  std::uint32_t host_address_ = 0xc0a80001;  ///< 192.168.0.1
  std::uint32_t peer_address_ = 0xc0000201;  ///< 192.0.2.1
  std::uint16_t bind_port_ = 8080;

  std::vector<Waiting> waiting_;
  std::deque<Sent> sent_;  ///< that no line has expected yet
  std::map<End, Peer> peers_;
  std::map<std::int32_t, std::string> outside_fds_;  ///< descriptors that the model does not follow, and why
  std::map<std::int32_t, std::uint16_t> bound_;      ///< descriptors that listen or may, and the port they were given
  std::uint64_t closed_ = 0;                         ///< the last line that closed or shut down a connection
};

/// "S." for SYN and ACK, as scripts have it; "nothing" for none.
std::string letters_of(Flags flags);

}  // namespace weir::oracle::packetdrill
