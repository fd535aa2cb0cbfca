/*
 * mp_bench WHAT COUNT: how fast the process layer is; prints a number a second.
 *
 *   map-CHUNK      items of a map over 2 workers, CHUNK at a time, 8 chunks in flight
 *   pool-FLIGHT    tasks of a pool of 2 workers, FLIGHT in flight
 *   queue          messages of 1 KB from one process to another
 *   start          how often a pool of 8 can be started, with an answer of each worker, and ended
 *   kill           tasks of a pool of 2, of whose workers one is killed every 1000 tasks
 *
 * tests/bench/mp_bench.py runs it beside its peers.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mp/process.h"
#include "mp/queue.h"
#include "mp/team.h"
#include "sys/clock.h"

enum {
	WORKERS = 2,
	MESSAGE_BYTES = 1024,
	STARTED_WORKERS = 8,
	KILL_EVERY = 1000
};

static int nothing(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	return 0;
}

static int map(size_t chunk, size_t count)
{
	static const struct mp_task tasks[] = { { "nothing", nothing, 8 }, { 0 } };
	struct mp_team *team = mp_team_new(&(struct mp_pool_config){ .workers = WORKERS, .tasks = tasks });
	int *numbers = calloc(count, sizeof *numbers);
	struct mp_items items = { .data = numbers, .item_bytes = sizeof *numbers, .count = count };
	struct mp_batch *batch = team && numbers ? mp_team_map(team, "nothing", &items, chunk) : NULL;
	size_t done = 0;

	for (size_t i = 0; batch && i < count; i++)
		done += mp_batch_result(batch, i)->outcome == MP_DONE;
	mp_batch_free(&batch);
	mp_team_free(&team);
	free(numbers);
	return done == count ? 0 : 1;
}

static int pool(int in_flight, size_t count, bool kills)
{
	const struct mp_task tasks[] = { { "nothing", nothing, in_flight }, { 0 } };
	struct mp_pool *pool = mp_pool_new(&(struct mp_pool_config){ .workers = WORKERS, .tasks = tasks });
	size_t done = 0;

	for (size_t i = 0; pool && i < count; i++)
		mp_pool_submit(pool, &(struct mp_submission){ .task = "nothing", .retries = 1 });
	while (pool && mp_pool_wait(pool, -1) == 1)
		for (const struct mp_ended *ended; (ended = mp_pool_next(pool));)
			if (ended->outcome == MP_DONE && ++done % KILL_EVERY == 0 && kills)
				kill(ended->worker_pid, SIGKILL);
	mp_pool_free(&pool);
	return done == count ? 0 : 1;
}

struct sending {
	struct mp_queue *queue;
	size_t count;
};

static int send_all(void *argument)
{
	const struct sending *sending = argument;
	char message[MESSAGE_BYTES] = { 0 };

	for (size_t i = 0; i < sending->count; i++)
		if (mp_queue_put(sending->queue, message, sizeof message, -1))
			return 1;
	return 0;
}

static int queue(size_t count)
{
	struct sending sending = { .queue = mp_queue_new(0), .count = count };
	struct mp_process *sender =
		mp_process_new(&(struct mp_process_config){ .run = send_all, .argument = &sending });
	struct mp_bytes bytes = MP_BYTES_INIT;
	size_t got = 0;

	mp_process_start(sender);
	while (got < count && mp_queue_get(sending.queue, &bytes, -1) == 0 &&
		bytes.size_bytes == MESSAGE_BYTES)
		got++;
	mp_process_join(sender, -1);
	mp_process_free(&sender);
	mp_queue_free(&sending.queue);
	mp_bytes_free(&bytes);
	return got == count ? 0 : 1;
}

static int start_all(size_t count)
{
	static const struct mp_task tasks[] = { { "nothing", nothing, 1 }, { 0 } };

	for (size_t i = 0; i < count; i++) {
		struct mp_pool *pool =
			mp_pool_new(&(struct mp_pool_config){ .workers = STARTED_WORKERS, .tasks = tasks });
		int answered = 0;

		for (int worker = 0; pool && worker < STARTED_WORKERS; worker++)
			mp_pool_submit(pool, &(struct mp_submission){ .task = "nothing" });
		while (pool && mp_pool_wait(pool, -1) == 1)
			while (mp_pool_next(pool))
				answered++;
		mp_pool_free(&pool);
		if (answered != STARTED_WORKERS)
			return 1;
	}
	return 0;
}

static int measure(const char *what, size_t count)
{
	if (strncmp(what, "map-", 4) == 0)
		return map(strtoul(what + 4, NULL, 10), count);
	if (strncmp(what, "pool-", 5) == 0)
		return pool(atoi(what + 5), count, false);
	if (strcmp(what, "queue") == 0)
		return queue(count);
	if (strcmp(what, "start") == 0)
		return start_all(count);
	return strcmp(what, "kill") == 0 ? pool(8, count, true) : 2;
}

int main(int argc, char **argv)
{
	size_t count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	int64_t begin_us = clock_us();
	int status = count > 0 ? measure(argv[1], count) : 2;

	if (status == 2)
		fprintf(stderr, "usage: mp_bench map-CHUNK|pool-FLIGHT|queue|start|kill COUNT\n");
	else if (status)
		fprintf(stderr, "mp_bench: not all of it was done\n");
	else
		printf("%.1f\n", (double)count * 1e6 / (double)(clock_us() - begin_us));
	return status;
}
