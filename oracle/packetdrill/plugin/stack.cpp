#include "oracle/packetdrill/plugin/stack.hpp"

#include <algorithm>

namespace weir::oracle::packetdrill {
namespace {

constexpr std::int64_t per_ms = 1000;
constexpr std::uint32_t host_first = 0x10000000;  ///< of every SYN that the host sends: packetdrill reckons from it

std::int32_t fd_of(const Outcome& answer) {
  const auto* const ret = std::get_if<outcome::Returned>(&answer);
  return ret == nullptr ? -1 : static_cast<std::int32_t>(ret->ret);
}

}  // namespace

Outcome Stack::call(const Op& operation) {
  sync();
  const auto* const listen = std::get_if<op::Listen>(&operation);
  const auto* const accept = std::get_if<op::Accept>(&operation);
  const auto* const close = std::get_if<op::Close>(&operation);
  const auto* const shutdown = std::get_if<op::Shutdown>(&operation);
  if (close != nullptr) leave(close->fd.label, true);
  if (shutdown != nullptr && shutdown->how != How::rd) leave(shutdown->fd.label, false);
  Outcome answer = step(host_, operation).outcome;
  if (is_failure(answer)) return answer;
  if (listen != nullptr) queues_.try_emplace(listen->fd.label);
  if (accept != nullptr) accepted(accept->fd.label, fd_of(answer));
  if (close != nullptr) {
    queues_.erase(close->fd.label);
    connections_.erase(close->fd.label);
  }
  return answer;
}

/// Children leave the accept queue in the order in which they came.
void Stack::accepted(std::int32_t listener, std::int32_t fd) {
  auto& queue = queues_[listener];
  if (queue.empty()) return;  // a client on this host
  connections_[fd] = queue.front();
  queue.pop_front();
}

/// What close and shutdown send: FIN, or RST where data was not read.
void Stack::leave(std::int32_t fd, bool closes) {
  const auto found = connections_.find(fd);
  const auto state = info(fd);
  if (found == connections_.end() || !state) return;
  const Connection& connection = seen_[found->second];
  if (closes && connection.unread && state->state != TcpState::close) return send(found->second, Flags::r);
  const bool open = state->state == TcpState::established || state->state == TcpState::close_wait;
  if (open && !connection.peer.host_sent_fin) send(found->second, Flags::fa);
}

bool Stack::arrive(std::string_view packet) {
  sync();
  const auto segment = tcp_segment_of(packet);
  if (!segment) return false;
  const Ends ends{segment->from, segment->to};
  if (!follow(seen_[ends], *segment)) return false;
  std::map<std::int32_t, std::uint32_t> before;
  for (const auto& [fd, queue] : queues_)
    if (const auto state = info(fd)) before[fd] = state->unacked;
  const bool carries = segment->flags == Flags::a || segment->flags == Flags::pa || segment->flags == Flags::fa;
  const Outcome answer =
      step(host_, op::Segment{NsId{0}, segment->from, segment->to, segment->flags, carries ? segment->len : 0}).outcome;
  for (auto& [fd, queue] : queues_)
    if (const auto state = info(fd); state && state->state == TcpState::listen && state->unacked > before[fd])
      queue.push_back(ends);
  const auto* const replied = std::get_if<outcome::Replied>(&answer);
  if (replied == nullptr || replied->reply == Flags::none) return true;
  if (has_rst(replied->reply))
    answer_stray(*segment);
  else
    send(ends, replied->reply);
  return true;
}

/// Takes over what the peer says. \return whether these are the numbers that the model's peer would say
bool Stack::follow(Connection& connection, const TcpSegment& segment) const {
  const bool begins = segment.flags == Flags::s && connection.peer.first != segment.seq;
  const auto ack = has_ack(segment.flags) ? std::optional(segment.ack) : std::nullopt;
  if (!connection.peer.says(segment.seq, segment.len, ack, segment.flags)) return false;
  connection.unread = !begins && (connection.unread || segment.len != 0);
  return true;
}

void Stack::send(const Ends& ends, Flags flags) {
  Peer& peer = seen_[ends].peer;
  TcpSegment segment{ends.second, ends.first, peer.host_next, peer.next, flags, 0};
  if (has_syn(flags)) segment.seq = host_first;
  if (has_syn(flags) || has_fin(flags)) peer.host_next = segment.end();
  peer.host_sent_fin = peer.host_sent_fin || has_fin(flags);
  peer.reset = peer.reset || has_rst(flags);
  sent_.push_back({to_packet(segment), now_});
}

/// RFC 9293, 3.10.7.1: a reset says the number that was acknowledged, or acknowledges what came.
void Stack::answer_stray(const TcpSegment& segment) {
  TcpSegment reset{segment.to, segment.from, 0, 0, Flags::ra, 0};
  if (has_ack(segment.flags)) {
    reset.flags = Flags::r;
    reset.seq = segment.ack;
  } else {
    reset.ack = segment.end();
  }
  sent_.push_back({to_packet(reset), now_});
}

std::optional<outcome::Info> Stack::info(std::int32_t fd) const {
  Host probe = host_;
  const Outcome answer = probe.step(op::TcpInfo{Fd{fd}});
  const auto* const found = std::get_if<outcome::Info>(&answer);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::optional<Stack::Sent> Stack::next_sent(std::int64_t patience) {
  sync();
  const std::int64_t end = now_ + patience;
  while (sent_.empty() && now_ < end) pass(per_ms);
  if (sent_.empty()) return std::nullopt;
  Sent first = std::move(sent_.front());
  sent_.pop_front();
  return first;
}

void Stack::pass(std::int64_t microseconds) {
  for (std::int64_t left = microseconds; left > 0;) {
    const std::int64_t part = std::min(left, per_ms);
    now_ += part;
    left -= part;
    sync();
  }
}

/// The model's time is whole milliseconds; its timers send when they pass.
void Stack::sync() {
  for (; passed_ < now_ / per_ms; ++passed_) {
    const Outcome answer = step(host_, op::Advance{Millis{1}}).outcome;
    const auto* const passed = std::get_if<outcome::Passed>(&answer);
    if (passed == nullptr) continue;
    for (const outcome::SentSegment& each : passed->sent) {
      const auto known =
          std::find_if(seen_.begin(), seen_.end(), [&](const auto& row) { return row.first.first == each.to; });
      if (known != seen_.end()) send(known->first, each.flags);
    }
  }
}

std::optional<End> Stack::peer_of(std::int32_t fd) const {
  const auto found = connections_.find(fd);
  return found == connections_.end() ? std::nullopt : std::optional(found->second.first);
}

}  // namespace weir::oracle::packetdrill
