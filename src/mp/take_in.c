#include "mp/take_in.h"

#include <errno.h>
#include <stdlib.h>

#include "mp/chunk.h"
#include "mp/hand_out.h"
#include "sys/clock.h"

/* ---- taking in ---- */

/* Returns false for what is not the results of all items. */
static bool is_whole(const struct chunk *chunk, const struct mp_ended *ended)
{
	struct chunk_reader reader = { .next = ended->data, .left_bytes = ended->size_bytes };
	struct chunk_entry entry;
	size_t count = 0;
	int more;

	while ((more = chunk_next(&reader, &entry)) == 1)
		count++;
	return more == 0 && count == chunk->count;
}

static void take_results(const struct chunk *chunk, const struct mp_ended *ended)
{
	const void *kept = batch_keep(chunk->batch, ended->data, ended->size_bytes);
	struct chunk_reader reader = { .next = kept, .left_bytes = ended->size_bytes };
	struct chunk_entry entry;

	if (!kept) {
		batch_end_all(chunk->batch, chunk->first, chunk->count, MP_LOST);
		return;
	}
	for (size_t i = 0; chunk_next(&reader, &entry) == 1; i++)
		batch_end(chunk->batch, &(struct mp_result){
						.index = chunk->first + i,
						.outcome = entry.status ? MP_FAILED : MP_DONE,
						.failure = (int)entry.status,
						.data = entry.data,
						.size_bytes = entry.size_bytes,
					});
}

static void take_misfortune(struct mp_team *team, const struct chunk *chunk, const struct mp_ended *ended)
{
	struct mp_result result = {
		.index = chunk->first,
		.outcome = ended->outcome == MP_DONE ? MP_CRASHED : ended->outcome,
		.failure = ended->failure,
		.signal = ended->signal,
	};

	if (ended->outcome == MP_CANCELLED || ended->outcome == MP_LOST)
		batch_end_all(chunk->batch, chunk->first, chunk->count, ended->outcome);
	else if (chunk->count > 1)
		hand_out_singly(team, chunk);
	else
		batch_end(chunk->batch, &result);
}

void take_in(struct mp_team *team)
{
	const struct mp_ended *ended;

	while ((ended = mp_pool_next(team->pool))) {
		struct chunk *chunk = (struct chunk *)(uintptr_t)ended->tag;
		struct mp_batch *batch = chunk->batch;

		if (batch->is_freed)
			; /* nobody wants to know */
		else if (ended->outcome == MP_DONE && is_whole(chunk, ended))
			take_results(chunk, ended);
		else
			take_misfortune(team, chunk, ended);
		batch->chunks--;
		free(chunk);
		batch_let_go(batch);
	}
}

int take_in_more(struct mp_team *team, int timeout_ms, int64_t until_ms)
{
	int64_t left_ms = timeout_ms < 0 ? -1 : until_ms - clock_ms();
	int result = mp_pool_wait(team->pool, (int)(timeout_ms >= 0 && left_ms < 0 ? 0 : left_ms));

	if (result == -EPERM || result == -ETIMEDOUT)
		return result;
	take_in(team);
	return 0;
}

int mp_batch_get(struct mp_batch *batch, int timeout_ms)
{
	int64_t until_ms = clock_ms() + timeout_ms;
	int result = 0;

	if (!batch)
		return -EINVAL;
	while (batch->ended < batch->count && result == 0)
		result = take_in_more(batch->team, timeout_ms, until_ms);
	return result;
}

static const struct batch_item *next_item(const struct mp_batch *batch)
{
	if (batch->order)
		return batch->given < batch->ended ? &batch->items[batch->order[batch->given]] : NULL;
	return batch->items[batch->given].has_ended ? &batch->items[batch->given] : NULL;
}

int mp_batch_next(struct mp_batch *batch, int timeout_ms, const struct mp_result **result)
{
	int64_t until_ms = clock_ms() + timeout_ms;
	const struct batch_item *item;

	if (!batch || !result)
		return -EINVAL;
	if (batch->given == batch->count)
		return 0;
	while (!(item = next_item(batch))) {
		int error = take_in_more(batch->team, timeout_ms, until_ms);

		if (error)
			return error;
	}
	batch->given++;
	*result = &item->result;
	return 1;
}
