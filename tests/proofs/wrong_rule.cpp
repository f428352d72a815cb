// Holds one theorem against the rules that this program is built with, of which one is wrong: THEOREM RELEASE TRACE.
// Writes the counterexample's trace, as a host of the wrong rules runs it. Ends with 0 if the theorem is refuted.
#include <algorithm>
#include <fstream>
#include <iostream>

#include "oracle/json/writer.hpp"
#include "proofs/symbolic/attempt.hpp"
#include "proofs/theorems/planes.hpp"

namespace {

using namespace weir;

void write_trace(const char* path, const Profile& kernel, const std::vector<Op>& program) {
  std::ofstream file(path);
  file << oracle::to_json(oracle::Header{&kernel, {}}) << "\n";
  model::Host<Concrete> host(kernel);
  for (const Op& each : program) file << oracle::to_json(each, host.step(each)) << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto theorems = proofs::WEIR_THEOREMS();
  const auto theorem =
      std::find_if(theorems.begin(), theorems.end(), [&](const proofs::Theorem& each) { return each.name == argv[1]; });
  const Profile* const kernel = profile_from(argv[2]);
  if (theorem == theorems.end() || kernel == nullptr) return 2;
  const auto attempt = proofs::attempt(*theorem, *kernel, proofs::Claims::goals, proofs::Budget{}, false);
  std::cout << name_of_enum(attempt.verdict) << ": " << attempt.detail << "\n";
  if (attempt.verdict != proofs::Verdict::counterexample) return 1;
  const auto program = proofs::program_of(*theorem, *kernel, proofs::Claims::goals, attempt.counterexample);
  write_trace(argv[3], *kernel, program);
  return program.empty() ? 1 : 0;
}
