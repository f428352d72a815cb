// RapidCheck over the generator of fuzz/: a case is a profile and operations; it shrinks by leaving operations out.
//
//   EXPECT_TRUE(holds("...", [] { const auto input = *cases(listen_plane); RC_ASSERT(…); }));
//   EXPECT_TRUE(fails([] { … }));                    // a must-fail twin: a counterexample is found
#pragma once
#include <rapidcheck.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/decoder.hpp"
#include "fuzz/generator.hpp"
#include "oracle/json/writer.hpp"

namespace weir {

inline void showValue(const Op& operation, std::ostream& to) { to << oracle::to_json(operation); }

namespace fuzz {
inline void showValue(const Input& input, std::ostream& to) {
  to << oracle::to_json(oracle::Header{input.profile, input.options});
  for (const Op& each : input.ops) to << '\n' << oracle::to_json(each);
}
}  // namespace fuzz

namespace property {

/// Cases of up to 64 operations of these kinds, on every profile; they grow with RapidCheck's size.
inline rc::Gen<fuzz::Input> cases(const fuzz::Weights& weights, std::function<bool(const Op&)> allow = {}) {
  return [=](const rc::Random& random, int size) {
    fuzz::Rng rng(rc::Random(random).next());
    const auto length = static_cast<std::uint32_t>(4 + size * 60 / rc::kNominalSize);
    fuzz::Generator generate(fuzz::GeneratorOptions{.weights = weights, .length = length, .allow = allow});
    fuzz::Input input;
    input.profile = rng.pick(releases::all);
    input.options.thread_backlog_napi = rng.chance(1, 4);
    generate.fill(rng, input.ops);
    return rc::shrinkable::shrinkRecur(std::move(input), [](const fuzz::Input& failing) {
      return rc::seq::map(rc::shrink::removeChunks(failing.ops), [failing](std::vector<Op>&& ops) {
        return fuzz::Input{failing.profile, failing.options, std::move(ops)};
      });
    });
  };
}

/// Enough to see every rule, few enough to stay within a second: each case is some 64 operations.
inline constexpr int case_count = 3000;

template <class Property>
rc::detail::TestResult outcome_of(Property&& property) {
  rc::detail::TestParams params;
  params.seed = 20260101;  // fixed: a test that fails must fail again
  params.maxSuccess = case_count;
  return rc::detail::checkTestable(std::forward<Property>(property), rc::detail::TestMetadata(), params);
}

/// No counterexample in case_count cases; otherwise the smallest one is printed.
template <class Property>
bool holds(Property&& property) {
  const auto result = outcome_of(std::forward<Property>(property));
  if (result.template is<rc::detail::SuccessResult>()) return true;
  rc::detail::printResultMessage(result, std::cerr);
  std::cerr << '\n';
  return false;
}

/// A counterexample is found, as a must-fail twin demands.
template <class Property>
bool fails(Property&& property) {
  return outcome_of(std::forward<Property>(property)).template is<rc::detail::FailureResult>();
}

}  // namespace property
}  // namespace weir
