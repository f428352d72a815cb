// Fuzzes the packetdrill reader and the check behind it: any bytes end in a report or in Malformed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "oracle/packetdrill/check.hpp"
#include "oracle/text/malformed.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace weir::oracle;
  std::uint64_t found = 0;
  try {
    Lines lines(read_text(std::string(reinterpret_cast<const char*>(bytes), size)), "fuzz");
    const auto report =
        packetdrill::check(std::move(lines), weir::releases::linux_6_18, true, [&](const Divergence&) { ++found; });
    if (report.divergences != found) std::abort();
  } catch (const Malformed& malformed) {
    if (malformed.line() == 0 || malformed.column() == 0) std::abort();
  }
  return 0;
}
