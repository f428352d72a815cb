/* The calls that the driver makes: those of the machine, or lwIP's. */
#pragma once
#ifdef WEIR_LWIP

#include <lwip/netif.h>
#include <lwip/sockets.h>
#include <lwip/tcpip.h>

/* lwIP has neither option; asked for by Linux's numbers it says so itself. */
#define call_TCP_DEFER_ACCEPT 9
#define call_TCP_FASTOPEN 23
#define call_OPS ""
/* What one case does to its lists of connections another may hang on. */
#define call_CASES ",\"one_case\":true,\"patience_ms\":250"

static int nonblocking(int made) {
  if (made >= 0) lwip_fcntl(made, F_SETFL, O_NONBLOCK);
  return made;
}
static err_t loopback_input(struct pbuf* packet, struct netif* from) { return tcpip_input(packet, from); }
static err_t loopback_output(struct netif* netif, struct pbuf* packet, const ip4_addr_t* to) {
  (void)to;
  return netif_loop_output(netif, packet);
}
static err_t loopback_init(struct netif* netif) {
  netif->name[0] = 'l';
  netif->name[1] = 'o';
  netif->output = loopback_output;
  netif->mtu = 1500;
  return ERR_OK;
}
static void call_begin(int here) {
  static struct netif lo;
  (void)here;
  ip4_addr_t address, mask, gateway;
  IP4_ADDR(&address, 127, 0, 0, 1);
  IP4_ADDR(&mask, 255, 0, 0, 0);
  IP4_ADDR(&gateway, 127, 0, 0, 1);
  tcpip_init(NULL, NULL);
  LOCK_TCPIP_CORE();
  netif_add(&lo, &address, &mask, &gateway, NULL, loopback_init, loopback_input);
  netif_set_default(&lo);
  netif_set_up(&lo);
  netif_set_link_up(&lo);
  UNLOCK_TCPIP_CORE();
}
/* A packet goes through a queue of lwIP's own thread, and so does what is asked of that thread here: after a few rounds
 * both ends have said all that they have to say. */
static void round_done(void* semaphore) { sys_sem_signal(semaphore); }
static void call_settle(unsigned microseconds) {
  sys_sem_t done;
  sys_sem_new(&done, 0);
  for (int round = 0; round < 32; ++round) {
    tcpip_callback(round_done, &done);
    sys_arch_sem_wait(&done, 0);
  }
  sys_sem_free(&done);
  if (microseconds != 0) usleep(microseconds);
}
/* Not needed: every case has a new process. */
static void call_renew(void) {}
static int call_socket(int type) { return nonblocking(lwip_socket(AF_INET, type, 0)); }
static int call_accept(int listener) { return nonblocking(lwip_accept(listener, NULL, NULL)); }
/* Not among its operations. */
#define call_tcp_info(fd, text, size) (-1)
#define call_bind lwip_bind
#define call_listen lwip_listen
#define call_connect lwip_connect
#define call_shutdown lwip_shutdown
#define call_close lwip_close
#define call_setsockopt lwip_setsockopt
#define call_getsockopt lwip_getsockopt

#else

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define call_TCP_DEFER_ACCEPT TCP_DEFER_ACCEPT
#define call_TCP_FASTOPEN TCP_FASTOPEN
#define call_OPS " tcp_info"
#define call_CASES ""

/* A network of its own where that is allowed, as it is to most users in a user namespace of their own; there the
 * loopback is down. */
static int stays_here;
static void call_renew(void) {
  if (!stays_here && unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
    fprintf(stderr, "driver: on the network of this machine: unshare: %s\n", strerror(errno));
  struct ifreq lo = {.ifr_name = "lo"};
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (ioctl(fd, SIOCGIFFLAGS, &lo) == 0 && (lo.ifr_flags & IFF_UP) == 0) {
    lo.ifr_flags |= IFF_UP;
    ioctl(fd, SIOCSIFFLAGS, &lo);
  }
  close(fd);
}
static void call_settle(unsigned microseconds) {
  if (microseconds != 0) usleep(microseconds);
}
static void call_begin(int here) {
  stays_here = here;
  call_renew();
}
static int call_socket(int type) { return socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }
static int call_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }
static int call_tcp_info(int fd, char* text, size_t size) {
  static const char* const states[] = {"",          "ESTABLISHED", "SYN_SENT",   "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",
                                       "TIME_WAIT", "CLOSE",       "CLOSE_WAIT", "LAST_ACK", "LISTEN",    "CLOSING"};
  struct tcp_info info = {0};
  socklen_t length = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0) return -1;
  snprintf(text, size, "\"state\":\"%s\",\"unacked\":%u,\"sacked\":%u", states[info.tcpi_state % 12], info.tcpi_unacked,
           info.tcpi_sacked);
  return 0;
}
#define call_bind bind
#define call_listen listen
#define call_connect connect
#define call_shutdown shutdown
#define call_close close
#define call_setsockopt setsockopt
#define call_getsockopt getsockopt

#endif
