// weir-tidy ROOT: prints each line that breaks a house rule. Exit: 0 none, 1 some, 2 usage or an unreadable tree.
#include <cstdio>
#include <exception>

#include "tests/tidy/checks.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: weir-tidy ROOT\n", stderr);
    return 2;
  }
  try {
    const auto tree = weir::tidy::read_tree(argv[1]);
    const auto violations = weir::tidy::check(tree);
    for (const auto& each : violations)
      std::printf("%s:%zu: %s: %s\n", each.file.c_str(), each.line, each.rule.c_str(), each.message.c_str());
    std::printf("%zu files, %zu violations\n", tree.size(), violations.size());
    return violations.empty() && !tree.empty() ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "weir-tidy: %s\n", error.what());
    return 2;
  }
}
