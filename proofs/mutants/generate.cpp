// weir-mutate FROM INTO [ARGUED]: copies the folder model/ of FROM into INTO with all mutants in it, and writes the
// list of them to INTO/proofs/mutants/listed.inc. A file that is as it was is not touched, so that a build sees what
// has changed. With a file of arguments it says what is wrong with them, and fails if anything is.
#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "proofs/mutants/arguments.hpp"
#include "proofs/mutants/sites.hpp"

namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& text) {
  if (fs::exists(path) && contents(path) == text) return;
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

/// Rules; the rest of model/ is words and data, and the domains.
bool holds_rules(const std::string& file) {
  for (const std::string folder : {"model/sysctl/", "model/listen/", "model/softnet/"})
    if (file.starts_with(folder)) return true;
  return file == "model/power_of_two.hpp";
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string listed(const weir::mutants::Catalogue& catalogue) {
  std::ostringstream list;
  for (const auto& each : catalogue.mutants)
    list << "{" << quoted(each.id) << ", " << quoted(each.kind) << ", " << quoted(each.file) << ", " << each.line
         << ", " << quoted(each.before) << ", " << quoted(each.after) << "},\n";
  return list.str();
}

weir::mutants::Catalogue generate(const fs::path& from, const fs::path& into) {
  std::vector<std::string> files;
  for (const auto& each : fs::recursive_directory_iterator(from / "model"))
    if (each.is_regular_file()) files.push_back(fs::relative(each.path(), from).generic_string());
  std::sort(files.begin(), files.end());
  weir::mutants::Catalogue catalogue;
  for (const std::string& file : files)
    if (holds_rules(file)) weir::mutants::add_constants(file, contents(from / file), catalogue);
  for (const std::string& file : files) {
    const std::string text = contents(from / file);
    write(into / file, holds_rules(file) ? weir::mutants::with_mutants(file, text, catalogue) : text);
  }
  write(into / "proofs/mutants/listed.inc", listed(catalogue));
  return catalogue;
}

/// \return whether nothing is wrong with them
bool check_arguments(const fs::path& argued, const weir::mutants::Catalogue& catalogue) {
  std::vector<weir::mutants::Listed> mutants;
  for (const auto& each : catalogue.mutants)
    mutants.push_back({each.id, each.kind, each.file, each.line, each.before, each.after});
  const auto complaints = weir::mutants::complaints_about(weir::mutants::read_arguments(argued), mutants);
  for (const std::string& each : complaints) std::cerr << each << "\n";
  return complaints.empty();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) return std::cerr << "usage: weir-mutate FROM INTO [ARGUED]\n", 2;
  try {
    const auto catalogue = generate(argv[1], argv[2]);
    if (argc == 4 && !check_arguments(argv[3], catalogue)) return 1;
  } catch (const std::exception& failure) {
    return std::cerr << "weir-mutate: " << failure.what() << "\n", 1;
  }
  return 0;
}
