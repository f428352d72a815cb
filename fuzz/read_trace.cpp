// Fuzzes the trace reader: any bytes end in operations or in Malformed, and what was read is written back the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "oracle/json/reader.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/text/malformed.hpp"

namespace {

using namespace weir::oracle;

/// The line, written and read again, must be the same line.
void expect_round_trip(const Header& header, const TraceLine& line) {
  std::string text = to_json(header) + "\n";
  append_json(text, line.operation, line.seen);
  TraceReader again(read_text(text), "again");
  TraceLine same;
  if (!again.next(same) || same.operation != line.operation) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try {
    TraceReader reader(read_text(std::string(reinterpret_cast<const char*>(bytes), size)), "fuzz");
    for (TraceLine line; reader.next(line);) expect_round_trip(reader.header(), line);
  } catch (const Malformed& malformed) {
    if (malformed.line() == 0 || malformed.column() == 0) std::abort();
  }
  return 0;
}
