// The message of a thread's last call that failed.
#include <fmt/format.h>

#include "oracle/c/call.hpp"

namespace weir::c {
namespace {

struct LastError {
  weir_status status = WEIR_OK;
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::string message;
  const char* shown = "";  ///< the message, or what is said where there is no memory for it
};
thread_local LastError last;

}  // namespace

weir_status note(weir_status status, std::string_view call, std::string_view message, std::uint64_t line,
                 std::uint64_t column) noexcept {
  last.status = status;
  last.line = line;
  last.column = column;
  try {
    last.message.assign(call).append(": ").append(message);
    last.shown = last.message.c_str();
  } catch (const std::exception&) {
    last.shown = "out of memory";
  }
  return status;
}

void refuse(const std::string& message) { throw Refused(WEIR_MISUSE, message); }

void refuse_size(const char* what, std::uint32_t size, std::size_t expected) {
  refuse(fmt::format("expected {} of size {}, found size {}{}", what, expected, size,
                     size > expected ? " with something set that this library does not know" : ""));
}

void expect_room(const TextRoom& room) {
  if (room.buffer == nullptr && room.size != 0)
    refuse(fmt::format("expected a buffer of {} bytes, found NULL", room.size));
}

void expect_room(weir_outcome* outcome) {
  if (outcome == nullptr) return;
  given_sized(outcome, "a weir_outcome");
  if (reinterpret_cast<std::uintptr_t>(outcome->buffer) % alignof(std::uint64_t) != 0)
    refuse("outcome.buffer: expected memory aligned as uint64_t is");
  if (outcome->buffer == nullptr && outcome->buffer_size != 0)
    refuse(fmt::format("outcome.buffer: expected {} bytes, found NULL", outcome->buffer_size));
}

void put_text(std::string_view text, const TextRoom& room) {
  if (room.needed != nullptr) *room.needed = text.size() + 1;
  expect_room(room);
  if (room.buffer == nullptr && room.needed == nullptr) return;
  if (text.size() >= room.size) {
    if (room.size != 0) room.buffer[0] = '\0';
    throw Refused(WEIR_SHORT_BUFFER,
                  fmt::format("expected a buffer of at least {} bytes, found {}", text.size() + 1, room.size));
  }
  std::memcpy(room.buffer, text.data(), text.size());
  room.buffer[text.size()] = '\0';
}

std::string_view text_given(const char* text, std::uint64_t length, const char* what) {
  if (text == nullptr && length != 0) refuse(fmt::format("expected {} of {} bytes, found NULL", what, length));
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace weir::c

using namespace weir;

weir_status weir_last_error(weir_error* error) {
  // A call that fails here must not overwrite what it is asked for.
  if (error == nullptr || error->size < sizeof *error) return WEIR_MISUSE;
  error->status = c::last.status;
  error->line = c::last.line;
  error->column = c::last.column;
  error->message = c::last.shown;
  return WEIR_OK;
}

const char* weir_error_message(void) { return c::last.shown; }
