// A source tree as the tidy checks see it: every text file of the repository, with and without comments and literals.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace weir::tidy {

struct SourceFile {
  std::string path;                ///< from the root, with '/': "model/op.hpp"
  std::vector<std::string> lines;  ///< as they stand
  std::vector<std::string>
      code;  ///< C and C++ files: the same lines, comments and literals blanked; other files: empty

  bool is_header() const { return path.ends_with(".hpp") || path.ends_with(".h"); }
  bool is_cpp() const { return is_header() || path.ends_with(".cpp") || path.ends_with(".c"); }
};

/// Splits `text` into lines and, for C and C++ files, blanks comments and literals (columns stay where they are).
SourceFile source_file(std::string path, std::string_view text);

using Tree = std::vector<SourceFile>;

/// Every file below `root` that people write, sorted by path: sources, scripts, build files, pages. Test data, build
/// directories and .git are left out.
Tree read_tree(const std::filesystem::path& root);

/// Is `word` in `line` with no identifier character beside it?
bool has_word(std::string_view line, std::string_view word);

}  // namespace weir::tidy
