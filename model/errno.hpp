// Error numbers as Linux on x86-64 has them, under their own names.
//
// Part of the vocabulary: model/ and lockfree/ both speak it. Only the errors that an operation of weir can answer are
// listed, and a few by which other stacks refuse what Linux grants; a reader that meets another name says so instead of
// guessing.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

/// `none` is success; every other value is the positive errno that user space sees.
enum class Errno : std::uint8_t {
  none = 0,
  eperm = 1,
  enoent = 2,
  ebadf = 9,
  eagain = 11,
  enomem = 12,
  eacces = 13,
  efault = 14,
  einval = 22,
  emfile = 24,
  eoverflow = 75,
  enotsock = 88,
  eprototype = 91,
  enoprotoopt = 92,
  esocktnosupport = 94,
  eopnotsupp = 95,
  eafnosupport = 97,
  eaddrinuse = 98,
  eaddrnotavail = 99,
  enetunreach = 101,
  econnaborted = 103,
  econnreset = 104,
  eisconn = 106,
  enotconn = 107,
  etimedout = 110,
  econnrefused = 111,
  ealready = 114,
  einprogress = 115,
  epipe = 32,
  eio = 5,
  enosys = 38,
  edestaddrreq = 89,
  enobufs = 105,
  ehostunreach = 113,
};

struct ErrnoName {
  Errno value;
  std::string_view name;
};

inline constexpr auto errno_names = std::to_array<ErrnoName>({
    {Errno::eperm, "EPERM"},
    {Errno::enoent, "ENOENT"},
    {Errno::eio, "EIO"},
    {Errno::ebadf, "EBADF"},
    {Errno::eagain, "EAGAIN"},
    {Errno::enomem, "ENOMEM"},
    {Errno::eacces, "EACCES"},
    {Errno::efault, "EFAULT"},
    {Errno::einval, "EINVAL"},
    {Errno::emfile, "EMFILE"},
    {Errno::epipe, "EPIPE"},
    {Errno::enosys, "ENOSYS"},
    {Errno::eoverflow, "EOVERFLOW"},
    {Errno::enotsock, "ENOTSOCK"},
    {Errno::edestaddrreq, "EDESTADDRREQ"},
    {Errno::eprototype, "EPROTOTYPE"},
    {Errno::enoprotoopt, "ENOPROTOOPT"},
    {Errno::esocktnosupport, "ESOCKTNOSUPPORT"},
    {Errno::eopnotsupp, "EOPNOTSUPP"},
    {Errno::eafnosupport, "EAFNOSUPPORT"},
    {Errno::eaddrinuse, "EADDRINUSE"},
    {Errno::eaddrnotavail, "EADDRNOTAVAIL"},
    {Errno::enetunreach, "ENETUNREACH"},
    {Errno::econnaborted, "ECONNABORTED"},
    {Errno::econnreset, "ECONNRESET"},
    {Errno::enobufs, "ENOBUFS"},
    {Errno::eisconn, "EISCONN"},
    {Errno::enotconn, "ENOTCONN"},
    {Errno::etimedout, "ETIMEDOUT"},
    {Errno::econnrefused, "ECONNREFUSED"},
    {Errno::ehostunreach, "EHOSTUNREACH"},
    {Errno::ealready, "EALREADY"},
    {Errno::einprogress, "EINPROGRESS"},
});

/// "EINVAL" for Errno::einval; "" for `none` and for numbers outside the table.
constexpr std::string_view name_of(Errno error) {
  for (const auto& row : errno_names)
    if (row.value == error) return row.name;
  return {};
}

constexpr std::optional<Errno> errno_from(std::string_view name) {
  for (const auto& row : errno_names)
    if (row.name == name) return row.value;
  return std::nullopt;
}

/// From a positive errno as the running kernel reports it.
constexpr std::optional<Errno> errno_from_number(int number) {
  for (const auto& row : errno_names)
    if (static_cast<int>(row.value) == number) return row.value;
  return std::nullopt;
}

}  // namespace weir
