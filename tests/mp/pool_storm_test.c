/*
 * The pool under load while its workers are killed at random, and with very many tasks.
 *
 * STAMPMILL_STORM_KILLS (default 300) and STAMPMILL_STORM_SEED (default 1) make it longer or another.
 */
#include "mp/pool.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/clock.h"

#include "pool_checks.h"
#include "storm.h"

#define WORKERS 4
#define AHEAD 200

static int twice(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	uint64_t number;

	(void)worker;
	(void)size_bytes;
	memcpy(&number, payload, sizeof number);
	if (number % 16 == 0)
		usleep(300);
	number *= 2;
	return mp_reply_set(reply, &number, sizeof number) ? 98 : 0;
}

static const struct mp_task tasks[] = {
	{ "twice", twice, 8 },
	{ "twice-alone", twice, 1 },
	{ NULL, NULL, 0 },
};

struct storm {
	struct mp_pool *pool;
	unsigned char *ends; /* of each task */
	uint64_t submitted, done, crashed, kills;
};

static void keep_busy(struct storm *storm)
{
	while (mp_pool_pending(storm->pool) < AHEAD) {
		struct mp_submission submission = {
			.task = storm_random() % 8 ? "twice" : "twice-alone",
			.payload = &storm->submitted,
			.size_bytes = sizeof storm->submitted,
			.tag = storm->submitted,
			.retries = (int)(storm_random() % 3),
		};

		assert_true(mp_pool_submit(storm->pool, &submission) > 0);
		storm->submitted++;
	}
}

static void take_in(struct storm *storm)
{
	const struct mp_ended *ended;

	while ((ended = mp_pool_next(storm->pool))) {
		uint64_t number;

		assert_int_equal(++storm->ends[ended->tag], 1);
		if (ended->outcome == MP_CRASHED) {
			assert_int_equal(ended->signal, SIGKILL);
			storm->crashed++;
			continue;
		}
		assert_int_equal(ended->outcome, MP_DONE);
		assert_int_equal(ended->size_bytes, sizeof number);
		memcpy(&number, ended->data, sizeof number);
		assert_int_equal(number, 2 * ended->tag);
		storm->done++;
	}
}

static void kill_one(struct storm *storm)
{
	pid_t pid = mp_pool_worker_pid(storm->pool, (int)(storm_random() % WORKERS));

	if (pid > 0 && kill(pid, SIGKILL) == 0)
		storm->kills++;
}

static void every_task_ends_once_however_many_workers_are_killed(void **state)
{
	const struct mp_pool_config config = { .workers = WORKERS, .tasks = tasks };
	uint64_t kills = storm_number("STAMPMILL_STORM_KILLS", 300), most = kills * 4000 + 100000;
	struct storm storm = { .pool = new_pool_of(&config), .ends = calloc(1, most) };
	int64_t kill_us = clock_us();

	(void)state;
	storm_seed(storm_number("STAMPMILL_STORM_SEED", 1));
	while (storm.kills < kills && storm.submitted + AHEAD < most) {
		keep_busy(&storm);
		assert_int_equal(mp_pool_wait(storm.pool, 60000), 1);
		take_in(&storm);
		if (clock_us() >= kill_us) {
			kill_one(&storm);
			kill_us = clock_us() + (int64_t)(storm_random() % 4000);
		}
	}
	assert_int_equal(storm.kills, kills);
	while (mp_pool_pending(storm.pool) > 0) {
		assert_int_equal(mp_pool_wait(storm.pool, 60000), 1);
		take_in(&storm);
	}
	assert_int_equal(storm.done + storm.crashed, storm.submitted);
	/* and it is whole again */
	for (int i = 0; i < WORKERS * 8; i++)
		submit(storm.pool, "twice", &storm.submitted, sizeof storm.submitted);
	for (int i = 0; i < WORKERS * 8; i++)
		assert_int_equal(next_ended(storm.pool)->outcome, MP_DONE);
	for (int i = 0; i < WORKERS; i++)
		assert_true(mp_pool_worker_pid(storm.pool, i) > 0);
	print_message("# %lu kills, %lu tasks: %lu done, %lu crashed, each once\n",
		(unsigned long)storm.kills, (unsigned long)storm.submitted, (unsigned long)storm.done,
		(unsigned long)storm.crashed);
	mp_pool_free(&storm.pool);
	free(storm.ends);
}

static int nothing(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	(void)worker;
	(void)payload;
	(void)size_bytes;
	(void)reply;
	return 0;
}

static void a_million_tasks_are_a_million_results(void **state)
{
	static const struct mp_task small[] = { { "nothing", nothing, 64 }, { NULL, NULL, 0 } };
	const struct mp_pool_config config = { .workers = 2, .tasks = small };
	struct mp_pool *pool = new_pool_of(&config);
	uint64_t sum = 0;

	(void)state;
	for (int i = 0; i < 1000000; i++)
		submit(pool, "nothing", NULL, 0);
	assert_int_equal(mp_pool_pending(pool), 1000000);
	for (int i = 0; i < 1000000; i++)
		sum += next_ended(pool)->id;
	assert_int_equal(sum, 500000500000);
	assert_int_equal(mp_pool_wait(pool, -1), 0);
	mp_pool_free(&pool);
}

int main(void)
{
	const struct CMUnitTest tests_of_load[] = {
		POOL_TEST(every_task_ends_once_however_many_workers_are_killed),
		POOL_TEST(a_million_tasks_are_a_million_results),
	};

	return cmocka_run_group_tests(tests_of_load, NULL, NULL);
}
