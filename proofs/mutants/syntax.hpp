// What the tokens of a rule header are for: blocks and their functions, operators and their operands, statements.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "proofs/mutants/tokens.hpp"

namespace weir::mutants {

/// Tokens first .. last, both of them in it.
struct Range {
  std::size_t first, last;
  friend bool operator==(const Range&, const Range&) = default;
};

class Syntax {
 public:
  explicit Syntax(std::string_view text);

  const std::vector<Token>& tokens() const { return tokens_; }
  const Token& operator[](std::size_t at) const { return tokens_[at]; }
  std::size_t size() const { return tokens_.size(); }
  /// The source between the first and the last token, on one line.
  std::string text(const Range& range) const;

  /// Whether the token is evaluated when the rule runs.
  bool runs(std::size_t at) const { return runs_[at]; }
  /// Whether it stands in the body of a function.
  bool in_body(std::size_t at) const { return in_body_[at]; }
  /// The function that it belongs to, or the type.
  const std::string& owner(std::size_t at) const { return owner_[at]; }

  /// How tightly a binary operator binds; 0 for anything else.
  int precedence(std::size_t at) const;
  /// The operands of a binary operator. \param at  of the operator, or of a '?', whose left operand is the condition
  Range left_operand(std::size_t at) const;
  Range right_operand(std::size_t at) const;
  /// The operator that is applied last in a range; its end where it has none. Of a chain, the last of the chain.
  std::size_t loosest(const Range& range) const;

  /// What stands between the brackets of if, while and for, without what comes before the last (for: second) ';'.
  /// Empty (last < first) where there is no condition, or one that declares.
  Range condition_after(std::size_t keyword) const;
  /// The statement of an expression that begins here, with its ';'. Empty where none does.
  Range expression_statement(std::size_t at) const;
  /// A `break;` at the end of a switch, which would end there without it.
  bool is_last_break(std::size_t at) const;
  /// Whether a statement begins here.
  bool begins_statement(std::size_t at) const;

 private:
  enum class Brace { scope, enumeration, block, initialiser };
  Brace brace_at(std::size_t open, Brace around) const;
  std::size_t head_of(std::size_t open) const;
  std::string name_in(const Range& head) const;
  void walk(const Range& range, Brace around, const std::string& owner);
  void find_innermost_brackets();
  void never_runs(const Range& range);
  void mark_constants();
  bool is_constant_variable(std::size_t at) const;
  bool is_explanation(std::size_t at) const;
  bool only_explains(std::size_t keyword) const;

  std::string_view source_;
  std::vector<Token> tokens_;
  std::vector<bool> runs_, in_body_;
  std::vector<bool> opens_block_, in_block_;  ///< in_block_: a block is the innermost bracket around it
  std::vector<std::string> owner_;
};

}  // namespace weir::mutants
