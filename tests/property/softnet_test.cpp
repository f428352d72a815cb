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

/// Follows one operation. `counts` says which answers of netif_rx count as accepted.
template <class Counts>
void follow(const Op& operation, const Outcome& outcome, Queues& queues, Counts&& counts) {
  if (const auto* received = std::get_if<outcome::Received>(&outcome)) {
    const auto& rx = std::get<op::NetifRx>(operation);
    if (counts(received->ret)) queues[rx.cpu.index].push_back(rx.skb);
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
    Host host(*input.profile);
    Queues queues;
    for (const Op& each : input.ops) {
      const Outcome outcome = host.step(each);
      if (std::holds_alternative<outcome::Oops>(outcome)) return;  // nothing is defined any more
      follow(each, outcome, queues, counts);
    }
    // Polls with the largest quota give back all that is held.
    for (std::uint32_t cpu = 0; cpu < queues.size(); ++cpu) {
      const Op drain = op::ProcessBacklog{{cpu}, std::numeric_limits<std::int32_t>::max(), std::nullopt};
      const Outcome outcome = host.step(drain);
      if (std::holds_alternative<outcome::Oops>(outcome)) return;
      follow(drain, outcome, queues, counts);
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

}  // namespace
}  // namespace weir::property
