// Lines of a trace that come one at a time, each by a call.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "oracle/json/reader.hpp"

namespace weir::c {

class LineReader {
 public:
  explicit LineReader(const oracle::Header& header);

  /// Throws Malformed, whose line is 1: nothing has been kept of the text then.
  void read(std::string_view text, oracle::TraceLine& line);

 private:
  struct Feed {
    std::string text;
    std::size_t at = 0;
  };
  std::shared_ptr<Feed> feed_;
  oracle::TraceReader reader_;
};

/// The header of a trace, read from one line.
oracle::Header header_from_json(std::string_view text);

}  // namespace weir::c
