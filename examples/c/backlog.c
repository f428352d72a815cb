/* How many clients can wait, and what happens to the one behind them? Asked of the kernel that is named:
 *
 *   cc -std=c99 backlog.c $(pkg-config --cflags --libs libweir) -o backlog && ./backlog linux-2.6.32 5
 */
#include <stdio.h>
#include <stdlib.h>
#include <weir/weir.h>

static void expect(enum weir_status status) {
  if (status == WEIR_OK) return;
  fprintf(stderr, "backlog: %s\n", weir_error_message());
  exit(2);
}

/* What the call returned, or minus the errno. */
static long long result_of(weir_host* host, const struct weir_op* op) {
  struct weir_outcome outcome = {.size = sizeof outcome};
  expect(weir_host_apply(host, op, &outcome));
  if (outcome.kind != WEIR_OUTCOME_RETURNED) return 0;
  return outcome.as.returned.ret < 0 ? -(long long)outcome.as.returned.error : (long long)outcome.as.returned.ret;
}

static int32_t stream_socket(weir_host* host) {
  const struct weir_op op = {.size = sizeof op,
                             .kind = WEIR_OP_SOCKET,
                             .as.socket = {.family = WEIR_FAMILY_INET, .type = WEIR_SOCK_TYPE_STREAM}};
  return (int32_t)result_of(host, &op);
}

int main(int argc, char** argv) {
  const char* const profile = argc > 1 ? argv[1] : "linux-6.18";
  const int backlog = argc > 2 ? atoi(argv[2]) : 5;
  weir_host* host = NULL;
  expect(weir_host_create(profile, NULL, &host));

  const int32_t listener = stream_socket(host);
  const struct weir_address loopback = {.kind = WEIR_ADDRESS_V4, .v4 = 0x7f000001};
  struct weir_op op = {.size = sizeof op, .kind = WEIR_OP_BIND};
  op.as.bind.fd = listener;
  op.as.bind.addr = loopback;
  op.as.bind.port = 8080;
  result_of(host, &op);
  op.kind = WEIR_OP_LISTEN;
  op.as.listen.fd = listener;
  op.as.listen.backlog = backlog;
  result_of(host, &op);

  for (int clients = 1; clients <= 2 * backlog + 2; ++clients) {
    const int32_t client = stream_socket(host);
    op.kind = WEIR_OP_CONNECT;
    op.as.connect.fd = client;
    op.as.connect.addr = loopback;
    op.as.connect.port = 8080;
    result_of(host, &op);
    struct weir_outcome outcome = {.size = sizeof outcome};
    op.kind = WEIR_OP_TCP_INFO;
    op.as.tcp_info.fd = client;
    expect(weir_host_apply(host, &op, &outcome));
    if (outcome.as.info.state == WEIR_TCP_STATE_ESTABLISHED) continue;
    printf("%s, backlog %d: client %d is left in SYN_SENT\n", profile, backlog, clients);
    break;
  }
  weir_host_destroy(host);
  return 0;
}
