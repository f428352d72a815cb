// Requests of clients on this host. While a handshake goes through within one call its request is a count only; it gets
// an entry of its own when it has to wait. Source: net/ipv4/inet_connection_sock.c (inet_csk_reqsk_queue_hash_add,
// inet_csk_reqsk_queue_drop).
#pragma once
#include "model/listen/synack_timer.hpp"
#include "model/listen/timers.hpp"

namespace weir::model {

template <Domain D>
Bool<D> in_state(const Sock<D>& sk, TcpState state) {
  return sk.sk_state == tcp<D>(state);
}

/// The request leaves the list, and its client knows; its count is the caller's. \param request  nullptr: it has no
/// entry
template <Domain D>
void forget_request(Net<D>& net, Request* request) {
  if (request == nullptr) return;
  if (request->client != no_sock) net[request->client].parked = false;
  net.requests.erase(net.requests.begin() + (request - net.requests.data()));
}

/// The listener whose SYN queue holds the request still listens.
template <Domain D>
bool is_listened_for(const Net<D>& net, const Request& request) {
  return request.listener != no_sock && in_state(net[request.listener], TcpState::listen);
}

/// The request leaves the SYN queue without having become a connection.
template <Domain D>
void drop_request(Net<D>& net, Request* request) {
  if (request->listener != no_sock)
    reqsk_queue_removed<D>(net[request->listener].listener, Bool<D>(request->num_timeout == 0));
  forget_request(net, request);
}

/// The listener is closed. From 4.4 on nobody looks for its requests; a remote peer's means nothing any more, but one
/// of this host stays in the way of whoever wants its ends.
template <Domain D>
void leave_requests(Net<D>& net, SockId listener) {
  const bool stay = net.kernel->syn_queue != SynQueue::table;
  for (Request& each : net.requests) {
    if (each.listener != listener) continue;
    if (stay && each.local)
      each.listener = no_sock;
    else if (each.client != no_sock)
      net[each.client].parked = false;
  }
  std::erase_if(net.requests, [=](const Request& each) { return each.listener == listener; });
  net[listener].listener.qlen = U32<D>(0);
  net[listener].listener.young = U32<D>(0);
}

/// nullptr where the client has none with an entry.
template <Domain D>
Request* request_of(Net<D>& net, SockId client) {
  if (!net[client].parked) return nullptr;
  const auto at = std::find_if(net.requests.begin(), net.requests.end(),
                               [=](const Request& each) { return each.client == client; });
  return &*at;
}

/// The client is gone; its request stays.
template <Domain D>
void lose_client(Net<D>& net, SockId client) {
  Request* const request = request_of(net, client);
  if (request == nullptr) return;
  request->client = no_sock;
  net[client].parked = false;
}

/// The request of this client waits in the SYN queue.
template <Domain D>
Request& park(Net<D>& net, SockId client, SockId listener) {
  if (Request* const request = request_of(net, client); request != nullptr) return *request;
  Sock<D>& sk = net[client];
  sk.parked = true;
  Request& request = net.requests.emplace_back();
  request.tuple.netns = sk.netns;
  request.listener = listener;
  request.local = true;
  request.client = client;
  request.ends = {sk.binding.address, sk.binding.port, sk.peer_address, sk.peer_port};
  arm(net, request, synack_timeout_s(*net.kernel, 0) * one_second);
  return request;
}

/// A request between these ends stands in a SYN queue, whether its client is still there or not.
template <Domain D>
Request* find_local_request(Net<D>& net, std::uint32_t netns, const LocalEnds& ends) {
  for (Request& each : net.requests)
    if (each.local && each.tuple.netns == netns && each.ends == ends) return &each;
  return nullptr;
}

}  // namespace weir::model
