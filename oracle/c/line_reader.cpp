#include "oracle/c/line_reader.hpp"

#include <algorithm>
#include <utility>

#include "oracle/c/call.hpp"
#include "oracle/json/writer.hpp"

namespace weir::c {
namespace {

constexpr const char* file = "line";

/// Without the newline that may end it.
std::string_view one_line(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (const auto newline = text.find('\n'); newline != std::string_view::npos)
    throw oracle::Malformed(file, 1, newline + 1, "expected one line, found another behind it");
  if (text.size() > oracle::max_line)
    throw oracle::Malformed(file, 1, oracle::max_line + 1, "expected a line of at most 1 MiB");
  return text;
}

}  // namespace

LineReader::LineReader(const oracle::Header& header)
    : feed_(std::make_shared<Feed>(Feed{oracle::to_json(header) + "\n"})),
      reader_(
          [feed = feed_](std::span<char> into) {
            const std::size_t count = std::min(into.size(), feed->text.size() - feed->at);
            std::copy_n(feed->text.data() + feed->at, count, into.data());
            feed->at += count;
            return count;
          },
          file) {}

void LineReader::read(std::string_view text, oracle::TraceLine& line) {
  // The newline is what keeps the reader from asking for more, which would be the end for it.
  feed_->text.assign(one_line(text)).push_back('\n');
  feed_->at = 0;
  try {
    reader_.next(line);
  } catch (const oracle::Malformed& bad) {
    throw oracle::Malformed(file, 1, bad.column(), bad.message());
  }
  if (line.start) throw oracle::Malformed(file, 1, 1, "expected no start: calls that come one by one do not overlap");
}

oracle::Header header_from_json(std::string_view text) {
  return oracle::TraceReader(oracle::read_text(std::string(one_line(text))), "header").header();
}

}  // namespace weir::c
