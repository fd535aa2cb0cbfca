/*
 * start: how long it takes until workers are at work: libvips is started once, a pool of 8 is forked, and
 * each worker answers one empty task. Prints the median of some rounds, each in a process of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image/engine.h"
#include "mp/pool.h"
#include "sys/clock.h"

enum {
	WORKERS = 8,
	ROUNDS = 15
};

struct times {
	double engine_ms, pool_ms;
};

static int enter(struct mp_worker *worker, void **state)
{
	engine_enter_worker();
	*state = NULL;
	return 0;
}

static int nothing(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	return 0;
}

/* Fills `times`; 0, or 1 when a worker could not be had. */
static int start(struct times *times)
{
	static const struct mp_task tasks[] = { { .name = "nothing", .function = nothing, .in_flight = 1 },
		{ .name = NULL } };
	struct mp_pool_config config = { .workers = WORKERS, .tasks = tasks, .enter = enter };
	int64_t begin_us = clock_us(), started_us;
	struct mp_pool *pool;
	struct err err;
	int answered = 0;

	if (engine_start("start", false, &err) < 0)
		return 1;
	started_us = clock_us();
	pool = mp_pool_new(&config);
	for (int i = 0; pool && i < WORKERS; i++)
		mp_pool_submit(pool, &(struct mp_submission){ .task = "nothing" });
	while (pool && mp_pool_wait(pool, 10000) == 1)
		for (const struct mp_ended *ended; (ended = mp_pool_next(pool));)
			answered += ended->outcome == MP_DONE;
	times->engine_ms = (double)(started_us - begin_us) / 1000;
	times->pool_ms = (double)(clock_us() - started_us) / 1000;
	return answered == WORKERS ? 0 : 1;
}

/* One round in a process of its own: libvips is started once in each. */
static int round_of(struct times *times)
{
	int ends[2], status;
	pid_t pid;

	if (pipe(ends) < 0 || (pid = fork()) < 0)
		return 1;
	if (pid == 0) {
		struct times own;

		_exit(start(&own) == 0 && write(ends[1], &own, sizeof(own)) == sizeof(own) ? 0 : 1);
	}
	close(ends[1]);
	status = read(ends[0], times, sizeof(*times)) == sizeof(*times) ? 0 : 1;
	close(ends[0]);
	waitpid(pid, NULL, 0);
	return status;
}

static int by_pool(const void *a, const void *b)
{
	double difference = ((const struct times *)a)->pool_ms - ((const struct times *)b)->pool_ms;

	return (difference > 0) - (difference < 0);
}

int main(void)
{
	struct times rounds[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		if (round_of(&rounds[i]) != 0) {
			fprintf(stderr, "start: no pool of %d workers\n", WORKERS);
			return 1;
		}
	qsort(rounds, ROUNDS, sizeof(rounds[0]), by_pool);
	printf("starting libvips %.0f ms, then %d workers at work after %.1f ms (median of %d)\n",
		rounds[ROUNDS / 2].engine_ms, WORKERS, rounds[ROUNDS / 2].pool_ms, ROUNDS);
	return 0;
}
