// An strace log as a sequence of completed system calls.
//
// Understood: one process or many (`-f`, with `PID` or `[pid PID]` in front), time stamps (-r -t -tt -ttt -T),
// decorated descriptors (-y -yy), structures in full (-v) or abbreviated, calls that others interrupt (`<unfinished
// ...>`, `resumed`), notes of signals, exits and strace itself.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "oracle/strace/call.hpp"
#include "oracle/text/lines.hpp"

namespace weir::oracle::strace {

/// What one line of the log brings.
struct Event {
  enum class Kind {
    nothing,     ///< a note, a signal
    completed,   ///< `call` has ended
    unfinished,  ///< `call` has begun: name and the arguments so far, no result
    exited,      ///< the process `call.pid` has ended
  };
  Kind kind = Kind::nothing;
  Call call;
};

class Log {
 public:
  explicit Log(Lines lines) : lines_(std::move(lines)) {}

  /// False at the end. Throws Malformed for a line that is none of an strace log.
  bool next(Event& event);

  const std::string& file() const { return lines_.file(); }
  std::uint64_t lines() const { return lines_.number(); }

 private:
  void read(std::string_view line, Event& event);
  void begin(std::string_view body, Event& event);
  void resume(std::string_view line, std::string_view body, Event& event);
  void complete(std::string_view line, std::string_view body, Event& event);
  [[noreturn]] void fail(std::string_view line, std::string_view where, std::string_view message) const;

  Lines lines_;
  std::map<Pid, std::string> unfinished_;  ///< the text of the call so far
};

}  // namespace weir::oracle::strace
