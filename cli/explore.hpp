// What `weir explore` is asked for.
#pragma once
#include <string>
#include <vector>

namespace weir::cli {

struct ExploreArguments {
  std::vector<std::string> clients;
  bool litmus = false;
};

}  // namespace weir::cli
