// Lines of a file, a pipe or a string, in constant memory.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::oracle {

/// Fills the front of the span and returns how many bytes it wrote; 0 at the end of the input. Throws
/// std::system_error where the input cannot be read.
using Read = std::function<std::size_t(std::span<char>)>;

/// Reads an open descriptor with read(2); does not close it.
Read read_descriptor(int descriptor);

/// Reads a file by name; "-" is standard input. Throws std::system_error where it cannot be opened.
Read read_file(const std::string& name);

/// Reads a copy of `text`.
Read read_text(std::string text);

inline constexpr std::size_t max_line = std::size_t{1} << 20;  ///< bytes, without the newline
inline constexpr std::size_t line_padding = 64;                ///< readable bytes behind every line

class Lines {
 public:
  /// `file` names the input in messages.
  Lines(Read read, std::string file);

  /// The next line without its newline, valid until the next call and followed by `line_padding` readable bytes.
  /// False at the end of the input. Throws Malformed for a line longer than `max_line`.
  bool next(std::string_view& line);

  /// The line that `next` will give, without moving on.
  bool peek(std::string_view& line);

  std::uint64_t number() const { return number_; }  ///< of the line given last, from 1
  bool cut_short() const { return cut_short_; }     ///< that line had no newline: it is where the input ends
  const std::string& file() const { return file_; }

 private:
  bool fill();
  bool find_line(std::size_t& length);

  Read read_;
  std::string file_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  ///< start of the next line
  std::size_t end_ = 0;    ///< end of what has been read
  std::uint64_t number_ = 0;
  bool ended_ = false;
  bool cut_short_ = false;
};

/// Whether the first line, if there is one, begins as JSON does: a trace, not a log.
bool is_json(Lines& lines);

}  // namespace weir::oracle
