#include "oracle/check/machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "oracle/json/writer.hpp"

namespace weir::oracle {

Explained step(Host& host, const Op& operation, std::optional<std::int32_t> label) {
  if (label) host.name_next_fd(*label);
  Explained answer;
  const ClauseScope scope(answer.clauses);
  answer.outcome = host.step(operation);
  return answer;
}

std::string allowed_text(const Judged& judged) {
  std::string text = to_text(judged.answer.outcome);
  for (const Outcome& each : judged.also) text += " or " + to_text(each);
  return text;
}

Judged Machine::step(const Op& operation, std::optional<std::int32_t> label, const Observation& seen) {
  if (now_.size() == 1)
    if (auto answer = step_the_one(operation, label)) {
      const bool explained = agrees(seen, answer->outcome);
      return {std::move(*answer), explained};
    }
  return step_all(operation, label, seen);
}

/// Nothing where the kernel picks; then nothing has happened.
std::optional<Explained> Machine::step_the_one(const Op& operation, std::optional<std::int32_t> label) {
  if (since_.size() == most_kept) begin_from_the_one();
  since_.push_back({operation, label});
  Picks picks;
  const PickScope scope(picks);
  Explained answer = oracle::step(now_.front(), operation, label);
  if (!picks.any()) return answer;
  undo();
  return std::nullopt;
}

Judged Machine::step_all(const Op& operation, std::optional<std::int32_t> label, const Observation& seen) {
  before_ = std::move(now_);
  since_.clear();
  now_.clear();
  std::vector<Host> unexplained;
  std::vector<Explained> explaining, others;
  for (const Host& state : before_) {
    Picks picks;
    do {
      const PickScope scope(picks);
      Host after = state;
      Explained answer = oracle::step(after, operation, label);
      const bool fits = agrees(seen, answer.outcome);
      (fits ? now_ : unexplained).push_back(std::move(after));
      (fits ? explaining : others).push_back(std::move(answer));
    } while (picks.next());
  }
  Judged judged{{}, !explaining.empty()};
  judged.answer = judged.explained ? explaining.front() : others.front();
  if (!judged.explained) {
    now_ = std::move(unexplained);
    for (const Explained& each : others)
      if (each.outcome != judged.answer.outcome &&
          std::find(judged.also.begin(), judged.also.end(), each.outcome) == judged.also.end())
        judged.also.push_back(each.outcome);
  }
  if (now_.size() > most_states) {
    now_.erase(now_.begin() + most_states, now_.end());
    gave_up_some_ = true;
  }
  if (now_.size() == 1) begin_from_the_one();
  return judged;
}

void Machine::begin_from_the_one() {
  snapshot_ = now_.front();
  since_.clear();
}

Host Machine::before() const {
  if (since_.empty()) return before_.front();
  Host host = snapshot_;
  for (std::size_t i = 0; i + 1 < since_.size(); ++i) oracle::step(host, since_[i].operation, since_[i].label);
  return host;
}

void Machine::undo() {
  if (!since_.empty()) {
    now_.front() = before();
    since_.pop_back();
    return;
  }
  now_ = before_;
  if (now_.size() == 1) begin_from_the_one();
}

std::optional<bool> allows(const Header& header, std::span<const Op> operations, std::span<const Outcome> answers) {
  Machine machine(header);
  for (std::size_t i = 0; i < operations.size(); ++i)
    if (!machine.step(operations[i], {}, observed_in_full(answers[i])).explained)
      return machine.gave_up_some() ? std::nullopt : std::optional(false);
  return true;
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
