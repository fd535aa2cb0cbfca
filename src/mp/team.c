#include "mp/team.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "mp/batch.h"
#include "mp/chunk.h"
#include "mp/pool_of_chunks.h"
#include "sys/clock.h"

/* How long giving out waits for the first workers to be ready, so that work begins before somebody waits. */
#define READY_PATIENCE_MS 200
#define CHUNKS_PER_WORKER 4
/* While many are given out: how often to look whether the workers want more. */
#define CHUNKS_PER_STEP 256

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

/* ---- the team ---- */

struct mp_team *mp_team_new(const struct mp_pool_config *config)
{
	autofree struct mp_team *team = calloc(1, sizeof *team);

	if (!config) {
		errno = EINVAL;
		return NULL;
	}
	if (!team)
		return NULL;
	team->tasks = config->tasks;
	team->pool = pool_of_chunks_new(config);
	return team->pool ? take_ptr(team) : NULL;
}

struct mp_pool *mp_team_pool(struct mp_team *team)
{
	if (!team) {
		errno = EINVAL;
		return NULL;
	}
	return team->pool;
}

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

static void end_all(struct mp_batch *batch, size_t first, size_t count, enum mp_outcome outcome)
{
	for (size_t i = first; i < first + count; i++)
		batch_end(batch, &(struct mp_result){ .index = i, .outcome = outcome });
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

/* `chunk` 0: a quarter of a worker's share. */
static struct mp_batch *give_out(
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
			end_all(batch, first, count, MP_LOST);
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

/* ---- taking in ---- */

/* Its items again, each alone: one of them has killed its worker, and the others shall not suffer for it. */
static void split(struct mp_team *team, const struct chunk *chunk)
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
			end_all(chunk->batch, chunk->first + i, 1, MP_LOST);
	}
}

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
		end_all(chunk->batch, chunk->first, chunk->count, MP_LOST);
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
		end_all(chunk->batch, chunk->first, chunk->count, ended->outcome);
	else if (chunk->count > 1)
		split(team, chunk);
	else
		batch_end(chunk->batch, &result);
}

static void take_in(struct mp_team *team)
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

/* Wait for something to be taken in. Returns 0, -ETIMEDOUT, or -EPERM. */
static int wait_for_more(struct mp_team *team, int timeout_ms, int64_t until_ms)
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
		result = wait_for_more(batch->team, timeout_ms, until_ms);
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
		int error = wait_for_more(batch->team, timeout_ms, until_ms);

		if (error)
			return error;
	}
	batch->given++;
	*result = &item->result;
	return 1;
}

/* ---- the calls ---- */

struct mp_batch *mp_team_map_async(
	struct mp_team *team, const char *task, const struct mp_items *items, size_t chunk)
{
	return give_out(team, task, items, chunk, false);
}

struct mp_batch *mp_team_imap(
	struct mp_team *team, const char *task, const struct mp_items *items, size_t chunk)
{
	return give_out(team, task, items, chunk ? chunk : 1, false);
}

struct mp_batch *mp_team_imap_unordered(
	struct mp_team *team, const char *task, const struct mp_items *items, size_t chunk)
{
	return give_out(team, task, items, chunk ? chunk : 1, true);
}

struct mp_batch *mp_team_apply_async(
	struct mp_team *team, const char *task, const void *item, size_t item_bytes)
{
	const struct mp_items items = { .data = item, .item_bytes = item_bytes, .count = 1 };

	return give_out(team, task, &items, 1, false);
}

static struct mp_batch *complete(struct mp_batch *batch)
{
	if (batch)
		mp_batch_get(batch, -1);
	return batch;
}

struct mp_batch *mp_team_map(
	struct mp_team *team, const char *task, const struct mp_items *items, size_t chunk)
{
	return complete(mp_team_map_async(team, task, items, chunk));
}

struct mp_batch *mp_team_apply(struct mp_team *team, const char *task, const void *item, size_t item_bytes)
{
	return complete(mp_team_apply_async(team, task, item, item_bytes));
}

/* ---- the end ---- */

void mp_team_close(struct mp_team *team)
{
	if (!team)
		return;
	team->closed = true;
	mp_pool_step(team->pool);
}

int mp_team_join(struct mp_team *team, int timeout_ms)
{
	int64_t until_ms = clock_ms() + timeout_ms;
	int result = 0;

	if (!team)
		return -EINVAL;
	if (!team->closed)
		return -EINVAL;
	if (team->joined)
		return -ECHILD;
	/* only now: a chunk that has killed its worker comes back as several */
	while (mp_pool_pending(team->pool) > 0 && result == 0)
		result = wait_for_more(team, timeout_ms, until_ms);
	if (result)
		return result;
	mp_pool_close(team->pool);
	do {
		int64_t left_ms = timeout_ms < 0 ? -1 : until_ms - clock_ms();

		result = mp_pool_wait(team->pool, (int)(timeout_ms >= 0 && left_ms < 0 ? 0 : left_ms));
	} while (result == 1);
	if (result == -ETIMEDOUT || result == -EPERM)
		return result;
	team->joined = true;
	return 0;
}

void mp_team_terminate(struct mp_team *team)
{
	if (!team)
		return;
	team->closed = true;
	mp_pool_terminate(team->pool);
	take_in(team);
}

void mp_team_free(struct mp_team **team_address)
{
	struct mp_team *team = team_address ? *team_address : NULL;

	if (!team)
		return;
	*team_address = NULL;
	mp_team_terminate(team);
	mp_pool_free(&team->pool);
	free(team);
}
