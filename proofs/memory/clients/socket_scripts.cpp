// What the clients of the whole host do, but for pairs (pair_scripts.cpp), remote peers and time (remote_scripts.cpp).
#include <vector>

#include "proofs/memory/clients/script_calls.hpp"
#include "proofs/memory/clients/sockets.hpp"

namespace weir::proofs::memory {
namespace {

/// 4 has connected to 3; nobody has accepted it.
std::vector<Op> one_waits() { return listener_and_two(1) + std::vector{connect(4)}; }

std::vector<NamedScript> listening_scripts() {
  return {
      {"listen.limit_and_look",
       "listen changes the limit while another thread looks at it",
       {listener_and_two(1), {{listen(3, 5)}, {info(3)}}, {info(3)}}},
      {"listen.begin_and_look",
       "listen begins while another thread looks",
       {{make_socket(), bind(3)}, {{listen(3, 5)}, {info(3)}}, {info(3)}}},
      {"listen.relisten_connect",
       "a client comes while a listener begins anew, with another limit",
       {{make_socket(), make_socket(), bind(3), listen(3, 0), shutdown(3, How::rd)},
        {{listen(3, 5)}, {connect(4)}},
        {info(3), info(4), counters()}}},
      {"listen.connect_look",
       "a connection comes in while another thread looks at the accept queue",
       {listener_and_two(1), {{connect(4)}, {info(3)}}, {info(3), info(4), accept(3), info(3)}}},
      {"listen.connect_look_at_itself",
       "a thread looks at a socket that another one connects",
       {listener_and_two(1),
        {{connect(4)}, {info(4)}},
        {info(3), info(4), accept(3)},
        {},
        {{"connect 4: -1 EINPROGRESS, tcp_info 4: SYN_SENT 1 0, tcp_info 3: LISTEN 1 1, tcp_info 4: ESTABLISHED 0 0, "
          "accept 3: 6",
          "TCP_INFO does not wait for the call that connects"}}}},
      {"listen.connect_accept",
       "a connection comes in while another thread accepts",
       {listener_and_two(1), {{connect(4)}, {accept(3)}}, {info(3), info(4), accept(3), info(3)}}},
      {"listen.connect_limit",
       "a connection comes in while the limit falls",
       {listener_and_two(1), {{connect(4)}, {listen(3, 0)}}, {info(3), info(4), accept(3), info(3)}}},
  };
}

std::vector<NamedScript> full_and_ending_scripts() {
  return {
      {"listen.second_and_limit",
       "a second connection comes in while the limit falls",
       {one_waits(),
        {{connect(5)}, {listen(3, 0)}},
        {info(3), info(4), info(5), accept(3)},
        {},
        {{"connect 5: -1 EINPROGRESS, listen 3: 0, tcp_info 3: LISTEN 1 0, tcp_info 4: ESTABLISHED 0 0, "
          "tcp_info 5: ESTABLISHED 0 0, accept 3: 6",
          "the SYN found room, the third ACK does not"}}}},
      {"listen.two_when_full",
       "two connections come to a queue that is full",
       {listener_and_two(0) + std::vector{make_socket(), connect(4)},
        {{connect(5)}, {connect(6)}},
        {info(3), info(4), info(5), info(6), accept(3), counters()}}},
      {"listen.two_find_room",
       "two connections come to a queue with room for both",
       {listener_and_two(2), {{connect(4)}, {connect(5)}}, {info(3), info(4), info(5), accept(3), accept(3)}}},
      {"listen.two_listeners",
       "two connections, to two listeners",
       {{make_socket(), make_socket(), make_socket(), make_socket(), bind(3), listen(3, 1), bind_loopback(4, 81),
         listen(4, 1)},
        {{connect(5)}, {connect(6, 81)}},
        {info(3), info(4), info(5), info(6), accept(3), accept(4)}}},
      {"listen.connect_close",
       "a connection comes in while the listener closes",
       {listener_and_two(1), {{connect(4)}, {close(3)}}, {info(4), connect(4), make_socket(), make_socket()}}},
      {"listen.connect_shutdown",
       "a connection comes in while the listener stops to listen",
       {listener_and_two(1), {{connect(4)}, {shutdown(3, How::rd)}}, {info(4), info(3), connect(4)}}},
  };
}

std::vector<NamedScript> accepting_scripts() {
  return {
      {"listen.accept_close",
       "a child is accepted while the listener closes",
       {one_waits(), {{accept(3)}, {close(3)}}, {info(4), info(3), make_socket(), make_socket()}}},
      {"listen.accept_shutdown",
       "a child is accepted while the listener stops to listen",
       {one_waits(), {{accept(3)}, {shutdown(3, How::rd)}}, {info(4), info(3), listen(3, 1), accept(3)}}},
      {"listen.accept_relisten",
       "a child is accepted while the listener stops and begins anew",
       {one_waits(), {{accept(3)}, {shutdown(3, How::rd), listen(3, 1)}}, {info(4), info(3), accept(3)}}},
      {"listen.two_accept",
       "two threads accept one child",
       {one_waits(),
        {{accept(3)}, {accept(3)}},
        {info(3), info(4), accept(3)},
        {},
        {{"accept 3: -1 EAGAIN, accept 3: 7, tcp_info 3: LISTEN 0 1, tcp_info 4: ESTABLISHED 0 0, accept 3: -1 EAGAIN",
          "a descriptor is reserved before the queue is found empty"},
         {"accept 3: 7, accept 3: -1 EAGAIN, tcp_info 3: LISTEN 0 1, tcp_info 4: ESTABLISHED 0 0, accept 3: -1 EAGAIN",
          "a descriptor is reserved before the queue is found empty"}}}},
      {"listen.bind_close",
       "a client asks for the port while the listener closes and resets it",
       {one_waits(),
        {{bind(4)}, {close(3)}},
        {info(4)},
        {},
        {{"bind 4: -1 EADDRINUSE, close 3: 0, tcp_info 4: CLOSE 0 0",
          "the clients in the queue are reset before the port is given back"}}}},
      {"listen.accept_client_closes",
       "a child is accepted while its client closes",
       {one_waits(), {{accept(3)}, {close(4)}}, {info(3), info(4)}}},
      {"listen.accept_look",
       "a child is accepted while another thread looks at what it becomes",
       {one_waits(), {{accept(3)}, {info(6)}}, {info(6), info(3)}}},
      {"listen.accept_close_child",
       "a child is accepted while another thread closes what it becomes",
       {one_waits(), {{accept(3)}, {close(6)}}, {info(4), make_socket()}}},
  };
}

std::vector<NamedScript> descriptor_scripts() {
  return {
      {"fds.two_sockets",
       "two threads make a socket each",
       {{make_socket()}, {{make_socket()}, {make_socket()}}, {make_socket()}}},
      {"fds.socket_close",
       "one thread makes a socket, another closes one",
       {{make_socket()}, {{make_socket()}, {close(3)}}, {make_socket(), info(3), info(4)}}},
      {"fds.look_at_a_new_one",
       "a thread looks at a socket that another one makes",
       {{}, {{make_socket()}, {info(3)}}, {}}},
      {"fds.close_a_new_one",
       "a thread closes a socket that another one makes",
       {{}, {{make_socket()}, {close(3)}}, {make_socket()}}},
      {"fds.used_again",
       "a label goes from one thread to another",
       {{},
        {{make_socket(), close(3)}, {make_socket()}},
        {info(3), info(4), make_socket()},
        {},
        {{"socket 4, close 3: -1 EBADF, socket 3, tcp_info 3: CLOSE 0 0, tcp_info 4: CLOSE 0 0, socket 5",
          "a descriptor is reserved before the socket is behind it"}}}},
      {"fds.closed_again",
       "two threads close one label, under which one of them makes another socket",
       {{make_socket()},
        {{close(3), make_socket()}, {close(3)}},
        {info(3), make_socket()},
        {},
        {{"close 3: -1 EBADF, socket 4, close 3: 0, tcp_info 3: -1 EBADF, socket 3",
          "not the kernel's: the label is given back after the socket is taken from it"}}}},
      {"fds.slot_used_again",
       "a socket's slot goes from one thread to another",
       {{make_socket()}, {{close(3), make_socket()}, {make_socket()}}, {info(3), info(4)}}},
      {"fds.namespace",
       "a socket is made in a namespace that another thread makes",
       {{}, {{op::Netns{}}, {make_socket(NsId{1}), listen(3, 5)}}, {info(3)}}},
  };
}

std::vector<NamedScript> port_scripts() {
  return {
      {"ports.two_binds",
       "two threads ask for the same port",
       {{make_socket(), make_socket()}, {{bind(3)}, {bind(4)}}, {listen(3, 1), listen(4, 1)}}},
      {"ports.bind_close",
       "a port is asked for while its owner closes",
       {{make_socket(), make_socket(), bind(3)}, {{bind(4)}, {close(3)}}, {listen(4, 1), info(4)}}},
      {"ports.two_listen",
       "two sockets that share a port want to listen",
       {{make_socket(), make_socket(), setsockopt(3, SockOpt::so_reuseaddr, 1), setsockopt(4, SockOpt::so_reuseaddr, 1),
         bind(3), bind(4)},
        {{listen(3, 1)}, {listen(4, 1)}},
        {info(3), info(4)},
        {},
        {{"listen 3: -1 EADDRINUSE, listen 4: -1 EADDRINUSE, tcp_info 3: CLOSE 0 0, tcp_info 4: CLOSE 0 0",
          "each is in LISTEN before it asks for the port"}}}},
      {"ports.listen_bind",
       "one of two sockets that would share a port listens, the other asks for it",
       {{make_socket(), make_socket(), setsockopt(3, SockOpt::so_reuseaddr, 1), setsockopt(4, SockOpt::so_reuseaddr, 1),
         bind(3)},
        {{listen(3, 1)}, {bind(4)}},
        {info(3), listen(4, 1)}}},
      {"ports.listen_connect",
       "a client comes while the listener begins",
       {{make_socket(), make_socket(), bind(3)}, {{listen(3, 1)}, {connect(4)}}, {info(3), info(4), accept(3)}}},
      {"ports.three_binds",
       "three threads ask for the same port",
       {{make_socket(), make_socket(), make_socket()}, {{bind(3)}, {bind(4)}, {bind(5)}}, {}}},
  };
}

std::vector<NamedScript> turn_scripts() {
  const std::vector<Op> two{make_socket(), make_socket()};
  return {
      {"turns.two_binds", "two threads bind one socket", {two, {{bind(3)}, {bind(3)}}, {listen(3, 1)}}},
      {"turns.bind_close", "a socket is bound and closed", {two, {{bind(3)}, {close(3)}}, {bind(4), make_socket()}}},
      {"turns.listen_close",
       "a socket begins to listen and is closed",
       {two + std::vector{bind(3)}, {{listen(3, 1)}, {close(3)}}, {bind(4), listen(4, 1)}}},
      {"turns.connect_close",
       "a socket is connected and closed",
       {listener_and_two(1), {{connect(4)}, {close(4)}}, {accept(3), info(6), info(4)}}},
      {"turns.two_connects",
       "two threads connect one socket",
       {listener_and_two(1), {{connect(4)}, {connect(4)}}, {accept(3), info(6), info(4)}}},
      {"turns.listen_listen_close",
       "two threads have a socket listen, a third closes it",
       {listener_and_two(1), {{listen(3, 2)}, {listen(3, 3)}, {close(3)}}, {info(3)}}},
      {"turns.bind_bind_close",
       "two threads bind a socket, a third closes it",
       {two, {{bind(3)}, {bind(3)}, {close(3)}}, {bind(4)}}},
      {"turns.listen_shutdown_close",
       "a listener begins anew, stops and is closed",
       {listener_and_two(1), {{listen(3, 2)}, {shutdown(3, How::rd)}, {close(3)}}, {info(3), bind(4)}}},
      {"turns.bind_reuse",
       "a socket is bound while another thread lets it share its port, and binds one that does",
       {two + std::vector{setsockopt(4, SockOpt::so_reuseaddr, 1)},
        {{bind(3)}, {setsockopt(3, SockOpt::so_reuseaddr, 1), bind(4)}},
        {info(3)}}},
      {"turns.closed_unix",
       "a socket is connected and closed, which is not of TCP",
       {{make_unix(), make_unix(), bind_unix(3), listen(3, 1)}, {{connect_unix(4)}, {close(4)}}, {accept(3)}}},
  };
}

std::vector<NamedScript> end_scripts() {
  const std::vector<Op> crossing{make_socket(), make_socket(), bind_loopback(3, 81), bind_loopback(4, 80)};
  // 3 is in SYN_SENT: its SYN was lost at a listener that was full, and is gone.
  const std::vector<Op> waits{make_socket(),        make_socket(), make_socket(),       make_socket(),
                              bind_loopback(5, 80), listen(5, 0),  connect(6, 80),      bind_loopback(3, 81),
                              connect(3, 80),       close(5),      bind_loopback(4, 80)};
  const std::vector<Op> connected = one_waits() + std::vector{accept(3)};
  return {
      {"ends.both_close", "both ends close", {connected, {{close(4)}, {close(6)}}, {make_socket(), bind(5)}}},
      {"ends.both_shut",
       "both ends send FIN",
       {connected, {{shutdown(4, How::wr)}, {shutdown(6, How::wr)}}, {info(4), info(6)}}},
      {"ends.close_and_listener",
       "a client closes while its listener does, which has not accepted it",
       {one_waits(), {{close(4)}, {close(3)}}, {make_socket(), make_socket(), bind(3)}}},
      {"ends.cross",
       "two sockets connect to each other",
       {crossing,
        {{connect(3, 80)}, {connect(4, 81)}},
        {info(3), info(4)},
        {},
        {{"connect 3: -1 EINPROGRESS, connect 4: -1 EINPROGRESS, tcp_info 3: ESTABLISHED 0 0, "
          "tcp_info 4: ESTABLISHED 0 0",
          "SYNs that cross open both"}}}},
      {"ends.cross_and_close",
       "a SYN comes to a socket that waits for its own, and closes",
       {waits, {{connect(4, 81)}, {close(3)}}, {info(4)}}},
      {"ends.cross_and_shut",
       "a SYN comes to a socket that waits for its own, and is shut down",
       {waits, {{connect(4, 81)}, {shutdown(3, How::wr)}}, {info(3), info(4)}}},
      {"ends.itself",
       "a socket connects to itself, and is shut down",
       {{make_socket(), bind(3)}, {{connect(3)}, {shutdown(3, How::wr)}}, {info(3)}}},
  };
}

std::vector<NamedScript> unix_scripts() {
  const std::vector<Op> three{make_unix(), make_unix(), make_unix(), bind_unix(3)};
  const auto and_listens = [&](std::int32_t backlog) { return three + std::vector{listen(3, backlog)}; };
  return {
      {"unix.connect_accept",
       "a client connects, another thread accepts",
       {and_listens(1), {{connect_unix(4)}, {accept(3)}}, {accept(3), close(4)}}},
      {"unix.connect_close",
       "a client connects while the listener closes",
       {and_listens(1), {{connect_unix(4)}, {close(3)}}, {close(4), make_unix()}}},
      {"unix.accept_close",
       "a client is accepted while the listener closes",
       {and_listens(1) + std::vector{connect_unix(4)}, {{accept(3)}, {close(3)}}, {close(4), make_unix()}}},
      {"unix.two_connects",
       "two clients want the last place",
       {and_listens(0), {{connect_unix(4)}, {connect_unix(5)}}, {accept(3), accept(3)}}},
      {"unix.two_names",
       "two sockets ask for one name",
       {{make_unix(), make_unix()}, {{bind_unix(3)}, {bind_unix(4)}}, {listen(3, 1), listen(4, 1)}}},
      {"unix.listen_connect",
       "a client comes while the listener begins",
       {three, {{listen(3, 1)}, {connect_unix(4)}}, {accept(3), accept(3)}}},
      {"unix.connect_shutdown",
       "a client comes while the listener is shut down",
       {and_listens(1), {{connect_unix(4)}, {shutdown(3, How::rd)}}, {accept(3)}}},
  };
}

}  // namespace

std::vector<NamedScript> socket_scripts() {
  std::vector<NamedScript> all;
  for (auto& group : {listening_scripts(), full_and_ending_scripts(), accepting_scripts(), descriptor_scripts(),
                      port_scripts(), turn_scripts(), end_scripts(), unix_scripts(), remote_scripts(), pair_scripts()})
    all.insert(all.end(), group.begin(), group.end());
  return all;
}

std::vector<Client> socket_clients() {
  std::vector<Client> them;
  for (const NamedScript& each : socket_scripts()) them.push_back(socket_client(each));
  return them;
}

}  // namespace weir::proofs::memory
