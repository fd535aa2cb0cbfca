/*
 * batch.h: the items of one map, and what has come of them.
 */
#ifndef STAMPMILL_MP_BATCH_H
#define STAMPMILL_MP_BATCH_H

#include <stdbool.h>

#include "mp/team.h"

/* Bytes that results point into. */
struct batch_memory {
	struct batch_memory *next;
	unsigned char data[] __attribute__((aligned(8)));
};

struct batch_item {
	struct mp_result result;
	bool has_ended;
};

struct mp_batch {
	struct mp_team *team;
	struct batch_item *items; /* owned */
	size_t count, ended;
	size_t *order; /* owned: which ended first, second, ...; NULL: in the order of the items */
	size_t given;  /* by mp_batch_next() */
	size_t chunks; /* that the pool still has */
	bool is_freed; /* by its owner, who wants no results any more */
	struct batch_memory *memory;
};

struct mp_batch *batch_new(struct mp_team *team, size_t count, bool unordered); /* NULL: no memory */
/* Frees it when nobody needs it any more. */
void batch_let_go(struct mp_batch *batch);

/* An item has ended. */
void batch_end(struct mp_batch *batch, const struct mp_result *result);
/* `count` items from `first` on have ended without a result. */
void batch_end_all(struct mp_batch *batch, size_t first, size_t count, enum mp_outcome outcome);
/* A copy of `data` that lives as long as the batch; NULL: no memory. */
const void *batch_keep(struct mp_batch *batch, const void *data, size_t size_bytes);

#endif
