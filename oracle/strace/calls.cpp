// The system calls of the listen plane, judged one by one. What the world outside the log may explain stands at each.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "oracle/json/observation.hpp"
#include "oracle/strace/answers.hpp"
#include "oracle/strace/world.hpp"

namespace weir::oracle::strace {
namespace {

using Kind = Judgement::Kind;

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool answers(const Outcome& answer, Errno error) { return answer == Outcome(failed(error)); }

const auto no_excuse = [](const Outcome&) { return std::string(); };

}  // namespace

Judgement World::judge_call(const Call& call) {
  using Judge = Judgement (World::*)(const Call&);
  static const std::map<std::string_view, Judge> judges{
      {"socket", &World::socket},         {"bind", &World::bind},      {"listen", &World::listen},
      {"accept", &World::accept},         {"accept4", &World::accept}, {"connect", &World::connect},
      {"shutdown", &World::shutdown},     {"close", &World::close},    {"setsockopt", &World::setsockopt},
      {"getsockopt", &World::getsockopt},
  };
  const auto found = judges.find(call.name);
  if (found == judges.end()) {
    if (is_followed(call.name)) follow_process(call);
    return {};
  }
  if (!call.result.known) return Judgement::of(Kind::no_result, call.name);
  return (this->*found->second)(call);
}

Judgement World::diverged(const Call& call, const Op& operation, const Explained& answer, std::string allowed) const {
  Judgement judgement = Judgement::of(Kind::diverged, call.name);
  judgement.allowed = std::move(allowed);
  judgement.clauses = answer.clauses;
  judgement.before = describe(host_, operation, descriptor(call));
  return judgement;
}

/// Compares the model's answer with the log's. The model follows where they are the same, stays where the world outside
/// explains a failure, and gives the socket up where it does not.
Judgement World::judge(const Call& call, const Op& operation, const Excuse& excuse) {
  Host next = host_;
  const Explained answer = step(next, operation);
  if (same(answer.outcome, call.result)) {
    host_ = next;
    return Judgement::of(Kind::checked, call.name);
  }
  Judgement judgement = Judgement::of(Kind::checked, call.name);
  judgement.outside = excuse(answer.outcome);
  if (judgement.outside.empty()) {
    judgement = diverged(call, operation, answer, text_of(answer.outcome));
    if (Socket* const mine = certain(call)) mine->outside = "after a divergence";
  }
  return judgement;
}

Judgement World::on_socket(const Call& call, const std::function<Op(Fd)>& operation, const Excuse& excuse) {
  const Slot slot = slot_of(call);
  if (descriptor(call) == -1) return judge(call, operation(Fd{-1}), excuse);
  if (const auto id = slot.certain()) {
    const Socket& mine = sockets_.at(*id);
    if (!mine.outside.empty()) return Judgement::of(Kind::outside, call.name + " on a socket " + mine.outside);
    return judge(call, operation(Fd{*id}), excuse);
  }
  if (!call.result.failed() && call.name != "close")
    for (const SocketId id : slot.sockets) sockets_.at(id).outside = "whose state is unsure";
  return Judgement::of(Kind::unsure, call.name);
}

/// A call without a rule. Where it changes the socket, the model follows that no longer.
Judgement World::outside(const Call& call, const std::string& name, bool changes_state) {
  if (changes_state)
    for (const SocketId id : slot_of(call).sockets)
      if (sockets_.at(id).outside.empty()) sockets_.at(id).outside = "after " + name;
  return Judgement::of(Kind::outside, name);
}

/// Outside: how many descriptors may be open, who may open which family, and what the kernel was built with.
Judgement World::socket(const Call& call) {
  constexpr auto limits =
      std::to_array<std::string_view>({"EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EACCES", "EPERM", "EAFNOSUPPORT"});
  if (call.arguments.size() < 3) return Judgement::of(Kind::outside, call.name);
  const auto family = family_of(call.arguments[0]);
  const auto type = type_of(call.arguments[1]);
  const bool modelled = family && type && *family != Family::netlink && is_plain_protocol(call.arguments[2], *type);
  if (!modelled) {
    const std::string name = "socket " + call.arguments[0];
    if (!call.result.failed()) made(call, stand_in("of " + call.arguments[0]));
    return Judgement::of(Kind::outside, name);
  }
  const Op operation = op::Socket{NsId{0}, *family, *type};
  Host probe = host_;
  const Explained answer = step(probe, operation);
  Judgement judgement = Judgement::of(Kind::checked, call.name);
  if (call.result.failed() && is_one_of(call.result.error, limits))
    judgement.outside = call.result.error + ": limits and privileges";
  else if (call.result.failed() ? !same(answer.outcome, call.result) : is_failure(answer.outcome))
    judgement =
        diverged(call, operation, answer, is_failure(answer.outcome) ? text_of(answer.outcome) : "a descriptor");
  if (!call.result.failed())
    made(call, judgement.kind == Kind::checked ? new_socket(*family, *type) : stand_in("after a divergence"));
  return judgement;
}

/// Outside: who else holds the port, which addresses the host has, who may bind ports below 1024.
Judgement World::bind(const Call& call) {
  const SocketAddress address = call.arguments.size() < 2 ? SocketAddress{} : address_of(call.arguments[1]);
  Socket* const mine = certain(call);
  if (address.address.empty())
    return outside(call, "bind " + (address.family.empty() ? "of an unreadable address" : address.family),
                   !call.result.failed());
  const Address place_on_model = mine == nullptr ? any_address : place(*mine, address);
  const auto excuse = [&](const Outcome&) -> std::string {
    const bool foreign = mine != nullptr && mine->foreign;
    if (call.result.error == "EADDRINUSE") return "EADDRINUSE: somebody else may hold the port";
    if (call.result.error == "EADDRNOTAVAIL" && foreign) return "EADDRNOTAVAIL: the host's addresses";
    if (call.result.error == "EACCES" && address.port != 0 && address.port < 1024) return "EACCES: a privileged port";
    return "";
  };
  const Judgement judgement = on_socket(
      call,
      [&](Fd fd) {
        return op::Bind{fd, place_on_model, address.port};
      },
      excuse);
  if (judgement.kind == Kind::checked && !call.result.failed() && mine != nullptr) mine->port = address.port;
  return judgement;
}

/// Checked exactly, but where a process may still have a socket on that port that the log does not show closed.
Judgement World::listen(const Call& call) {
  const auto backlog = call.arguments.size() < 2 ? std::nullopt : number_of(call.arguments[1]);
  if (!backlog) return outside(call, "listen with an unreadable backlog", true);
  const Socket* const mine = certain(call);
  const auto excuse = [&](const Outcome&) -> std::string {
    const bool may_be_held = mine != nullptr && lingering_.contains(mine->port);
    return call.result.error == "EADDRINUSE" && may_be_held ? "EADDRINUSE: a process may still hold the port" : "";
  };
  return on_socket(
      call,
      [&](Fd fd) {
        return op::Listen{fd, static_cast<std::int32_t>(*backlog)};
      },
      excuse);
}

/// Outside: whether a connection waits. On a socket that does not listen there is nothing to wait for.
Judgement World::accept(const Call& call) {
  constexpr auto arrivals = std::to_array<std::string_view>(
      {"ECONNABORTED", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EINTR", "EPROTO", "EPERM"});
  const auto excuse = [&](const Outcome& allowed) -> std::string {
    if (!answers(allowed, Errno::eagain)) return "";
    if (!call.result.failed()) return "a connection arrived";
    return is_one_of(call.result.error, arrivals) ? call.result.error + ": the connection or a limit" : "";
  };
  Judgement judgement = on_socket(
      call, [](Fd fd) { return op::Accept{fd}; }, excuse);
  if (judgement.kind == Kind::diverged && judgement.allowed == "-1 EAGAIN") judgement.allowed += ", or a descriptor";
  if (call.result.failed()) return judgement;
  const bool from_listener = judgement.kind == Kind::checked;
  made(call, from_listener ? new_connection() : stand_in("from a socket that the model does not follow"));
  return judgement;
}

/// What becomes of a connect lies with the other side, unless the socket cannot connect at all.
Judgement World::connect(const Call& call) {
  const SocketAddress address = call.arguments.size() < 2 ? SocketAddress{} : address_of(call.arguments[1]);
  const auto id = slot_of(call).certain();
  if (id && sockets_.at(*id).outside.empty() && !address.address.empty()) {
    Host probe = host_;
    const Outcome state = probe.step(op::TcpInfo{Fd{*id}});
    const auto* const tcp = std::get_if<outcome::Info>(&state);
    if (tcp != nullptr && tcp->state == TcpState::listen)
      return judge(call, op::Connect{Fd{*id}, loopback, 1}, no_excuse);
  }
  return outside(call, "connect " + (address.family.empty() ? "to an unreadable address" : address.family), true);
}

/// Outside: whether an accepted connection's peer is still there. The model's connection stays as it is, so that it can
/// stand for another one later.
Judgement World::shutdown(const Call& call) {
  const auto how = call.arguments.size() < 2 ? std::nullopt : how_of(call.arguments[1]);
  if (!how) return outside(call, "shutdown in an unreadable direction", true);
  const Socket* const mine = certain(call);
  const bool possible = !call.result.failed() || call.result.error == "ENOTCONN";
  if (mine != nullptr && mine->accepted && mine->outside.empty() && possible) {
    Judgement judgement = Judgement::of(Kind::checked, call.name);
    judgement.outside = "the peer's part of a connection";
    return judgement;
  }
  return on_socket(
      call,
      [&](Fd fd) {
        return op::Shutdown{fd, *how};
      },
      no_excuse);
}

/// The descriptor is checked whatever its socket is. Outside: a signal may interrupt.
Judgement World::close(const Call& call) {
  if (closed_early_.contains(call.pid)) return Judgement::of(Kind::checked, call.name);
  const auto fd = descriptor(call);
  if (fd == -1) return judge(call, op::Close{Fd{-1}}, no_excuse);
  const Slot slot = slot_of(call);
  Judgement judgement = Judgement::of(Kind::unsure, call.name);
  if (const auto id = slot.certain()) {
    Host probe = host_;
    const Op operation = op::Close{Fd{*id}};
    const Explained answer = step(probe, operation);
    judgement.kind = Kind::checked;
    if (call.result.error == "EINTR")
      judgement.outside = "EINTR: a signal";
    else if (!same(answer.outcome, call.result))
      judgement = diverged(call, operation, answer, text_of(answer.outcome));
  }
  if (fd) descriptors_.closed(call.pid, *fd);
  release_unheld(slot.sockets);
  return judgement;
}

Judgement World::setsockopt(const Call& call) {
  constexpr auto change_rules = std::to_array<std::string_view>(
      {"SO_BINDTODEVICE", "SO_BINDTOIFINDEX", "TCP_ULP", "TCP_REPAIR", "IPV6_ADDRFORM"});
  if (call.arguments.size() < 5) return outside(call, "setsockopt", false);
  const auto& option = call.arguments[2];
  const auto value = number_of(call.arguments[3]);
  const auto known = option_of(call.arguments[1], option);
  const bool whole = call.arguments[4] == "4";
  if (known && value && whole)
    return on_socket(
        call,
        [&](Fd fd) {
          return op::Setsockopt{fd, *known, static_cast<std::int32_t>(*value)};
        },
        no_excuse);
  if (Socket* const mine = certain(call); mine != nullptr && option == "IPV6_V6ONLY" && !call.result.failed())
    mine->v6only = value != 0;
  return outside(call, "setsockopt " + option, !call.result.failed() && is_one_of(option, change_rules));
}

/// Accepted connections inherit options from a listener that their model does not come from.
Judgement World::getsockopt(const Call& call) {
  if (call.arguments.size() < 5) return outside(call, "getsockopt", false);
  const auto known = option_of(call.arguments[1], call.arguments[2]);
  const Socket* const mine = certain(call);
  const auto id = slot_of(call).certain();
  const bool inherited = mine != nullptr && mine->accepted && known != SockOpt::so_acceptconn;
  if (!known || inherited) return outside(call, "getsockopt " + call.arguments[2], false);
  if (!id || call.result.failed())
    return on_socket(
        call,
        [&](Fd fd) {
          return op::Getsockopt{fd, *known};
        },
        no_excuse);
  if (!mine->outside.empty()) return Judgement::of(Kind::outside, "getsockopt on a socket " + mine->outside);
  const Op operation = op::Getsockopt{Fd{*id}, *known};
  const Explained answer = step(host_, operation);
  const auto seen = number_of(call.arguments[3]);
  const auto* const allowed = std::get_if<outcome::OptionValue>(&answer.outcome);
  if (allowed != nullptr && seen == allowed->value) return Judgement::of(Kind::checked, call.name);
  return diverged(call, operation, answer, text_of(answer.outcome));
}

}  // namespace weir::oracle::strace
