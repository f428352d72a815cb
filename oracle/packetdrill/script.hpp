// A packetdrill script as a sequence of statements, each with its place and its time.
//
// Understood: `--option=value` lines, comments, a time (`+0.1`, `0.2`, `*`, `+1~+1.2`, `0.1...0.3`) and behind it a
// shell command in backticks, a code block, a system call with its result, or a segment. One statement a line; one that
// is not complete goes on in the next.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/strace/call.hpp"
#include "oracle/text/lines.hpp"

namespace weir::oracle::packetdrill {

using Micros = std::int64_t;
inline constexpr Micros longest_time = Micros{86400} * 1000000;  ///< of one time stamp: a day

/// When a statement happens. A script without a time there means "at once".
struct When {
  bool relative = true;        ///< to the statement before
  bool any = false;            ///< `*`: whenever it comes
  Micros from = 0, to = 0;     ///< the same but for a range
  std::optional<Micros> ends;  ///< of a call that blocks; absolute if `relative` is false, else as `from`
};

/// `< 1000 > 8080 S. 0:0(0) ack 1 win 5000 <mss 1000>`
struct ScriptSegment {
  bool inbound = false;
  std::optional<std::uint16_t> from_port, to_port;
  std::string flags;  ///< letters as they stand: "S.", "."
  std::uint32_t seq = 0, seq_end = 0, len = 0;
  std::optional<std::uint32_t> ack;
  std::string options;  ///< what stands between < and >; "" for none
};

struct Statement {
  enum class Kind {
    option,   ///< `text` is --option=value
    shell,    ///< `body` is the command
    code,     ///< %{ … }%
    call,     ///< `call`
    segment,  ///< `segment`
    other,    ///< a packet that is none of TCP over IPv4; `body` says of which kind
  };
  Kind kind = Kind::option;
  std::uint64_t line = 0;  ///< where it begins
  std::string text;        ///< in one line
  When when;
  std::string body;
  strace::Call call;
  ScriptSegment segment;
};

class Script {
 public:
  explicit Script(Lines lines) : lines_(std::move(lines)) {}

  /// False at the end. Throws Malformed where no statement can be read.
  bool next(Statement& statement);

  const std::string& file() const { return lines_.file(); }

 private:
  bool gather(std::string& text, std::uint64_t& line);
  std::string without_comments(std::string_view line);

  Lines lines_;
  bool in_comment_ = false;  ///< a block comment is open
  std::uint64_t comment_began_ = 0;
};

}  // namespace weir::oracle::packetdrill
