#include "proofs/memory/machine.hpp"

namespace weir::proofs::memory {

void Machine::born(Location& at) {
  if (phase_ != Phase::threads) return;
  at.born_by = running_->id;
  at.born_at = running_->done;
}

/// Whether the running thread knows of all that was done with it.
void Machine::check_unused(const Location& at) {
  if (phase_ != Phase::threads || at.index == 0 || at.index == Location::dead) return;
  const Place& place = places_[at.index - 1U];
  for (std::uint8_t i = 0; i < threads_used_; ++i)
    if (place.touched[i] != 0 && !knows(i, static_cast<std::uint16_t>(place.touched[i] - 1)))
      fail("a race: an atomic is destroyed while another thread uses it");
}

void Machine::died(Location& at) {
  check_unused(at);
  at.die();
}

void Machine::renewed(Location& at, Word value) {
  if (is_null(&at)) fail("a null pointer is followed");
  check_unused(at);
  at.index = 0;
  at.initial = value;
  born(at);
}

void Machine::touch(Shadow& data, Access access, Site) {
  if (is_null(&data)) fail("a null pointer is followed");
  if (data.dead && access != Access::birth) fail("data are used after their destruction");
  if (access == Access::read && !data.written) fail("data are read that nobody has written");
  if (phase_ != Phase::threads) return data.touched_alone();
  const bool changes = access != Access::read;
  if (data.written_by != 0xff && !knows(data.written_by, data.written_at))
    fail(changes ? "a race: two threads write the same data"
                 : "a race: data are read while another thread writes them");
  for (std::uint8_t i = 0; changes && i < threads_used_; ++i)
    if (data.read_at[i] != 0 && !knows(i, static_cast<std::uint16_t>(data.read_at[i] - 1)))
      fail("a race: data are written while another thread reads them");
  if (!changes) {
    data.read_at.set(running_->id, static_cast<std::uint16_t>(running_->done + 1));
    return;
  }
  data.written = true;
  data.written_by = running_->id;
  data.written_at = running_->done;
  if (access == Access::death) *const_cast<volatile bool*>(&data.dead) = true;
}

Clocks Machine::moment() {
  Clocks clocks{};
  for (unsigned i = 0; i < threads_used_; ++i)
    clocks.set(i, phase_ == Phase::threads ? static_cast<std::uint16_t>(running_->now.clock(i)) : threads_[i].done);
  return clocks;
}

}  // namespace weir::proofs::memory
