/* Concurrency Kit's rings, behind functions: its headers are C. */
#pragma once
#ifdef __cplusplus
extern "C" {
#endif

struct weir_ck_ring;
/* NULL if there is no memory. size: a power of two */
struct weir_ck_ring* weir_ck_ring_new(unsigned size);
void weir_ck_ring_free(struct weir_ck_ring* ring);
int weir_ck_ring_push_mpsc(struct weir_ck_ring* ring, void* item);
int weir_ck_ring_push_spsc(struct weir_ck_ring* ring, void* item);
/* Up to `count` items; how many. */
unsigned weir_ck_ring_pop_mpsc(struct weir_ck_ring* ring, void** into, unsigned count);
unsigned weir_ck_ring_pop_spsc(struct weir_ck_ring* ring, void** into, unsigned count);

#ifdef __cplusplus
}
#endif
