// Verdicts kept between runs: one file for each theorem.
//
// A verdict is believed again in two cases. The program is the very one that made it: it is taken as it is. Or the
// program is another, but the theorem's body still asks exactly the questions that were asked then, term by term: it is
// run again for each kernel, without the solver. In either case the solver and the budget must be the same. Only right
// verdicts are kept. A file that is damaged, or of another format, counts as absent.
#pragma once
#include <filesystem>
#include <vector>

#include "proofs/families.hpp"

namespace weir::proofs {

class Cache {
 public:
  /// \param folder  empty: nothing is kept
  Cache(std::filesystem::path folder, Claims claims, const Budget& budget);

  std::vector<Family> load(std::string_view theorem) const;
  /// Failing to write is no error: the next run has more to do.
  void store(std::string_view theorem, const std::vector<Family>& families) const;

  /// Of this very program.
  std::uint64_t stamp() const { return stamp_; }

 private:
  std::filesystem::path path_of(std::string_view theorem) const;
  std::string key() const;

  std::filesystem::path folder_;
  Claims claims_;
  Budget budget_;
  std::uint64_t stamp_ = 0;
};

}  // namespace weir::proofs
