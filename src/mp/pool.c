#include "mp/pool.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "mp/crew.h"
#include "mp/give.h"
#include "mp/pool_of_chunks.h"
#include "mp/starting.h"
#include "sys/clock.h"
#include "sys/cpus.h"

#define WORKERS_MAX 4096
/* 34 years: far enough, and no sum with the clock overflows. */
#define TIMEOUT_MAX_MS ((int64_t)1 << 40)
#define RESULT_MAX_BYTES ((size_t)1 << 30)

struct mp_pool {
	struct crew crew;
	pid_t owner;
	uint64_t last_id;
	struct ticket *read; /* the one that `view` shows, or NULL */
	struct mp_ended view;
};

static bool is_sound(const struct mp_pool_config *config)
{
	if (!config->tasks || !config->tasks[0].name || config->workers < 0 ||
		config->workers > WORKERS_MAX || config->tasks_per_worker < 0 || config->enter_timeout_ms < 0)
		return false;
	for (const struct mp_task *task = config->tasks; task->name; task++)
		if (!task->function || task->in_flight < 1 || task->in_flight > SEAT_HAND)
			return false;
	if (!birth_is_sound(&config->given) ||
		(config->close_others && config->keep_fds_count && !config->keep_fds))
		return false;
	return starting_is_by_fork(config->context) || (!config->inherited && starting_role_of_pool(config));
}

static struct mp_pool *new_pool(const struct mp_pool_config *config, bool of_chunks)
{
	autofree struct mp_pool *pool = NULL;
	struct mp_pool_config whole;
	int result;

	if (!config || !is_sound(config)) {
		errno = EINVAL;
		return NULL;
	}
	whole = *config;
	if (whole.workers == 0)
		whole.workers = cpus_usable();
	if (whole.enter_timeout_ms > TIMEOUT_MAX_MS)
		whole.enter_timeout_ms = TIMEOUT_MAX_MS;
	if (whole.result_max_bytes == 0)
		whole.result_max_bytes = RESULT_MAX_BYTES;
	pool = calloc(1, sizeof *pool);
	if (!pool)
		return NULL;
	result = crew_init(&pool->crew, &whole);
	if (result) {
		errno = -result;
		return NULL;
	}
	pool->crew.of_chunks = of_chunks;
	pool->owner = getpid();
	return take_ptr(pool);
}

struct mp_pool *mp_pool_new(const struct mp_pool_config *config)
{
	return new_pool(config, false);
}

struct mp_pool *pool_of_chunks_new(const struct mp_pool_config *config)
{
	return new_pool(config, true);
}

static int kind_of(const struct mp_pool *pool, const char *name)
{
	const struct mp_task *tasks = pool->crew.config.tasks;

	for (int kind = 0; name && kind < pool->crew.kinds; kind++)
		if (tasks[kind].name == name || strcmp(tasks[kind].name, name) == 0)
			return kind;
	return -EINVAL;
}

int64_t mp_pool_submit(struct mp_pool *pool, const struct mp_submission *submission)
{
	int kind;
	struct ticket *ticket;

	if (!pool || !submission)
		return -EINVAL;
	kind = kind_of(pool, submission->task);
	if (pool->owner != getpid())
		return -EPERM;
	if (kind < 0 || submission->timeout_ms < 0 || submission->retries < 0 ||
		(!submission->payload && submission->size_bytes > 0))
		return -EINVAL;
	if (pool->crew.error)
		return pool->crew.error;
	if (pool->crew.closed)
		return -ESHUTDOWN;
	ticket = ticket_new(submission, kind, pool->last_id + 1);
	if (!ticket)
		return -ENOMEM;
	if (ticket->timeout_ms > TIMEOUT_MAX_MS)
		ticket->timeout_ms = TIMEOUT_MAX_MS;
	pool->last_id++;
	backlog_append(&pool->crew.backlog, ticket);
	if (give_is_due(&pool->crew))
		crew_ring(&pool->crew);
	return (int64_t)ticket->id;
}

int mp_pool_fd(const struct mp_pool *pool)
{
	if (!pool)
		return -1;
	return pool->crew.epoll_fd;
}

int mp_pool_step(struct mp_pool *pool)
{
	if (!pool)
		return -EINVAL;
	if (pool->owner != getpid())
		return -EPERM;
	return crew_turn(&pool->crew, 0);
}

/* Nothing will end any more; after mp_pool_close(), the workers have gone home as well. */
static bool is_through(const struct mp_pool *pool)
{
	const struct crew *crew = &pool->crew;

	return crew->backlog.count + crew->backlog.again.count + crew->held == 0 &&
	       !(crew->closed && crew->occupied > 0);
}

int mp_pool_wait(struct mp_pool *pool, int timeout_ms)
{
	int64_t until_ms = clock_ms() + timeout_ms;

	if (!pool)
		return -EINVAL;
	if (pool->owner != getpid())
		return -EPERM;
	/* when something is due the alarm rings, so it may sleep in the first turn already */
	while (!is_through(pool)) {
		int64_t left_ms = timeout_ms < 0 ? -1 : until_ms - clock_ms();
		bool is_last = pool->crew.ended.count > 0 || (timeout_ms >= 0 && left_ms <= 0);
		int result = crew_turn(&pool->crew, is_last ? 0 : (int)left_ms);

		if (pool->crew.ended.count > 0)
			return 1;
		if (result)
			return result;
		if (is_last)
			return -ETIMEDOUT;
	}
	return pool->crew.ended.count > 0 ? 1 : pool->crew.error;
}

const struct mp_ended *mp_pool_next(struct mp_pool *pool)
{
	struct ticket *ticket;

	if (!pool) {
		errno = EINVAL;
		return NULL;
	}
	ticket = ticket_line_take(&pool->crew.ended);
	ticket_free(pool->read);
	pool->read = ticket;
	if (!ticket)
		return NULL;
	pool->view = (struct mp_ended){
		.id = ticket->id,
		.tag = ticket->tag,
		.outcome = ticket->outcome,
		.failure = ticket->failure,
		.signal = ticket->signal,
		.attempts = ticket->attempts,
		.worker_index = ticket->worker_index,
		.worker_pid = ticket->worker_pid,
		.data = ticket->result,
		.size_bytes = ticket->result_bytes,
	};
	if (ticket->worker_index >= 0)
		pool->view.worker_name = pool->crew.seats[ticket->worker_index].name;
	return &pool->view;
}

size_t mp_pool_pending(const struct mp_pool *pool)
{
	const struct crew *crew;

	if (!pool)
		return 0;
	crew = &pool->crew;
	return crew->backlog.count + crew->backlog.again.count + crew->held + crew->ended.count;
}

size_t mp_pool_running(const struct mp_pool *pool)
{
	if (!pool)
		return 0;
	return pool->crew.held;
}

int mp_pool_workers(const struct mp_pool *pool)
{
	if (!pool)
		return 0;
	return pool->crew.config.workers;
}

pid_t mp_pool_worker_pid(const struct mp_pool *pool, int index)
{
	if (!pool)
		return -1;
	if (index < 0 || index >= pool->crew.config.workers || pool->crew.seats[index].child.pid == 0)
		return -1;
	return pool->crew.seats[index].child.pid;
}

void mp_pool_counts(const struct mp_pool *pool, struct mp_pool_counts *counts)
{
	if (!pool || !counts)
		return;
	*counts = pool->crew.counts;
}

void mp_pool_cancel(struct mp_pool *pool)
{
	if (!pool)
		return;
	if (pool->owner != getpid())
		return;
	crew_end_backlog(&pool->crew, MP_CANCELLED);
	crew_ring(&pool->crew);
}

void mp_pool_close(struct mp_pool *pool)
{
	if (!pool)
		return;
	if (pool->owner != getpid())
		return;
	pool->crew.closed = true;
	crew_ring(&pool->crew);
}

void mp_pool_terminate(struct mp_pool *pool)
{
	if (!pool)
		return;
	if (pool->owner == getpid())
		crew_disband(&pool->crew, MP_CANCELLED);
}

void mp_pool_pause(struct mp_pool *pool)
{
	if (!pool)
		return;
	if (pool->owner != getpid())
		return;
	crew_pause(&pool->crew);
}

void mp_pool_resume(struct mp_pool *pool)
{
	if (!pool)
		return;
	if (pool->owner != getpid())
		return;
	crew_resume(&pool->crew);
}

void mp_pool_free(struct mp_pool **pool_address)
{
	struct mp_pool *pool = pool_address ? *pool_address : NULL;

	if (!pool)
		return;
	*pool_address = NULL;
	mp_pool_terminate(pool);
	/* those that SIGKILL does not end are given up after a while */
	while (pool->owner == getpid() && pool->crew.occupied > 0)
		crew_turn(&pool->crew, -1);
	ticket_free(pool->read);
	crew_finish(&pool->crew);
	free(pool);
}
