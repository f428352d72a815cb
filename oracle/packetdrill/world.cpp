#include "oracle/packetdrill/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "oracle/json/writer.hpp"
#include "oracle/packetdrill/shell.hpp"
#include "oracle/strace/symbols.hpp"
#include "oracle/text/malformed.hpp"

namespace weir::oracle::packetdrill {
namespace {

constexpr Micros per_ms = 1000;

std::vector<outcome::SentSegment> let_pass(Host& host, std::int64_t ms) {
  const Outcome answer = host.step(op::Advance{Millis{static_cast<std::uint32_t>(ms)}});
  const auto* const passed = std::get_if<outcome::Passed>(&answer);
  return passed == nullptr ? std::vector<outcome::SentSegment>{} : passed->sent;
}

/// The first millisecond after which `host` has sent something, of `ms` in which it does.
std::int64_t first_send(const Host& host, std::int64_t ms) {
  std::int64_t silent = 0;
  while (silent + 1 < ms) {
    const std::int64_t middle = silent + (ms - silent) / 2;
    Host copy = host;
    (let_pass(copy, middle).empty() ? silent : ms) = middle;
  }
  return ms;
}

std::int64_t span_to(std::int64_t from, std::int64_t to) {
  return std::min<std::int64_t>(to - from, std::numeric_limits<std::uint32_t>::max());
}

}  // namespace

void World::apply(const Statement& statement) {
  using Kind = Statement::Kind;
  if (statement.kind == Kind::option) return option(statement);
  // packetdrill makes one call at a time: what waits returns before the next one, also at the same moment.
  run_waiting(span_of(statement.when).from + (statement.kind == Kind::call ? 1 : 0));
  if (stopped()) return;
  if (statement.kind != Kind::segment) pass_until(span_of(statement.when).from);
  switch (statement.kind) {
    case Kind::option:
      return;
    case Kind::shell:
      return command(statement);
    case Kind::code:
      return outside(statement, "code block");
    case Kind::other:
      return outside(statement, statement.body + " packet");
    case Kind::call:
      return call(statement);
    case Kind::segment:
      return statement.segment.inbound ? inject(statement) : expect(statement);
  }
}

Report World::finish() && {
  run_waiting(std::numeric_limits<Micros>::max());
  if (!stopped())
    for (const Sent& each : sent_) report_.unawaited.add(letters_of(each.flags), each.line);
  return std::move(report_);
}

/// `--name=value`. Those that say nothing about what the host does are passed over by name.
void World::option(const Statement& statement) {
  const std::size_t equals = statement.text.find('=');
  const std::string name = statement.text.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : statement.text.substr(equals + 1);
  const auto wrong = [&](std::string_view what) {
    throw Malformed(file_, statement.line, equals + 2, fmt::format("expected {} behind {}=", what, name));
  };
  const auto number = [&](std::int64_t most) {
    const auto read = strace::number_of(value);
    if (!read || *read < 0 || *read > most) wrong(fmt::format("a number up to {}", most));
    return *read;
  };
  if (name == "--local_ip" || name == "--remote_ip") {
    const auto address = address_from(value);
    if (!address || address->kind != Address::Kind::v4)
      return outside(statement, "option " + name + " that is not IPv4");
    (name == "--local_ip" ? host_address_ : peer_address_) = address->v4;
  } else if (name == "--bind_port") {
    bind_port_ = static_cast<std::uint16_t>(number(65535));
  } else if (name == "--tolerance_usecs") {
    tolerance_ = number(longest_time);
  } else if (name != "--ip_version" || value != "ipv4") {
    outside(statement, "option " + name);
  }
}

void World::command(const Statement& statement) {
  const Shell shell = read_shell(statement.body);
  for (const std::string& program : shell.other) outside(statement, "command " + program);
  for (const Setting& each : shell.settings) {
    const auto id = enum_from<Sysctl>(each.name);
    if (!id) {
      outside(statement, "sysctl " + each.name);
      continue;
    }
    const Op operation = op::SysctlWrite{NsId{0}, *id, each.data};
    const Host before = host_;
    const Explained answer = perform(operation, {}, statement.line);
    if (shell.may_fail || !is_failure(answer.outcome)) {
      report_.checked.add("sysctl", statement.line);
      continue;
    }
    diverged({.line = statement.line,
              .text = statement.text,
              .observed = each.name + " is written",
              .allowed = to_text(answer.outcome),
              .clauses = answer.clauses,
              .before = describe(before, operation),
              .since = {},
              .note = ""});
    if (stopped()) return;
  }
}

/// One operation. Where the kernel picks by what no script shows, nothing can be said from there on.
Explained World::perform(const Op& operation, std::optional<std::int32_t> label, std::uint64_t line) {
  Picks picks;
  const PickScope scope(picks);
  Explained answer = step(host_, operation, label);
  if (picks.any() && !report_.undecided) {
    report_.undecided = fmt::format("line {}: a hash picks one of several listeners on the port", line);
    report_.stopped = true;
  }
  return answer;
}

/// When the host sends something on its own, if that is not after `limit`.
std::optional<Micros> World::next_send(Micros limit) const {
  Host copy = host_;
  std::int64_t at = passed_;
  while (at < limit / per_ms) {
    const std::int64_t span = span_to(at, limit / per_ms);
    const Host before = copy;
    if (!let_pass(copy, span).empty()) return (at + first_send(before, span)) * per_ms;
    at += span;
  }
  return std::nullopt;
}

void World::pass_until(Micros time) {
  now_ = std::max(now_, time);
  const std::int64_t end = time / per_ms;
  while (passed_ < end) {
    const auto next = next_send(time);
    const std::int64_t span = span_to(passed_, next ? *next / per_ms : end);
    const Explained answer = perform(op::Advance{Millis{static_cast<std::uint32_t>(span)}}, {}, 0);
    passed_ += span;
    if (const auto* const passed = std::get_if<outcome::Passed>(&answer.outcome)) take_sent(*passed, answer.clauses);
  }
}

/// A kernel's timers are as late as their slot of the wheel is wide: an eighth of the wait, and a tick.
void World::take_sent(const outcome::Passed& passed, const ClauseSet& clauses) {
  for (const outcome::SentSegment& each : passed.sent) {
    Peer& peer = peers_[each.to];
    const Micros at = passed_ * per_ms;
    if (peer.outside.empty())
      sent_.push_back({.to = each.to,
                       .flags = each.flags,
                       .at = at,
                       .slack = (at - peer.at) / 8,
                       .line = peer.line,
                       .clauses = clauses});
    peer.at = at;
  }
}

/// Calls that wait, and return before that time.
void World::run_waiting(Micros before) {
  while (!stopped() && !waiting_.empty()) {
    const auto first = std::min_element(waiting_.begin(), waiting_.end(),
                                        [](const Waiting& a, const Waiting& b) { return a.until < b.until; });
    if (first->until >= before) return;
    Waiting done = std::move(*first);
    waiting_.erase(first);
    pass_until(done.until);
    call(done.statement);
  }
}

World::Span World::span_of(const When& when) const {
  if (when.any) return {now_, now_ + 1000 * per_ms * per_ms};
  const Micros base = when.relative ? now_ : 0;
  return {std::max(now_, base + when.from), std::max(now_, base + when.to)};
}

void World::diverged(const Divergence& divergence) {
  ++report_.divergences;
  report_.stopped = !all_;
  found_(divergence);
}

std::vector<std::string> World::listeners() const {
  std::vector<std::string> facts;
  for (const auto& [fd, port] : bound_)
    if (listens(Fd{fd}))
      for (std::string& each : describe(host_, op::TcpInfo{Fd{fd}})) facts.push_back(std::move(each));
  return facts;
}

}  // namespace weir::oracle::packetdrill
