// Files and functions stay short enough to be read at once.
#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "tests/tidy/checks.hpp"

namespace weir::tidy {
namespace {

/// What a brace opens. Inside a function nothing further is measured; a table may be long.
enum class Block { scope, function, other };

bool begins_with_keyword(std::string_view head, std::string_view keyword) {
  return head.starts_with(keyword) && has_word(head.substr(0, keyword.size() + 1), keyword);
}

/// What follows "template <...>", whose brackets nest.
std::string_view after_template(std::string_view head) {
  int depth = 0;
  for (auto at = head.find('<'); at < head.size(); ++at) {
    depth += (head[at] == '<') - (head[at] == '>');
    if (depth == 0) return head.substr(at + 1);
  }
  return {};
}

/// The head without "template <...>", "inline" and "static", which say nothing about what the brace opens.
std::string_view skip_specifiers(std::string_view head) {
  while (true) {
    head.remove_prefix(std::min(head.find_first_not_of(' '), head.size()));
    if (begins_with_keyword(head, "template")) {
      head = after_template(head);
    } else if (begins_with_keyword(head, "inline") || begins_with_keyword(head, "static")) {
      head.remove_prefix(std::string_view("inline").size());
    } else {
      return head;
    }
  }
}

bool is_access(std::string_view head) { return head == "public" || head == "protected" || head == "private"; }

Block block_of(std::string_view head) {
  head = skip_specifiers(head);
  static constexpr auto scopes =
      std::to_array<std::string_view>({"namespace", "class", "struct", "union", "enum", "extern"});
  if (std::ranges::any_of(scopes, [&](auto keyword) { return begins_with_keyword(head, keyword); }))
    return Block::scope;
  if (head.find("](") != std::string_view::npos) return Block::function;  // a lambda, whatever it is assigned to
  const auto open = head.find('(');
  const auto assigned = head.find('=');
  const bool table = assigned < open && !has_word(head.substr(0, open), "operator");
  return open == std::string_view::npos || table ? Block::other : Block::function;
}

/// Follows the braces of one file and reports each outermost function that is too long.
class FunctionWalk {
 public:
  explicit FunctionWalk(const SourceFile& file) : file_(file) {}

  Violations run() {
    for (line_ = 1; line_ <= file_.code.size(); ++line_) {
      const std::string_view text = file_.code[line_ - 1];
      if (text.starts_with('#')) continue;  // the preprocessor has its own grammar
      for (const char c : text) see(c);
      see(' ');
    }
    return std::move(found_);
  }

 private:
  void see(char c) {
    if (parentheses_ == 0) {  // a brace inside parentheses is a default argument, a table or a small lambda
      if (c == '{') return open();
      if (c == '}') return close();
      if (c == ';' || (c == ':' && is_access(head_))) return head_.clear();
    }
    parentheses_ += (c == '(') - (c == ')');
    if (head_.empty()) {
      if (std::isspace(static_cast<unsigned char>(c)) != 0) return;
      head_line_ = line_;
    }
    head_ += c;
  }

  void open() {
    const bool nested = std::ranges::any_of(blocks_, [](const auto& each) { return each.kind != Block::scope; });
    blocks_.push_back({nested ? Block::other : block_of(head_), head_.empty() ? line_ : head_line_});
    head_.clear();
  }

  void close() {
    head_.clear();
    if (blocks_.empty()) return;
    const auto block = blocks_.back();
    blocks_.pop_back();
    const auto length = line_ - block.first_line + 1;
    if (block.kind == Block::function && length > max_function_lines)
      found_.push_back({file_.path, block.first_line, "function-length",
                        std::to_string(length) + " lines, at most " + std::to_string(max_function_lines)});
  }

  struct Opened {
    Block kind;
    std::size_t first_line;
  };

  const SourceFile& file_;
  std::size_t line_ = 0;
  std::string head_;  ///< what stands before the next brace
  std::size_t head_line_ = 0;
  int parentheses_ = 0;  ///< open ones
  std::vector<Opened> blocks_;
  Violations found_;
};

}  // namespace

Violations file_length(const Tree& tree) {
  Violations found;
  for (const auto& file : tree)
    if (file.is_cpp() && file.lines.size() > max_file_lines)
      found.push_back({file.path, max_file_lines + 1, "file-length",
                       std::to_string(file.lines.size()) + " lines, at most " + std::to_string(max_file_lines)});
  return found;
}

Violations function_length(const Tree& tree) {
  Violations found;
  for (const auto& file : tree)
    for (auto& violation : FunctionWalk(file).run()) found.push_back(std::move(violation));
  return found;
}

}  // namespace weir::tidy
