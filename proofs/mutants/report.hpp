// What a run over mutants shows.
#pragma once
#include <string>
#include <vector>

#include "proofs/mutants/arguments.hpp"
#include "proofs/mutants/judge.hpp"

namespace weir::mutants {

struct Judged {
  int number;
  Fate fate;
  const Listed& mutant() const { return all_mutants()[static_cast<std::size_t>(number) - 1]; }
};

class Report {
 public:
  explicit Report(Arguments arguments) : arguments_(std::move(arguments)) {}

  void add(const Judged& judged) { all_.push_back(judged); }
  void sort();

  std::string as_text() const;
  std::string as_json(const Judged& judged) const;
  const Judged& last() const { return all_.back(); }
  std::string as_page() const;
  /// 0 all killed or argued · 1 a survivor, an argument that is wrong, or too many of them · 3 undecided
  int exit_code() const;

  /// What is wrong with the arguments: their mutant is gone, is another, or is killed.
  std::vector<std::string> complaints() const;

 private:
  const Argument* argument(const Judged& judged) const;
  bool stands(const Judged& judged) const;
  std::string summary() const;
  std::string sampled() const;

  Arguments arguments_;
  std::vector<Judged> all_;
};

/// One JSON object for a mutant.
std::string as_json(const Listed& mutant);

}  // namespace weir::mutants
