// Packets are conserved and stay in order: what a CPU accepted is what it delivered and what it still holds.
#include <gtest/gtest.h>

#include <array>
#include <deque>

#include "model/host.hpp"
#include "tests/property/cases.hpp"

namespace weir::property {
namespace {

using Host = model::Host<Concrete>;
using Queues = std::array<std::deque<Skb>, 2>;  ///< accepted and not yet delivered, of each CPU

void deliver(std::deque<Skb>& waiting, const std::vector<Skb>& delivered) {
  for (const Skb each : delivered) {
    RC_ASSERT(!waiting.empty());
    RC_ASSERT(waiting.front() == each);
    waiting.pop_front();
  }
}

/// Whose backlog a packet joins.
Cpu destination(const Profile& kernel, const op::NetifRx& rx) {
  return kernel.has_rps ? rx.to.value_or(rx.cpu) : rx.cpu;
}

/// Follows one operation. `counts` says which answers of netif_rx count as accepted.
template <class Counts>
void follow(const Profile& kernel, const Op& operation, const Outcome& outcome, Queues& queues, Counts&& counts) {
  if (const auto* received = std::get_if<outcome::Received>(&outcome)) {
    const auto& rx = std::get<op::NetifRx>(operation);
    if (counts(received->ret)) queues[destination(kernel, rx).index].push_back(rx.skb);
  } else if (const auto* polled = std::get_if<outcome::Polled>(&outcome)) {
    deliver(queues[std::get<op::ProcessBacklog>(operation).cpu.index], polled->delivered);
  } else if (const auto* ran = std::get_if<outcome::ActionRan>(&outcome)) {
    deliver(queues[std::get<op::NetRxAction>(operation).cpu.index], ran->delivered);
  }
}

template <class Counts>
auto conserves(Counts counts) {
  return [=] {
    const auto input = *cases(fuzz::softnet_plane);
    Host host(*input.profile, input.options);
    Queues queues;
    const auto play = [&](const Op& each) {
      const Outcome outcome = host.step(each);
      const bool defined = !std::holds_alternative<outcome::Oops>(outcome);
      if (defined) follow(*input.profile, each, outcome, queues, counts);
      return defined;
    };
    for (const Op& each : input.ops)
      if (!play(each)) return;  // nothing is defined any more
    // What is due is sent to other CPUs, and then polls with the largest quota give back all that is held.
    for (std::uint32_t cpu = 0; cpu < queues.size(); ++cpu)
      if (!play(op::NetRxAction{{cpu}, std::nullopt})) return;
    for (std::uint32_t cpu = 0; cpu < queues.size(); ++cpu) {
      if (!play(op::ProcessBacklog{{cpu}, std::numeric_limits<std::int32_t>::max(), std::nullopt})) return;
      RC_ASSERT(queues[cpu].empty());
    }
  };
}

TEST(Softnet, ConservesPacketsInOrder) {
  EXPECT_TRUE(holds(conserves([](NetRx answer) { return answer == NetRx::success; })));
}
TEST(SoftnetMustFail, DroppedPacketsAreNotDelivered) {
  EXPECT_TRUE(fails(conserves([](NetRx) { return true; })));
}

/// What RFS relies on: a packet is still there exactly while input_queue_head has not come to where input_queue_tail
/// was when it had joined. \param slack  by how much the claim is wrong
auto counters_tell_who_waits(std::uint32_t slack) {
  return [=] {
    const auto input = *cases(fuzz::softnet_plane);
    if (!input.profile->has_rps) return;
    Host host(*input.profile, input.options);
    Queues queues;
    for (const Op& each : input.ops) {
      const Outcome outcome = host.step(each);
      if (std::holds_alternative<outcome::Oops>(outcome)) return;
      follow(*input.profile, each, outcome, queues, [](NetRx answer) { return answer == NetRx::success; });
    }
    for (std::uint32_t cpu = 0; cpu < queues.size(); ++cpu) {
      const auto row = std::get<outcome::SoftnetRow>(host.step(op::SoftnetStat{{cpu}}));
      RC_ASSERT(*row.input_queue_tail - *row.input_queue_head == queues[cpu].size() + slack);
    }
  };
}

TEST(Softnet, HeadAndTailCountWhoWaits) { EXPECT_TRUE(holds(counters_tell_who_waits(0))); }
TEST(SoftnetMustFail, HeadAndTailAreOneApart) { EXPECT_TRUE(fails(counters_tell_who_waits(1))); }

}  // namespace
}  // namespace weir::property
