#include "oracle/check/machine.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "oracle/json/observation.hpp"

namespace weir::oracle {

Explained step(Host& host, const Op& operation, std::optional<std::int32_t> label) {
  if (label) host.name_next_fd(*label);
  Explained answer;
  const ClauseScope scope(answer.clauses);
  answer.outcome = host.step(operation);
  return answer;
}

Explained Machine::step(const Op& operation, std::optional<std::int32_t> label) {
  if (since_.size() == most_kept) {
    snapshot_ = now_;
    since_.clear();
  }
  since_.push_back({operation, label});
  return oracle::step(now_, operation, label);
}

Host Machine::before() const {
  Host host = snapshot_;
  for (std::size_t i = 0; i + 1 < since_.size(); ++i) oracle::step(host, since_[i].operation, since_[i].label);
  return host;
}

void Machine::undo() {
  now_ = before();
  since_.pop_back();
}

namespace {

class Facts {
 public:
  explicit Facts(const Host& host) : host_(host) {}

  void about(Fd fd, std::int32_t called) {
    const Outcome answer = host_.step(op::TcpInfo{fd});
    if (const auto* const tcp = std::get_if<outcome::Info>(&answer)) {
      const bool listens = tcp->state == TcpState::listen;
      add(listens ? fmt::format("fd {}: LISTEN, {} in the accept queue, limit {}", called, tcp->unacked, tcp->sacked)
                  : fmt::format("fd {}: {}", called, name_of_enum(tcp->state)));
    } else if (const auto* const why = std::get_if<outcome::Returned>(&answer)) {
      add(fmt::format("fd {}: {}", called,
                      why->error == Errno::ebadf      ? "not open"
                      : why->error == Errno::enotsock ? "not a socket"
                                                      : "a socket, but not of TCP"));
    } else {
      add("the kernel has crashed");
    }
  }

  void about(NsId ns, Sysctl id) {
    const Outcome answer = host_.step(op::SysctlRead{ns, id});
    if (const auto* const read = std::get_if<outcome::ReadBack>(&answer))
      add(fmt::format("{} in namespace {}: {}", name_of_enum(id), ns.id, read->data.substr(0, read->data.find('\n'))));
  }

  void about(Cpu cpu) {
    const Outcome answer = host_.step(op::SoftnetStat{cpu});
    if (const auto* const row = std::get_if<outcome::SoftnetRow>(&answer))
      add(fmt::format("cpu {}: processed {}, dropped {}, time_squeeze {}{}", cpu.index, row->processed, row->dropped,
                      row->time_squeeze, row->backlog_len ? fmt::format(", {} queued", *row->backlog_len) : ""));
    for (const auto id : {Sysctl::netdev_max_backlog, Sysctl::dev_weight, Sysctl::netdev_budget}) about(NsId{0}, id);
  }

  std::vector<std::string> take() && { return std::move(facts_); }

 private:
  void add(std::string fact) { facts_.push_back(std::move(fact)); }

  Host host_;
  std::vector<std::string> facts_;
};

}  // namespace

std::vector<std::string> describe(const Host& host, const Op& about, std::optional<std::int32_t> called) {
  Facts facts(host);
  std::visit(
      [&]<class T>(const T& each) {
        if constexpr (requires { each.fd; }) facts.about(each.fd, called.value_or(each.fd.label));
        if constexpr (requires { each.cpu; }) facts.about(each.cpu);
        if constexpr (requires { each.sysctl; }) facts.about(each.ns, each.sysctl);
        if constexpr (std::is_same_v<T, op::Listen>) facts.about(NsId{0}, Sysctl::somaxconn);
      },
      about);
  return std::move(facts).take();
}

}  // namespace weir::oracle
