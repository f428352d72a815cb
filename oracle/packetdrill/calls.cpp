// The system calls of a script, held against the model one by one.
#include <algorithm>
#include <array>
#include <string_view>

#include "oracle/packetdrill/world.hpp"
#include "oracle/strace/answers.hpp"
#include "oracle/strace/symbols.hpp"
#include "oracle/text/malformed.hpp"

namespace weir::oracle::packetdrill {
namespace {

/// After these the bytes on a connection are not those that the model knows.
constexpr auto move_data =
    std::to_array<std::string_view>({"read", "readv", "recv", "recvfrom", "recvmsg", "write", "writev", "send",
                                     "sendto", "sendmsg", "sendfile", "splice"});

using strace::text_of;

std::string text_of(const strace::Call& call) {
  if (call.result.failed()) return "-1 " + call.result.error;
  const std::string value =
      call.name == "getsockopt" && call.arguments.size() > 3 ? ", value " + call.arguments[3] : "";
  return std::to_string(call.result.ret) + value;
}

bool same(const Outcome& answer, const strace::Call& call) {
  if (const auto* const value = std::get_if<outcome::OptionValue>(&answer))
    return call.result.ret == 0 && call.arguments.size() > 3 && strace::number_of(call.arguments[3]) == value->value;
  return strace::same(answer, call.result);
}

std::optional<std::int32_t> made_by(const strace::Call& call) {
  const bool makes = call.name == "socket" || call.name.starts_with("accept");
  const bool fits = call.result.known && call.result.ret >= 0 && call.result.ret < max_fd;
  return makes && fits ? std::optional(static_cast<std::int32_t>(call.result.ret)) : std::nullopt;
}

/// Scripts have blanks around the equals signs of a structure.
strace::SocketAddress address_of(std::string text) {
  std::erase(text, ' ');
  return strace::address_of(text);
}

}  // namespace

void World::call(const Statement& statement) {
  const strace::Call& call = statement.call;
  if (call.name == "socket") return make_socket(statement);
  const bool known = call.name == "bind" || call.name == "listen" || call.name.starts_with("accept") ||
                     call.name == "connect" || call.name == "shutdown" || call.name == "close" ||
                     call.name == "setsockopt" || call.name == "getsockopt";
  if (!known) return other_call(statement);
  const auto fd = descriptor(statement);
  if (!fd) return;
  if (statement.when.ends && call.name.starts_with("accept")) {
    Statement later = statement;
    later.when.ends.reset();
    const Micros base = statement.when.relative ? now_ - statement.when.from : 0;
    return waiting_.push_back({base + *statement.when.ends, std::move(later)});
  }
  if (call.name == "bind") return bind(statement);
  if (call.name == "connect") return connect(statement);
  if (call.name.ends_with("sockopt")) return option_call(statement);
  if (call.name.starts_with("accept")) return judge(statement, op::Accept{*fd}, made_by(call));
  if (call.name == "listen") {
    const auto backlog = call.arguments.size() < 2 ? std::nullopt : strace::number_of(call.arguments[1]);
    if (!backlog) throw Malformed(file_, statement.line, 1, "expected listen(FD, NUMBER)");
    bound_.try_emplace(fd->label, std::uint16_t{0});
    return judge(statement, op::Listen{*fd, static_cast<std::int32_t>(*backlog)}, {});
  }
  if (!listens(*fd)) closed_ = statement.line;
  if (call.name == "close") {
    judge(statement, op::Close{*fd}, {});
    bound_.erase(fd->label);
    return;
  }
  const auto how = call.arguments.size() < 2 ? std::nullopt : strace::how_of(call.arguments[1]);
  if (!how) throw Malformed(file_, statement.line, 1, "expected shutdown(FD, SHUT_RD, SHUT_WR or SHUT_RDWR)");
  judge(statement, op::Shutdown{*fd, *how}, {});
}

/// The model follows where the answers are the same; after a divergence it goes on as well as it can.
void World::judge(const Statement& statement, const Op& operation, std::optional<std::int32_t> label) {
  const strace::Call& call = statement.call;
  const Host before = host_;
  const Explained answer = perform(operation, label, statement.line);
  if (report_.undecided) return;
  if (!call.result.known) return outside(statement, "result of " + call.name + " that is not said");
  if (same(answer.outcome, call)) return report_.checked.add(call.name, statement.line);
  if (call.result.failed()) host_ = before;
  if (const auto made = made_by(call); made && is_failure(answer.outcome)) outside_fds_[*made] = "after a divergence";
  diverged({.line = statement.line,
            .text = statement.text,
            .observed = text_of(call),
            .allowed = text_of(answer.outcome),
            .clauses = answer.clauses,
            .before = describe(before, operation),
            .since = {},
            .note = ""});
}

/// The descriptor that the call names; nothing, and the call is counted, where the model does not follow it.
std::optional<Fd> World::descriptor(const Statement& statement) {
  const strace::Call& call = statement.call;
  const auto number = call.arguments.empty() ? std::nullopt : strace::number_of(call.arguments[0]);
  if (!number || *number < -1 || *number >= max_fd)
    throw Malformed(file_, statement.line, 1, "expected a descriptor as the first argument of " + call.name);
  const auto found = outside_fds_.find(static_cast<std::int32_t>(*number));
  if (found == outside_fds_.end()) return Fd{static_cast<std::int32_t>(*number)};
  outside(statement, call.name + " on a descriptor " + found->second);
  if (const auto made = made_by(call)) outside_fds_[*made] = found->second;
  if (call.name == "close") outside_fds_.erase(found);
  return std::nullopt;
}

bool World::listens(Fd fd) const {
  Host probe = host_;
  const Outcome state = probe.step(op::TcpInfo{fd});
  const auto* const info = std::get_if<outcome::Info>(&state);
  return info != nullptr && info->state == TcpState::listen;
}

void World::make_socket(const Statement& statement) {
  const strace::Call& call = statement.call;
  if (call.arguments.size() < 3) throw Malformed(file_, statement.line, 1, "expected socket(FAMILY, TYPE, PROTOCOL)");
  const auto family = call.arguments[0] == "..." ? Family::inet : strace::family_of(call.arguments[0]);
  const auto type = strace::type_of(call.arguments[1]);
  const bool modelled = family && type && *family != Family::netlink && *family != Family::unix_ &&
                        strace::is_plain_protocol(call.arguments[2], *type);
  if (modelled) {
    if (const auto made = made_by(call)) outside_fds_.erase(*made);
    return judge(statement, op::Socket{NsId{0}, *family, *type}, made_by(call));
  }
  outside(statement, "socket " + call.arguments[0] + " " + call.arguments[1] + " " + call.arguments[2]);
  if (const auto made = made_by(call)) outside_fds_[*made] = "of another family or protocol";
}

/// The host's own address stands for all of them: the model's peers reach what is bound to the wildcard.
void World::bind(const Statement& statement) {
  const strace::Call& call = statement.call;
  const auto fd = descriptor(statement);
  if (!fd) return;
  const std::string where = call.arguments.size() < 2 ? "" : call.arguments[1];
  if (where == "...") {
    bound_[fd->label] = bind_port_;
    return judge(statement, op::Bind{*fd, any_address, bind_port_}, {});
  }
  const auto given = address_of(where);
  const auto address = given.address.empty() ? std::nullopt : address_from(given.address);
  const bool own = address && *address == v4_address(host_address_);
  const bool local = address && (address->kind != Address::Kind::v4 || address->v4 >> 24 == 127);
  if (!own && !local) {
    outside(statement, "bind to another address");
    outside_fds_[fd->label] = "that is bound to another address";
    return;
  }
  bound_[fd->label] = given.port;
  judge(statement, op::Bind{*fd, own ? any_address : *address, given.port}, {});
}

/// To a listener it says EISCONN whatever the destination; what a remote peer answers to others is no rule of a
/// backlog.
void World::connect(const Statement& statement) {
  const strace::Call& call = statement.call;
  const auto fd = descriptor(statement);
  if (!fd) return;
  const auto given = call.arguments.size() < 2 ? strace::SocketAddress{} : address_of(call.arguments[1]);
  const auto address = given.address.empty() ? std::nullopt : address_from(given.address);
  const bool over_loopback = address && (address->kind != Address::Kind::v4 || address->v4 >> 24 == 127);
  if (over_loopback) return judge(statement, op::Connect{*fd, *address, given.port}, {});
  if (listens(*fd)) return judge(statement, op::Connect{*fd, loopback, 1}, {});
  outside(statement, "connect to a remote host");
  outside_fds_[fd->label] = "that connects to a remote host";
}

void World::option_call(const Statement& statement) {
  const strace::Call& call = statement.call;
  const auto fd = descriptor(statement);
  if (!fd) return;
  if (call.arguments.size() < 4) throw Malformed(file_, statement.line, 1, "expected (FD, LEVEL, NAME, [VALUE], …)");
  const auto option = strace::option_of(call.arguments[1], call.arguments[2]);
  const auto value = strace::number_of(call.arguments[3]);
  if (!option || !value) {
    const bool changes_the_address = call.arguments[2] == "IPV6_V6ONLY" && call.name == "setsockopt";
    if (changes_the_address) outside_fds_[fd->label] = "after IPV6_V6ONLY";
    return outside(statement, call.name + " " + call.arguments[2]);
  }
  if (call.name == "getsockopt") return judge(statement, op::Getsockopt{*fd, *option}, {});
  judge(statement, op::Setsockopt{*fd, *option, static_cast<std::int32_t>(*value)}, {});
}

void World::other_call(const Statement& statement) {
  const strace::Call& call = statement.call;
  outside(statement, call.name);
  const bool moved = std::find(move_data.begin(), move_data.end(), call.name) != move_data.end();
  if (!moved || call.result.failed()) return;
  for (auto& [end, peer] : peers_)
    if (peer.first && !peer.over() && peer.outside.empty()) peer.outside = "after " + call.name;
}

}  // namespace weir::oracle::packetdrill
