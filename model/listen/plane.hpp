// The socket plane of a host: descriptors, sockets, and the system calls on them.
#pragma once
#include "model/listen/accept.hpp"
#include "model/listen/advance.hpp"
#include "model/listen/connect.hpp"
#include "model/listen/files.hpp"
#include "model/listen/listen.hpp"
#include "model/listen/netstat.hpp"
#include "model/listen/release.hpp"
#include "model/sysctl/plane.hpp"

namespace weir::model {

template <Domain D>
class SocketPlane {
 public:
  SocketPlane(const Profile& kernel, const SysctlPlane<D>& sysctls)
      : kernel_(&kernel), sysctls_(&sysctls), net_{&kernel} {}

  /// The settings are read through `sysctls`, which must be told again when the host that owns both is copied.
  void read_settings_from(const SysctlPlane<D>& sysctls) { sysctls_ = &sysctls; }

  void name_next_fd(std::int32_t label) { files_.name_next(label); }
  /// Whether both answer the same from here on, given the same settings. Equal states may be found to differ: in
  /// numbers that tell nothing but an order.
  bool same_state(const SocketPlane& other) const { return net_ == other.net_ && files_ == other.files_; }
  void add_namespace() { net_.mib.emplace_back(); }

  /// Calls visit(label, sock) for each socket that has a descriptor. For those who show a state.
  template <class Visit>
  void for_each_socket(Visit&& visit) const {
    files_.for_each_socket([&](std::int32_t label, SockId id) { visit(label, net_[id]); });
  }

  Outcome perform(const op::Socket& op) {
    if (op.ns.id >= net_.mib.size()) {
      D::clause(Clause::NETNS_UNKNOWN);
      return failed(Errno::enoent);
    }
    const bool inet = op.family == Family::inet || op.family == Family::inet6;
    if ((inet && op.type == SockType::seqpacket) || (op.family == Family::netlink && op.type != SockType::dgram)) {
      D::clause(Clause::SOCKET_TYPE_UNKNOWN);
      return failed(Errno::esocktnosupport);
    }
    D::clause(Clause::SOCKET_CREATED);
    const SockId id = net_.allocate();
    net_[id].family = op.family;
    net_[id].type = op.type;
    net_[id].netns = op.ns.id;
    return install(id);
  }

  Outcome perform(const op::Bind& op) {
    return on_socket(op.fd, [&](SockId id) { return result(bind(net_, id, op.addr, op.port)); });
  }

  Outcome perform(const op::Setsockopt& op) {
    return on_socket(op.fd, [&](SockId id) {
      return result(setsockopt<D>(*kernel_, net_[id], op.opt, op.value, somaxconn(net_[id])));
    });
  }

  Outcome perform(const op::Getsockopt& op) {
    return on_socket(op.fd, [&](SockId id) -> Outcome {
      outcome::OptionValue value;
      const Errno error = getsockopt<D>(*kernel_, net_[id], op.opt, value.value);
      if (error != Errno::none) return failed(error);
      return value;
    });
  }

  Outcome perform(const op::Listen& op) {
    World world{*this};
    const I32<D> ret = sys_listen<D>(*kernel_, world, op.fd.label, op.backlog);
    return ret < 0 ? failed(static_cast<Errno>(-ret)) : returned(ret);
  }

  Outcome perform(const op::Connect& op) {
    return on_socket(op.fd, [&](SockId id) { return result(connect(net_, settings(id), id, op.addr, op.port)); });
  }

  Outcome perform(const op::Accept& op) {
    return on_socket(op.fd, [&](SockId id) -> Outcome {
      SockId child = no_sock;
      const Errno error = accept(net_, id, child);
      return error == Errno::none ? install(child) : failed(error);
    });
  }

  Outcome perform(const op::Shutdown& op) {
    return on_socket(op.fd, [&](SockId id) { return result(shutdown(net_, settings(id), id, op.how)); });
  }

  Outcome perform(const op::Close& op) {
    const File* const entry = files_.at(op.fd.label);
    if (entry == nullptr) {
      D::clause(Clause::FD_BAD);
      return failed(Errno::ebadf);
    }
    D::clause(Clause::CLOSE_FILE);
    const SockId id = entry->sock;
    files_.remove(op.fd.label);
    if (id != no_sock) release(net_, settings(id), id);
    return returned(0);
  }

  Outcome perform(const op::TcpInfo& op) {
    return on_socket(op.fd, [&](SockId id) -> Outcome {
      model::TcpInfo<D> info;
      const Errno error = tcp_info<D>(net_[id], info);
      if (error != Errno::none) return failed(error);
      return outcome::Info{static_cast<TcpState>(info.state), info.unacked, info.sacked};
    });
  }

  Outcome perform(const op::Segment& op) {
    if (op.ns.id >= net_.mib.size()) {
      D::clause(Clause::NETNS_UNKNOWN);
      return failed(Errno::enoent);
    }
    return outcome::Replied{tcp_v4_rcv<D>(net_, {op, {op.ns.id, op.from, op.to}, settings_in(op.ns.id)})};
  }

  Outcome perform(const op::Advance& op) {
    outcome::Passed passed;
    const auto retries_in = [this](std::uint32_t ns) { return sysctls_->cell(ns, Sysctl::tcp_synack_retries); };
    const auto settings = [this](std::uint32_t ns) { return settings_in(ns); };
    advance<D>(net_, op.ms, settings, retries_in, passed.sent);
    return passed;
  }

  Outcome perform(const op::Netstat& op) {
    if (op.ns.id >= net_.mib.size()) {
      D::clause(Clause::NETNS_UNKNOWN);
      return failed(Errno::enoent);
    }
    const Counters<D> shown = netstat<D>(*kernel_, net_.mib[op.ns.id]);
    return outcome::Counters{shown.ListenOverflows, shown.ListenDrops,        shown.SyncookiesSent,
                             shown.EmbryonicRsts,   shown.TCPDeferAcceptDrop, shown.TCPReqQFullDoCookies,
                             shown.TCPReqQFullDrop};
  }

  /// sk_max_ack_backlog of a TCP socket, in any state: no operation shows what it is outside LISTEN.
  std::optional<U32<D>> stored_backlog(Fd fd) {
    const File* const entry = files_.at(fd.label);
    if (entry == nullptr || entry->sock == no_sock || !net_[entry->sock].is_tcp()) return std::nullopt;
    return net_[entry->sock].listener.sk_max_ack_backlog;
  }

 protected:  // a symbolic reading derives, to answer with numbers that no Outcome can hold (proofs/diff/)
  /// The surroundings of sys_listen (see listen.hpp). One thread needs no count of references.
  struct World {
    SocketPlane& plane;
    File* fget(std::int32_t label) { return plane.files_.at(label); }
    void fput(File&) {}
    Sock<D>* sock_from_file(File& entry) { return entry.sock == no_sock ? nullptr : &plane.net_[entry.sock]; }
    I32<D> somaxconn(const Sock<D>& sk) { return plane.somaxconn(sk); }
    I32<D> tcp_max_syn_backlog(const Sock<D>& sk) {
      return plane.sysctls_->cell(sk.netns, Sysctl::tcp_max_syn_backlog);
    }
    I32<D> tcp_fastopen(const Sock<D>& sk) { return plane.sysctls_->cell(sk.netns, Sysctl::tcp_fastopen); }
    I32<D> security_socket_listen(const Sock<D>&, I32<D>) { return I32<D>(0); }
    Bool<D> has_ulp_without_clone(const Sock<D>&) { return Bool<D>(false); }
    I32<D> get_port(Sock<D>& sk) {
      const auto id = static_cast<SockId>(&sk - plane.net_.socks.data());
      return error<D>(model::get_port(plane.net_, id, sk.binding.port));
    }
  };

  I32<D> somaxconn(const Sock<D>& sk) const { return sysctls_->cell(sk.netns, Sysctl::somaxconn); }

  RequestSettings<D> settings(SockId id) const { return settings_in(net_[id].netns); }
  RequestSettings<D> settings_in(std::uint32_t ns) const {
    return {sysctls_->cell(ns, Sysctl::tcp_syncookies), sysctls_->cell(ns, Sysctl::tcp_max_syn_backlog),
            sysctls_->cell(ns, Sysctl::tcp_abort_on_overflow)};
  }

  static Outcome result(Errno error) { return error == Errno::none ? returned(0) : failed(error); }

  /// Calls body(id) with the socket of a descriptor, or answers EBADF or ENOTSOCK.
  template <class Body>
  Outcome on_socket(Fd fd, Body&& body) {
    const File* const entry = files_.at(fd.label);
    if (entry == nullptr) {
      D::clause(Clause::FD_BAD);
      return failed(Errno::ebadf);
    }
    if (entry->sock == no_sock) {
      D::clause(Clause::FD_NOT_SOCKET);
      return failed(Errno::enotsock);
    }
    return body(entry->sock);
  }

  Outcome install(SockId id) {
    if (const auto label = files_.install(id)) return returned(*label);
    D::clause(Clause::FD_NONE_FREE);
    release(net_, settings(id), id);
    return failed(Errno::emfile);
  }

  const Profile* kernel_;
  const SysctlPlane<D>* sysctls_;
  Net<D> net_;
  Files files_;
};

}  // namespace weir::model
