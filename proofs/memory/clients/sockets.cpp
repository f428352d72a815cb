// The world of the clients of sockets.hpp.
#include "proofs/memory/clients/sockets.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "lockfree/host.hpp"
#include "model/host.hpp"
#include "proofs/memory/host_atomics.hpp"

namespace weir::proofs::memory {
namespace {

using ModelHost = model::Host<Concrete>;

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

template <class T>
void write(std::string& text, const T& value) {
  if constexpr (std::is_same_v<T, Errno>)
    text += value == Errno::none ? "" : std::string(weir::name_of(value)) + ' ';
  else if constexpr (std::is_enum_v<T>)
    text += std::string(name_of_enum(value)) + ' ';
  else if constexpr (std::is_integral_v<T>)
    text += std::to_string(value) + ' ';
  else if constexpr (std::is_same_v<T, std::string>)
    text += value + ' ';
  else if constexpr (requires { value.has_value(); })
    value ? write(text, *value) : static_cast<void>(text += "- ");
  else if constexpr (requires { value.begin(); })
    for (const auto& each : value) write(text, each);
  else if constexpr (std::is_same_v<T, weir::End>)
    write(text, value.v4), write(text, value.port);
  else if constexpr (std::is_same_v<T, Skb>)
    write(text, value.id);
  else
    for_each_field<T>([&](const auto& each) { write(text, value.*each.member); });
}
void write(std::string& text, const Op& op, const Outcome& answer) {
  text += (text.empty() ? "" : ", ") + std::string(weir::name_of(op)) + ' ';
  std::visit(
      [&](const auto& each) {
        if constexpr (requires { each.fd; }) text += std::to_string(each.fd.label) + ": ";
      },
      op);
  std::visit([&](const auto& each) { write(text, each); }, answer);
  text.pop_back();
}

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
  SocketWorld(const SocketScript& script, Judgements& judgements)
      : script_(script), judgements_(judgements), host_(*script.kernel) {
    for (const Op& op : script.before) host_.step(op);
  }

  void run(unsigned thread) {
    for (const Op& op : script_.threads[thread]) make(op, thread);
    if (script_.one_of.empty() || thread + 1 != script_.threads.size()) return;
    chosen_ = choose(static_cast<unsigned>(script_.one_of.size()));
    make(script_.one_of[chosen_], thread);
  }

  void finish() {
    std::vector<Call> calls;
    for (std::size_t thread = 0; thread < script_.threads.size(); ++thread)
      for (std::size_t i = 0; i < made_[thread]; ++i) calls.push_back(calls_[thread][i]);
    std::vector<Outcome> seen;
    for (const Op& op : script_.after) seen.push_back(host_.step(op));
    judge(calls, seen);
  }

 private:
  void make(const Op& op, unsigned thread) {
    Call& call = calls_[thread][made_[thread]++];
    call.op = &op;
    call.thread = thread;
    call.begin = moment();
    call.answer = host_.step(op);
    call.end = moment()[thread];
  }

  /// Outcomes repeat: each is judged once.
  void judge(const std::vector<Call>& calls, const std::vector<Outcome>& seen) {
    const Heap::Use outside(nullptr);
    std::string text;
    for (const Call& call : calls) write(text, *call.op, call.answer);
    for (std::size_t i = 0; i < seen.size(); ++i) write(text, script_.after[i], seen[i]);
    std::string key = text + ' ' + std::to_string(chosen_);
    for (const Call& call : calls)
      for (const Call& other : calls) key += call.before(other) ? '<' : '-';
    const auto [known, fresh] = judgements_.try_emplace(key, false);
    if (fresh) {
      ModelHost spec(*script_.kernel);
      for (const Op& op : script_.before) spec.step(op);
      known->second = Orders(calls, script_.after, seen).explain(spec, calls.size()) ||
                      std::any_of(script_.beyond.begin(), script_.beyond.end(),
                                  [&](const Beyond& each) { return each.outcome == text; });
    }
    if (!known->second) Memory::current()->fail("the spec has no order of these calls with these answers: " + text);
  }

  const SocketScript& script_;
  Judgements& judgements_;
  lockfree::Host host_;
  std::array<std::array<Call, 3>, max_threads> calls_;
  std::array<std::size_t, max_threads> made_{};
  unsigned chosen_ = 0;
};

}  // namespace

Client socket_client(const NamedScript& named) {
  const auto threads = static_cast<unsigned>(named.script.threads.size());
  return {named.name,
          named.sentence,
          threads,
          [=] { return std::make_unique<ClientProgram<SocketWorld, SocketScript>>(named.script, threads); },
          {.spurious = 0},
          named.too_large};
}

}  // namespace weir::proofs::memory
