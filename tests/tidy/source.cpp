#include "tests/tidy/source.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace weir::tidy {
namespace {

bool is_identifier(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Blanks comments and literals of one file, character by character.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), out_(text) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (starts("//")) {
        blank_until("\n", 0);
      } else if (starts("/*")) {
        blank_until("*/", 2);
      } else if (starts("R\"") && !after_identifier()) {
        const auto open = text_.find('(', at_);
        const std::string delimiter(text_.substr(at_ + 2, open - at_ - 2));
        blank_until(")" + delimiter + "\"", delimiter.size() + 2);
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !after_identifier())) {
        blank_literal(text_[at_]);
      } else {
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  /// A quote after a digit separates digits; an R after a letter is no raw string.
  bool after_identifier() const { return at_ > 0 && is_identifier(text_[at_ - 1]); }

  void blank_to(std::size_t end) {
    for (; at_ < end; ++at_)
      if (text_[at_] != '\n') out_[at_] = ' ';
  }

  void blank_until(std::string_view end, std::size_t keep_past) {
    const auto found = text_.find(end, at_ + 2);
    blank_to(found == std::string_view::npos ? text_.size() : found + keep_past);
  }

  void blank_literal(char quote) {
    auto end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') end += text_[end] == '\\' ? 2 : 1;
    blank_to(std::min(end + 1, text_.size()));
  }

  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
};

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool is_written_by_people(const std::filesystem::path& path) {
  static constexpr auto extensions = std::to_array<std::string_view>(
      {".hpp", ".h", ".cpp", ".c", ".py", ".def", ".cmake", ".in", ".sh", ".json", ".md", ".txt"});
  const auto name = path.filename().string();
  const auto extension = path.extension().string();
  return name == "weir" || name == "run" || std::ranges::find(extensions, extension) != extensions.end();
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

SourceFile source_file(std::string path, std::string_view text) {
  SourceFile file{std::move(path), split(text), {}};
  if (file.is_cpp()) file.code = split(Blanker(text).run());
  return file;
}

Tree read_tree(const std::filesystem::path& root) {
  Tree tree;
  for (auto each = std::filesystem::recursive_directory_iterator(root); each != std::filesystem::end(each); ++each) {
    const auto name = each->path().filename().string();
    if (each->is_directory()) {
      const bool data = name == "data" || name == "corpus" || name == "regressions" || name == "external";
      if (name == ".git" || name == "build" || data) each.disable_recursion_pending();
    } else if (each->is_regular_file() && is_written_by_people(each->path())) {
      tree.push_back(source_file(each->path().lexically_relative(root).generic_string(), read_file(each->path())));
    }
  }
  std::ranges::sort(tree, {}, &SourceFile::path);
  return tree;
}

bool has_word(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const bool before = at > 0 && is_identifier(line[at - 1]);
    const auto end = at + word.size();
    const bool after = end < line.size() && is_identifier(line[end]);
    if (!before && !after) return true;
  }
  return false;
}

}  // namespace weir::tidy
