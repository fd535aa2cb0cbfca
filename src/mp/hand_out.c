#include "mp/hand_out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mp/chunk.h"
#include "sys/clock.h"

/* How long giving out waits for the first workers to be ready, so that work begins before somebody waits. */
#define READY_PATIENCE_MS 200
#define CHUNKS_PER_WORKER 4
/* While many are given out: how often to look whether the workers want more. */
#define CHUNKS_PER_STEP 256

/* ---- giving out ---- */

static size_t item_size(const struct mp_items *items, size_t index)
{
	return items->texts ? strlen(items->texts[index]) + 1 : items->item_bytes;
}

static const void *item_data(const struct mp_items *items, size_t index)
{
	if (items->texts)
		return items->texts[index];
	return items->item_bytes ? (const char *)items->data + index * items->item_bytes : NULL;
}

static struct chunk *new_chunk(struct mp_batch *batch, uint32_t kind, size_t size_bytes)
{
	struct chunk *chunk = malloc(sizeof *chunk + size_bytes);

	if (!chunk)
		return NULL;
	*chunk = (struct chunk){ .batch = batch, .kind = kind, .size_bytes = size_bytes };
	chunk->end = chunk->payload;
	return chunk;
}

/* The chunk is the pool's, or freed. */
static int send(struct mp_team *team, struct chunk *chunk)
{
	const struct mp_submission submission = {
		.task = team->tasks[chunk->kind].name,
		.payload = chunk->payload,
		.size_bytes = chunk->size_bytes,
		.tag = (uint64_t)(uintptr_t)chunk,
	};
	int64_t id = mp_pool_submit(team->pool, &submission);

	if (id < 0) {
		free(chunk);
		return (int)id;
	}
	chunk->batch->chunks++;
	return 0;
}

static int send_items(
	struct mp_batch *batch, uint32_t kind, const struct mp_items *items, size_t first, size_t count)
{
	size_t size_bytes = 0;
	struct chunk *chunk;

	for (size_t i = first; i < first + count; i++)
		size_bytes += chunk_space(item_size(items, i));
	chunk = new_chunk(batch, kind, size_bytes);
	if (!chunk)
		return -ENOMEM;
	chunk->first = first;
	chunk->count = count;
	for (size_t i = first; i < first + count; i++)
		chunk->end = chunk_put(chunk->end, 0, item_data(items, i), item_size(items, i));
	return send(batch->team, chunk);
}

static int kind_of(const struct mp_team *team, const char *task)
{
	for (int kind = 0; task && team->tasks[kind].name; kind++)
		if (strcmp(team->tasks[kind].name, task) == 0)
			return kind;
	return -EINVAL;
}

/* What the workers may have in hand, they get now. */
static void set_to_work(struct mp_team *team)
{
	int64_t until_ms = clock_ms() + READY_PATIENCE_MS;

	mp_pool_step(team->pool);
	while (mp_pool_running(team->pool) == 0 && clock_ms() < until_ms &&
		mp_pool_wait(team->pool, 5) == -ETIMEDOUT)
		continue;
}

/* The workers are started as soon as there is a chunk for each, while this process is small: what it has in
 * memory when it forks is copied, page by page, when it is written to afterwards. And they are kept at work
 * while more is given out. */
static void feed_meanwhile(struct mp_team *team, const struct mp_batch *batch)
{
	size_t workers = (size_t)mp_pool_workers(team->pool);

	if (batch->chunks >= workers && (batch->chunks - workers) % CHUNKS_PER_STEP == 0)
		mp_pool_step(team->pool);
}

static bool are_sound(const struct mp_items *items)
{
	if (!items || (items->count > 0 && !items->texts && items->item_bytes > 0 && !items->data))
		return false;
	for (size_t i = 0; items->texts && i < items->count; i++)
		if (!items->texts[i])
			return false;
	return true;
}

struct mp_batch *hand_out(
	struct mp_team *team, const char *task, const struct mp_items *items, size_t chunk, bool unordered)
{
	int kind = team ? kind_of(team, task) : -EINVAL;
	struct mp_batch *batch;
	int error = 0;

	if (kind < 0 || !are_sound(items))
		error = -EINVAL;
	else if (team->closed)
		error = -ESHUTDOWN;
	if (error) {
		errno = -error;
		return NULL;
	}
	if (chunk == 0) {
		size_t parts = (size_t)mp_pool_workers(team->pool) * CHUNKS_PER_WORKER;

		chunk = (items->count + parts - 1) / parts;
	}
	batch = batch_new(team, items->count, unordered);
	if (!batch) {
		errno = ENOMEM;
		return NULL;
	}
	for (size_t first = 0; first < items->count; first += chunk) {
		size_t count = items->count - first < chunk ? items->count - first : chunk;

		error = send_items(batch, (uint32_t)kind, items, first, count);
		if (error && first == 0)
			break;
		if (error)
			batch_end_all(batch, first, count, MP_LOST);
		feed_meanwhile(team, batch);
	}
	if (error && batch->chunks == 0) {
		mp_batch_free(&batch);
		errno = -error;
		return NULL;
	}
	if (items->count > 0)
		set_to_work(team);
	return batch;
}

void hand_out_singly(struct mp_team *team, const struct chunk *chunk)
{
	struct chunk_reader reader = { .next = chunk->payload, .left_bytes = chunk->size_bytes };
	struct chunk_entry entry;

	for (size_t i = 0; chunk_next(&reader, &entry) == 1; i++) {
		struct chunk *alone = new_chunk(chunk->batch, chunk->kind, chunk_space(entry.size_bytes));
		int error = -ENOMEM;

		if (alone) {
			alone->first = chunk->first + i;
			alone->count = 1;
			chunk_put(alone->end, 0, entry.data, entry.size_bytes);
			error = send(team, alone);
		}
		if (error)
			batch_end_all(chunk->batch, chunk->first + i, 1, MP_LOST);
	}
}
