#include "oracle/targets/linux_channel.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace weir::oracle {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t piece = 2048;
constexpr std::string_view go_on = "+";

/// Longer than any message: bytes that no driver wrote.
constexpr std::uint32_t longest = 1U << 26;

bool receive_exactly(ByteStream& stream, char* bytes, std::size_t count, milliseconds patience) {
  while (count > 0) {
    const std::string some = stream.receive(count, patience);
    if (some.empty()) return false;
    some.copy(bytes, some.size());
    bytes += some.size();
    count -= some.size();
  }
  return true;
}

}  // namespace

bool FdStream::send(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == ENOTSOCK) sent = ::write(fd_, bytes.data(), bytes.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string FdStream::receive(std::size_t most, milliseconds patience) {
  if (patience.count() != 0) {
    pollfd waiting{fd_, POLLIN, 0};
    int ready = 0;
    do ready = ::poll(&waiting, 1, static_cast<int>(patience.count()));
    while (ready < 0 && errno == EINTR);
    if (ready <= 0) return {};
  }
  std::string bytes(std::min(most, piece), '\0');
  ssize_t received = 0;
  do received = ::read(fd_, bytes.data(), bytes.size());
  while (received < 0 && errno == EINTR);
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(received, 0)));
  return bytes;
}

bool send_message(ByteStream& stream, const std::string& bytes, milliseconds patience) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  if (!stream.send({reinterpret_cast<const char*>(&length), sizeof length})) return false;
  std::string_view left = bytes;
  for (; left.size() > piece; left.remove_prefix(piece))
    if (!stream.send(left.substr(0, piece)) || stream.receive(1, patience) != go_on) return false;
  return stream.send(left);
}

bool receive_message(ByteStream& stream, std::string& bytes, milliseconds patience) {
  std::uint32_t length = 0;
  if (!receive_exactly(stream, reinterpret_cast<char*>(&length), sizeof length, patience)) return false;
  if (length > longest) return false;
  bytes.resize(length);
  std::size_t at = 0;
  for (; length - at > piece; at += piece)
    if (!receive_exactly(stream, &bytes[at], piece, patience) || !stream.send(go_on)) return false;
  return receive_exactly(stream, bytes.data() + at, length - at, patience);
}

}  // namespace weir::oracle
