#include "proofs/mutants/arguments.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace weir::mutants {
namespace {

constexpr std::size_t argued_at_most_one_in = 20;

}  // namespace

Arguments read_arguments(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  Arguments arguments;
  Argument* last = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with(' ')) {
      if (last == nullptr) throw std::runtime_error("a reason without a mutant: " + line);
      last->reason += (last->reason.empty() ? "" : " ") + line.substr(line.find_first_not_of(' '));
      continue;
    }
    const auto colon = line.find(": "), arrow = line.find(" => ");
    if (colon == line.npos || arrow == line.npos || arrow < colon)
      throw std::runtime_error("not \"ID: before => after\": " + line);
    last = &arguments[line.substr(0, colon)];
    last->before = line.substr(colon + 2, arrow - colon - 2);
    last->after = line.substr(arrow + 4);
  }
  for (const auto& [id, each] : arguments)
    if (each.reason.empty()) throw std::runtime_error("an argument without a reason: " + id);
  return arguments;
}

std::vector<std::string> complaints_about(const Arguments& arguments, std::span<const Listed> mutants) {
  std::vector<std::string> found;
  for (const auto& argument : arguments) {
    const auto& [id, each] = argument;
    const auto mutant =
        std::find_if(mutants.begin(), mutants.end(), [&](const Listed& one) { return one.id == argument.first; });
    if (mutant == mutants.end())
      found.push_back(id + " is argued, but there is no such mutant");
    else if (mutant->before != each.before || mutant->after != each.after)
      found.push_back(id + " is argued, but is another by now: " + std::string(mutant->before) + " => " +
                      std::string(mutant->after));
  }
  if (arguments.size() * argued_at_most_one_in > mutants.size())
    found.push_back(std::to_string(arguments.size()) + " of " + std::to_string(mutants.size()) +
                    " are argued: more than one in twenty");
  return found;
}

}  // namespace weir::mutants
