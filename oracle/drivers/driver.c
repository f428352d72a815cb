/* A driver: carries operations out on a stack and says what came of each (docs/driver.md). One program, built for the
 * sockets of the machine that it runs on and, with WEIR_LWIP, for those of lwIP.
 *
 * usage: driver [NAME [MICROSECONDS [here]]]
 *   MICROSECONDS: how long to wait after what makes the two ends of a connection talk, for a stack that lets them talk
 *   behind the caller's back; 0, the default, for one that has answered when the call returns.
 *   here: on the network that it finds, not on one of its own
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "oracle/drivers/calls.h"
#include "oracle/drivers/errno_names.h"

enum { first_label = 3, labels = 1024, ports_of_a_case = 64, first_port = 2048, last_port = 32000 };

static int fd_of[labels];           /* by label; -1: free */
static int named[ports_of_a_case];  /* the ports of the case at hand, as it names them */
static int base = first_port, used; /* named[i] is port base + i here: what lingers of a case is not met again */
static unsigned settle_us;
static FILE* answers; /* standard output, which a stack may print on */

/* --- the line: flat JSON that weir has written ------------------------------------------------------------------- */

static const char* value_of(const char* line, const char* name) {
  const size_t length = strlen(name);
  for (const char* at = strchr(line, '"'); at != NULL; at = strchr(at + 1, '"'))
    if (strncmp(at + 1, name, length) == 0 && at[length + 1] == '"' && at[length + 2] == ':') return at + length + 3;
  return NULL;
}
static int number_of(const char* line, const char* name) {
  const char* value = value_of(line, name);
  return value == NULL ? 0 : (int)strtol(value, NULL, 10);
}
static int is(const char* line, const char* name, const char* text) {
  const char* value = value_of(line, name);
  const size_t length = strlen(text);
  return value != NULL && value[0] == '"' && strncmp(value + 1, text, length) == 0 && value[length + 1] == '"';
}

/* --- answers: the line once more, with what was observed -------------------------------------------------------- */

static void answer(const char* line, const char* observed) {
  fprintf(answers, "%.*s,%s}\n", (int)(strlen(line) - 1), line, observed);
}
static void answer_call(const char* line, long result) {
  char text[64];
  if (result < 0)
    snprintf(text, sizeof text, "\"ret\":-1,\"errno\":\"%s\"", name_of_errno(errno));
  else
    snprintf(text, sizeof text, "\"ret\":%ld", result);
  answer(line, text);
}

/* --- what a case names ---------------------------------------------------------------------------------------------
 */

static int fd(const char* line) {
  const int label = number_of(line, "fd");
  return label < 0 || label >= labels ? -1 : fd_of[label];
}
static long new_label(int made) {
  if (made < 0) return -1;
  for (int label = first_label; label < labels; ++label)
    if (fd_of[label] < 0) {
      fd_of[label] = made;
      return label;
    }
  errno = EMFILE;
  return -1;
}
static int port_here(int port) {
  if (port == 0) return 0;
  for (int i = 0; i < used; ++i)
    if (named[i] == port) return base + i;
  if (used == ports_of_a_case) return port;
  named[used] = port;
  return base + used++;
}
static struct sockaddr_in address(const char* line) {
  struct sockaddr_in there;
  unsigned a = 0, b = 0, c = 0, d = 0;
  const char* text = value_of(line, "addr");
  if (text != NULL) sscanf(text, "\"%u.%u.%u.%u\"", &a, &b, &c, &d);
  memset(&there, 0, sizeof there);
  there.sin_family = AF_INET;
  there.sin_port = htons((unsigned short)port_here(number_of(line, "port")));
  there.sin_addr.s_addr = htonl(a << 24 | b << 16 | c << 8 | d);
  return there;
}
static int option(const char* line, int* level) {
  static const struct {
    const char* name;
    int level, number;
  } known[] = {{"TCP_DEFER_ACCEPT", IPPROTO_TCP, call_TCP_DEFER_ACCEPT},
               {"TCP_FASTOPEN", IPPROTO_TCP, call_TCP_FASTOPEN},
               {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR},
               {"SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT},
               {"SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN}};
  for (size_t i = 0; i < sizeof known / sizeof *known; ++i)
    if (is(line, "name", known[i].name)) {
      *level = known[i].level;
      return known[i].number;
    }
  return -1;
}

/* --- the case -------------------------------------------------------------------------------------------------------
 */

/* Connections are reset rather than closed, so that nothing of them lingers. lwIP aborts where a listener is. */
static void close_now(int each) {
  const struct linger reset = {1, 0};
  int listens = 0;
  socklen_t length = sizeof listens;
  call_getsockopt(each, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length);
  if (!listens) call_setsockopt(each, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  call_close(each);
}
static void begin_case(void) {
  for (int label = first_label; label < labels; ++label) {
    if (fd_of[label] >= 0) close_now(fd_of[label]);
    fd_of[label] = -1;
  }
  base += ports_of_a_case;
  if (base > last_port) { /* the ports have been used up: another network, if there can be one */
    base = first_port;
    call_renew();
  }
  used = 0;
  call_settle(settle_us);
}
static void perform(const char* line) {
  int level = 0, value = 0;
  socklen_t length = sizeof value;
  struct sockaddr_in there = address(line);
  char text[96];
  if (is(line, "op", "socket"))
    return answer_call(line, new_label(call_socket(is(line, "type", "dgram") ? SOCK_DGRAM : SOCK_STREAM)));
  if (is(line, "op", "bind")) return answer_call(line, call_bind(fd(line), (void*)&there, sizeof there));
  if (is(line, "op", "listen")) return answer_call(line, call_listen(fd(line), number_of(line, "backlog")));
  if (is(line, "op", "accept")) return answer_call(line, new_label(call_accept(fd(line))));
  if (is(line, "op", "setsockopt")) {
    const int name = option(line, &level);
    value = number_of(line, "value");
    return answer_call(line, call_setsockopt(fd(line), level, name, &value, sizeof value));
  }
  if (is(line, "op", "getsockopt")) {
    const int name = option(line, &level);
    if (call_getsockopt(fd(line), level, name, &value, &length) < 0) return answer_call(line, -1);
    snprintf(text, sizeof text, "\"ret\":0,\"value\":%d", value);
    return answer(line, text);
  }
  if (is(line, "op", "tcp_info")) {
    if (call_tcp_info(fd(line), text, sizeof text) < 0) return answer_call(line, -1);
    return answer(line, text);
  }
  /* From here on the two ends talk. */
  long result = 0;
  if (is(line, "op", "connect")) {
    result = call_connect(fd(line), (void*)&there, sizeof there);
  } else if (is(line, "op", "shutdown")) {
    result = call_shutdown(fd(line), is(line, "how", "rd") ? SHUT_RD : is(line, "how", "wr") ? SHUT_WR : SHUT_RDWR);
  } else if (is(line, "op", "close")) {
    const int gone = fd(line);
    if (gone >= 0) fd_of[number_of(line, "fd")] = -1;
    result = call_close(gone);
  } else {
    fprintf(stderr, "driver: not an operation of this driver: %s\n", line);
    exit(2);
  }
  const int error = errno;
  call_settle(settle_us);
  errno = error;
  answer_call(line, result);
}

int main(int argc, char** argv) {
  static char line[1 << 16];
  settle_us = argc > 2 ? (unsigned)atoi(argv[2]) : 0;
  for (int label = 0; label < labels; ++label) fd_of[label] = -1;
  answers = fdopen(dup(STDOUT_FILENO), "w");
  if (answers == NULL || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return 1;
  call_begin(argc > 3 && strcmp(argv[3], "here") == 0);
  fprintf(
      answers,
      "{\"driver\":1,\"name\":\"%s\",\"families\":\"inet\",\"types\":\"stream\",\"ops\":\"socket bind listen accept "
      "connect setsockopt getsockopt shutdown close" call_OPS "\"" call_CASES "}\n",
      argc > 1 ? argv[1] : "sockets");
  for (;;) {
    fflush(answers);
    if (fgets(line, sizeof line, stdin) == NULL) return 0;
    line[strcspn(line, "\n")] = '\0';
    if (value_of(line, "weir") != NULL)
      begin_case();
    else
      perform(line);
  }
}
