#include "proofs/diff/host.hpp"

namespace weir::proofs::diff {
namespace {

enum AnswerKind : std::int64_t { number, read, done, crash };

Answer failure(Errno error) {
  return {number, {}, {Symbolic::U64(-1), Symbolic::U64(static_cast<std::uint64_t>(error))}};
}

template <class Int>
Symbolic::U64 wide(const Int& value) {
  return as<Symbolic::U64>(value);
}

/// A column or counter that the profile may not have.
template <class Int>
Symbolic::U64 if_there(const std::optional<Int>& value) {
  return value ? wide(*value) : Symbolic::U64(~std::uint64_t{0});
}

}  // namespace

SymbolicBool differ(const Answer& a, const Answer& b) {
  if (!a.same_form(b) || a.list != b.list) return SymbolicBool(true);
  SymbolicBool any(false);
  for (std::size_t i = 0; i < a.numbers.size(); ++i) any = any || a.numbers[i] != b.numbers[i];
  return any;
}

SymbolicBool differ_by_the_change(const Four& answers) {
  const auto& [from, to, from_changed, to_unchanged] = answers;
  if (!from.same_form(to)) return !differ(from_changed, to) || !differ(to_unchanged, from);
  const bool comparable = from_changed.same_form(to), comparable_back = to_unchanged.same_form(from);
  SymbolicBool any(from.list != to.list && ((comparable && from_changed.list == to.list) ||
                                            (comparable_back && to_unchanged.list == from.list)));
  for (std::size_t i = 0; i < from.numbers.size(); ++i) {
    const SymbolicBool parted = from.numbers[i] != to.numbers[i];
    if (parted.known() && !static_cast<bool>(parted)) continue;
    SymbolicBool by_this(false);
    if (comparable) by_this = from_changed.numbers[i] == to.numbers[i];
    if (comparable_back) by_this = by_this || to_unchanged.numbers[i] == from.numbers[i];
    any = any || (parted && by_this);
  }
  return any;
}

Answer SearchSockets::listen(Fd fd, const Symbolic::I32& backlog) {
  World world{*this};
  return {number, {}, {wide(model::sys_listen<D>(*kernel_, world, fd.label, backlog))}};
}

Answer SearchSockets::tcp_info(Fd fd) {
  const model::File* const entry = files_.at(fd.label);
  if (entry == nullptr || entry->sock == model::no_sock)
    return failure(entry == nullptr ? Errno::ebadf : Errno::enotsock);
  model::TcpInfo<D> info;
  const Errno error = model::tcp_info<D>(net_[entry->sock], info);
  return error != Errno::none ? failure(error)
                              : Answer{read, {}, {wide(info.state), wide(info.unacked), wide(info.sacked)}};
}

Answer SearchSockets::getsockopt(const op::Getsockopt& op) {
  const model::File* const entry = files_.at(op.fd.label);
  if (entry == nullptr || entry->sock == model::no_sock)
    return failure(entry == nullptr ? Errno::ebadf : Errno::enotsock);
  Symbolic::I32 value(0);
  const Errno error = model::getsockopt<D>(*kernel_, net_[entry->sock], op.opt, value);
  return error != Errno::none ? failure(error) : Answer{read, {}, {wide(value)}};
}

Answer SearchSockets::netstat(NsId ns) {
  if (ns.id >= net_.mib.size()) return failure(Errno::enoent);
  const auto shown = model::netstat<D>(*kernel_, net_.mib[ns.id]);
  return {read,
          {},
          {shown.ListenOverflows, shown.ListenDrops, shown.SyncookiesSent, shown.EmbryonicRsts,
           if_there(shown.TCPDeferAcceptDrop), if_there(shown.TCPReqQFullDoCookies), if_there(shown.TCPReqQFullDrop)}};
}

Answer SearchSockets::kept() const {
  Answer answer;
  for (const model::Sock<D>& sk : net_.socks)
    if (sk.is_tcp() && sk.held_by == model::HeldBy::file)
      answer.numbers.push_back(wide(sk.listener.sk_max_ack_backlog));
  return answer;
}

Answer SearchHost::step(const Op& operation, const Open& open) {
  if (crashed_) return {crash, {}, {}};
  Answer answer = std::visit([&](const auto& each) { return perform(each, open); }, operation);
  crashed_ = answer.kind == crash;
  return answer;
}

Answer SearchHost::perform(const op::Netns& op, const Open&) {
  std::size_t id = 0;
  if (const Errno error = model::add_namespace(sysctls_, op.owner, id); error != Errno::none) return failure(error);
  sockets_.add_namespace();
  return {number, {}, {Symbolic::U64(id)}};
}

Answer SearchHost::perform(const op::SysctlWrite& op, const Open& open) {
  std::vector<Symbolic::U8> text(open.text.begin(), open.text.end());
  if (text.empty())
    for (const char c : open.number != nullptr ? std::string("0") : op.data)
      text.emplace_back(static_cast<unsigned char>(c));
  D::written_number = open.number;
  const auto returned = model::sysctl_write<D>(sysctls_, op.ns.id, op.sysctl, Bytes<D>(text), op.pos, op.cred);
  D::written_number = nullptr;
  return returned_by(returned);
}

Answer SearchHost::perform(const op::SysctlRead& op, const Open&) {
  const bool here = op.ns.id < sysctls_.namespaces.size() && spec_of(*kernel_, op.sysctl) != nullptr;
  if (here && !sysctls_.cell(op.ns.id, op.sysctl).known()) {  // the text of a number is as good as the number
    const Errno error = model::open_sysctl(sysctls_, op.ns.id, op.sysctl, Cred::user, false);
    return error != Errno::none ? failure(error) : Answer{read, {}, {wide(sysctls_.cell(op.ns.id, op.sysctl))}};
  }
  std::vector<Symbolic::U8> text;
  const Errno error = model::sysctl_read<D>(sysctls_, op.ns.id, op.sysctl, op.len, op.pos, text);
  if (error != Errno::none) return failure(error);
  if (!text.empty() && op.len > 12) return {read, {}, {wide(sysctls_.cell(op.ns.id, op.sysctl))}};
  Answer answer{read, {}, {Symbolic::U64(0)}};
  for (const Symbolic::U8& each : text) answer.list.push_back(each.value());
  return answer;
}

Answer SearchHost::perform(const op::Tick&, const Open&) {
  jiffies_ = jiffies_ + Symbolic::U64(1);
  return {done, {}, {}};
}

Answer SearchHost::perform(const op::NetifRx& op, const Open&) {
  const auto limit = sysctls_.global_cell(Sysctl::netdev_max_backlog);
  const auto became = model::enqueue_to_backlog<D>(*kernel_, cpu_, op.skb, limit);
  if (became == model::Enqueued::list_corrupted) return {crash, {}, {}};
  if (became == model::Enqueued::queued) return {read, {}, {Symbolic::U64(0), Symbolic::U64(0)}};
  const auto reason = model::drop_reason<D>(*kernel_, became);
  return {read, {}, {Symbolic::U64(1), Symbolic::U64(reason ? 1 + static_cast<std::uint64_t>(*reason) : 0)}};
}

Answer SearchHost::perform(const op::ProcessBacklog& op, const Open& open) {
  Answer answer{read, {}, {Symbolic::U64(0), Symbolic::U64(0)}};
  if (!model::is_polled<D>(cpu_)) return answer;
  model::Clock<D> clock{jiffies_, op.tick_after.value_or(0), 0};
  const Symbolic::I32 quota = open.number != nullptr ? *open.number : Symbolic::I32(op.quota);
  const auto poll = model::process_backlog<D>(*kernel_, cpu_, quota, model::dev_rx_weight(sysctls_), clock,
                                              [&](Skb skb) { answer.list.push_back(skb.id); });
  jiffies_ = clock.jiffies;
  answer.numbers = {wide(poll.work), Symbolic::U64(poll.exit == model::PollExit::empty ? 1 : 0)};
  return answer;
}

Answer SearchHost::perform(const op::NetRxAction& op, const Open&) {
  Answer answer{read, {}, {}};
  model::Clock<D> clock{jiffies_, op.tick_after.value_or(0), 0};
  const model::SoftirqLimits<D> limits{sysctls_.global_cell(Sysctl::netdev_budget),
                                       sysctls_.global_cell(Sysctl::netdev_budget_usecs),
                                       model::dev_rx_weight(sysctls_)};
  const auto run =
      model::net_rx_action<D>(*kernel_, cpu_, limits, clock, [&](Skb skb) { answer.list.push_back(skb.id); });
  jiffies_ = clock.jiffies;
  if (run.list_corrupted) return {crash, {}, {}};
  answer.numbers = {Symbolic::U64(run.time_squeeze ? 1 : 0), Symbolic::U64(static_cast<bool>(run.rescheduled) ? 1 : 0)};
  return answer;
}

Answer SearchHost::perform(const op::SoftnetStat&, const Open&) {
  const auto row = model::softnet_row<D>(*kernel_, cpu_, Symbolic::U32(0), 0);  // no shape has a flow limit
  Answer answer{read, {}, {wide(row.processed), wide(row.dropped), wide(row.time_squeeze)}};
  for (const auto& each : {row.cpu_collision, row.received_rps, row.flow_limit, row.backlog_len, row.cpu_id,
                           row.input_qlen, row.process_qlen, row.input_queue_head, row.input_queue_tail})
    answer.numbers.push_back(if_there(each));
  return answer;
}

Answer SearchHost::perform(const op::Listen& op, const Open& open) {
  return sockets_.listen(op.fd, open.number != nullptr ? *open.number : Symbolic::I32(op.backlog));
}

}  // namespace weir::proofs::diff
