// The modules of a guest's kernel.
#pragma once

namespace weir::oracle {

/// Loads those that lie in /modules, by name in order. Throws std::system_error.
void load_modules();

}  // namespace weir::oracle
