// Clients of what is written here and sampled there: the sysctl store, the flow limit, counters.
#include <array>
#include <memory>
#include <utility>

#include "lockfree/softnet_flow_limit.hpp"
#include "lockfree/sysctl_store.hpp"
#include "proofs/memory/clients/client.hpp"

namespace weir::proofs::memory {
namespace {

/// dev_weight and its bias are written by two threads and multiplied by a third.
class WeightWorld {
 public:
  WeightWorld(const Nothing&, Judgements&) {
    store_.store(Sysctl::dev_weight, 2);
    store_.store(Sysctl::dev_weight_rx_bias, 3);
  }

  void run(unsigned thread) {
    if (thread == 0) store_.store(Sysctl::dev_weight, 5);
    if (thread == 1) store_.store(Sysctl::dev_weight_rx_bias, 7);
    if (thread == 2) {
      const std::int32_t before = store_.dev_rx_weight(), after = store_.dev_rx_weight();
      require(before == 6 || before == 15 || before == 14 || before == 35, "a product of a pair that stood together");
      require(before == after || before == 6 || after == 35, "a value that was replaced does not come back");
    }
  }
  void finish() { require(store_.dev_rx_weight() == 35, "neither write is lost"); }

 private:
  lockfree::BasicSysctlStore<Modelled> store_;
};

/// One limit, two writers, a reader that looks twice.
class LimitWorld {
 public:
  LimitWorld(const Nothing&, Judgements&) { store_.store(Sysctl::somaxconn, 1); }

  void run(unsigned thread) {
    if (thread == 0) store_.store(Sysctl::somaxconn, 2);
    if (thread == 1) {
      store_.store(Sysctl::somaxconn, 3);
      const std::int32_t now = store_.load(Sysctl::somaxconn);
      require(now == 2 || now == 3, "a writer sees its own value, or a newer one");
    }
    if (thread == 2) {
      const std::int32_t before = store_.load(Sysctl::somaxconn), after = store_.load(Sysctl::somaxconn);
      require(before >= 1 && before <= 3, "a value that somebody wrote");
      require(after != 1 || before == 1, "a value that was replaced does not come back");
    }
  }
  void finish() { require(store_.load(Sysctl::somaxconn) != 1, "a write is kept"); }

 private:
  lockfree::BasicSysctlStore<Modelled> store_;
};

/// A flow limit is switched on, and off, while packets are counted.
template <bool disables, unsigned writers = 1>
class FlowLimitWorld {
  using Limit = lockfree::BasicFlowLimit<Modelled, 4>;

 public:
  FlowLimitWorld(const Nothing&, Judgements&) {}

  void run(unsigned thread) {
    if (thread < writers) {
      require(limit_.enable(2), "there is memory");
      if (disables) limit_.disable();
      return;
    }
    const auto verdict = limit_.admit(*profile_from("linux-6.18"), FlowHash{0});
    require(verdict == Limit::Verdict::admitted, "the first packet of a flow is not too many");
    require(limit_.dropped() == 0, "nothing was refused");
  }
  void finish() { require(limit_.enabled() != disables, "the last word is the writer's"); }

 private:
  Limit limit_;
};

}  // namespace

std::vector<Client> table_clients() {
  std::vector<Client> all;
  all.push_back(
      client<WeightWorld>("sysctl.weights", "the two factors of dev_rx_weight are written while it is computed", 3, 1));
  all.push_back(client<LimitWorld>("sysctl.limit", "a limit is written twice and sampled", 3));
  all.push_back(
      client<FlowLimitWorld<false>>("flow_limit.enable", "a flow limit is switched on while two packets come in", 3));
  all.push_back(client<FlowLimitWorld<true>>("flow_limit.disable",
                                             "a flow limit is switched on and off while a packet comes in", 2));
  all.push_back(client<FlowLimitWorld<false, 2>>("flow_limit.two_writers",
                                                 "two threads switch a flow limit on while a packet comes in", 3));
  return all;
}

}  // namespace weir::proofs::memory
