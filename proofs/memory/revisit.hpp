// Where a write changes the past: reads that were added before it, but could have read from it.
//
// Reads choose among the writes that are there already; what comes later goes back to them. A revisit takes out of the
// trail all that came after the read and that the write does not depend on, and lets the read read from the write. So
// that no execution is reached twice, it is made from one trail only: that in which what is taken out was added in the
// one way that is called maximal (Kokologiannakis, Marmanis, Gladstein, Vafeiadis: Truly stateless, optimal dynamic
// partial order reduction, POPL 2022). With that each execution graph is explored exactly once, and nothing is
// remembered but the way to it.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "proofs/memory/event.hpp"

namespace weir::proofs::memory {

/// Looks for revisits, again and again, in the same memory. Not thread-safe.
class Revisits {
 public:
  using Trail = std::vector<Event>;

  /// Adds those that the last event of `trail`, a write, can make: the read, and where the write goes then.
  void find(const Trail& trail, std::vector<Option>& found);

 private:
  static constexpr std::uint16_t none = 0xffff;
  struct Placed {
    std::int32_t stamp;
    bool updated;  ///< an update's write stands right behind it
  };

  bool has_reader() const;
  void sort_by_location();
  bool stays(std::size_t read, std::size_t at) const;
  bool all_that_goes_is_maximal(std::size_t read) const;
  bool maximally_added(std::size_t at) const;
  void place_what_stays(std::size_t read);
  void find_places(std::size_t read, std::vector<Option>& found);

  const Event* trail_ = nullptr;
  std::size_t size_ = 0;
  const Event* write_ = nullptr;
  std::array<std::uint16_t, 256> first_at_;  ///< by location, into the trail; then `next_`
  std::vector<std::uint16_t> next_;
  std::vector<std::uint16_t> independent_;  ///< of the write
  std::vector<Placed> placed_;
};

/// The trail after such a revisit.
void revisit(const std::vector<Event>& trail, Option option, std::vector<Event>& after);

}  // namespace weir::proofs::memory
