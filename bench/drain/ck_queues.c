#include "bench/drain/ck_queues.h"

#include <ck_ring.h>
#include <stdlib.h>

struct weir_ck_ring {
  ck_ring_t ring;
  ck_ring_buffer_t* buffer;
};

struct weir_ck_ring* weir_ck_ring_new(unsigned size) {
  struct weir_ck_ring* const made = aligned_alloc(CK_MD_CACHELINE, (sizeof *made + 63) / 64 * 64);
  if (made == NULL) return NULL;
  made->buffer = calloc(size, sizeof *made->buffer);
  if (made->buffer == NULL) {
    free(made);
    return NULL;
  }
  ck_ring_init(&made->ring, size);
  return made;
}
void weir_ck_ring_free(struct weir_ck_ring* ring) {
  free(ring->buffer);
  free(ring);
}
int weir_ck_ring_push_mpsc(struct weir_ck_ring* ring, void* item) {
  return ck_ring_enqueue_mpsc(&ring->ring, ring->buffer, item);
}
int weir_ck_ring_push_spsc(struct weir_ck_ring* ring, void* item) {
  return ck_ring_enqueue_spsc(&ring->ring, ring->buffer, item);
}
unsigned weir_ck_ring_pop_mpsc(struct weir_ck_ring* ring, void** into, unsigned count) {
  unsigned got = 0;
  while (got < count && ck_ring_dequeue_mpsc(&ring->ring, ring->buffer, &into[got])) ++got;
  return got;
}
unsigned weir_ck_ring_pop_spsc(struct weir_ck_ring* ring, void** into, unsigned count) {
  unsigned got = 0;
  while (got < count && ck_ring_dequeue_spsc(&ring->ring, ring->buffer, &into[got])) ++got;
  return got;
}
