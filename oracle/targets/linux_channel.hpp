// Messages between a live target and its driver: a length, then that many bytes, over a stream socket.
#pragma once
#include <chrono>
#include <string>

namespace weir::oracle {

/// True once the whole message is on its way; false if the other end is gone.
bool send_message(int socket, const std::string& bytes);

/// True with the next message in `bytes`; false if the other end is gone, or silent for `patience` (0: wait for ever).
bool receive_message(int socket, std::string& bytes, std::chrono::milliseconds patience);

}  // namespace weir::oracle
