#include "oracle/c/state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "oracle/json/writer.hpp"

namespace weir::c {
namespace {

using oracle::Host;
using Sock = model::Sock<Recorded>;

void separate(std::string& text) {
  if (!text.ends_with('[') && !text.ends_with('{')) text += ',';
}

/// Settings and counters are asked for as a user of the host would.
void append_namespace(std::string& text, Host& asked, std::uint32_t ns) {
  separate(text);
  text += fmt::format("{{\"ns\":{},\"sysctl\":{{", ns);
  for (const auto& row : names<Sysctl>) {
    const Outcome answer = asked.step(op::SysctlRead{NsId{ns}, row.value});
    const auto* const read = std::get_if<outcome::ReadBack>(&answer);
    if (read == nullptr) continue;  // no such file there
    std::string value = read->data.substr(0, read->data.find('\n'));
    std::replace(value.begin(), value.end(), '\t', ' ');
    separate(text);
    text += fmt::format("\"{}\":\"{}\"", row.text, value);
  }
  text += fmt::format("}},\"netstat\":{{{}}}}}", oracle::to_text(asked.step(op::Netstat{NsId{ns}})));
}

void append_socket(std::string& text, std::int32_t fd, const Sock& sock) {
  separate(text);
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{{\"fd\":{},\"ns\":{},\"family\":\"{}\",\"type\":\"{}\"", fd, sock.netns,
                 name_of_enum(sock.family), name_of_enum(sock.type));
  if (sock.is_tcp()) fmt::format_to(out, ",\"state\":\"{}\"", name_of_enum(static_cast<TcpState>(sock.sk_state)));
  fmt::format_to(out, ",\"addr\":\"{}\"", weir::to_text(sock.binding.address));
  if (sock.binding.port > 0xffff)  // a number of the model's own
    text += ",\"port\":\"chosen\"";
  else
    fmt::format_to(out, ",\"port\":{}", sock.binding.port);
  const bool listens = sock.sk_state == static_cast<std::int32_t>(TcpState::listen);
  if (listens)
    fmt::format_to(out, ",\"sk_ack_backlog\":{},\"sk_max_ack_backlog\":{},\"qlen\":{},\"young\":{}",
                   sock.listener.sk_ack_backlog, sock.listener.sk_max_ack_backlog, sock.listener.qlen,
                   sock.listener.young);
  text += '}';
}

void append_cpu(std::string& text, Host& asked, std::uint32_t index) {
  separate(text);
  text += fmt::format("{{\"cpu\":{},{}}}", index, oracle::to_text(asked.step(op::SoftnetStat{Cpu{index}})));
}

bool has_crashed(Host& asked) { return oracle::is_crash(asked.step(op::Netstat{NsId{0}})); }

}  // namespace

std::string state_json(const oracle::Header& header, const oracle::Host& host) {
  Host asked = host;
  std::string text = oracle::to_json(header);
  text.pop_back();
  const bool crashed = has_crashed(asked);
  text += fmt::format(",\"crashed\":{}", crashed);
  if (!crashed) {
    text += ",\"namespaces\":[";
    const auto namespaces = static_cast<std::uint32_t>(host.sysctls().namespaces.size());
    for (std::uint32_t ns = 0; ns < namespaces; ++ns) append_namespace(text, asked, ns);
    text += "],\"sockets\":[";
    host.sockets().for_each_socket([&](std::int32_t fd, const Sock& sock) { append_socket(text, fd, sock); });
    text += "],\"cpus\":[";
    for (std::uint32_t cpu = 0; cpu < header.options.cpus; ++cpu) append_cpu(text, asked, cpu);
    text += ']';
  }
  return text + '}';
}

}  // namespace weir::c
