// DPDK's rte_ring, with one consumer: many producers by compare-and-swap (MP), many with head and tail in step (HTS),
// one (SP). It needs none of DPDK's environment.
#include <rte_ring.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "bench/drain/registry.hpp"
#include "bench/peers/wrapped.hpp"

namespace weir::bench {
namespace {

class Ring {
 public:
  explicit Ring(unsigned flags) {
    const auto size = static_cast<std::size_t>(rte_ring_get_memsize(ring_size));
    ring_.reset(static_cast<rte_ring*>(std::aligned_alloc(RTE_CACHE_LINE_SIZE, size)));
    if (!ring_ || rte_ring_init(ring_.get(), "backlog", ring_size, flags | RING_F_SC_DEQ) != 0)
      throw std::runtime_error("rte_ring_init");
  }
  rte_ring* get() const { return ring_.get(); }
  std::uint32_t pop(Packet** into, std::uint32_t count) {
    return rte_ring_sc_dequeue_burst(get(), reinterpret_cast<void**>(into), count, nullptr);
  }

 protected:
  static void* const* objects(Burst packets) { return reinterpret_cast<void* const*>(packets.data()); }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<rte_ring, Free> ring_;
};

struct RingMp : Ring {
  static constexpr std::string_view name = "rte_ring-mp";
  RingMp() : Ring(0) {}
  bool push(Packet& packet) { return rte_ring_mp_enqueue(get(), &packet) == 0; }
  std::uint32_t push_burst(Burst packets) {
    return rte_ring_mp_enqueue_burst(get(), objects(packets), static_cast<unsigned>(packets.size()), nullptr);
  }
};
struct RingHts : Ring {
  static constexpr std::string_view name = "rte_ring-hts";
  RingHts() : Ring(RING_F_MP_HTS_ENQ) {}
  bool push(Packet& packet) { return rte_ring_enqueue(get(), &packet) == 0; }
  std::uint32_t push_burst(Burst packets) {
    return rte_ring_enqueue_burst(get(), objects(packets), static_cast<unsigned>(packets.size()), nullptr);
  }
};
struct RingSp : Ring {
  static constexpr std::string_view name = "rte_ring-sp";
  RingSp() : Ring(RING_F_SP_ENQ) {}
  bool push(Packet& packet) { return rte_ring_sp_enqueue(get(), &packet) == 0; }
  std::uint32_t push_burst(Burst packets) {
    return rte_ring_sp_enqueue_burst(get(), objects(packets), static_cast<unsigned>(packets.size()), nullptr);
  }
};

[[maybe_unused]] const bool added = add_contender<Wrapped<RingMp>>(Producers::any) &&
                                    add_contender<Wrapped<RingHts>>(Producers::any) &&
                                    add_contender<Wrapped<RingSp>>(Producers::one);

}  // namespace
}  // namespace weir::bench
