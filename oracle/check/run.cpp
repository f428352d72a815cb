#include "oracle/check/run.hpp"

#include <string>

#include "oracle/check/label.hpp"
#include "oracle/check/machine.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/text/malformed.hpp"

namespace weir::oracle {

Header header_for(const TraceReader& trace, const RunOptions& options) {
  Header header = trace.header();
  if (options.profile != nullptr) header.profile = options.profile;
  return header;
}

std::uint64_t run(TraceReader& trace, const RunOptions& options, const std::function<void(std::string_view)>& write) {
  const Header header = header_for(trace, options);
  Host host(*header.profile, header.options);
  std::uint64_t count = 0;
  std::string text;
  for (TraceLine line; trace.next(line); ++count) {
    if (line.start)
      throw Malformed(trace.file(), line.number, 1,
                      "expected no start: calls that overlap have no order to run them in");
    const Explained answer = step(host, line.operation, label_of(line));
    text.clear();
    if (options.clauses)
      append_json(text, line.operation, answer.outcome, answer.clauses);
    else
      append_json(text, line.operation, answer.outcome);
    write(text);
  }
  return count;
}

}  // namespace weir::oracle
