/*
 * ring.h: a bounded first-in-first-out line in shared memory that no process can hold up.
 *
 * Messages lie in blocks; the line is a ring of places that name blocks. A producer takes a free block, fills
 * it and publishes it; a consumer claims the block at the head, reads it and releases it. There is no lock:
 * each step is one compare-and-swap, and whoever finds another's step half done (the place is filled, the
 * tail not moved on) finishes it first. So a process that is stopped or killed at any instruction holds up
 * nobody; it may keep the one block that it has, and when it is dead ring_reclaim() finds that.
 *
 * What each word says:
 *
 *   places[ticket % capacity]   empty, for `ticket`      | full, with `block`, for `ticket`
 *   states[block]               free | writing, by pid | ready, by pid, for `ticket` | taken, by pid
 *
 * A message is in the line from the moment in which its place is filled, and out of it from the moment in
 * which its block is taken. A block that is ready and not named by its ticket's place is its producer's.
 *
 * A hostile process can write anything here. Indices are checked and every loop ends, so what it can do is
 * lose, double and garble messages, and make others wait for as long as they said.
 */
#ifndef STAMPMILL_MP_RING_H
#define STAMPMILL_MP_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_BLOCKS_MAX ((uint32_t)1 << 22)

/* In shared memory; zeroed at first. */
struct ring_ends {
	uint64_t head __attribute__((aligned(64))); /* the ticket that is claimed next */
	uint64_t tail __attribute__((aligned(64))); /* the ticket that is given next */
};

/* This process's own view. */
struct ring {
	struct ring_ends *ends;
	uint64_t *places, *states; /* in shared memory */
	uint32_t capacity, blocks;
	uint32_t hint; /* where the next free block may be */
};

/* Once, by the process that made the memory. */
void ring_init(struct ring *ring);

/* Each returns 0 and a block that is the caller's, or -EAGAIN: no block is free; nothing is in the line. */
int ring_take_free(struct ring *ring, uint32_t *block);
int ring_claim(struct ring *ring, uint32_t *block);

/* The caller's block goes to the end of the line. Returns 0, or -EAGAIN when that is full. */
int ring_publish(struct ring *ring, uint32_t block);

void ring_release(struct ring *ring, uint32_t block);

/* Is the block one that this process has claimed? */
bool ring_holds(const struct ring *ring, uint32_t block);

/* Take one block that a dead process had, as ring_take_free() does. */
int ring_reclaim(struct ring *ring, uint32_t *block);

/* How many there are; may be outdated at once. */
uint32_t ring_count(const struct ring *ring);

#endif
