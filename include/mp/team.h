/*
 * team.h: map, apply and imap over a pool of workers: one function, many items.
 *
 * For whom: programs that have one thing to do to each item of a list. (pool.h is what lies below, with
 * deadlines, retries and a poll loop of one's own.)
 *
 * Calling order: mp_team_new(); mp_team_map() and its kin give a batch, whose results are read and which is
 * freed by mp_batch_free(); mp_team_close() and mp_team_join(), or mp_team_terminate(); mp_team_free(). All
 * calls are made by the process and thread that made the team; in another process they give -EPERM.
 *
 * Items go to the workers in chunks, which is what makes small tasks cheap. A worker has up to the task's
 * `in_flight` chunks in hand, and works on them whatever the owner of the team does; results are taken in and
 * further chunks are given out while the owner waits in one of the calls here. So for work in the background
 * give the task a higher `in_flight`; for tasks of very different length, 1 and small chunks.
 *
 * What holds when a party dies: see pool.h. Each item ends exactly once. When a worker dies in the middle of
 * a chunk, the chunk's items are done again, one by one, so that only the item that kills its worker ends as
 * MP_CRASHED; those before it in the chunk are done twice. When the owner dies, so do all workers.
 *
 * Errors: 0 on success, a negative errno otherwise; nothing is printed. Bad use is told so as well: NULL
 * in place of a handle, a name or a result gives -EINVAL, or where no errno is returned NULL with EINVAL,
 * 0, -1 or ""; freeing NULL does nothing.
 */
#ifndef STAMPMILL_MP_TEAM_H
#define STAMPMILL_MP_TEAM_H

#include <stddef.h>

#include "mp/pool.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mp_team;
struct mp_batch;

/* The same configuration as a pool's. tasks_per_worker counts chunks; result_max_bytes is for a chunk. NULL
 * with errno. */
struct mp_team *mp_team_new(const struct mp_pool_config *config);

/* What a function is to be applied to. All are copied. */
struct mp_items {
	const void *data; /* `count` items of item_bytes each, one after the other */
	size_t item_bytes;
	const char *const *texts; /* not NULL: `count` strings instead; an item is one with its zero byte */
	size_t count;             /* 0 is allowed */
};

/* How an item ended. */
struct mp_result {
	size_t index;            /* which item */
	enum mp_outcome outcome; /* MP_DONE, MP_FAILED, ...: see pool.h */
	int failure, signal;
	const void *data; /* what the function has given to mp_reply_set(); NULL and 0 when nothing */
	size_t size_bytes;
};

/* In words, into `buffer`: "done"; the text that a failed function gave as its result; "killed by SIGSEGV",
 * "exited with status 3", ... Returns `buffer`. */
char *mp_result_text(const struct mp_result *result, char *buffer, size_t size);

/* Give out the items, in chunks of `chunk` (0: a quarter of a worker's share), and do not wait for the
 * results. NULL with errno: EINVAL for an unknown task, ENOMEM, ESHUTDOWN after mp_team_close(), EPERM. */
struct mp_batch *mp_team_map_async(
	struct mp_team *team, const char *task, const struct mp_items *items, size_t chunk);
struct mp_batch *mp_team_apply_async(
	struct mp_team *team, const char *task, const void *item, size_t item_bytes);

/* The same, and wait for all results. */
struct mp_batch *mp_team_map(
	struct mp_team *team, const char *task, const struct mp_items *items, size_t chunk);
struct mp_batch *mp_team_apply(struct mp_team *team, const char *task, const void *item, size_t item_bytes);

/* For mp_batch_next(): results in the order of the items, or as they come; `chunk` 0 is 1. */
struct mp_batch *mp_team_imap(
	struct mp_team *team, const char *task, const struct mp_items *items, size_t chunk);
struct mp_batch *mp_team_imap_unordered(
	struct mp_team *team, const char *task, const struct mp_items *items, size_t chunk);

/* Wait until all have ended, up to timeout_ms (0: just look; -1: for ever). Returns 0, or -ETIMEDOUT: the
 * tasks go on, and it can be asked again. -EPERM. */
int mp_batch_get(struct mp_batch *batch, int timeout_ms);

/* Wait for the next result that has not been given here yet. Returns 1; 0 when all have been given;
 * -ETIMEDOUT; -EPERM. */
int mp_batch_next(struct mp_batch *batch, int timeout_ms, const struct mp_result **result);

size_t mp_batch_count(const struct mp_batch *batch);
/* The result of item `index`, or NULL when it has not ended or there is none. The batch's. */
const struct mp_result *mp_batch_result(const struct mp_batch *batch, size_t index);

/* What has not ended goes on, and its results are dropped. Sets *batch to NULL; NULL is allowed. */
void mp_batch_free(struct mp_batch **batch);

/* No more items will come. */
void mp_team_close(struct mp_team *team);
/* Wait, after mp_team_close() or mp_team_terminate(), until all is done and all workers have gone home.
 * Returns 0; -ETIMEDOUT; -EINVAL when it was not closed; -ECHILD when it was joined before; -EPERM. */
int mp_team_join(struct mp_team *team, int timeout_ms);
/* Kill every worker now; what has not ended ends as MP_CANCELLED. */
void mp_team_terminate(struct mp_team *team);

/* The pool below it, to be asked for its descriptor, workers and counts; mp_pool_next() is the team's. */
struct mp_pool *mp_team_pool(struct mp_team *team);

/* Terminate and free; its batches must have been freed. Sets *team to NULL; NULL is allowed. */
void mp_team_free(struct mp_team **team);

#ifdef __cplusplus
}
#endif

#endif
