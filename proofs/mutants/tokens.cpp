#include "proofs/mutants/tokens.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

namespace weir::mutants {
namespace {

constexpr auto long_symbols =
    std::to_array<std::string_view>({"<=>", "<<=", ">>=", "...", "->*", "::", "->", "++", "--", "<<", ">>", "<=", ">=",
                                     "==",  "!=",  "&&",  "||",  "+=",  "-=", "*=", "/=", "%=", "&=", "|=", "^="});

bool starts_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::vector<Token> read() {
    while (skip_blanks(), at_ < text_.size()) read_token();
    return std::move(tokens_);
  }

 private:
  bool at(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  void skip_blanks() {
    while (at_ < text_.size()) {
      const bool line_begins = text_.substr(0, at_).find_last_not_of(" \t") == text_.npos ||
                               text_[text_.substr(0, at_).find_last_not_of(" \t")] == '\n';
      if (at("//") || (line_begins && at("#")))
        at_ = std::min(text_.find('\n', at_), text_.size());
      else if (is_blank(text_[at_]))
        ++at_;
      else
        return;
    }
  }

  void read_token() {
    const std::size_t begin = at_;
    const TokenKind kind = take();
    const bool before = begin == 0 || is_blank(text_[begin - 1]);
    const bool after = at_ == text_.size() || is_blank(text_[at_]);
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
    tokens_.push_back(
        {kind, text_.substr(begin, at_ - begin), begin, static_cast<unsigned>(line), before, after, tokens_.size()});
    pair(tokens_.size() - 1);
  }

  TokenKind take() {
    const char first = text_[at_];
    if (starts_word(first)) {
      while (at_ < text_.size() && in_word(text_[at_])) ++at_;
      return TokenKind::identifier;
    }
    if (std::isdigit(static_cast<unsigned char>(first)) != 0) {
      while (at_ < text_.size() && (in_word(text_[at_]) || (text_[at_] == '\'' && in_word(text_[at_ + 1])))) ++at_;
      return TokenKind::number;
    }
    if (first == '"' || first == '\'') {
      for (++at_; text_.at(at_) != first; ++at_)
        if (text_[at_] == '\\') ++at_;
      ++at_;
      return first == '"' ? TokenKind::string : TokenKind::character;
    }
    const auto symbol = std::find_if(long_symbols.begin(), long_symbols.end(), [&](auto each) { return at(each); });
    // Two brackets of templates that close one after the other are two tokens.
    const bool closes = first == '>' && !open_.empty() && tokens_[open_.back()].is("<");
    at_ += symbol == long_symbols.end() || closes ? 1 : symbol->size();
    return TokenKind::symbol;
  }

  void pair(std::size_t index) {
    const Token& token = tokens_[index];
    if (token.kind != TokenKind::symbol) return;
    const bool template_opens = token.is("<") && index > 0 && !tokens_[index - 1].is("operator") &&
                                (!token.blank_before || tokens_[index - 1].is("template"));
    const bool template_closes =
        token.is(">") && !token.blank_before && !open_.empty() && tokens_[open_.back()].is("<");
    if (token.is("(") || token.is("[") || token.is("{") || template_opens) open_.push_back(index);
    if (!token.is(")") && !token.is("]") && !token.is("}") && !template_closes) return;
    if (open_.empty()) throw std::runtime_error("a bracket closes that was not open");
    tokens_[index].partner = open_.back();
    tokens_[open_.back()].partner = index;
    open_.pop_back();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
  std::vector<std::size_t> open_;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view text) { return Reader(text).read(); }

}  // namespace weir::mutants
