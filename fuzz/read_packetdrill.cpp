// Fuzzes the packetdrill reader and the check behind it.
#include "fuzz/any_text.hpp"
#include "oracle/packetdrill/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return weir::fuzz::check_any_text(bytes, size, weir::oracle::packetdrill::check);
}
