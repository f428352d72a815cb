// The table of functions through which packetdrill drives a stack that it loads with --so_filename.
//
// packetdrill looks up `packetdrill_interface_init`, gives it the text of --so_flags and an empty table, and from then
// on makes every system call of a script, sends every packet that it injects, and takes every packet that it expects
// through the table; time is what the table says it is. The layout is packetdrill's: the order and the types are the
// interface.
#pragma once
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstddef>

namespace weir::oracle::packetdrill {

/// Every function has `self` first and answers as the system call of its name: -1 and errno where it fails.
struct Table {
  using Self = void*;

  Self self;
  void (*release)(Self);
  int (*socket)(Self, int family, int type, int protocol);
  int (*bind)(Self, int fd, const sockaddr*, socklen_t);
  int (*listen)(Self, int fd, int backlog);
  int (*accept)(Self, int fd, sockaddr*, socklen_t*);
  int (*connect)(Self, int fd, const sockaddr*, socklen_t);
  ssize_t (*read)(Self, int fd, void*, std::size_t);
  ssize_t (*readv)(Self, int fd, const iovec*, int);
  ssize_t (*recv)(Self, int fd, void*, std::size_t, int flags);
  ssize_t (*recvfrom)(Self, int fd, void*, std::size_t, int flags, sockaddr*, socklen_t*);
  ssize_t (*recvmsg)(Self, int fd, msghdr*, int flags);
  ssize_t (*write)(Self, int fd, const void*, std::size_t);
  ssize_t (*writev)(Self, int fd, const iovec*, int);
  ssize_t (*send)(Self, int fd, const void*, std::size_t, int flags);
  ssize_t (*sendto)(Self, int fd, const void*, std::size_t, int flags, const sockaddr*, socklen_t);
  ssize_t (*sendmsg)(Self, int fd, const msghdr*, int flags);
  int (*fcntl)(Self, int fd, int command, ...);
  int (*ioctl)(Self, int fd, unsigned long request, ...);
  int (*close)(Self, int fd);
  int (*shutdown)(Self, int fd, int how);
  int (*getsockopt)(Self, int fd, int level, int name, void* value, socklen_t* length);
  int (*setsockopt)(Self, int fd, int level, int name, const void* value, socklen_t length);
  int (*poll)(Self, pollfd*, nfds_t, int timeout);
  /// A packet arrives at the stack, from its IP header on. 0, or -1.
  int (*netdev_send)(Self, const void* packet, std::size_t length);
  /// The next packet that the stack sends, and when it did; `length` is the room there is, then the packet's own. 0, or
  /// -1.
  int (*netdev_receive)(Self, void* packet, std::size_t* length, long long* microseconds);
  int (*usleep)(Self, useconds_t);
  int (*gettimeofday)(Self, timeval*, struct timezone*);
  int (*epoll_create)(Self, int size);
  int (*epoll_ctl)(Self, int epoll, int operation, int fd, epoll_event*);
  int (*epoll_wait)(Self, int epoll, epoll_event*, int most, int timeout);
  int (*pipe)(Self, int ends[2]);
  int (*splice)(Self, int from, loff_t*, int to, loff_t*, std::size_t, unsigned flags);
};

extern "C" using InterfaceInit = void(const char* flags, Table* table);

}  // namespace weir::oracle::packetdrill
