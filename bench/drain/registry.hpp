// The contenders that this build has. Each is a file of its own, which adds what its library offers:
//
//   const bool added = add_contender<Wrapped<TbbQueue>>(Producers::any);
//
// so that a library that is not there leaves out its file and nothing else.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/drain_cell.hpp"
#include "bench/peers/conformance.hpp"
#include "bench/scenes/crowd.hpp"
#include "bench/scenes/growth.hpp"
#include "bench/scenes/latency.hpp"
#include "bench/scenes/overload.hpp"
#include "bench/scenes/trains.hpp"

namespace weir::bench {

struct Entry {
  std::string name;
  Producers producers;
  std::function<std::optional<std::string>(std::uint32_t histories)> difference_from_spec;
  std::function<Measured(const Cell&, std::uint32_t packets, const std::vector<int>& cores, Sink&)> measure;
};

/// In no particular order.
inline std::vector<Entry>& contenders() {
  static std::vector<Entry> all;
  return all;
}

template <Contender C>
bool add_contender(Producers producers) {
  contenders().push_back({std::string(C::name), producers, difference_from_spec<C>, measure<C>});
  if (producers == Producers::any) add_crowds<C>();
  add_overloads<C>();
  add_trains<C>();
  add_latencies<C>();
  add_growth<C>(producers);
  return true;
}

}  // namespace weir::bench
