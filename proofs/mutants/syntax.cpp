#include "proofs/mutants/syntax.hpp"

#include <algorithm>
#include <array>

namespace weir::mutants {
namespace {

using Words = std::string_view;

template <std::size_t N>
bool one_of(const Token& token, const std::array<Words, N>& words) {
  return std::find(words.begin(), words.end(), token.text) != words.end();
}

constexpr auto ends_operand =
    std::to_array<Words>({";", ",", "?", ":", "return", "case", "=",
                          "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "else", "throw"});
constexpr auto no_expression = std::to_array<Words>(
    {"if",    "for",       "while",   "do",        "switch",   "return", "case",     "default",  "else",
     "const", "constexpr", "auto",    "static",    "using",    "break",  "continue", "template", "struct",
     "throw", "public",    "private", "protected", "explicit", "inline", "friend",   "enum",     "class"});
constexpr auto assignments = std::to_array<Words>({"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="});

bool opens(const Token& token) { return token.is("(") || token.is("[") || token.is("{") || token.is("<"); }

}  // namespace

Syntax::Syntax(std::string_view text) : source_(text), tokens_(tokens_of(text)) {
  runs_.assign(tokens_.size(), true);
  in_body_.assign(tokens_.size(), false);
  opens_block_.assign(tokens_.size(), false);
  owner_.resize(tokens_.size());
  if (!tokens_.empty()) walk({0, tokens_.size() - 1}, Brace::scope, "");
  mark_constants();
  find_innermost_brackets();
}

void Syntax::find_innermost_brackets() {
  std::vector<std::size_t> around;
  for (std::size_t at = 0; at < tokens_.size(); ++at) {
    if (tokens_[at].partner < at) around.pop_back();
    in_block_.push_back(!around.empty() && opens_block_[around.back()]);
    if (tokens_[at].partner > at) around.push_back(at);
  }
}

std::string Syntax::text(const Range& range) const {
  const std::size_t begin = tokens_[range.first].at, end = tokens_[range.last].at + tokens_[range.last].text.size();
  std::string line;
  for (const char c : source_.substr(begin, end - begin)) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank || (!line.empty() && line.back() != ' ')) line += blank ? ' ' : c;
  }
  return line;
}

std::size_t Syntax::head_of(std::size_t open) const {
  std::size_t at = open;
  while (at > 0) {
    const Token& before = tokens_[at - 1];
    if (before.is(";") || before.is("{") || before.is("}")) break;
    if (before.is(":") && at >= 2 && one_of(tokens_[at - 2], std::to_array<Words>({"public", "private", "protected"})))
      break;
    at = std::min(before.partner, at - 1);
  }
  while (at < open && tokens_[at].is("template")) at = tokens_[at + 1].partner + 1;
  return at;
}

Syntax::Brace Syntax::brace_at(std::size_t open, Brace around) const {
  const std::size_t head = head_of(open);
  if (around == Brace::scope && head < open) {
    if (tokens_[head].is("enum")) return Brace::enumeration;
    if (one_of(tokens_[head], std::to_array<Words>({"namespace", "struct", "class", "union"}))) return Brace::scope;
  }
  if (open == 0) return Brace::initialiser;
  const Token& before = tokens_[open - 1];
  if (before.is(")") || before.is("]")) return Brace::block;
  if (one_of(before, std::to_array<Words>({"const", "noexcept", "mutable", "override", "else", "do"})))
    return Brace::block;
  if (before.is(";") || before.is("{") || before.is("}") || before.is(":"))
    return around == Brace::initialiser ? Brace::initialiser : Brace::block;
  // A lambda that says what it returns.
  for (std::size_t at = open;
       at-- > head && (tokens_[at].kind == TokenKind::identifier || tokens_[at].is("::") || tokens_[at].is("->"));)
    if (tokens_[at].is("->") && at > 0 && tokens_[at - 1].is(")")) return Brace::block;
  return Brace::initialiser;
}

std::string Syntax::name_in(const Range& head) const {
  for (std::size_t at = head.first; at <= head.last; ++at) {
    if (tokens_[at].is("operator")) return "operator";
    if (tokens_[at].is("(") && at > head.first) return std::string(tokens_[at - 1].text);
    if (opens(tokens_[at])) at = tokens_[at].partner;
  }
  return "";
}

void Syntax::never_runs(const Range& range) {
  for (std::size_t at = range.first; at <= range.last; ++at) runs_[at] = false;
}

void Syntax::walk(const Range& range, Brace around, const std::string& owner) {
  for (std::size_t at = range.first; at <= range.last; ++at) {
    owner_[at] = owner;
    in_body_[at] = around == Brace::block;
    if (!tokens_[at].is("{")) continue;
    const Brace brace = brace_at(at, around);
    const std::size_t head = head_of(at), close = tokens_[at].partner;
    std::string inner = owner;
    opens_block_[at] = brace == Brace::block;
    if (brace == Brace::block && around == Brace::scope) {
      inner = name_in({head, at - 1});
      for (std::size_t i = head; i < at; ++i) owner_[i] = inner;
    } else if (brace == Brace::scope && !tokens_[head].is("namespace")) {
      inner = tokens_[head + 1].text;
    }
    if (close > at + 1) walk({at + 1, close - 1}, brace == Brace::initialiser ? around : brace, inner);
    if (brace == Brace::enumeration) never_runs({at, close});
    at = close;
  }
}

bool Syntax::is_constant_variable(std::size_t at) const {
  for (; !tokens_[at].is(";"); ++at) {
    if (tokens_[at].is("=") || tokens_[at].is("{")) return true;
    if (tokens_[at].is("(")) return false;
    if (tokens_[at].is("<")) at = tokens_[at].partner;
  }
  return true;
}

bool Syntax::is_explanation(std::size_t at) const {
  return at + 3 < tokens_.size() && tokens_[at].is("D") && tokens_[at + 1].is("::") && tokens_[at + 2].is("clause");
}

/// A condition on which only explanations depend: `if (...) D::clause(...);`, with an else of that kind or none, or
/// `if (...) { D::clause(...); }` alone.
bool Syntax::only_explains(std::size_t keyword) const {
  std::size_t at = tokens_[keyword + 1].partner + 1;
  if (at < tokens_.size() && tokens_[at].is("{") && is_explanation(at + 1)) {
    const std::size_t close = tokens_[at + 4].partner + 2;
    return close == tokens_[at].partner && !(close + 1 < tokens_.size() && tokens_[close + 1].is("else"));
  }
  if (!is_explanation(at)) return false;
  at = tokens_[at + 3].partner + 2;
  return at >= tokens_.size() || !tokens_[at].is("else") || is_explanation(at + 1);
}

/// What the compiler evaluates, declares or explains.
void Syntax::mark_constants() {
  for (std::size_t at = 0; at < tokens_.size(); ++at) {
    const Token& token = tokens_[at];
    if (token.is("<") && token.partner != at) never_runs({at, token.partner});
    const bool call_follows = at + 1 < tokens_.size() && tokens_[at + 1].is("(");
    if (is_explanation(at)) never_runs({at, tokens_[at + 3].partner + 1});
    if (call_follows && ((token.is("if") && only_explains(at)) ||
                         one_of(token, std::to_array<Words>({"static_assert", "requires", "sizeof"}))))
      never_runs({at, tokens_[at + 1].partner});
    if (token.is("[") && one_of(tokens_[at + 1], std::to_array<Words>({"[", "&", "="})))
      never_runs({at, token.partner});  // an attribute, or what a lambda captures
    const bool variable = token.is("constexpr") && is_constant_variable(at);
    if (!variable && !token.is("using") && !token.is("case")) continue;
    std::size_t end = at;
    while (!tokens_[end].is(";") && !(token.is("case") && tokens_[end].is(":")))
      end = std::max(tokens_[end].partner, end) + 1;
    never_runs({at, end});
  }
}

int Syntax::precedence(std::size_t at) const {
  const Token& token = tokens_[at];
  if (token.kind != TokenKind::symbol || !token.blank_before || !token.blank_after) return 0;
  static constexpr auto levels = std::to_array<std::pair<Words, int>>({{"*", 10},
                                                                       {"/", 10},
                                                                       {"%", 10},
                                                                       {"+", 9},
                                                                       {"-", 9},
                                                                       {"<<", 8},
                                                                       {">>", 8},
                                                                       {"<", 7},
                                                                       {">", 7},
                                                                       {"<=", 7},
                                                                       {">=", 7},
                                                                       {"==", 6},
                                                                       {"!=", 6},
                                                                       {"&", 5},
                                                                       {"^", 4},
                                                                       {"|", 3},
                                                                       {"&&", 2},
                                                                       {"||", 1}});
  const auto* const found =
      std::find_if(levels.begin(), levels.end(), [&](auto& each) { return token.is(each.first); });
  const bool template_head = token.is("<") && token.partner != at;
  return found == levels.end() || template_head ? 0 : found->second;
}

Range Syntax::left_operand(std::size_t at) const {
  const int own = precedence(at);
  std::size_t first = at;
  while (first > 0) {
    const std::size_t before = first - 1;
    const Token& token = tokens_[before];
    if (opens(token) && token.partner > before) break;
    if (one_of(token, ends_operand)) break;
    if (const int other = precedence(before); other != 0 && other < own) break;
    first = std::min(token.partner, before);
  }
  return {first, at - 1};
}

Range Syntax::right_operand(std::size_t at) const {
  const int own = precedence(at);
  std::size_t last = at;
  while (last + 1 < tokens_.size()) {
    const std::size_t next = last + 1;
    const Token& token = tokens_[next];
    if (token.is(")") || token.is("]") || token.is("}") || token.is(">") ? token.partner != next : false) break;
    if (one_of(token, ends_operand)) break;
    if (const int other = precedence(next); other != 0 && other <= own) break;
    last = std::max(token.partner, next);
  }
  return {at + 1, last};
}

std::size_t Syntax::loosest(const Range& range) const {
  std::size_t found = range.last + 1;
  for (std::size_t at = range.first; at <= range.last; ++at) {
    const int own = precedence(at);
    if (own != 0 && (found > range.last || own <= precedence(found))) found = at;
    if (tokens_[at].is("?")) return at;
    if (tokens_[at].partner > at) at = tokens_[at].partner;
  }
  return found;
}

Range Syntax::condition_after(std::size_t keyword) const {
  const Range none{1, 0};
  const std::size_t open = keyword + 1;
  if (open >= tokens_.size() || !tokens_[open].is("(")) return none;
  Range range{open + 1, tokens_[open].partner - 1};
  std::size_t ends = 0;
  for (std::size_t at = range.first; at <= range.last; ++at) {
    if (tokens_[at].is(":") && tokens_[keyword].is("for")) return none;
    if (tokens_[at].is(";")) {
      ++ends;
      if (tokens_[keyword].is("for") && ends == 2)
        range.last = at - 1;
      else
        range.first = at + 1;
    } else if (tokens_[at].partner > at) {
      at = tokens_[at].partner;
    }
  }
  for (std::size_t at = range.first; at <= range.last; ++at) {
    if (tokens_[at].is("=")) return none;
    if (tokens_[at].partner > at) at = tokens_[at].partner;
  }
  return range.first > range.last ? none : range;
}

bool Syntax::begins_statement(std::size_t at) const {
  if (!in_body_[at] || !in_block_[at]) return false;
  const Token& before = tokens_[at - 1];
  if (before.is(";") || before.is("{") || before.is("}") || before.is("else")) return true;
  if (before.is(":")) {  // of a case
    for (std::size_t i = at - 1; i-- > 0 && !tokens_[i].is(";") && !tokens_[i].is("{") && !tokens_[i].is("}");)
      if (tokens_[i].is("case") || tokens_[i].is("default")) return true;
    return false;
  }
  if (!before.is(")")) return false;
  const std::size_t open = before.partner;
  return open > 0 && one_of(tokens_[open - 1], std::to_array<Words>({"if", "for", "while"}));
}

Range Syntax::expression_statement(std::size_t at) const {
  const Range none{1, 0};
  if (!begins_statement(at) || one_of(tokens_[at], no_expression) || tokens_[at].is("{") || tokens_[at].is("}") ||
      tokens_[at].is(";"))
    return none;
  std::size_t next = at;
  bool acts = false;
  while (one_of(tokens_[next], std::to_array<Words>({"++", "--", "*", "!"}))) acts = acts || !tokens_[next++].is("*");
  for (bool name = true;; ++next) {
    const Token& token = tokens_[next];
    if (token.kind == TokenKind::identifier && name) {
      name = false;
    } else if (token.is("::") || token.is(".") || token.is("->")) {
      name = true;
    } else if ((token.is("(") || token.is("[") || token.is("<")) && token.partner != next) {
      acts = acts || token.is("(");
      next = token.partner;
      name = false;
    } else {
      break;
    }
  }
  if (!one_of(tokens_[next], assignments) && !(acts && tokens_[next].is(";"))) return none;
  while (!tokens_[next].is(";")) next = std::max(tokens_[next].partner, next) + 1;
  return {at, next};
}

bool Syntax::is_last_break(std::size_t at) const {
  if (!tokens_[at].is("break") || at + 2 >= tokens_.size() || !tokens_[at + 2].is("}")) return false;
  const std::size_t open = tokens_[at + 2].partner;
  return open > 0 && tokens_[open - 1].is(")") && tokens_[tokens_[open - 1].partner - 1].is("switch");
}

}  // namespace weir::mutants
