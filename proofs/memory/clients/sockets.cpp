// Clients of the whole host: system calls of several threads. What they answer, and what is seen when all are done,
// must be what the spec answers to the same calls in some order.
#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "lockfree/host.hpp"
#include "model/host.hpp"
#include "proofs/memory/clients/client.hpp"
#include "proofs/memory/host_atomics.hpp"

namespace weir::proofs::memory {
namespace {

using ModelHost = model::Host<Concrete>;

struct Script {
  std::vector<Op> before;
  std::vector<std::vector<Op>> threads;
  std::vector<Op> after;
};

/// A call that a thread has made.
struct Call {
  const Op* op = nullptr;
  Outcome answer{};
  unsigned thread = 0;
  Clocks begin{};
  std::uint16_t end = 0;

  bool before(const Call& other) const {
    return thread == other.thread ? this < &other : end > begin[thread] && other.begin[thread] >= end;
  }
};

/// Whether the spec, asked in some order, gives these answers.
class Orders {
 public:
  Orders(const std::vector<Call>& calls, const std::vector<Op>& after, const std::vector<Outcome>& seen)
      : calls_(calls), after_(after), seen_(seen), done_(calls.size(), false) {}

  bool explain(const ModelHost& host, std::size_t left) {
    if (left == 0) return ends_so(host);
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (done_[i] || !may_come(i)) continue;
      ModelHost next = host;
      if (next.step(*calls_[i].op) != calls_[i].answer) continue;
      done_[i] = true;
      const bool explained = explain(next, left - 1);
      done_[i] = false;
      if (explained) return true;
    }
    return false;
  }

 private:
  bool may_come(std::size_t which) const {
    for (std::size_t i = 0; i < calls_.size(); ++i)
      if (!done_[i] && i != which && calls_[i].before(calls_[which])) return false;
    return true;
  }
  bool ends_so(ModelHost host) const {
    for (std::size_t i = 0; i < after_.size(); ++i)
      if (host.step(after_[i]) != seen_[i]) return false;
    return true;
  }

  const std::vector<Call>& calls_;
  const std::vector<Op>& after_;
  const std::vector<Outcome>& seen_;
  std::vector<bool> done_;
};

class SocketWorld {
 public:
  SocketWorld(const Script& script, Judgements& judgements)
      : script_(script), judgements_(judgements), host_(*profile_from("linux-6.18")) {
    for (const Op& op : script.before) host_.step(op);
  }

  void run(unsigned thread) {
    for (std::size_t i = 0; i < script_.threads[thread].size(); ++i) {
      Call& call = calls_[thread][i];
      call.op = &script_.threads[thread][i];
      call.thread = thread;
      call.begin = moment();
      call.answer = host_.step(*call.op);
      call.end = moment()[thread];
    }
  }

  void finish() {
    std::vector<Call> calls;
    for (std::size_t thread = 0; thread < script_.threads.size(); ++thread)
      for (std::size_t i = 0; i < script_.threads[thread].size(); ++i) calls.push_back(calls_[thread][i]);
    std::vector<Outcome> seen;
    for (const Op& op : script_.after) seen.push_back(host_.step(op));
    require(explained(calls, seen), "the spec has an order of these calls with these answers");
  }

 private:
  /// Outcomes repeat: each is judged once.
  bool explained(const std::vector<Call>& calls, const std::vector<Outcome>& seen) {
    const Heap::Use outside(nullptr);
    std::string key;
    const auto add = [&](const Outcome& outcome) {
      key += static_cast<char>(outcome.index());
      if (const auto* const it = std::get_if<outcome::Returned>(&outcome))
        key += std::to_string(it->ret) + "," + std::to_string(static_cast<int>(it->error)) + ";";
      if (const auto* const it = std::get_if<outcome::Info>(&outcome))
        key += std::to_string(static_cast<int>(it->state)) + "," + std::to_string(it->unacked) + "," +
               std::to_string(it->sacked) + ";";
    };
    for (const Call& call : calls) {
      add(call.answer);
      for (const Call& other : calls) key += call.before(other) ? '<' : '-';
    }
    for (const Outcome& each : seen) add(each);
    const auto [known, fresh] = judgements_.try_emplace(key, false);
    if (!fresh) return known->second;
    ModelHost spec(*profile_from("linux-6.18"));
    for (const Op& op : script_.before) spec.step(op);
    known->second = Orders(calls, script_.after, seen).explain(spec, calls.size());
    return known->second;
  }

  const Script& script_;
  Judgements& judgements_;
  lockfree::Host host_;
  std::array<std::array<Call, 3>, max_threads> calls_;
};

Op make_socket() { return op::Socket{{}, Family::inet, SockType::stream}; }
Op bind(std::int32_t fd) { return op::Bind{Fd{fd}, Address{}, 80}; }
Op listen(std::int32_t fd, std::int32_t backlog) { return op::Listen{Fd{fd}, backlog}; }
Op connect(std::int32_t fd) { return op::Connect{Fd{fd}, Address{Address::Kind::v4, 0x7f000001}, 80}; }
Op accept(std::int32_t fd) { return op::Accept{Fd{fd}}; }
Op close(std::int32_t fd) { return op::Close{Fd{fd}}; }
Op info(std::int32_t fd) { return op::TcpInfo{Fd{fd}}; }

/// A listener, 3, and two sockets, 4 and 5.
std::vector<Op> listener_and_two(std::int32_t backlog) {
  return {make_socket(), make_socket(), make_socket(), bind(3), listen(3, backlog)};
}

std::vector<Op> with(std::vector<Op> ops, const std::vector<Op>& more) {
  ops.insert(ops.end(), more.begin(), more.end());
  return ops;
}

Client client(std::string name, std::string sentence, const Script& script) {
  const auto threads = static_cast<unsigned>(script.threads.size());
  return {"listen." + std::move(name),
          std::move(sentence),
          threads,
          [=] { return std::make_unique<ClientProgram<SocketWorld, Script>>(script, threads); },
          {.spurious = 0}};
}

}  // namespace

std::vector<Client> socket_clients() {
  return {
      client("limit_and_look", "listen changes the limit while another thread looks at it",
             {listener_and_two(1), {{listen(3, 5)}, {info(3)}}, {info(3)}}),
      client("connect_look", "a connection comes in while another thread looks at the accept queue",
             {listener_and_two(1), {{connect(4)}, {info(3)}}, {info(3), info(4), accept(3), info(3)}}),
      client("connect_accept", "a connection comes in while another thread accepts",
             {listener_and_two(1), {{connect(4)}, {accept(3)}}, {info(3), info(4), accept(3), info(3)}}),
      client("connect_limit", "a connection comes in while the limit falls",
             {listener_and_two(1), {{connect(4)}, {listen(3, 0)}}, {info(3), info(4), accept(3), info(3)}}),
      client("accept_client_closes", "a child is accepted while its client closes",
             {with(listener_and_two(1), {connect(4)}), {{accept(3)}, {close(4)}}, {info(3), info(4)}}),
      client("two_sockets", "two threads make a socket each",
             {{make_socket()}, {{make_socket()}, {make_socket()}}, {make_socket()}}),
      client("socket_close", "one thread makes a socket, another closes one",
             {{make_socket()}, {{make_socket()}, {close(3)}}, {make_socket()}}),
      client("two_binds", "two threads ask for the same port",
             {{make_socket(), make_socket()}, {{bind(3)}, {bind(4)}}, {listen(3, 1), listen(4, 1)}}),
      client("bind_close", "a port is asked for while its owner closes",
             {{make_socket(), make_socket(), bind(3)}, {{bind(4)}, {close(3)}}, {listen(4, 1), info(4)}}),
  };
}

}  // namespace weir::proofs::memory
