// Every operation on a host in every situation: what stays true, what it may answer, whom it leaves alone.
#include <algorithm>
#include <initializer_list>

#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/situations.hpp"
#include "proofs/theorems/soundness.hpp"

namespace weir::proofs {
namespace {

using namespace program;

template <class Call>
bool is(const Op& operation) {
  return std::holds_alternative<Call>(operation);
}

/// The descriptor that a call is on; nothing where it is on none.
std::optional<std::int32_t> fd_of(const Op& operation) {
  return std::visit(
      [](const auto& each) -> std::optional<std::int32_t> {
        if constexpr (requires { each.fd; }) return each.fd.label;
        return std::nullopt;
      },
      operation);
}

const auto the_socket_plane_stays_sound = [](auto& c, const Profile& kernel) {
  c.goal("an empty host is sound", Soundness(Host(kernel)).broken().empty());
  for_each_step(c, kernel, sockets(), [&](const Host&, const Op&, const Host& host, const Outcome&) {
    const std::string_view broken = Soundness(host).broken();
    c.goal(broken.empty() ? "it is sound after each operation" : broken, broken.empty());
    c.twin("no request is left without a client", net_of(host).requests.empty());
  });
};

struct ErrorsOf {
  std::string_view call;
  std::vector<Errno> errors;
};

/// What the manual pages have, as far as a host without faults can have it. EBADF and ENOTSOCK are said apart.
const std::vector<ErrorsOf> manual{
    {"netns", {Errno::einval}},
    {"socket", {Errno::enoent, Errno::esocktnosupport}},
    {"bind", {Errno::einval, Errno::eaddrinuse, Errno::eaddrnotavail, Errno::eafnosupport}},
    {"setsockopt", {Errno::einval, Errno::enoprotoopt, Errno::eopnotsupp}},
    {"getsockopt", {Errno::enoprotoopt, Errno::eopnotsupp}},
    {"listen", {Errno::einval, Errno::eaddrinuse, Errno::eopnotsupp}},
    {"connect",
     {Errno::eacces, Errno::eaddrnotavail, Errno::eafnosupport, Errno::eagain, Errno::ealready, Errno::econnrefused,
      Errno::einprogress, Errno::eisconn, Errno::enetunreach, Errno::einval, Errno::eperm, Errno::etimedout,
      Errno::econnreset, Errno::epipe, Errno::econnaborted}},
    {"accept", {Errno::eagain, Errno::einval, Errno::eopnotsupp}},
    {"shutdown", {Errno::enotconn, Errno::eopnotsupp}},
    {"tcp_info", {Errno::enoprotoopt, Errno::eopnotsupp}},
    {"segment", {Errno::enoent}},
    {"sysctl_write", {Errno::enoent, Errno::einval}},
    {"netstat", {Errno::enoent}},
};

bool in_the_manual(const Op& operation, Errno error) {
  if (error == Errno::none) return true;
  for (const ErrorsOf& each : manual)
    if (each.call == name_of(operation))
      return std::find(each.errors.begin(), each.errors.end(), error) != each.errors.end();
  return false;
}

const auto errors_are_those_of_the_manual = [](auto& c, const Profile& kernel) {
  for_each_step(c, kernel, sockets(), [&](const Host& before, const Op& operation, const Host&, const Outcome& answer) {
    const Errno error = error_of(answer);
    const std::optional<std::int32_t> fd = fd_of(operation);
    model::Files files = Inside::files(before);
    const model::File* const file = fd ? files.at(*fd) : nullptr;
    const bool closed = fd && file == nullptr, no_socket = file != nullptr && file->sock == model::no_sock;
    c.goal("EBADF exactly for a descriptor that is closed", (error == Errno::ebadf) == closed);
    c.goal("ENOTSOCK exactly for one that is no socket, unless it is closed",
           (error == Errno::enotsock) == (no_socket && !is<op::Close>(operation)));
    if (!closed && !no_socket) c.goal("any other error is in the manual", in_the_manual(operation, error));
    c.goal("the kernel does not crash", !std::holds_alternative<outcome::Oops>(answer));
    c.twin("connect is never refused", error != Errno::econnrefused);
  });
};

/// Whether all sockets but one, all requests, cookies and counters are as they were.
bool same_but_for(const Net& a, const Net& b, model::SockId changed) {
  if (a.socks.size() != b.socks.size() || a.mib != b.mib || a.requests != b.requests || a.cookies != b.cookies)
    return false;
  for (model::SockId id = 0; id < a.socks.size(); ++id)
    if (id != changed && !(a[id] == b[id])) return false;
  return true;
}

/// Calls that fail and leave a trace on their own socket: bind forgets the address, connect reports an error that was
/// pending or has settled a port, listen (from 4.4) keeps the limit, shutdown what it was asked for.
bool may_mark_its_socket(const Op& operation) {
  return is<op::Bind>(operation) || is<op::Connect>(operation) || is<op::Listen>(operation) ||
         is<op::Shutdown>(operation);
}

model::SockId sock_id(const Host& host, std::optional<std::int32_t> fd) {
  model::Files files = Inside::files(host);
  const model::File* const file = fd ? files.at(*fd) : nullptr;
  return file == nullptr ? model::no_sock : file->sock;
}

const auto a_failure_changes_nothing_else = [](auto& c, const Profile& kernel) {
  for_each_step(
      c, kernel, sockets(), [&](const Host& before, const Op& operation, const Host& host, const Outcome& answer) {
        const Errno error = error_of(answer);
        if (error == Errno::none || error == Errno::einprogress) return;
        const bool same = same_state(before, host);
        const model::SockId id = sock_id(before, fd_of(operation));
        const bool only_itself = may_mark_its_socket(operation) && same_but_for(net_of(before), net_of(host), id);
        c.goal("all is as it was, but perhaps the socket that bind, connect, listen or shutdown was called on",
               same || only_itself);
        c.goal("a bind that fails gives no port", !is<op::Bind>(operation) || id == model::no_sock ||
                                                      net_of(before)[id].binding.port == net_of(host)[id].binding.port);
        c.twin("not even that", same);
      });
};

const auto looking_changes_nothing = [](auto& c, const Profile& kernel) {
  for_each_step(c, kernel, sockets(), [&](const Host& before, const Op& operation, const Host& host, const Outcome&) {
    const bool looks = is<op::Getsockopt>(operation) || is<op::TcpInfo>(operation) || is<op::Netstat>(operation) ||
                       is<op::SysctlRead>(operation);
    if (!looks && !is<op::Accept>(operation)) return;
    const bool same = same_state(before, host);
    if (looks) c.goal("all is as it was", same);
    c.twin("accept is one of them", same);
  });
};

const auto another_namespace_is_left_alone = [](auto& c, const Profile& kernel) {
  for_each_step(c, kernel, sockets(), [&](const Host& before, const Op& operation, const Host& host, const Outcome&) {
    const Net &then = net_of(before), &now = net_of(host);
    bool same = then.mib[1] == now.mib[1] && before.sysctls().namespaces[1] == host.sysctls().namespaces[1];
    for (std::int32_t fd = bystanders; fd < bystanders + 3; ++fd) {
      const Sock *const was = sock_of(before, fd), *const is_now = sock_of(host, fd);
      same = same && is_now != nullptr && *was == *is_now;
    }
    c.goal("its sockets, counters and settings are as they were", same);
    c.twin("so are those of the first", then.mib[0] == now.mib[0] || is<op::Advance>(operation));
  });
};

}  // namespace

std::vector<Theorem> program_theorems() {
  return {
      theorem("programs.the_socket_plane_stays_sound",
              "In every situation and after every operation counts are those of what they count, ends, requests and "
              "clients know each other and go together in their states, who is bound stands in one bucket, timers are "
              "due later, descriptors have sockets of their own, and who has none waits in a queue or is an orphan.",
              every_profile, the_socket_plane_stays_sound),
      theorem("programs.errors_are_those_of_the_manual",
              "In every situation every call on a socket answers EBADF exactly for a descriptor that is closed, "
              "ENOTSOCK exactly for one that is no socket, and otherwise success or an error that its manual page has.",
              every_profile, errors_are_those_of_the_manual),
      theorem("programs.a_failure_changes_nothing_else",
              "In every situation an operation that fails leaves all as it was, but for the socket that bind, connect, "
              "listen or shutdown was called on.",
              every_profile, a_failure_changes_nothing_else),
      theorem("programs.looking_changes_nothing",
              "getsockopt, tcp_info, netstat and reading a sysctl change nothing, in every situation.", every_profile,
              looking_changes_nothing),
      theorem("programs.another_namespace_is_left_alone",
              "No operation in one namespace changes a socket, a counter or a setting of another, in every situation.",
              every_profile, another_namespace_is_left_alone),
  };
}

}  // namespace weir::proofs
