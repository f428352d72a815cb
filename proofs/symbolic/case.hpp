// What a theorem's body talks to: where its inputs come from and what it claims.
//
// A body is written once, over a Case<D>, and read twice. Over Case<Symbolic> every input stands for all its values and
// a goal is checked on every path; over Case<Replay> the inputs are those of a counterexample and a goal is evaluated.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/op.hpp"
#include "proofs/symbolic/replay.hpp"

namespace weir::proofs {

/// The value of one input in a counterexample.
struct Input {
  std::string name;
  std::uint64_t bits;  ///< extended to 64 bits as its type says
  bool is_signed;
  std::string text() const {
    return is_signed ? std::to_string(static_cast<std::int64_t>(bits)) : std::to_string(bits);
  }
};

/// Which claims of a body are checked: its goals, or its twins, which are wrong and must be refuted.
enum class Claims { goals, twins };

/// Thrown out of the exploration by the first claim that does not hold.
struct Refuted {
  std::string claim;
  std::vector<Input> inputs;
};

/// What an attempt has seen, all paths together.
struct Progress {
  std::map<std::string, bool> covers;  ///< each assumption and cover, and whether it was met
  std::size_t claims = 0;              ///< claims checked
};

/// Gives each input of a run a name of its own: the second "byte" is "byte 2". The same run gets the same names.
class InputNames {
 public:
  std::string next(std::string_view name) {
    const unsigned count = ++seen_[std::string(name)];
    return count == 1 ? std::string(name) : std::string(name) + " " + std::to_string(count);
  }

 private:
  std::map<std::string, unsigned> seen_;
};

template <ProofDomain D>
class Case;

template <>
class Case<Symbolic> {
 public:
  using Domain = Symbolic;
  Case(Claims claims, Progress& progress) : claims_(claims), progress_(progress) {}

  // Inputs: any value of the type.
  Symbolic::U8 u8(std::string_view name) { return any<Symbolic::U8>(name, false); }
  Symbolic::I32 i32(std::string_view name) { return any<Symbolic::I32>(name, true); }
  Symbolic::U32 u32(std::string_view name) { return any<Symbolic::U32>(name, false); }
  Symbolic::U64 u64(std::string_view name) { return any<Symbolic::U64>(name, false); }
  Symbolic::Bool boolean(std::string_view name);
  /// An ordinary number below `count`; each has its paths.
  std::size_t below(std::size_t count, std::string_view name);

  /// Restricts what follows. The sentence names its cover: some run must get past it.
  void assume(std::string_view sentence, const Symbolic::Bool& condition);
  /// Something that must be possible here in some run, or the theorem says nothing.
  void cover(std::string_view sentence, const Symbolic::Bool& condition);
  /// What the theorem claims.
  void goal(std::string_view sentence, const Symbolic::Bool& condition) { check(Claims::goals, sentence, condition); }
  /// A claim close to the goal, and false: its refutation shows that the goal could have failed.
  void twin(std::string_view sentence, const Symbolic::Bool& condition) { check(Claims::twins, sentence, condition); }

  /// The operations that the claims to come are about, where they are about operations: a counterexample's trace.
  void running(const std::vector<Op>&) {}

  void cover(std::string_view sentence, bool condition) { cover(sentence, Symbolic::Bool(condition)); }
  void goal(std::string_view sentence, bool condition) { goal(sentence, Symbolic::Bool(condition)); }
  void twin(std::string_view sentence, bool condition) { twin(sentence, Symbolic::Bool(condition)); }

 private:
  template <class Int>
  Int any(std::string_view name, bool is_signed) {
    const std::string unique = names_.next(name);
    const z3::expr term = Explorer::current().context().bv_const(unique.c_str(), Int::width);
    inputs_.push_back({unique, term, is_signed});
    return Int(term);
  }
  void check(Claims kind, std::string_view sentence, const Symbolic::Bool& condition);
  std::vector<Input> values(const z3::model& model) const;

  struct Symbol {
    std::string name;
    z3::expr term;
    bool is_signed;
  };
  const Claims claims_;
  Progress& progress_;
  InputNames names_;
  std::vector<Symbol> inputs_;
};

template <>
class Case<Replay> {
 public:
  using Domain = Replay;
  Case(Claims claims, const std::vector<Input>& inputs) : claims_(claims) {
    for (const Input& input : inputs) inputs_.emplace(input.name, input.bits);
  }

  std::uint8_t u8(std::string_view name) { return static_cast<std::uint8_t>(value(name)); }
  std::int32_t i32(std::string_view name) { return static_cast<std::int32_t>(value(name)); }
  std::uint32_t u32(std::string_view name) { return static_cast<std::uint32_t>(value(name)); }
  std::uint64_t u64(std::string_view name) { return value(name); }
  bool boolean(std::string_view name) { return u8(name) != 0; }
  std::size_t below(std::size_t count, std::string_view name);

  void assume(std::string_view, bool condition) {
    if (!condition) throw PathEnds{};
  }
  void cover(std::string_view, bool) {}
  void running(const std::vector<Op>& operations) { running_ = operations; }
  void goal(std::string_view sentence, bool condition) { check(Claims::goals, sentence, condition); }
  void twin(std::string_view sentence, bool condition) { check(Claims::twins, sentence, condition); }

  /// The first claim that does not hold for these inputs; empty where all do.
  const std::string& refuted() const { return refuted_; }
  /// What was running then.
  const std::vector<Op>& program() const { return program_; }

 private:
  /// 0 for an input that the counterexample did not come to.
  std::uint64_t value(std::string_view name) {
    const auto found = inputs_.find(names_.next(name));
    return found == inputs_.end() ? 0 : found->second;
  }
  void check(Claims kind, std::string_view sentence, bool condition) {
    if (kind != claims_ || condition || !refuted_.empty()) return;
    refuted_ = sentence;
    program_ = running_;
  }

  const Claims claims_;
  std::map<std::string, std::uint64_t> inputs_;
  InputNames names_;
  std::vector<Op> running_;  // a copy: a body may go on with its own
  std::vector<Op> program_;
  std::string refuted_;
};

}  // namespace weir::proofs
