// Messages between a live target and its driver: a length, then that many bytes, over whatever carries bytes.
//
// A long message goes in pieces, and all but the last are acknowledged: the line into a guest holds only so much, and a
// serial one loses the rest.
#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace weir::oracle {

/// Two-way and in order.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// False if the other end is gone.
  virtual bool send(std::string_view bytes) = 0;

  /// At most `most` bytes, at least one of them; "" if the other end is gone, or silent for `patience` (0: wait for
  /// ever).
  virtual std::string receive(std::size_t most, std::chrono::milliseconds patience) = 0;

 protected:
  ByteStream() = default;
  ByteStream(const ByteStream&) = default;
  ByteStream& operator=(const ByteStream&) = default;
};

/// A descriptor as one, of a socket or a device. It stays the caller's.
class FdStream final : public ByteStream {
 public:
  explicit FdStream(int fd) : fd_(fd) {}
  bool send(std::string_view bytes) override;
  std::string receive(std::size_t most, std::chrono::milliseconds patience) override;

 private:
  int fd_;
};

/// True once the whole message is on its way; false if the other end is gone, or does not take it for `patience`.
bool send_message(ByteStream& stream, const std::string& bytes, std::chrono::milliseconds patience);

/// True with the next message in `bytes`; false if the other end is gone, or silent for `patience` (0: wait for ever).
bool receive_message(ByteStream& stream, std::string& bytes, std::chrono::milliseconds patience);

}  // namespace weir::oracle
