/* The values of which the structs of libweir are made. See <weir/weir.h>. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Bytes, not a string: NUL is one of them, and none need stand behind them. data may be NULL where size is 0. */
struct weir_bytes {
  const char* data;
  size_t size;
};

enum weir_address_kind {
  WEIR_ADDRESS_ANY = 0,
  WEIR_ADDRESS_V4 = 1,
  WEIR_ADDRESS_V6_LOOPBACK = 2, /* ::1 */
  WEIR_ADDRESS_ABSTRACT = 3,    /* AF_UNIX: the port is the number that stands for the abstract name */
};

/* All zero is "any". v4 is in host byte order, and 0 unless kind is WEIR_ADDRESS_V4: 127.0.0.1 is 0x7f000001. */
struct weir_address {
  uint32_t kind;
  uint32_t v4;
};

/* One end of a connection as segments name it; both numbers in host byte order. */
struct weir_end {
  uint32_t v4;
  uint16_t port;
  uint16_t reserved; /* 0 */
};

/* A number that may be absent: present is 0 or 1. All zero is absent. */
struct weir_optional_u32 {
  uint32_t present;
  uint32_t value;
};
struct weir_optional_u64 {
  uint64_t value;
  uint32_t present;
  uint32_t reserved; /* 0 */
};

/* Packets by the numbers that netif_rx gave them, in the order in which they were delivered. */
struct weir_packets {
  const uint32_t* data;
  size_t size;
};

/* Segments that timers sent, in the order of their times. */
struct weir_sent_segment;
struct weir_sent {
  const struct weir_sent_segment* data;
  size_t size;
};
