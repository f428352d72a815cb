// FNV-1a, 64 bits: the same number for the same text on every machine, for names of files and fingerprints.
#pragma once
#include <cstdint>
#include <string_view>

namespace weir::oracle {

constexpr std::uint64_t fnv(std::string_view text) {
  std::uint64_t mixed = 0xcbf29ce484222325;
  for (const char each : text) mixed = (mixed ^ static_cast<unsigned char>(each)) * 0x100000001b3;
  return mixed;
}

}  // namespace weir::oracle
