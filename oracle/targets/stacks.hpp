// Other network stacks that weir knows how to start.
#pragma once
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace weir::oracle {

struct StackChoice {
  std::string_view name;  ///< of the target
  /// The command of its driver. \param drivers  the folder that weir-driver is in
  std::vector<std::string> (*command)(const std::filesystem::path& drivers);
};

extern const std::array<StackChoice, 2> stacks;

}  // namespace weir::oracle
