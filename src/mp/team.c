#include "mp/team.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "mp/hand_out.h"
#include "mp/pool_of_chunks.h"
#include "mp/take_in.h"
#include "sys/clock.h"

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

/* ---- the calls ---- */

struct mp_batch *mp_team_map_async(
	struct mp_team *team, const char *task, const struct mp_items *items, size_t chunk)
{
	return hand_out(team, task, items, chunk, false);
}

struct mp_batch *mp_team_imap(
	struct mp_team *team, const char *task, const struct mp_items *items, size_t chunk)
{
	return hand_out(team, task, items, chunk ? chunk : 1, false);
}

struct mp_batch *mp_team_imap_unordered(
	struct mp_team *team, const char *task, const struct mp_items *items, size_t chunk)
{
	return hand_out(team, task, items, chunk ? chunk : 1, true);
}

struct mp_batch *mp_team_apply_async(
	struct mp_team *team, const char *task, const void *item, size_t item_bytes)
{
	const struct mp_items items = { .data = item, .item_bytes = item_bytes, .count = 1 };

	return hand_out(team, task, &items, 1, false);
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
		result = take_in_more(team, timeout_ms, until_ms);
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
