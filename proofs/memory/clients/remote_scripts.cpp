// Clients of the whole host in which remote peers send segments, and time passes.
#include <vector>

#include "proofs/memory/clients/script_calls.hpp"
#include "proofs/memory/clients/sockets.hpp"

namespace weir::proofs::memory {
namespace {

const std::vector<Op>& listener() {
  static const std::vector<Op> ops{make_socket(), bind(3), listen(3, 1)};
  return ops;
}
std::vector<Op> after_listener(const std::vector<Op>& more) { return listener() + more; }

/// 3 listens without room for more than one; peer 1 has a request, and peer 2 nothing but a cookie.
std::vector<Op> cookie() { return {make_socket(), bind(3), listen(3, 0), syn(1), syn(2)}; }

std::vector<NamedScript> request_scripts() {
  return {
      {"remote.syn_close",
       "a SYN comes while the listener closes",
       {listener(), {{syn(1)}, {close(3)}}, {make_socket(), bind(3), listen(3, 1), ack(1), accept(3)}}},
      {"remote.syn_shutdown",
       "a SYN comes while the listener stops; it begins anew",
       {listener(), {{syn(1)}, {shutdown(3, How::rd)}}, {info(3), listen(3, 1), ack(1), accept(3), counters()}}},
      {"remote.two_syns",
       "one peer's SYN comes twice",
       {listener(), {{syn(1)}, {syn(1)}}, {ack(1), accept(3), accept(3)}}},
      {"remote.two_peers", "the SYNs of two peers", {listener(), {{syn(1)}, {syn(2)}}, {ack(1), ack(2), info(3)}}},
      {"remote.ack_close",
       "the third ACK comes while the listener closes",
       {after_listener({syn(1)}), {{ack(1)}, {close(3)}}, {make_socket(), rst(1), counters()}}},
      {"remote.ack_accept",
       "the third ACK comes while another thread accepts",
       {after_listener({syn(1)}), {{ack(1)}, {accept(3)}}, {info(3), accept(3), info(4)}}},
      {"remote.two_acks",
       "the third ACK comes twice",
       {after_listener({syn(1)}), {{ack(1)}, {ack(1)}}, {info(3), accept(3), accept(3)}}},
      {"remote.ack_syn",
       "the third ACK comes, and the SYN again",
       {after_listener({syn(1)}), {{ack(1)}, {syn(1)}}, {info(3), accept(3), info(4)}}},
      {"remote.ack_reset",
       "the third ACK comes, and a reset",
       {after_listener({syn(1)}), {{ack(1)}, {rst(1)}}, {info(3), accept(3), info(4), counters()}}},
  };
}

std::vector<NamedScript> cookie_scripts() {
  return {
      {"remote.cookie_and_request",
       "the third ACK to a request, and one with a cookie",
       {cookie(), {{ack(2)}, {ack(1)}}, {info(3), accept(3), accept(3), counters()}}},
      {"remote.cookie_close",
       "a cookie comes back while the listener closes",
       {cookie(), {{ack(2)}, {close(3)}}, {counters()}}},
      {"remote.cookie_twice",
       "a cookie comes back twice",
       {cookie(),
        {{ack(2)}, {ack(2)}},
        {info(3), accept(3), accept(3), counters()},
        {},
        {{"segment , segment , tcp_info 3: LISTEN 1 0, accept 3: 4, accept 3: -1 EAGAIN, netstat 1 1 1 0 0 1 0",
          "neither finds the child that the other makes, and one finds no room"}}}},
      {"remote.cookie_and_syn",
       "a cookie comes back, and its SYN again",
       {cookie(),
        {{ack(2)}, {syn(2)}},
        {info(3), accept(3), accept(3), counters()},
        {},
        {{"segment , segment , tcp_info 3: LISTEN 1 0, accept 3: 4, accept 3: -1 EAGAIN, netstat 1 1 1 0 0 2 0",
          "the SYN does not find the child, and then the queue full of it"}}}},
  };
}

std::vector<NamedScript> connection_scripts() {
  const std::vector<Op> accepted = after_listener({syn(1), ack(1), accept(3)});
  const std::vector<Op> waits = after_listener({syn(1), ack(1)});
  return {
      {"remote.fin_close",
       "a FIN comes while this end closes",
       {accepted, {{fin(1)}, {close(4)}}, {info(4), ack(1), syn(1), fin(1)}}},
      {"remote.fin_shut",
       "a FIN comes while this end sends its own",
       {accepted, {{fin(1)}, {shutdown(4, How::wr)}}, {info(4), ack(1), info(4)}}},
      {"remote.data_close",
       "data come while this end closes",
       {accepted, {{segment(1, Flags::pa, 1)}, {close(4)}}, {ack(1), fin(1)}}},
      {"remote.reset_close",
       "a reset comes while this end closes",
       {accepted, {{rst(1)}, {close(4)}}, {info(4), ack(1)}}},
      {"remote.two_fins",
       "a FIN comes twice",
       {accepted + std::vector{shutdown(4, How::wr)}, {{fin(1)}, {fin(1)}}, {info(4), ack(1)}}},
      {"remote.fin_accept",
       "a child gets a FIN while it is accepted",
       {waits, {{fin(1)}, {accept(3)}}, {info(4), shutdown(4, How::wr), info(4)}}},
      {"remote.reset_accept",
       "a child is reset while it is accepted",
       {waits, {{rst(1)}, {accept(3)}}, {info(4), shutdown(4, How::wr)}}},
      {"remote.late_fin_close",
       "a FIN comes to an end that has sent its own, and closes",
       {accepted + std::vector{shutdown(4, How::wr), ack(1)}, {{fin(1)}, {close(4)}}, {fin(1), syn(1)}}},
  };
}

std::vector<NamedScript> timer_scripts() {
  const std::vector<Op> full = listener_and_two(0) + std::vector{connect(4), connect(5), accept(3)};
  const std::vector<Op> accepted = after_listener({syn(1), ack(1), accept(3), shutdown(4, How::wr), ack(1)});
  constexpr std::uint32_t second = 1000, minute = 60 * second;
  return {
      {"time.synack_and_ack",
       "a SYN-ACK is sent again while the third ACK comes",
       {after_listener({syn(1)}), {{advance(second)}, {ack(1)}}, {info(3), accept(3), info(4)}}},
      {"time.synack_and_reset",
       "a SYN-ACK is sent again while a reset comes",
       {after_listener({syn(1)}), {{advance(second)}, {rst(1)}}, {info(3), counters()}}},
      {"time.synack_and_close",
       "a SYN-ACK is sent again while the listener closes",
       {after_listener({syn(1)}), {{advance(second)}, {close(3)}}, {make_socket(), counters()}}},
      {"time.request_and_look",
       "a request is made while another thread looks for timers",
       {after_listener({}), {{syn(1)}, {advance(1)}}, {ack(1), accept(3)}}},
      {"time.parked_and_look",
       "a client's request is made while another thread looks for timers",
       {listener_and_two(1) + std::vector{defer_accept(3, 1)}, {{connect(4)}, {advance(1)}}, {info(4), accept(3)}}},
      {"time.wait_and_look",
       "a TIME_WAIT is made while another thread looks for timers",
       {accepted, {{fin(1)}, {advance(1)}}, {info(4), syn(1)}}},
      {"time.syn_and_close",
       "a SYN is sent again while its client closes",
       {full, {{advance(second)}, {close(5)}}, {info(3), accept(3), info(5)}}},
      {"time.syn_and_shut",
       "a SYN is sent again while its client is shut down",
       {full, {{advance(second)}, {shutdown(5, How::wr)}}, {info(3), accept(3), info(5), info(7)}}},
      {"time.syn_and_listener",
       "a SYN is sent again while the listener closes",
       {full, {{advance(second)}, {close(3)}}, {info(4), info(5), info(6)}}},
      {"time.wait_ends",
       "a TIME_WAIT ends while a SYN comes",
       {accepted + std::vector{fin(1)}, {{advance(minute)}, {syn(1)}}, {ack(1), accept(3), info(3)}}},
  };
}

std::vector<NamedScript> deferred_scripts() {
  const std::vector<Op> deferred{make_socket(), make_socket(), make_socket(), defer_accept(3, 5),
                                 bind(3),       listen(3, 0),  connect(4)};
  return {
      {"deferred.ack_and_shut",
       "a client that kept its third ACK back sends it, and its FIN",
       {{make_socket(), make_socket(), defer_accept(3, 1), defer_accept(4, 1), bind(3), listen(3, 1), connect(4)},
        {{advance(200)}, {shutdown(4, How::wr)}},
        {info(3), info(4), accept(3), info(5)},
        {},
        {{"advance, shutdown 4: 0, tcp_info 3: LISTEN 1 1, tcp_info 4: FIN_WAIT1 1 0, accept 3: 5, "
          "tcp_info 5: ESTABLISHED 0 0",
          "the FIN leaves while the ACK makes the child; it is taken when it is sent again"}}},
       true},
      {"deferred.connect_close",
       "a client gets a cookie while another one, whose request waits, closes",
       {deferred, {{connect(5)}, {close(4)}}, {info(3), info(5), accept(3)}}},
      {"deferred.two_close",
       "two clients close, of which one has a request and one a cookie",
       {deferred + std::vector{connect(5)}, {{close(4)}, {close(5)}}, {info(3), accept(3), accept(3), counters()}}},
      {"deferred.cookie_and_listener",
       "a client with a cookie is shut down while the listener closes",
       {deferred + std::vector{connect(5)}, {{shutdown(5, How::wr)}, {close(3)}}, {info(4), info(5), counters()}}},
      {"deferred.request_and_listener",
       "a client with a request is shut down while the listener closes",
       {deferred, {{shutdown(4, How::wr)}, {close(3)}}, {info(4), counters()}}},
  };
}

/// Requests once more, where they stand in a table of the listener's (up to 4.3).
std::vector<NamedScript> table_scripts() {
  std::vector<NamedScript> all = request_scripts();
  for (NamedScript& each : all) {
    each.name = "table" + each.name.substr(each.name.find('.'));
    each.sentence += "; up to 4.3";
    each.script.kernel = profile_from("linux-4.3");
  }
  return all;
}

}  // namespace

std::vector<NamedScript> remote_scripts() {
  std::vector<NamedScript> all;
  for (auto& group : {request_scripts(), cookie_scripts(), connection_scripts(), timer_scripts(), deferred_scripts(),
                      table_scripts()})
    all.insert(all.end(), group.begin(), group.end());
  return all;
}

}  // namespace weir::proofs::memory
