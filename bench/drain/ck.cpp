// Concurrency Kit's ring, for many producers and for one. A push costs a call, which the others inline: its headers are
// C.
#include <memory>
#include <stdexcept>

#include "bench/drain/ck_queues.h"
#include "bench/drain/registry.hpp"
#include "bench/peers/wrapped.hpp"

namespace weir::bench {
namespace {

class CkRing {
 public:
  CkRing() : ring_(weir_ck_ring_new(ring_size)) {
    if (!ring_) throw std::runtime_error("ck_ring: no memory");
  }

 protected:
  struct Free {
    void operator()(weir_ck_ring* ring) const { weir_ck_ring_free(ring); }
  };
  std::unique_ptr<weir_ck_ring, Free> ring_;
};

struct CkRingMpsc : CkRing {
  static constexpr std::string_view name = "ck_ring-mpsc";
  bool push(Packet& packet) { return weir_ck_ring_push_mpsc(ring_.get(), &packet) != 0; }
  std::uint32_t pop(Packet** into, std::uint32_t count) {
    return weir_ck_ring_pop_mpsc(ring_.get(), reinterpret_cast<void**>(into), count);
  }
};
struct CkRingSpsc : CkRing {
  static constexpr std::string_view name = "ck_ring-spsc";
  bool push(Packet& packet) { return weir_ck_ring_push_spsc(ring_.get(), &packet) != 0; }
  std::uint32_t pop(Packet** into, std::uint32_t count) {
    return weir_ck_ring_pop_spsc(ring_.get(), reinterpret_cast<void**>(into), count);
  }
};

[[maybe_unused]] const bool added =
    add_contender<Wrapped<CkRingMpsc>>(Producers::any) && add_contender<Wrapped<CkRingSpsc>>(Producers::one);

}  // namespace
}  // namespace weir::bench
