/*
 * chunk.h: several items as one task's payload, and their results as its result.
 *
 * A body is a row of entries: a word with the size and a status, the bytes, padding to 8. Whoever reads one
 * trusts nothing.
 */
#ifndef STAMPMILL_MP_CHUNK_H
#define STAMPMILL_MP_CHUNK_H

#include <stddef.h>
#include <stdint.h>

#include "mp/pool.h"

/* Bytes that an entry takes; an item's size is below 2^56. */
size_t chunk_space(size_t size_bytes);
/* Writes an entry; returns its end. */
unsigned char *chunk_put(unsigned char *to, unsigned status, const void *data, size_t size_bytes);

struct chunk_reader {
	const unsigned char *next;
	size_t left_bytes;
};

struct chunk_entry {
	const void *data;
	size_t size_bytes;
	unsigned status; /* 0 to 255 */
};

/* Returns 1 and the next entry, 0 at the end, -EBADMSG for one that does not fit. */
int chunk_next(struct chunk_reader *reader, struct chunk_entry *entry);

/* In the worker: `function` for each entry of the payload, and all results as one reply. Returns 0, or a
 * number for a result that could not be made. */
int chunk_run(mp_task_function *function, struct mp_worker *worker, const void *payload, size_t size_bytes,
	struct mp_reply *reply);

#endif
