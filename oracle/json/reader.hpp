// Reads traces (docs/TRACE.md): JSON Lines, the header first.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/op.hpp"
#include "oracle/json/header.hpp"
#include "oracle/json/observation.hpp"
#include "oracle/text/lines.hpp"

namespace weir::oracle {

/// One operation of a trace with what the trace says about its outcome.
struct TraceLine {
  Op operation;
  Observation seen;
  std::uint64_t number = 0;  ///< of the line in its file, from 1
  /// When the call began and ended, where calls overlapped (oracle/linear); an end only with a start.
  std::optional<std::uint64_t> start = {}, end = {};
};

/// Not thread-safe; one reader an input. Everything that is not a trace throws Malformed with its position.
class TraceReader {
 public:
  /// Reads the header. `file` names the input in messages.
  TraceReader(Read read, std::string file);
  explicit TraceReader(Lines lines);
  ~TraceReader();
  TraceReader(TraceReader&&) noexcept;

  const Header& header() const { return header_; }

  /// False at the end of the trace.
  bool next(TraceLine& line);

  const std::string& file() const { return lines_.file(); }
  std::string_view text() const { return text_; }  ///< of the line read last; valid until the next

 private:
  struct Parser;

  Lines lines_;
  std::unique_ptr<Parser> parser_;
  std::string_view text_;
  Header header_;
};

}  // namespace weir::oracle
