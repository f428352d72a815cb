// weir explore --litmus: calibration.
#include <fmt/format.h>

#include <string>

#include "cli/common.hpp"
#include "cli/explore.hpp"
#include "proofs/memory/litmus.hpp"

namespace weir::cli {
namespace {

using proofs::memory::Litmus;
using proofs::memory::LitmusCount;

std::string published(const Litmus& test) {
  if (test.rc11 >= 0) return fmt::format("{} / {}", test.rc11, test.sc);
  return test.allowed ? "allowed" : "forbidden";
}

std::string found(const Litmus& test, const LitmusCount& count) {
  const std::string counts = fmt::format("{} / {}", count.rc11, count.sc);
  return test.outcome == nullptr ? counts
                                 : fmt::format("{:<9} {}", counts, count.outcome_seen ? "allowed" : "forbidden");
}

}  // namespace

int explore_litmus() {
  print(bold(fmt::format("{:<20} {:<10} {:<12} {:<19} {}", "TEST", "SOURCE", "PUBLISHED", "VIEW MACHINE", "AXIOMS")) +
        "\n");
  std::size_t good = 0;
  const auto& tests = proofs::memory::litmus_tests();
  for (const Litmus& test : tests) {
    const LitmusCount machine = proofs::memory::count_by_machine(test);
    const LitmusCount axioms = proofs::memory::count_by_axioms(test);
    const bool agrees = machine == axioms;
    const bool right = as_published(test, machine) && as_published(test, axioms);
    good += agrees && right ? 1 : 0;
    print(fmt::format("{:<20} {:<10} {:<12} {:<19} {}{}\n", test.name, test.source, published(test),
                      found(test, machine), found(test, axioms),
                      !agrees  ? red("  the engines disagree")
                      : !right ? red("  not as published")
                               : ""));
  }
  const std::string total = fmt::format("{} of {} as published, both engines agreeing", good, tests.size());
  print(fmt::format("\n{} (executions under RC11 / under sequential consistency)\n",
                    good == tests.size() ? green(total) : red(total)));
  return good == tests.size() ? agreed : diverged;
}

}  // namespace weir::cli
