// Bugs that lock-free queues are known for, planted one at a time.
#include "proofs/memory/faults.hpp"

namespace weir::proofs::memory {
namespace {

using How = Planted::How;
using Part = Weakening::Part;

}  // namespace

const std::vector<Planted>& planted_bugs() {
  static const std::vector<Planted> all{
      {How::weaker, "dropped_release", "a packet is put into its slot without release", "queue.put_put_poll",
       "backlog_inbox.hpp", "put", Part::store, 0, Order::relaxed},
      {How::weaker, "relaxed_acquire", "the owner takes a packet from its slot without acquire", "queue.put_put_poll",
       "backlog_inbox.hpp", "drain_line", Part::load, 0, Order::relaxed},
      {How::weaker, "unpublished_ring", "a ring succeeds another without release", "queue.grows", "backlog_rings.hpp",
       "succeed", Part::store, 0, Order::relaxed},
      {How::weaker, "unpublished_slots", "a new ring is installed without release", "rings.fresh", "backlog_rings.hpp",
       "provide", Part::success, 0, Order::relaxed},
      {How::weaker, "hearsay", "a producer passes on without release how far the owner is", "queue.passed_on",
       "backlog_inbox.hpp", "look_again", Part::store, 0, Order::relaxed},
      {How::weaker, "relaxed_leave", "an operation leaves its epoch without release", "epoch.reader", "epoch.hpp",
       "leave", Part::success, 0, Order::relaxed},
      {How::torn, "tests_then_clears", "the owner tests for emptiness, then clears SCHED", "queue.put_put_poll",
       "backlog_inbox.hpp", "complete_or_look", Part::success},
      {How::torn, "tests_then_claims", "a producer looks whether a slot is free, then claims it", "queue.two_producers",
       "backlog_inbox.hpp", "claim", Part::success},
      {How::torn, "counter", "refusals are counted with a load and a store", "queue.refusals", "backlog_inbox.hpp",
       "count_drops", Part::update},
      {How::torn, "lost_write", "one factor of dev_rx_weight is written with the other as it was", "sysctl.weights",
       "sysctl_store.hpp", "edit_weights", Part::success},
      {How::torn, "accepted_twice", "a child is taken from the accept queue with a load and a store",
       "accept.two_poppers", "accept_queue.hpp", "pop", Part::success, 1},
      {How::low_half, "aba_object", "a retired object is taken whatever happened to it since it was looked at",
       "pool.reuse", "pool.hpp", "allocate", Part::success},
      {How::weaker, "unpublished_socket", "a socket is entered under its descriptor without release",
       "fds.look_at_a_new_one", "fd_table.hpp", "enter", Part::store, 0, Order::relaxed},
      {How::weaker, "fin_and_link", "whoever links a connection looks for its FIN without seq_cst", "time.syn_and_shut",
       "handshake.hpp", "once_linked", Part::load, 0, Order::acquire},
      {How::torn, "turn_taken_twice", "a turn is taken with a look and a store", "turns.two_connects", "turn.hpp",
       "Turn", Part::success},
      {How::torn, "port_bound_twice", "a port's list is looked at, then replaced", "ports.two_binds", "ports.hpp",
       "join", Part::success},
      {How::code, "crossed_turns", "two threads take two turns, each the other one's second first",
       "flawed.crossed_turns"},
      {How::code, "checks_before_publishing", "a producer looks at SCHED, then publishes its packet",
       "flawed.checks_before_publishing"},
      {How::code, "empty_before_asleep", "the owner finds nothing, then clears SCHED, and does not look again",
       "flawed.empty_before_asleep"},
  };
  return all;
}

}  // namespace weir::proofs::memory
