// The model for the page: libweir's hosts, as functions of numbers and strings, which is what a script can call.
//
// There is one host. Each call is one operation on it; it answers with JSON that is valid until the next call:
//
//   {"asked":{"op":…},"line":{"op":…, its answer, "clauses":[…]},"state":{…}}
//
// `asked` and `line` are lines of a trace (docs/TRACE.md), without and with the answer, and `state` what
// weir_host_state_json gives. How much room a queue has is said by no formula here: a copy of the host is asked.
#include <emscripten/emscripten.h>
#include <weir/weir.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr std::uint32_t most_asked = 100;
constexpr std::uint32_t here = 0x0a000001;         // 10.0.0.1
constexpr std::uint32_t first_peer = 0xc6336401;   // 198.51.100.1, an address for documentation
constexpr std::uint32_t asking_peer = 0xcb007101;  // 203.0.113.1, of nobody but those who ask for room
constexpr std::uint16_t first_port = 1024;
constexpr std::uint32_t asking_packet = 1u << 30;

weir_host* host = nullptr;
std::int32_t listener = -1;
std::uint16_t port = 0;
std::string answer;

/// Whatever a call writes into a buffer, however long it is.
template <class Call>
std::string text_of(Call&& call) {
  std::string text(4096, '\0');
  std::size_t needed = 0;
  weir_status status = call(text.data(), text.size(), &needed);
  if (status == WEIR_SHORT_BUFFER) {
    text.resize(needed + 1);
    status = call(text.data(), text.size(), &needed);
  }
  return status == WEIR_OK ? std::string(text.c_str()) : "null";
}

std::string state_of(const weir_host* asked) {
  return text_of([&](auto... into) { return weir_host_state_json(asked, into...); });
}

weir_op operation(weir_op_kind kind) {
  weir_op made{};
  made.size = sizeof made;
  made.kind = kind;
  weir_op_defaults(&made);
  return made;
}

weir_op segment(std::uint32_t peer, std::uint32_t number, weir_flags flags) {
  weir_op made = operation(WEIR_OP_SEGMENT);
  made.as.segment.from = {peer, static_cast<std::uint16_t>(first_port + number), 0};
  made.as.segment.to = {here, port, 0};
  made.as.segment.flags = flags;
  return made;
}

weir_op packet(std::uint32_t skb) {
  weir_op made = operation(WEIR_OP_NETIF_RX);
  made.as.netif_rx.skb = skb;
  return made;
}

/// \return whether the host goes on
bool apply(weir_host* to, const weir_op& what, weir_outcome* outcome = nullptr) {
  weir_outcome unread{};
  unread.size = sizeof unread;
  const weir_status status = weir_host_apply(to, &what, outcome != nullptr ? outcome : &unread);
  return status == WEIR_OK || status == WEIR_SHORT_BUFFER;
}

/// The listener's queues as TCP_INFO and the state show them. -1: it does not listen.
std::int64_t length_of(const weir_host* asked, std::string_view member) {
  const std::string state = state_of(asked);
  const std::string wanted = '"' + std::string(member) + "\":";
  const auto at = state.find(wanted, state.find("\"sockets\":"));
  return at == std::string::npos ? -1 : std::atoll(state.c_str() + at + wanted.size());
}

/// How often `try_one` succeeds on a copy of the host.
template <class Try>
std::string asked_for_room(Try&& try_one) {
  weir_host* copy = nullptr;
  if (weir_host_snapshot(host, &copy) != WEIR_OK) return "null";
  std::uint32_t room = 0;
  while (room < most_asked && try_one(copy, room)) ++room;
  weir_host_destroy(copy);
  return std::to_string(room);
}

const char* told(const std::string& asked, const std::string& line) {
  answer = "{\"asked\":" + asked + ",\"line\":" + line + ",\"state\":" + state_of(host) + "}";
  return answer.c_str();
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += (c == '"' || c == '\\') ? std::string{'\\', c} : std::string{c};
  return out + '"';
}

const char* failed() {
  answer = "{\"error\":" + quoted(weir_error_message()) + "}";
  return answer.c_str();
}

const char* run(const weir_op& what, std::int64_t* returned = nullptr) {
  weir_outcome outcome{};
  outcome.size = sizeof outcome;
  if (!apply(host, what, &outcome)) {
    return failed();
  }
  if (returned != nullptr) *returned = outcome.kind == WEIR_OUTCOME_RETURNED ? outcome.as.returned.ret : -1;
  return told(text_of([&](auto... into) { return weir_op_to_json(&what, into...); }),
              text_of([](auto... into) { return weir_host_last_json(host, into...); }));
}

struct Knob {
  std::string_view name;
  weir_sysctl number;
};
/// What the page offers to set.
constexpr std::array knobs{
    Knob{"net.core.somaxconn", WEIR_SYSCTL_NET_CORE_SOMAXCONN},
    Knob{"net.ipv4.tcp_max_syn_backlog", WEIR_SYSCTL_NET_IPV4_TCP_MAX_SYN_BACKLOG},
    Knob{"net.ipv4.tcp_syncookies", WEIR_SYSCTL_NET_IPV4_TCP_SYNCOOKIES},
    Knob{"net.ipv4.tcp_abort_on_overflow", WEIR_SYSCTL_NET_IPV4_TCP_ABORT_ON_OVERFLOW},
    Knob{"net.core.netdev_max_backlog", WEIR_SYSCTL_NET_CORE_NETDEV_MAX_BACKLOG},
    Knob{"net.core.dev_weight", WEIR_SYSCTL_NET_CORE_DEV_WEIGHT},
    Knob{"net.core.netdev_budget", WEIR_SYSCTL_NET_CORE_NETDEV_BUDGET},
};

}  // namespace

extern "C" {

/// ["linux-2.6.32",…]
EMSCRIPTEN_KEEPALIVE const char* basin_profiles() {
  answer = "[";
  for (std::uint32_t i = 0; i < weir_profile_count(); ++i) answer += (i ? "," : "") + quoted(weir_profile_name(i));
  answer += ']';
  return answer.c_str();
}

/// ["net.core.somaxconn",…]
EMSCRIPTEN_KEEPALIVE const char* basin_knobs() {
  answer = "[";
  for (const Knob& each : knobs) answer += (answer.size() > 1 ? "," : "") + quoted(each.name);
  answer += ']';
  return answer.c_str();
}

/// {"LISTEN.CLAMP":{"sentence":…,"function":…},…}
EMSCRIPTEN_KEEPALIVE const char* basin_clauses() {
  answer = "{";
  for (std::uint32_t i = 0; i < weir_clause_count(); ++i) {
    weir_clause_info clause{};
    clause.size = sizeof clause;
    weir_clause_at(i, &clause);
    answer += (i ? "," : "") + quoted(clause.name) + ":{\"sentence\":" + quoted(clause.sentence) +
              ",\"function\":" + quoted(clause.function) + "}";
  }
  answer += '}';
  return answer.c_str();
}

/// {"most":100,"syn":3,"accept":1,"softnet":64}: how many more would find a place in each queue, up to `most`; null
/// where there is no such queue.
EMSCRIPTEN_KEEPALIVE const char* basin_room() {
  std::string syn = "null", accept = "null";
  if (length_of(host, "qlen") >= 0) {
    syn = asked_for_room([](weir_host* copy, std::uint32_t number) {
      const auto before = length_of(copy, "qlen");
      return apply(copy, segment(asking_peer, number, WEIR_FLAGS_S)) && length_of(copy, "qlen") > before;
    });
    accept = asked_for_room([](weir_host* copy, std::uint32_t number) {
      const auto before = length_of(copy, "sk_ack_backlog");
      return apply(copy, segment(asking_peer, number, WEIR_FLAGS_S)) &&
             apply(copy, segment(asking_peer, number, WEIR_FLAGS_A)) && length_of(copy, "sk_ack_backlog") > before;
    });
  }
  const std::string softnet = asked_for_room([](weir_host* copy, std::uint32_t number) {
    weir_outcome received{};
    received.size = sizeof received;
    return apply(copy, packet(asking_packet + number), &received) && received.kind == WEIR_OUTCOME_RECEIVED &&
           received.as.received.ret == WEIR_NET_RX_SUCCESS;
  });
  answer = "{\"most\":" + std::to_string(most_asked) + ",\"syn\":" + syn + ",\"accept\":" + accept +
           ",\"softnet\":" + softnet + "}";
  return answer.c_str();
}

/// A new host with one CPU; its header stands where a line would.
EMSCRIPTEN_KEEPALIVE const char* basin_begin(const char* profile) {
  weir_host_destroy(host);
  listener = -1;
  weir_host_options options{};
  options.size = sizeof options;
  options.cpus = 1;
  if (weir_host_create(profile, &options, &host) != WEIR_OK) {
    return failed();
  }
  return told("{}", "{\"weir\":1,\"profile\":" + quoted(profile) + ",\"cpus\":1}");
}

EMSCRIPTEN_KEEPALIVE const char* basin_write(const char* name, const char* value) {
  weir_op made = operation(WEIR_OP_SYSCTL_WRITE);
  for (const Knob& each : knobs)
    if (each.name == name) made.as.sysctl_write.name = each.number;
  made.as.sysctl_write.data = {value, std::string_view(value).size()};
  return run(made);
}

EMSCRIPTEN_KEEPALIVE const char* basin_socket() {
  weir_op made = operation(WEIR_OP_SOCKET);
  made.as.socket.family = WEIR_FAMILY_INET;
  made.as.socket.type = WEIR_SOCK_TYPE_STREAM;
  std::int64_t fd = -1;
  const char* const text = run(made, &fd);
  listener = static_cast<std::int32_t>(fd);
  return text;
}

EMSCRIPTEN_KEEPALIVE const char* basin_bind(int number) {
  weir_op made = operation(WEIR_OP_BIND);
  made.as.bind.fd = listener;
  made.as.bind.port = port = static_cast<std::uint16_t>(number);
  return run(made);
}

EMSCRIPTEN_KEEPALIVE const char* basin_listen(int backlog) {
  weir_op made = operation(WEIR_OP_LISTEN);
  made.as.listen.fd = listener;
  made.as.listen.backlog = backlog;
  return run(made);
}

EMSCRIPTEN_KEEPALIVE const char* basin_accept() {
  weir_op made = operation(WEIR_OP_ACCEPT);
  made.as.accept.fd = listener;
  return run(made);
}

EMSCRIPTEN_KEEPALIVE const char* basin_syn(int peer) {
  return run(segment(first_peer, static_cast<std::uint32_t>(peer), WEIR_FLAGS_S));
}
EMSCRIPTEN_KEEPALIVE const char* basin_ack(int peer) {
  return run(segment(first_peer, static_cast<std::uint32_t>(peer), WEIR_FLAGS_A));
}

EMSCRIPTEN_KEEPALIVE const char* basin_advance(int milliseconds) {
  weir_op made = operation(WEIR_OP_ADVANCE);
  made.as.advance.ms = static_cast<std::uint32_t>(milliseconds);
  return run(made);
}

EMSCRIPTEN_KEEPALIVE const char* basin_netstat() { return run(operation(WEIR_OP_NETSTAT)); }

EMSCRIPTEN_KEEPALIVE const char* basin_netif_rx(int skb) { return run(packet(static_cast<std::uint32_t>(skb))); }

/// \param tick_after  the clock ticks whenever so many have been delivered; 0: never
EMSCRIPTEN_KEEPALIVE const char* basin_net_rx_action(int tick_after) {
  weir_op made = operation(WEIR_OP_NET_RX_ACTION);
  if (tick_after > 0) made.as.net_rx_action.tick_after = {1, static_cast<std::uint32_t>(tick_after)};
  return run(made);
}

EMSCRIPTEN_KEEPALIVE const char* basin_process_backlog(int quota) {
  weir_op made = operation(WEIR_OP_PROCESS_BACKLOG);
  made.as.process_backlog.quota = quota;
  return run(made);
}

EMSCRIPTEN_KEEPALIVE const char* basin_softnet_stat() { return run(operation(WEIR_OP_SOFTNET_STAT)); }

}  // extern "C"
