#include "proofs/mutants/sites.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "proofs/mutants/syntax.hpp"

namespace weir::mutants {
namespace {

/// "listen/queues" of "model/listen/queues.hpp".
std::string stem(std::string_view file) {
  const auto begin = file.find('/') + 1;
  return std::string(file.substr(begin, file.rfind('.') - begin));
}

/// How an operator is mutated: the function of active.hpp that chooses, and what it chooses from.
struct Operator {
  std::string_view text, function;
  std::array<std::string_view, 2> instead;  ///< the second may be empty
};

constexpr auto operators = std::to_array<Operator>({
    {"<", "less", {"<=", ">="}},
    {">", "greater", {">=", "<="}},
    {"<=", "at_most", {"<", ">"}},
    {">=", "at_least", {">", "<"}},
    {"==", "equal", {"!=", ""}},
    {"!=", "differ", {"==", ""}},
    {"+", "plus", {"-", ""}},
    {"-", "minus", {"+", ""}},
    {"*", "times", {"/", ""}},
    {"/", "over", {"*", ""}},
    {"%", "rest", {"/", ""}},
    {"<<", "left", {">>", ""}},
    {">>", "right", {"<<", ""}},
    {"&", "both_bits", {"|", ""}},
    {"|", "either_bit", {"&", ""}},
    {"^", "one_bit", {"&", ""}},
});

/// Calls that change nothing and read nothing but their arguments.
constexpr auto plain_calls = std::to_array<std::string_view>(
    {"wrapping_add", "wrapping_sub", "wrapping_mul", "as", "choose", "Bool", "U8", "U16", "U32", "U64", "I32", "tcp"});

class Mutator {
 public:
  Mutator(std::string_view file, std::string_view text, Catalogue& catalogue)
      : file_(file), source_(text), syntax_(text), catalogue_(catalogue) {}

  std::string run() {
    for (std::size_t at = 0; at < syntax_.size(); ++at) {
      loops(at);
      if (!syntax_.runs(at) || syntax_.owner(at) == "for_each_value") continue;  // that is for checkers
      // What the compiler evaluated would not be mutated; no rule has to be evaluated there.
      if (syntax_[at].is("constexpr") && at > 0 && !syntax_[at - 1].is("if"))
        replaced_[at] = syntax_[at - 1].is("inline") ? "" : "inline";
      operators_at(at);
      constants_at(at);
      conditions_at(at);
      calls_at(at);
      statements_at(at);
    }
    return written();
  }

 private:
  /// How an edit stands to others of the same tokens, from the outside in; in between, operators as they bind.
  enum Depth { of_order = -3, of_statement = -2, of_turn = -1, of_condition = 0, of_cast = 20, of_constant = 30 };
  struct Edit {
    Range range;
    std::string prefix, suffix;
    int depth;
  };

  /// Takes the number of a new mutant.
  int add(std::size_t at, std::string_view kind, std::string before, std::string after) {
    const std::string owner = stem(file_) + "." + (syntax_.owner(at).empty() ? "header" : syntax_.owner(at));
    catalogue_.mutants.push_back({owner + "." + std::to_string(++counts_[owner]), std::string(kind), std::string(file_),
                                  syntax_[at].line, std::move(before), std::move(after)});
    return static_cast<int>(catalogue_.mutants.size());
  }

  static std::string call(std::string_view function, int number) {
    return "::weir::mutant::" + std::string(function) + "<" + std::to_string(number) + ">(";
  }

  void operators_at(std::size_t at) {
    const int precedence = syntax_.precedence(at);
    if (precedence == 0) return;
    const Range left = syntax_.left_operand(at), right = syntax_.right_operand(at);
    if (precedence <= 2) return chain(at, left, right);
    const auto* const found = std::find_if(operators.begin(), operators.end(),
                                           [&](const Operator& each) { return syntax_[at].is(each.text); });
    const std::string before = syntax_.text({left.first, right.last});
    const auto after = [&](std::string_view instead) {
      return syntax_.text(left) + " " + std::string(instead) + " " + syntax_.text(right);
    };
    const std::string kind = precedence == 6 || precedence == 7 ? "relational" : "arithmetic";
    if (kind == "relational" && before.find("as<U") == before.npos && is_extreme(left, right)) {
      edits_.push_back({{left.first, right.last},
                        call("negated", add(at, kind, before, after(found->instead[1]))),
                        ")",
                        precedence});
      return;
    }
    const int number = add(at, kind, before, after(found->instead[0]));
    if (!found->instead[1].empty()) add(at, kind, before, after(found->instead[1]));
    std::string function(found->function);
    if (precedence == 7 && before.find("as<U") != before.npos) {
      add(at, "cast", before, "the same as signed: " + before);
      function += "_unsigned";
    }
    edits_.push_back({{left.first, right.last}, call(function, number), ")", precedence});
    replaced_[at] = ",";
  }

  /// Whether the tokens from `at` on are those of the range. \return the token behind them; 0: they are not
  std::size_t repeated(std::size_t at, const Range& range) const {
    for (std::size_t each = range.first; each <= range.last; ++each, ++at)
      if (at >= syntax_.size() || syntax_[at].text != syntax_[each].text) return 0;
    return at < syntax_.size() ? at : 0;
  }

  /// `a < b ? a : b` or choose(a < b, a, b), in either order: where both are equal it is either.
  bool is_extreme(const Range& left, const Range& right) const {
    const std::size_t mark = right.last + 1;
    const bool chosen = syntax_[mark].is(",") && left.first > 1 && syntax_[left.first - 2].is("choose");
    if (!chosen && !syntax_[mark].is("?")) return false;
    for (const auto& [one, other] : {std::pair{left, right}, std::pair{right, left}}) {
      const std::size_t colon = repeated(mark + 1, one);
      if (colon == 0 || !syntax_[colon].is(chosen ? "," : ":")) continue;
      const std::size_t end = repeated(colon + 1, other);
      if (end != 0 && syntax_[end].is(chosen ? ")" : ";")) return true;
    }
    return false;
  }

  /// The operator's own operands: of a chain a && b && c those are b, of the second, and a and b of the first.
  void chain(std::size_t at, const Range& left, const Range& right) {
    const bool conjunction = syntax_[at].is("&&");
    const std::string whole = syntax_.text({left.first, right.last});
    const std::size_t inner = syntax_.loosest(left);
    const bool goes_on = inner <= left.last && syntax_[inner].text == syntax_[at].text;
    for (const Range& operand : {left, right}) {
      if (operand == left && goes_on) continue;
      const Range& other = operand == left ? right : left;
      const int number = add(at, "conjunct", whole, syntax_.text(other));
      edits_.push_back({operand, call(conjunction ? "or_true" : "or_false", number), ")", syntax_.precedence(at)});
    }
  }

  void constants_at(std::size_t at) {
    const Token& token = syntax_[at];
    if (token.is("true") || token.is("false")) {
      const int number = add(at, "constant", std::string(token.text), token.is("true") ? "false" : "true");
      edits_.push_back({{at, at}, call("boolean", number), ")", of_constant});
    } else if (token.kind == TokenKind::number || token.kind == TokenKind::character) {
      const std::string text(token.text);
      const bool zero = text == "0";
      const int number = add(at, "constant", text, text + " + 1");
      if (!zero) add(at, "constant", text, text + " - 1");
      edits_.push_back({{at, at}, call(zero ? "zero" : "number", number), ")", of_constant});
      member_begins(at);
    } else if (const auto named = catalogue_.constants.find(token.text); named != catalogue_.constants.end()) {
      const bool other = at > 0 && (syntax_[at - 1].is(".") || syntax_[at - 1].is("->") || syntax_[at - 1].is("::"));
      if (!other && syntax_.in_body(at)) edits_.push_back({{at, at}, call("number", named->second), ")", of_constant});
    }
  }

  /// `T name{0};` in a type: a call would be narrowed there, which is no error only for a constant.
  void member_begins(std::size_t at) {
    if (syntax_.in_body(at) || !syntax_[at - 1].is("{") || !syntax_[at + 1].is("}")) return;
    if (syntax_[at - 2].kind != TokenKind::identifier) return;
    replaced_[at - 1] = " = decltype(" + std::string(syntax_[at - 2].text) + ")(";
    replaced_[at + 1] = ")";
  }

  void negate(std::size_t at, const Range& condition) {
    if (condition.first > condition.last) return;
    const std::size_t last = syntax_.loosest(condition);
    const int precedence = last <= condition.last ? syntax_.precedence(last) : 0;
    if (precedence == 6 || precedence == 7) return;
    const std::string text = syntax_.text(condition);
    const int number = add(at, "condition", text, "!(" + text + ")");
    edits_.push_back({condition, call("negated", number), ")", of_condition});
  }

  void conditions_at(std::size_t at) {
    const Token& token = syntax_[at];
    if (token.is("?")) return negate(at, syntax_.left_operand(at));
    if (!syntax_.in_body(at)) return;
    if (token.is("if") || token.is("while") || token.is("for")) negate(at, syntax_.condition_after(at));
    if (token.is("choose") && syntax_[at + 1].is("(")) {
      std::size_t comma = at + 2;
      while (!syntax_[comma].is(",")) comma = std::max(syntax_[comma].partner, comma) + 1;
      negate(at, {at + 2, comma - 1});
    }
  }

  /// A mutant that never ends is noticed by the turns of its loops.
  void loops(std::size_t at) {
    if (!syntax_.in_body(at) || !(syntax_[at].is("while") || syntax_[at].is("for"))) return;
    const Range condition = syntax_.condition_after(at);
    if (condition.first <= condition.last) edits_.push_back({condition, "::weir::mutant::turn(", ")", of_turn});
  }

  void calls_at(std::size_t at) {
    const Token& token = syntax_[at];
    if (at + 1 >= syntax_.size()) return;
    if ((token.is("wrapping_add") || token.is("wrapping_sub")) && syntax_[at + 1].is("(")) {
      const Range all{at, syntax_[at + 1].partner};
      const std::string text = syntax_.text(all), instead = token.is("wrapping_add") ? "wrapping_sub" : "wrapping_add";
      replaced_[at] = "::weir::mutant::" + std::string(token.text) + "<" +
                      std::to_string(add(at, "arithmetic", text, instead + text.substr(instead.size()))) + ">";
    }
    if (!token.is("as") || !syntax_[at + 1].is("<")) return;
    const Range target{at + 2, syntax_[at + 1].partner - 1};
    const std::string name = syntax_.text(target);
    if (name.starts_with("U8")) return;
    const Range all{at, syntax_[target.last + 2].partner};
    const int number = add(at, "cast", syntax_.text(all), "half the bits of " + syntax_.text(all));
    edits_.push_back({all, call("half", number), ")", of_cast});
  }

  void statements_at(std::size_t at) {
    const Token& token = syntax_[at];
    Range statement = syntax_.expression_statement(at);
    const bool leaves = (token.is("break") || token.is("continue") || token.is("return")) && syntax_[at + 1].is(";");
    if (leaves && syntax_.begins_statement(at)) statement = {at, at + 1};
    if (statement.first > statement.last || syntax_.is_last_break(at)) return;
    const std::string text = syntax_.text(statement);
    const int number = add(at, "statement", text, "");
    edits_.push_back({statement, "{ if (!::weir::mutant::is(" + std::to_string(number) + ")) ", " }", of_statement});
    const bool alone = syntax_[at - 1].is(")") || syntax_[at - 1].is("else");  // without braces
    if (!leaves && !alone && !in_a_run_.contains(at)) order(statement);
  }

  /// What a statement names: variables and members, not types.
  std::set<std::string_view> names(const Range& statement) const {
    std::set<std::string_view> found;
    for (std::size_t at = statement.first; at <= statement.last; ++at)
      if (syntax_[at].kind == TokenKind::identifier && syntax_.runs(at)) found.insert(syntax_[at].text);
    for (const auto plain : plain_calls) found.erase(plain);
    found.erase("D");
    return found;
  }
  bool calls(const Range& statement) const {
    for (std::size_t at = statement.first; at < statement.last; ++at) {
      const Token& token = syntax_[at];
      if (token.kind != TokenKind::identifier) continue;
      const std::size_t next = syntax_[at + 1].is("<") ? syntax_[at + 1].partner + 1 : at + 1;
      if (syntax_[next].is("(") && std::find(plain_calls.begin(), plain_calls.end(), token.text) == plain_calls.end())
        return true;
    }
    return false;
  }
  /// The last name of what an assignment assigns to, or what ++ and -- change.
  std::string_view assigned(const Range& statement) const {
    std::string_view name;
    for (std::size_t at = statement.first; at <= statement.last && !syntax_[at].is(";"); ++at) {
      if (syntax_[at].text.ends_with("=") && syntax_[at].kind == TokenKind::symbol) break;
      if (syntax_[at].kind == TokenKind::identifier) name = syntax_[at].text;
      if (syntax_[at].is("[")) at = syntax_[at].partner;
    }
    return name;
  }
  /// Whether the order of two statements shows: not if both assign and neither names what the other assigns.
  bool order_shows(const Range& a, const Range& b) const {
    const auto of_a = names(a), of_b = names(b);
    if (!calls(a) && !calls(b)) return of_b.contains(assigned(a)) || of_a.contains(assigned(b));
    return std::any_of(of_a.begin(), of_a.end(), [&](auto name) { return of_b.contains(name); });
  }

  /// A run of statements, in which any two neighbours may change places.
  void order(const Range& first) {
    std::vector<Range> run{first};
    for (;;) {
      const std::size_t next = run.back().last + 1;
      if (next >= syntax_.size() || !syntax_.runs(next)) break;
      const Range statement = syntax_.expression_statement(next);
      if (statement.first > statement.last || !syntax_[next - 1].is(";")) break;
      in_a_run_.insert(next);
      if (!order_shows(run.back(), statement)) {
        if (run.size() > 1) wrap(run);
        run.assign(1, statement);
      } else {
        run.push_back(statement);
      }
    }
    if (run.size() > 1) wrap(run);
  }

  void wrap(const std::vector<Range>& run) {
    int number = 0;
    for (std::size_t i = 0; i + 1 < run.size(); ++i) {
      const std::string one = syntax_.text(run[i]), other = syntax_.text(run[i + 1]);
      const int added = add(run[i].first, "order", one + " " + other, other + " " + one);
      if (i == 0) number = added;
    }
    const std::string count = std::to_string(run.size());
    edits_.push_back({{run.front().first, run.back().last},
                      "for (int at_ = 0; at_ < " + count + "; ++at_) switch (::weir::mutant::nth(" +
                          std::to_string(number) + ", " + count + ", at_)) { ",
                      "}",
                      of_order});
    for (std::size_t i = 0; i < run.size(); ++i)
      edits_.push_back({run[i], "case " + std::to_string(i) + ": ", " break; ", of_order});
  }

  std::string written() {
    std::stable_sort(edits_.begin(), edits_.end(), [](const Edit& a, const Edit& b) {
      const std::size_t long_a = a.range.last - a.range.first, long_b = b.range.last - b.range.first;
      return long_a != long_b ? long_a > long_b : a.depth < b.depth;
    });
    std::vector<std::string> before(syntax_.size()), behind(syntax_.size());
    for (const Edit& each : edits_) {
      before[each.range.first] += each.prefix;
      behind[each.range.last] = each.suffix + behind[each.range.last];
    }
    std::string text;
    std::size_t from = 0;
    for (std::size_t at = 0; at < syntax_.size(); ++at) {
      const Token& token = syntax_[at];
      text += source_.substr(from, token.at - from);
      const auto replaced = replaced_.find(at);
      text += before[at] + (replaced == replaced_.end() ? std::string(token.text) : replaced->second) + behind[at];
      from = token.at + token.text.size();
    }
    text += source_.substr(from);
    constexpr std::string_view once = "#pragma once\n";
    return text.replace(text.find(once), once.size(), std::string(once) + "#include \"proofs/mutants/active.hpp\"\n");
  }

  std::string_view file_, source_;
  Syntax syntax_;
  Catalogue& catalogue_;
  std::vector<Edit> edits_;
  std::map<std::size_t, std::string> replaced_;
  std::map<std::string, int> counts_;
  std::set<std::size_t> in_a_run_;  ///< statements that need no run of their own
};

}  // namespace

void add_constants(std::string_view file, std::string_view text, Catalogue& catalogue) {
  const Syntax syntax(text);
  for (std::size_t at = 0; at + 1 < syntax.size(); ++at) {
    if (!syntax[at].is("inline") || !syntax[at + 1].is("constexpr") || syntax.in_body(at)) continue;
    for (; !syntax[at].is(";"); at = std::max(syntax[at].partner, at) + 1) {
      if (!syntax[at + 1].is("=")) continue;
      bool number = false;
      std::size_t end = at + 2;
      for (; !syntax[end].is(",") && !syntax[end].is(";"); ++end) number |= syntax[end].kind == TokenKind::number;
      if (!number || syntax[at + 2].is("~")) continue;
      const std::string name(syntax[at].text), value = syntax.text({at + 2, end - 1});
      catalogue.constants[name] = static_cast<int>(catalogue.mutants.size()) + 1;
      for (const std::string change : {" + 1", " - 1"})
        catalogue.mutants.push_back({stem(file) + "." + name + (change == " + 1" ? ".1" : ".2"), "constant",
                                     std::string(file), syntax[at].line, name + " = " + value,
                                     name + " = " + value + change});
    }
  }
}

std::string with_mutants(std::string_view file, std::string_view text, Catalogue& catalogue) {
  return Mutator(file, text, catalogue).run();
}

}  // namespace weir::mutants
