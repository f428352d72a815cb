/* A driver (docs/driver.md) for the TCP sockets of the machine that it runs on, as an example to start from.
 *
 *   weir campaign --plugin "unshare -Urn ./weir-driver-example" --profile linux-6.18
 *
 * A label is the descriptor itself: with nothing else open the kernel, too, gives out the lowest one from 3. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { first_label = 3, labels = 1024, first_port = 2048, last_port = 32000, ports_of_a_case = 64 };

static int named[ports_of_a_case], used, base = first_port; /* what the case calls named[i] is port base + i */

/* The value of a field in the line, which is flat JSON; "" if there is none. */
static const char* field(const char* line, const char* name) {
  char key[32];
  snprintf(key, sizeof key, "\"%s\":", name);
  const char* at = strstr(line, key);
  return at == NULL ? "" : at + strlen(key);
}
static int is(const char* line, const char* name, const char* text) {
  const char* value = field(line, name);
  return strncmp(value + 1, text, strlen(text)) == 0 && value[1 + strlen(text)] == '"';
}
static struct sockaddr_in address(const char* line) {
  struct sockaddr_in there = {.sin_family = AF_INET};
  char text[16] = "";
  int port = atoi(field(line, "port")), i = 0;
  if (sscanf(field(line, "addr"), "\"%15[0-9.]", text) == 1) inet_aton(text, &there.sin_addr);
  while (i < used && named[i] != port) ++i;
  if (port != 0 && i == used && used < ports_of_a_case) named[used++] = port;
  there.sin_port = htons(port == 0 ? 0 : base + i);
  return there;
}
static int option(const char* line, int* name) {
  static const struct {
    const char* text;
    int level, name;
  } known[] = {{"TCP_DEFER_ACCEPT", IPPROTO_TCP, TCP_DEFER_ACCEPT},
               {"TCP_FASTOPEN", IPPROTO_TCP, TCP_FASTOPEN},
               {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR},
               {"SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT},
               {"SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN}};
  size_t i = 0;
  while (i + 1 < sizeof known / sizeof *known && !is(line, "name", known[i].text)) ++i;
  *name = known[i].name;
  return known[i].level;
}
static void begin_case(void) {
  const struct linger reset = {1, 0}; /* nothing lingers */
  for (int fd = first_label; fd < labels; ++fd)
    if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0) close(fd);
  base = base > last_port ? first_port : base + ports_of_a_case;
  used = 0;
}

/* Writes the observed fields of an operation, or gives what its call has returned. */
static int perform(const char* line, char* observed, size_t size) {
  static const char* const states[] = {"",          "ESTABLISHED", "SYN_SENT",   "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",
                                       "TIME_WAIT", "CLOSE",       "CLOSE_WAIT", "LAST_ACK", "LISTEN",    "CLOSING"};
  const int fd = atoi(field(line, "fd"));
  struct sockaddr_in there = address(line);
  struct tcp_info info = {0};
  int name, level = option(line, &name), value = atoi(field(line, "value"));
  socklen_t length = sizeof info, int_length = sizeof value;
  if (is(line, "op", "socket")) return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (is(line, "op", "accept")) return accept4(fd, NULL, NULL, SOCK_NONBLOCK);
  if (is(line, "op", "bind")) return bind(fd, (void*)&there, sizeof there);
  if (is(line, "op", "connect")) return connect(fd, (void*)&there, sizeof there);
  if (is(line, "op", "listen")) return listen(fd, atoi(field(line, "backlog")));
  if (is(line, "op", "shutdown"))
    return shutdown(fd, is(line, "how", "rd") ? SHUT_RD : is(line, "how", "wr") ? SHUT_WR : SHUT_RDWR);
  if (is(line, "op", "close")) return close(fd);
  if (is(line, "op", "setsockopt")) return setsockopt(fd, level, name, &value, sizeof value);
  if (is(line, "op", "getsockopt")) {
    if (getsockopt(fd, level, name, &value, &int_length) < 0) return -1;
    return snprintf(observed, size, "\"ret\":0,\"value\":%d", value);
  }
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0) return -1;
  return snprintf(observed, size, "\"state\":\"%s\",\"unacked\":%u,\"sacked\":%u", states[info.tcpi_state % 12],
                  info.tcpi_unacked, info.tcpi_sacked);
}

int main(void) {
  static char line[1 << 16];
  close_range(first_label, ~0U, 0);
  struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  ioctl(fd, SIOCSIFFLAGS, &loopback); /* down in a new network namespace; elsewhere that is not allowed, nor needed */
  close(fd);
  puts(
      "{\"driver\":1,\"name\":\"sockets\",\"ops\":\"socket bind listen accept connect setsockopt getsockopt shutdown "
      "close tcp_info\"}");
  while (fflush(stdout) == 0 && fgets(line, sizeof line, stdin) != NULL) {
    char observed[128] = "";
    if (*field(line, "weir") != '\0') {
      begin_case();
      continue;
    }
    const int result = perform(line, observed, sizeof observed);
    if (result < 0)
      snprintf(observed, sizeof observed, "\"ret\":-1,\"errno\":\"%s\"", strerrorname_np(errno));
    else if (*observed == '\0')
      snprintf(observed, sizeof observed, "\"ret\":%d", result);
    printf("%.*s,%s}\n", (int)strcspn(line, "}"), line, observed);
  }
}
