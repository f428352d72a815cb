// The tokens of a rule header, and which bracket closes which. No C++ parser: it reads the style that .clang-format
// and the tidy tests hold model/ to, in which a binary operator stands between blanks and the bracket of a template
// does not, and there are no macros.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::mutants {

enum class TokenKind { identifier, number, character, string, symbol };

struct Token {
  TokenKind kind;
  std::string_view text;
  std::size_t at;  ///< bytes before it
  unsigned line;   ///< from 1
  bool blank_before, blank_after;
  std::size_t partner;  ///< of a bracket: the other one; of anything else: itself

  bool is(std::string_view what) const { return text == what; }
};

/// Comments and lines of the preprocessor are no tokens. \throws std::runtime_error where brackets do not match
std::vector<Token> tokens_of(std::string_view text);

}  // namespace weir::mutants
