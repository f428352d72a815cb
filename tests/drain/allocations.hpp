// How often this program has asked for memory: tests/drain/allocations.cpp counts every operator new.
#pragma once
#include <cstdint>

namespace weir {

std::uint64_t allocations();

}  // namespace weir
