// What a sysctl prints is what it was given, and writing that back changes nothing.
#include <gtest/gtest.h>

#include <charconv>
#include <vector>

#include "model/host.hpp"
#include "tests/property/cases.hpp"

namespace weir::property {
namespace {

using Host = model::Host<Concrete>;

std::string read(Host& host, Sysctl id) {
  const Outcome outcome = host.step(op::SysctlRead{{}, id});
  const auto* text = std::get_if<outcome::ReadBack>(&outcome);
  return text == nullptr ? "" : text->data;
}

/// Writes `value` in decimal to a sysctl that takes it, reads it back, writes that and reads again.
void check_round_trip(std::int64_t value, const Profile& kernel, const SysctlSpec& spec) {
  Host host(kernel);
  const std::string text = std::to_string(value) + "\n";
  const Outcome written = host.step(op::SysctlWrite{{}, spec.id, text});
  RC_ASSERT(written == Outcome{returned(static_cast<std::int64_t>(text.size()))});
  RC_ASSERT(read(host, spec.id) == text);
  host.step(op::SysctlWrite{{}, spec.id, read(host, spec.id)});
  RC_ASSERT(read(host, spec.id) == text);
}

/// One whose text is a number, of which it takes all in its range.
const SysctlSpec& any_sysctl(const Profile& kernel) {
  std::vector<const SysctlSpec*> numbers;
  for (const SysctlSpec& each : kernel.sysctls)
    if (each.elements == 1 && each.handler != Handler::cpumask && each.handler != Handler::power_of_two)
      numbers.push_back(&each);
  return *numbers[*rc::gen::inRange<std::size_t>(0, numbers.size())];
}

const Profile& any_profile() { return *releases::all[*rc::gen::inRange<std::size_t>(0, releases::all.size())]; }

/// inRange of RapidCheck is open at the top, so the range is widened first.
std::int64_t any_from(std::int64_t minimum, std::int64_t maximum) {
  return *rc::gen::inRange<std::int64_t>(minimum, maximum + 1);
}

TEST(Sysctl, PrintsWhatItWasGiven) {
  EXPECT_TRUE(holds([] {
    const Profile& kernel = any_profile();
    const SysctlSpec& spec = any_sysctl(kernel);
    check_round_trip(any_from(spec.minimum, spec.maximum), kernel, spec);
  }));
}

TEST(SysctlMustFail, NumbersBeyondIntAreCutOrRejected) {
  EXPECT_TRUE(fails([] {
    const Profile& kernel = any_profile();
    constexpr std::int64_t int_max = std::numeric_limits<std::int32_t>::max();
    check_round_trip(any_from(int_max + 1, int_max * 4), kernel, any_sysctl(kernel));
  }));
}

}  // namespace
}  // namespace weir::property
