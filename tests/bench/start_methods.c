/* start_methods: what it takes to start a process and wait for its end, and to have a pool of 8 answer, by
 * fork, by a fork server and by spawn, in turns. Prints the best of 5 rounds, in microseconds: a measurement,
 * not a test. */
#include <stdio.h>

#include "mp/context.h"
#include "mp/process.h"
#include "sys/clock.h"

#define ROUNDS 5
#define PROCESSES 40
#define WORKERS 8

static int nothing(const struct mp_given *given)
{
	return given == NULL;
}

static int no_task(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	(void)worker;
	(void)payload;
	(void)size_bytes;
	(void)reply;
	return 0;
}

static const struct mp_task tasks[] = { { "nothing", no_task, 1 }, { NULL, NULL, 0 } };
static const struct mp_role roles[] = {
	{ .name = "nothing", .run = nothing },
	{ .name = "pool", .tasks = tasks },
	{ .name = NULL },
};

static int64_t time_processes(struct mp_context *context)
{
	const struct mp_process_config config = { .run_given = nothing, .context = context };
	int64_t before_us = clock_us();

	for (int i = 0; i < PROCESSES; i++) {
		struct mp_process *process = mp_process_new(&config);

		if (!process || mp_process_start(process) || mp_process_join(process, -1))
			return -1;
		mp_process_free(&process);
	}
	return (clock_us() - before_us) / PROCESSES;
}

static int64_t time_pool(struct mp_context *context)
{
	const struct mp_pool_config config = { .workers = WORKERS, .tasks = tasks, .context = context };
	const struct mp_submission submission = { .task = "nothing" };
	int64_t before_us = clock_us();
	struct mp_pool *pool = mp_pool_new(&config);

	for (int i = 0; i < WORKERS; i++)
		if (mp_pool_submit(pool, &submission) < 0)
			return -1;
	while (mp_pool_pending(pool) > 0 && mp_pool_wait(pool, -1) == 1)
		while (mp_pool_next(pool))
			continue;
	before_us = clock_us() - before_us;
	mp_pool_free(&pool);
	return before_us;
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "fork", "fork server", "spawn" };
	static const enum mp_start_method methods[] = { MP_FORK, MP_FORKSERVER, MP_SPAWN };
	int64_t best[3][2] = { { INT64_MAX, INT64_MAX }, { INT64_MAX, INT64_MAX }, { INT64_MAX, INT64_MAX } };

	if (mp_context_init(argc, argv, roles))
		return 1;
	for (int i = 0; i < ROUNDS * 3; i++) {
		struct mp_context *context = mp_context_new(methods[i % 3]);
		int64_t took_us[] = { time_processes(context), time_pool(context) };

		for (int j = 0; j < 2; j++)
			if (took_us[j] < best[i % 3][j])
				best[i % 3][j] = took_us[j];
		mp_context_free(&context);
	}
	for (int i = 0; i < 3; i++)
		printf("%-11s a process %lld us, a pool of %d %lld us\n", names[i], (long long)best[i][0],
			WORKERS, (long long)best[i][1]);
	return 0;
}
