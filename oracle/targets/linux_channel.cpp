#include "oracle/targets/linux_channel.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace weir::oracle {
namespace {

bool send_all(int socket, const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t sent = ::send(socket, bytes, count, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes += sent;
    count -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool readable(int socket, std::chrono::milliseconds patience) {
  if (patience.count() == 0) return true;
  pollfd waiting{socket, POLLIN, 0};
  int ready = 0;
  do ready = ::poll(&waiting, 1, static_cast<int>(patience.count()));
  while (ready < 0 && errno == EINTR);
  return ready > 0;
}

bool receive_all(int socket, char* bytes, std::size_t count, std::chrono::milliseconds patience) {
  while (count > 0) {
    if (!readable(socket, patience)) return false;
    const ssize_t received = ::recv(socket, bytes, count, 0);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) return false;
    bytes += received;
    count -= static_cast<std::size_t>(received);
  }
  return true;
}

}  // namespace

bool send_message(int socket, const std::string& bytes) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  return send_all(socket, reinterpret_cast<const char*>(&length), sizeof length) &&
         send_all(socket, bytes.data(), bytes.size());
}

bool receive_message(int socket, std::string& bytes, std::chrono::milliseconds patience) {
  std::uint32_t length = 0;
  if (!receive_all(socket, reinterpret_cast<char*>(&length), sizeof length, patience)) return false;
  bytes.resize(length);
  return receive_all(socket, bytes.data(), length, patience);
}

}  // namespace weir::oracle
