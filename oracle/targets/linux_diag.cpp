#include "oracle/targets/linux_diag.hpp"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace weir::oracle {
namespace {

struct Request {
  nlmsghdr header{};
  inet_diag_req_v2 about{};
};

Request request_about(const End& host, const End& peer) {
  Request request;
  request.header = {sizeof(Request), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 0, 0};
  request.about.sdiag_family = AF_INET;
  request.about.sdiag_protocol = IPPROTO_TCP;
  request.about.idiag_ext = 1U << (INET_DIAG_INFO - 1);
  request.about.idiag_states = ~0U;
  request.about.id.idiag_sport = htons(host.port);
  request.about.id.idiag_dport = htons(peer.port);
  request.about.id.idiag_src[0] = htonl(host.v4);
  request.about.id.idiag_dst[0] = htonl(peer.v4);
  request.about.id.idiag_cookie[0] = request.about.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return request;
}

/// Of the attributes behind the answer's head, what tcp_info says was received.
std::optional<std::uint32_t> received_in(const char* bytes, std::size_t left) {
  rtattr head;
  while (left >= sizeof head) {
    std::memcpy(&head, bytes, sizeof head);
    if (head.rta_len < sizeof head || head.rta_len > left) break;
    if (head.rta_type == INET_DIAG_INFO) {
      tcp_info info{};
      std::memcpy(&info, bytes + sizeof head, std::min(sizeof info, head.rta_len - sizeof head));
      return static_cast<std::uint32_t>(info.tcpi_bytes_received);
    }
    const std::size_t step = std::min<std::size_t>(left, RTA_ALIGN(head.rta_len));
    bytes += step;
    left -= step;
  }
  return std::nullopt;
}

}  // namespace

TcpDiag::TcpDiag() : socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {
  if (socket_.get() < 0) throw std::system_error(errno, std::generic_category(), "socket(NETLINK_SOCK_DIAG)");
}

TcpSight TcpDiag::look(const End& host, const End& peer) {
  const Request request = request_about(host, peer);
  alignas(nlmsghdr) std::array<char, 4096> bytes;
  const ssize_t sent = ::send(socket_.get(), &request, sizeof request, 0);
  const ssize_t length = sent < 0 ? sent : ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
  if (length < 0) throw std::system_error(errno, std::generic_category(), "asking sock_diag");
  nlmsghdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  constexpr std::size_t head = sizeof(nlmsghdr) + sizeof(inet_diag_msg);
  if (header.nlmsg_type == NLMSG_ERROR) {
    nlmsgerr error;
    std::memcpy(&error, bytes.data() + sizeof header, sizeof error);
    if (error.error == -ENOENT) return {};
    throw std::system_error(-error.error, std::generic_category(), "what sock_diag answers");
  }
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY || static_cast<std::size_t>(length) < head)
    throw std::system_error(EPROTO, std::generic_category(), "what sock_diag answers");
  inet_diag_msg message;
  std::memcpy(&message, bytes.data() + sizeof header, sizeof message);
  const auto state = static_cast<TcpState>(message.idiag_state);
  if (state == TcpState::listen) return {};  // where there is no connection, the kernel looks for a listener
  return {state, received_in(bytes.data() + head, static_cast<std::size_t>(length) - head)};
}

}  // namespace weir::oracle
