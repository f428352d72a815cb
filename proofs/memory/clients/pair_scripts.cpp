// Every pair of calls: one thread makes a call, another any of those that may meet it, from each of a few states.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "proofs/memory/clients/script_calls.hpp"
#include "proofs/memory/clients/sockets.hpp"

namespace weir::proofs::memory {
namespace {

struct NamedCall {
  std::string name;
  Op op;
};

/// Three sockets, 3 to 5; what else there is, the name says.
struct State {
  std::string name, sentence;
  std::vector<Op> before;
  std::vector<NamedCall> calls;
  /// Pairs that other clients have: those that the spec alone does not explain, and those that take too long.
  std::vector<std::pair<std::string, std::string>> without;
};

bool is_left_out(const State& state, const std::string& one, const std::string& other) {
  const auto is = [&](const auto& pair) { return pair.first == one && pair.second == other; };
  return std::any_of(state.without.begin(), state.without.end(), is);
}

State fresh() {
  return {"fresh",
          "3 has a port, 4 and 5 are fresh",
          {make_socket(), make_socket(), make_socket(), bind(3)},
          {{"socket", make_socket()},
           {"bind_again", bind(3)},
           {"bind_same", bind(4)},
           {"listen", listen(3, 2)},
           {"connect", connect(4)},
           {"connect_bound", connect(3, 81)},
           {"close", close(3)},
           {"close_other", close(4)},
           {"shutdown_rd", shutdown(3, How::rd)},
           {"shutdown_wr", shutdown(3, How::wr)},
           {"look", info(3)},
           {"reuse", setsockopt(3, SockOpt::so_reuseaddr, 1)}},
          {{"connect_bound", "look"}}};
}

State listening() {
  return {"listening",
          "3 listens, 4 and 5 are fresh",
          {make_socket(), make_socket(), make_socket(), bind(3), listen(3, 1)},
          {{"socket", make_socket()},
           {"bind_again", bind(3)},
           {"bind_same", bind(4)},
           {"listen", listen(3, 2)},
           {"connect", connect(4)},
           {"connect_other", connect(5)},
           {"accept", accept(3)},
           {"close", close(3)},
           {"close_client", close(4)},
           {"shutdown_rd", shutdown(3, How::rd)},
           {"shutdown_client", shutdown(4, How::wr)},
           {"look", info(3)},
           {"look_client", info(4)},
           {"defer", setsockopt(3, SockOpt::tcp_defer_accept, 1)}},
          {{"connect", "connect_other"}, {"connect", "look_client"}}};
}

State waiting() {
  return {"waiting",
          "3 listens, 4 has connected and nobody has accepted it, 5 is fresh",
          {make_socket(), make_socket(), make_socket(), bind(3), listen(3, 1), connect(4)},
          {{"socket", make_socket()},
           {"bind_client", bind(4)},
           {"listen", listen(3, 0)},
           {"connect", connect(4)},
           {"connect_other", connect(5)},
           {"accept", accept(3)},
           {"close", close(3)},
           {"close_client", close(4)},
           {"shutdown_rd", shutdown(3, How::rd)},
           {"shutdown_client", shutdown(4, How::wr)},
           {"shutdown_client_rd", shutdown(4, How::rd)},
           {"look", info(3)},
           {"look_client", info(4)}},
          {{"bind_client", "close"},
           {"listen", "connect_other"},
           {"connect_other", "close"},
           {"connect_other", "shutdown_rd"},
           {"accept", "accept"}}};
}

State accepted() {
  return {"accepted",
          "3 listens, 4 is connected with 6, 5 is fresh",
          {make_socket(), make_socket(), make_socket(), bind(3), listen(3, 1), connect(4), accept(3)},
          {{"socket", make_socket()},
           {"bind_client", bind(4)},
           {"listen", listen(3, 2)},
           {"connect", connect(4)},
           {"connect_other", connect(5)},
           {"accept", accept(3)},
           {"close", close(3)},
           {"close_client", close(4)},
           {"close_child", close(6)},
           {"shutdown_rd", shutdown(3, How::rd)},
           {"shutdown_client", shutdown(4, How::wr)},
           {"shutdown_child", shutdown(6, How::wr)},
           {"shutdown_child_rd", shutdown(6, How::rd)},
           {"look", info(3)},
           {"look_client", info(4)},
           {"look_child", info(6)}},
          {}};
}

}  // namespace

std::vector<NamedScript> pair_scripts() {
  std::vector<NamedScript> scripts;
  for (const State& state : {fresh(), listening(), waiting(), accepted()}) {
    for (auto one = state.calls.begin(); one != state.calls.end(); ++one) {
      SocketScript script{state.before, {{one->op}, {}}, {info(3), info(4), info(5), info(6), accept(3), info(3)}};
      for (auto other = one; other != state.calls.end(); ++other)
        if (!is_left_out(state, one->name, other->name)) script.one_of.push_back(other->op);
      if (script.one_of.empty()) continue;
      scripts.push_back({"pairs." + state.name + "." + one->name,
                         one->name + " beside any call of the list from here on: " + state.sentence, script});
    }
  }
  return scripts;
}

}  // namespace weir::proofs::memory
