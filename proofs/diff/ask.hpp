// One question to the solver: which arguments make a shape a witness?
#pragma once
#include <optional>

#include "proofs/diff/diff.hpp"
#include "proofs/diff/domain.hpp"
#include "proofs/diff/shape.hpp"
#include "proofs/symbolic/explorer.hpp"

namespace weir::proofs::diff {

struct Answers {
  std::optional<Witness> strict;  ///< Kind::answer
  std::optional<Witness> loose;   ///< Kind::last_of_many
  std::optional<Witness> state;   ///< Kind::state
  bool decided = true;            ///< false: the solver gave up on some path, so "nothing" says nothing

  bool any() const { return strict || loose || state; }
};

/// Puts shapes to the solver, one after the other. One a thread.
class Asker {
 public:
  Asker(const Kernels& kernels, const Options& options);
  ~Asker() { SearchedText::forget(); }
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;

  /// Arguments for which the shape, or it and one reading behind it, is a witness of each kind; on the first path that
  /// has any, the smallest. Never throws.
  Answers ask(const Shape& shape);

 private:
  const Kernels& kernels_;
  const Options& options_;
  Explorer explorer_;
};

}  // namespace weir::proofs::diff
