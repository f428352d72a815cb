#include "oracle/text/lines.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include "oracle/text/malformed.hpp"

namespace weir::oracle {
namespace {

constexpr std::size_t block = std::size_t{1} << 16;

std::size_t read_some(int descriptor, std::span<char> into) {
  for (;;) {
    const ssize_t got = ::read(descriptor, into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "cannot read");
  }
}

}  // namespace

Read read_descriptor(int descriptor) {
  return [descriptor](std::span<char> into) { return read_some(descriptor, into); };
}

Read read_file(const std::string& name) {
  if (name == "-") return read_descriptor(STDIN_FILENO);
  const int descriptor = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "cannot open " + name);
  const std::shared_ptr<const int> owner(new int(descriptor), [](const int* open) {
    ::close(*open);
    delete open;
  });
  return [owner](std::span<char> into) { return read_some(*owner, into); };
}

Read read_text(std::string text) {
  return [text = std::move(text), at = std::size_t{0}](std::span<char> into) mutable {
    const std::size_t count = std::min(into.size(), text.size() - at);
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), count, into.begin());
    at += count;
    return count;
  };
}

Lines::Lines(Read read, std::string file)
    : read_(std::move(read)), file_(std::move(file)), buffer_(block + line_padding) {}

bool Lines::fill() {
  if (ended_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - line_padding - end_ < block / 2) buffer_.resize(buffer_.size() * 2);
  const std::size_t got = read_({buffer_.data() + end_, buffer_.size() - line_padding - end_});
  end_ += got;
  ended_ = got == 0;
  return !ended_;
}

bool Lines::find_line(std::size_t& length) {
  for (std::size_t searched = 0;;) {
    const char* const start = buffer_.data() + begin_;
    const void* const newline = std::memchr(start + searched, '\n', end_ - begin_ - searched);
    searched = end_ - begin_;
    length = newline == nullptr ? searched : static_cast<std::size_t>(static_cast<const char*>(newline) - start);
    if (length > max_line) throw Malformed(file_, number_ + 1, max_line + 1, "expected a line of at most 1 MiB");
    if (newline != nullptr) return true;
    if (!fill()) return length > 0;
  }
}

bool Lines::peek(std::string_view& line) {
  std::size_t length = 0;
  if (!find_line(length)) return false;
  line = {buffer_.data() + begin_, length};
  return true;
}

bool Lines::next(std::string_view& line) {
  if (!peek(line)) return false;
  cut_short_ = begin_ + line.size() == end_;
  begin_ += line.size() + (cut_short_ ? 0 : 1);
  ++number_;
  return true;
}

bool is_json(Lines& lines) {
  std::string_view first;
  if (!lines.peek(first)) return true;
  const std::size_t at = first.find_first_not_of(" \t");
  return at != std::string_view::npos && first[at] == '{';
}

}  // namespace weir::oracle
