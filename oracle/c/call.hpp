// What every call of libweir begins and ends with: misuse is told, text goes to memory of the caller, and no exception
// leaves.
#pragma once
#include <weir/weir.h>

#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "model/clause.hpp"
#include "oracle/text/malformed.hpp"

namespace weir::c {

/// A call that is refused before it has done anything.
class Refused : public std::runtime_error {
 public:
  Refused(weir_status status, const std::string& message) : std::runtime_error(message), status_(status) {}
  weir_status status() const { return status_; }

 private:
  weir_status status_;
};

/// Keeps the message for weir_last_error of this thread. \return status
weir_status note(weir_status status, std::string_view call, std::string_view message, std::uint64_t line = 0,
                 std::uint64_t column = 0) noexcept;

/// Runs the body of the call with that name.
template <class Body>
weir_status guarded(std::string_view call, Body&& body) noexcept {
  try {
    return body();
  } catch (const Refused& refused) {
    return note(refused.status(), call, refused.what());
  } catch (const oracle::Malformed& bad) {
    return note(WEIR_MALFORMED, call, bad.what(), bad.line(), bad.column());
  } catch (const std::bad_alloc&) {
    return note(WEIR_NO_MEMORY, call, "out of memory");
  } catch (const std::exception& error) {
    return note(WEIR_INTERNAL, call, error.what());
  } catch (...) {
    return note(WEIR_INTERNAL, call, "an exception that is none of the C++ library");
  }
}

[[noreturn]] void refuse(const std::string& message);

/// `what` as it stands in the message: "a host".
template <class T>
T& given(T* pointer, const char* what) {
  if (pointer == nullptr) refuse(std::string("expected ") + what + ", found NULL");
  return *pointer;
}

[[noreturn]] void refuse_size(const char* what, std::uint32_t size, std::size_t expected);

/// A struct with `size`. One of a later header is taken if nothing is set that this library does not know.
template <class T>
T& given_sized(T* pointer, const char* what) {
  T& sized = given(pointer, what);
  if (sized.size == sizeof(T)) [[likely]]
    return sized;
  const auto* const bytes = reinterpret_cast<const unsigned char*>(pointer);
  constexpr std::size_t longest = 1 << 16;  // more is no size
  if (sized.size < sizeof(T) || sized.size > longest) refuse_size(what, sized.size, sizeof(T));
  if constexpr (std::is_const_v<T>)
    for (std::size_t i = sizeof(T); i < sized.size; ++i)
      if (bytes[i] != 0) refuse_size(what, sized.size, sizeof(T));
  return sized;
}

/// Where text goes: `needed` may be null, and with a null buffer of size 0 no text is wanted.
struct TextRoom {
  char* buffer;
  std::size_t size;
  std::size_t* needed;
};

/// For calls that do something before they answer: refuses what can be no room for text. One that is too small can.
void expect_room(const TextRoom& room);
/// Likewise of an outcome, where there is to be one.
void expect_room(weir_outcome* outcome);

/// Throws Refused with WEIR_SHORT_BUFFER where the text does not fit.
void put_text(std::string_view text, const TextRoom& room);

/// The text of a caller. \throws Refused for NULL with a length
std::string_view text_given(const char* text, std::uint64_t length, const char* what);

inline void put_clauses(weir_clauses& into, const ClauseSet& clauses) {
  static_assert(ClauseSet::word_count <= WEIR_CLAUSE_WORDS);
  std::memcpy(into.words, clauses.words().data(), sizeof clauses.words());
  std::memset(into.words + ClauseSet::word_count, 0, sizeof into.words - sizeof clauses.words());
}

}  // namespace weir::c
