// The segments of a script: those that it injects are played to the model, those that it expects are what the model
// sent.
#include <fmt/format.h>

#include <string_view>

#include "oracle/packetdrill/world.hpp"

namespace weir::oracle::packetdrill {
namespace {

constexpr std::uint16_t unnamed_port = 55000;  ///< of the peer whose segments name no ports

/// The flags that the model tells apart; nothing for a mixture that it has no name for.
std::optional<Flags> flags_of(std::string_view letters) {
  std::string kept;
  for (const char c : std::string_view("SFRP."))
    if (letters.find(c) != std::string_view::npos) kept += c == '.' ? 'A' : c;
  if (kept == "PA") return Flags::pa;
  if (kept == "FPA") return Flags::fa;
  return enum_from<Flags>(kept);
}

bool has_ecn(std::string_view letters) { return letters.find_first_of("EWUC0123456789") != std::string_view::npos; }

/// Options by which a SYN may carry data, or a connection is of another kind.
bool has_strange_option(std::string_view options) {
  for (const std::string_view each : {"FO", "mptcp", "mp_", "md5", "ao"})
    if (options.find(each) != std::string_view::npos) return true;
  return false;
}

std::string text_of(Flags flags, const End& to, Micros at) {
  return fmt::format("{} to port {} at {:.3f} s", letters_of(flags), to.port, static_cast<double>(at) / 1e6);
}

}  // namespace

std::string letters_of(Flags flags) {
  std::string letters(name_of_enum(flags));
  for (char& c : letters)
    if (c == 'A') c = '.';
  return letters.empty() ? "nothing" : letters;
}

End World::peer_of(const ScriptSegment& segment) const {
  const auto port = segment.inbound ? segment.from_port : segment.to_port;
  return {peer_address_, port.value_or(unnamed_port)};
}

/// A script's port of the host is that of its listener, whatever its number, unless a socket is bound to it by name.
End World::host_end(const ScriptSegment& segment) const {
  const auto named = segment.inbound ? segment.to_port : segment.from_port;
  for (const auto& [fd, port] : bound_)
    if (named && port == *named) return {host_address_, port};
  for (const auto& [fd, port] : bound_)
    if (port != 0) return {host_address_, port};
  return {host_address_, named.value_or(bind_port_)};
}

void World::leave_alone(Peer& peer, const Statement& statement, const std::string& kind) {
  outside(statement, kind);
  peer.outside = "after " + kind;
}

void World::inject(const Statement& statement) {
  const ScriptSegment& segment = statement.segment;
  pass_until(span_of(statement.when).from);
  const End from = peer_of(segment);
  Peer& peer = peers_[from];
  if (!peer.outside.empty()) return outside(statement, "segment of a connection " + peer.outside);
  const auto flags = flags_of(segment.flags);
  if (!flags) return leave_alone(peer, statement, "segment with the flags " + segment.flags);
  if (has_strange_option(segment.options))
    return leave_alone(peer, statement, "segment with <" + segment.options + ">");
  if (!peer.says(segment.seq, segment.len, segment.ack, *flags))
    return leave_alone(peer, statement, "segment with other sequence numbers than the next");
  const bool carries = *flags == Flags::a || *flags == Flags::pa || *flags == Flags::fa;
  if (segment.len != 0 && !carries) return leave_alone(peer, statement, "data on the flags " + segment.flags);
  if (has_ecn(segment.flags)) outside(statement, "ECN or URG flags of a segment");
  if (!segment.options.empty()) outside(statement, "TCP options of an injected segment");
  const Explained answer =
      perform(op::Segment{NsId{0}, from, host_end(segment), *flags, segment.len}, {}, statement.line);
  if (report_.undecided) return;
  peer.line = statement.line;
  peer.at = now_;
  peer.clauses = answer.clauses;
  report_.checked.add("injected segment", statement.line);
  const auto* const replied = std::get_if<outcome::Replied>(&answer.outcome);
  const Flags reply = replied == nullptr ? Flags::none : replied->reply;
  if (reply == Flags::none) {
    peer.owed_ack = peer.owed_ack || segment.len != 0 || has_fin(*flags);
    return;
  }
  sent_.push_back(
      {.to = from, .flags = reply, .at = now_, .slack = 0, .line = statement.line, .clauses = answer.clauses});
}

void World::expect(const Statement& statement) {
  const ScriptSegment& segment = statement.segment;
  const Span when = span_of(statement.when);
  Peer& peer = peers_[peer_of(segment)];
  auto flags = flags_of(segment.flags);
  if (!peer.outside.empty() || !flags || segment.len != 0) {
    pass_until(when.from);
    if (!peer.outside.empty()) return outside(statement, "segment of a connection " + peer.outside);
    if (!flags) return leave_alone(peer, statement, "segment with the flags " + segment.flags);
    peer.host_next += segment.len;
    return outside(statement, "data that the host sends");
  }
  if (has_rst(*flags)) flags = Flags::r;
  const bool begins = has_syn(*flags);
  const bool right_seq = segment.seq == (begins ? 0 : peer.host_next) || has_rst(*flags) || !peer.first;
  const bool right_ack = !segment.ack || *segment.ack == peer.next || has_rst(*flags) || !peer.first;
  if (!right_seq || !right_ack) {
    pass_until(when.from);
    return leave_alone(peer, statement, "segment with other sequence numbers than the next");
  }
  if (has_ecn(segment.flags)) outside(statement, "ECN or URG flags of a segment");
  if (!segment.options.empty() && segment.options != "...") outside(statement, "TCP options of an expected segment");
  await(statement, *flags, when);
}

/// A FIN or RST by which a connection is closed, and acknowledgements that wait: the model's operations do not show
/// them.
bool World::is_shown_by_no_operation(const Statement& statement, Flags flags, Peer& peer) {
  if (flags == Flags::a && peer.owed_ack) {
    peer.owed_ack = false;
    outside(statement, "acknowledgement that may be late");
    return true;
  }
  const bool closes = (has_fin(flags) || has_rst(flags)) && peer.first && closed_ > 0 && !peer.host_sent_fin;
  if (!closes) return false;
  outside(statement, has_fin(flags) ? "FIN that close or shutdown sends" : "RST that close sends");
  return true;
}

void World::await(const Statement& statement, Flags flags, const Span& when) {
  const End to = peer_of(statement.segment);
  Peer& peer = peers_[to];
  pass_until(when.from);
  if (sent_.empty())
    if (const auto next = next_send(when.to + tolerance_)) pass_until(*next);
  const bool right = !sent_.empty() && sent_.front().to == to && sent_.front().flags == flags;
  const bool in_time = right && sent_.front().at + sent_.front().slack + tolerance_ >= when.from;
  if (right && in_time) {
    sent_.pop_front();
    report_.checked.add("expected " + letters_of(flags), statement.line);
  } else if (right || !is_shown_by_no_operation(statement, flags, peer)) {
    const bool nothing = sent_.empty();
    const std::uint64_t answered = nothing ? peer.line : sent_.front().line;
    diverged({.line = statement.line,
              .text = statement.text,
              .observed = text_of(flags, to, when.from),
              .allowed = nothing ? "nothing" : text_of(sent_.front().flags, sent_.front().to, sent_.front().at),
              .clauses = nothing ? peer.clauses : sent_.front().clauses,
              .before = listeners(),
              .since = {},
              .note = answered == 0 ? "" : fmt::format("line {} was answered so", answered)});
    if (!nothing) sent_.pop_front();
  }
  if (has_syn(flags)) peer.host_next = 1;
  if (has_fin(flags) && !peer.host_sent_fin) {
    ++peer.host_next;
    peer.host_sent_fin = true;
  }
  peer.reset = peer.reset || has_rst(flags);
}

}  // namespace weir::oracle::packetdrill
