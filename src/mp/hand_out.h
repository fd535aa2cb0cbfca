/*
 * hand_out.h: the items of a batch, handed out to a team's pool in chunks.
 */
#ifndef STAMPMILL_MP_HAND_OUT_H
#define STAMPMILL_MP_HAND_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mp/batch.h"

/* The team, as all see it that work for it. */
struct mp_team {
	const struct mp_task *tasks;
	struct mp_pool *pool;
	bool closed, joined;
};

/* Some items of a batch, as the pool's task. */
struct chunk {
	struct mp_batch *batch;
	size_t first, count;
	uint32_t kind;
	size_t size_bytes;
	unsigned char *end; /* while it is filled */
	unsigned char payload[];
};

/* As mp_team_map_async(); `chunk` 0: a quarter of a worker's share. NULL with errno. */
struct mp_batch *hand_out(
	struct mp_team *team, const char *task, const struct mp_items *items, size_t chunk, bool unordered);

/* Its items again, each alone: one of them has killed its worker, and the others shall not suffer for it. */
void hand_out_singly(struct mp_team *team, const struct chunk *chunk);

#endif
