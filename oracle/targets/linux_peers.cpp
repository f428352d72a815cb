#include "oracle/targets/linux_peers.hpp"

#include <algorithm>

namespace weir::oracle {
namespace {

/// Between the conversations of a case, and between one and its renewal: more than any of them sends.
constexpr std::uint32_t isn_step = 1'000'000;

/// No host may have it: the kernel must see it as it is.
bool goes_out_as_it_is(std::uint32_t v4) { return v4 >> 24 == 0 || v4 >> 24 == 127 || v4 >> 29 == 7; }

std::size_t number_among(std::vector<std::uint32_t>& known, std::uint32_t named) {
  const auto found = std::find(known.begin(), known.end(), named);
  const auto number = static_cast<std::size_t>(found - known.begin());
  if (found == known.end()) known.push_back(named);
  return number;
}

bool later(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) > 0; }

}  // namespace

std::uint32_t RemotePeers::host_address(std::uint32_t named) {
  return goes_out_as_it_is(named) ? named : tun_.host_address(number_among(host_addresses_, named));
}
std::uint32_t RemotePeers::peer_address(std::uint32_t named) {
  if (goes_out_as_it_is(named)) return named;
  return Tun::peer_net + 2 + static_cast<std::uint32_t>(number_among(peer_addresses_, named));
}

End RemotePeers::named(const End& peer) const {
  const std::size_t number = peer.v4 - Tun::peer_net - 2;
  return number < peer_addresses_.size() ? End{peer_addresses_[number], peer.port} : peer;
}

RemotePeers::Conversation& RemotePeers::between(const End& host, const End& peer) {
  for (Conversation& each : conversations_)
    if (each.host == host && each.peer == peer) return each;
  begin_anew(conversations_.emplace_back(Conversation{host, peer}));
  return conversations_.back();
}

void RemotePeers::begin_anew(Conversation& conversation) {
  next_isn_ += isn_step;
  conversation.isn = next_isn_;
  conversation.received = next_isn_ + 1;
  conversation.fin_received = false;
}

/// The TIME_WAIT stands, since nobody listens: it still counts by the old numbers.
void RemotePeers::go_back_to(const Conversation& before, Conversation& conversation) {
  conversation.isn = before.isn;
  conversation.received = before.received;
  conversation.fin_received = before.fin_received;
}

/// What the host says of the conversation; its count of bytes decides what the host expects next.
TcpSight RemotePeers::look_at(Conversation& conversation) {
  const TcpSight sight = diag_.look(conversation.host, conversation.peer);
  if (sight.received) conversation.received = conversation.isn + 1 + *sight.received;
  return sight;
}

/// A SYN repeats the first one. A FIN that was received is repeated; everything else is next in line.
TcpSegment RemotePeers::next(const Conversation& conversation, Flags flags, std::uint32_t len) const {
  TcpSegment segment{conversation.peer, conversation.host, conversation.received, conversation.heard, flags, len};
  if (has_syn(flags)) segment.seq = conversation.isn;
  if (has_fin(flags) && conversation.fin_received) segment.seq = conversation.received - 1 - len;
  return segment;
}

/// After data or FIN. The end of a connection in TIME_WAIT is not told, but only a FIN can have made it one.
void RemotePeers::note_received(Conversation& conversation, const TcpSegment& sent) {
  const TcpSight sight = look_at(conversation);
  if (!has_fin(sent.flags) || conversation.fin_received) return;
  if (sight.received) {
    conversation.fin_received = conversation.received == sent.end();
  } else if (sight.state == TcpState::time_wait) {
    conversation.received = sent.end();
    conversation.fin_received = true;
  }
}

Flags RemotePeers::send(const op::Segment& segment, std::uint16_t port) {
  const bool to_itself = segment.from.v4 == segment.to.v4;
  const std::uint32_t host = host_address(segment.to.v4);
  Conversation& conversation =
      between({host, port}, {to_itself ? host : peer_address(segment.from.v4), segment.from.port});
  hear_what_waits();
  const TcpSight sight = look_at(conversation);
  const bool gone = sight.state == TcpState::close;
  if (gone) conversation.fin_received = false;  // nobody is left to repeat it to
  const Conversation before = conversation;
  const bool renews = segment.flags == Flags::s && sight.state == TcpState::time_wait;
  if (renews || (segment.flags == Flags::s && gone)) begin_anew(conversation);
  const bool carries = segment.flags == Flags::a || segment.flags == Flags::pa || segment.flags == Flags::fa;
  const TcpSegment sent = next(conversation, segment.flags, carries ? segment.len : 0);
  tun_.write(to_packet(sent));
  const Flags reply = reply_to(conversation);
  if (sent.len > 0 || has_fin(sent.flags)) note_received(conversation, sent);
  if (has_fin(sent.flags) && reply == Flags::none) take_delayed_ack(conversation);
  if (renews && look_at(conversation).state == TcpState::time_wait) go_back_to(before, conversation);
  return reply;
}

/// The acknowledgement of a FIN is delayed, by less than a jiffy where no data came before: whatever comes next would
/// seem to be answered by it. A bare ACK, which means nothing there, fetches it.
void RemotePeers::take_delayed_ack(Conversation& conversation) {
  if (look_at(conversation).state != TcpState::close_wait) return;
  tun_.write(to_packet(next(conversation, Flags::a, 0)));
  reply_to(conversation);
}

/// The host handles a packet while it is written, unless its softirqs are late. An echo request behind it settles that
/// when there is no reply: packets keep their order.
Flags RemotePeers::reply_to(const Conversation& conversation) {
  bool asked = false;
  for (std::string_view packet = tun_.read();; packet = asked ? tun_.read_patiently() : tun_.read()) {
    if (const auto segment = tcp_segment_of(packet)) {
      hear(*segment);
      if (segment->from == conversation.host && segment->to == conversation.peer) return segment->flags;
    } else if (asked && (packet.empty() || is_echo_reply(packet, echo_))) {
      return Flags::none;
    } else if (packet.empty()) {
      tun_.write(echo_request(Tun::peer_net + 0xffff - 1, tun_.host_address(0), ++echo_));
      asked = true;
    }
  }
}

void RemotePeers::hear(const TcpSegment& segment) {
  if (has_rst(segment.flags)) return;
  for (Conversation& each : conversations_) {
    if (each.host != segment.from || each.peer != segment.to) continue;
    if (has_syn(segment.flags) || later(segment.end(), each.heard)) each.heard = segment.end();
  }
}

void RemotePeers::hear_what_waits() {
  for (std::string_view packet = tun_.read(); !packet.empty(); packet = tun_.read())
    if (const auto segment = tcp_segment_of(packet)) hear(*segment);
}

void RemotePeers::hear_timers(std::vector<outcome::SentSegment>& sent) {
  for (std::string_view packet = tun_.read(); !packet.empty(); packet = tun_.read()) {
    const auto segment = tcp_segment_of(packet);
    if (!segment) continue;
    hear(*segment);
    if (segment->flags == Flags::sa) sent.push_back({named(segment->to), Flags::sa});
  }
}

void RemotePeers::end_case() {
  for (const Conversation& each : conversations_) tun_.write(to_packet(next(each, Flags::r, 0)));
  while (!tun_.read().empty()) {
  }
  conversations_.clear();
  host_addresses_.clear();
  peer_addresses_.clear();
}

}  // namespace weir::oracle
