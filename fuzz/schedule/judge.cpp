#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "fuzz/schedule/harness.hpp"
#include "oracle/linear/host_spec.hpp"

namespace weir::fuzz {
namespace {

constexpr std::uint64_t max_steps = 20'000;

std::uint64_t undecided = 0;

void tell_undecided() {
  if (undecided != 0) std::fprintf(stderr, "%llu schedules undecided\n", static_cast<unsigned long long>(undecided));
}

template <class Spec>
oracle::Linear search(const oracle::Header& header, const std::vector<Op>& before,
                      const std::vector<oracle::Call>& calls) {
  Spec spec(header);
  for (const Op& each : before) spec.step(each);
  return oracle::linearize(spec, calls, {max_steps});
}

}  // namespace

Flaw judge(const ScheduleCase& each, const std::vector<Op>& before, std::vector<oracle::Call> calls) {
  const oracle::Header header{each.input.profile, each.input.options};
  const auto knows = [](const Op& operation) { return oracle::SoftnetSpec::knows(operation); };
  const bool known = std::all_of(before.begin(), before.end(), knows) &&
                     std::all_of(calls.begin(), calls.end(), [&](const auto& one) { return knows(one.operation); });
  oracle::order_packets(calls);
  const oracle::Linear linear =
      known ? search<oracle::SoftnetSpec>(header, before, calls) : search<oracle::NamedSpec>(header, before, calls);
  if (linear.verdict == oracle::Linearizable::ok) return {};
  if (linear.verdict == oracle::Linearizable::unknown) {
    if (undecided++ == 0) std::atexit(tell_undecided);
    return {};
  }
  oracle::History history{header, {}};
  std::uint64_t time = 0;
  for (const Op& one : before) history.calls.push_back({one, {}, time, time}), ++time;
  for (oracle::Call& one : calls) {
    one.start += time;
    if (one.end != oracle::Call::never) one.end += time;
    history.calls.push_back(std::move(one));
  }
  return {"the spec has no order of these calls with these answers", std::move(history)};
}

}  // namespace weir::fuzz
