/* The names by which the trace knows errors. */
#pragma once
#include <errno.h>
#include <stddef.h>

static const char* name_of_errno(int number) {
#define NAME(error) \
  { error, #error }
  static const struct {
    int number;
    const char* name;
  } known[] = {NAME(EPERM),         NAME(ENOENT),      NAME(EIO),          NAME(EBADF),        NAME(EAGAIN),
               NAME(ENOMEM),        NAME(EACCES),      NAME(EFAULT),       NAME(EINVAL),       NAME(EMFILE),
               NAME(EPIPE),         NAME(ENOSYS),      NAME(EOVERFLOW),    NAME(ENOTSOCK),     NAME(EDESTADDRREQ),
               NAME(EPROTOTYPE),    NAME(ENOPROTOOPT), NAME(EOPNOTSUPP),   NAME(EAFNOSUPPORT), NAME(EADDRINUSE),
               NAME(EADDRNOTAVAIL), NAME(ENETUNREACH), NAME(ECONNABORTED), NAME(ECONNRESET),   NAME(ENOBUFS),
               NAME(EISCONN),       NAME(ENOTCONN),    NAME(ETIMEDOUT),    NAME(ECONNREFUSED), NAME(EHOSTUNREACH),
               NAME(EALREADY),      NAME(EINPROGRESS)};
#undef NAME
  for (size_t i = 0; i < sizeof known / sizeof *known; ++i)
    if (known[i].number == number) return known[i].name;
  return "ENOSYS";
}
