/* The pool as its users see it. What hostile workers do is in pool_hostile_test.c. */
#include "mp/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/clock.h"
#include "sys/cpus.h"

#include "pool_checks.h"

/* ---- tasks ---- */

static int square(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	int number;

	(void)worker;
	if (size_bytes != sizeof number)
		return 99;
	memcpy(&number, payload, sizeof number);
	number *= number;
	return mp_reply_set(reply, &number, sizeof number) ? 98 : 0;
}

static int nothing(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	(void)worker;
	(void)payload;
	(void)size_bytes;
	(void)reply;
	return 0;
}

static int divide(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	(void)worker;
	(void)payload;
	(void)size_bytes;
	mp_reply_set(reply, "division by zero", 16);
	return 7;
}

static int echo(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	(void)worker;
	return mp_reply_set(reply, payload, size_bytes) ? 98 : 0;
}

/* Dies of the signal in the payload while its attempt is not beyond the second number. */
static int die(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	int numbers[2];

	(void)size_bytes;
	(void)reply;
	memcpy(numbers, payload, sizeof numbers);
	if (worker->attempt <= numbers[1]) {
		signal(numbers[0], SIG_DFL);
		raise(numbers[0]);
	}
	return 0;
}

static int leave_with(
	struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	(void)worker;
	(void)size_bytes;
	(void)reply;
	_exit(*(const int *)payload);
}

static int sleep_ms(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	int64_t until_ms = clock_ms() + *(const int *)payload;

	(void)worker;
	(void)size_bytes;
	(void)reply;
	while (clock_ms() < until_ms)
		usleep(1000);
	return 0;
}

static int tell_who(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	pid_t pid = getpid();

	(void)worker;
	(void)payload;
	(void)size_bytes;
	return mp_reply_set(reply, &pid, sizeof pid) ? 98 : 0;
}

static const struct mp_task tasks[] = {
	{ "square", square, 1 },
	{ "nothing", nothing, 8 },
	{ "divide", divide, 1 },
	{ "echo", echo, 4 },
	{ "die", die, 8 },
	{ "leave-with", leave_with, 1 },
	{ "sleep", sleep_ms, 1 },
	{ "sleep-held", sleep_ms, 8 },
	{ "tell-who", tell_who, 1 },
	{ NULL, NULL, 0 },
};

static struct mp_pool *new_pool(int workers)
{
	const struct mp_pool_config config = { .workers = workers, .tasks = tasks };
	return new_pool_of(&config);
}

/* ---- tests ---- */

static void results_come_with_their_tags(void **state)
{
	struct mp_pool *pool = new_pool(2);
	bool seen[101] = { false };

	(void)state;
	for (int i = 1; i <= 100; i++) {
		struct mp_submission submission = {
			.task = "square", .payload = &i, .size_bytes = sizeof i, .tag = (uint64_t)i
		};

		assert_int_equal(mp_pool_submit(pool, &submission), i);
	}
	assert_int_equal(mp_pool_pending(pool), 100);
	for (int i = 1; i <= 100; i++) {
		const struct mp_ended *ended = next_ended(pool);
		int number;

		assert_int_equal(ended->outcome, MP_DONE);
		assert_int_equal(ended->attempts, 1);
		assert_int_equal(ended->size_bytes, sizeof number);
		memcpy(&number, ended->data, sizeof number);
		assert_int_equal(number, (int)(ended->tag * ended->tag));
		assert_int_equal(ended->id, ended->tag);
		assert_false(seen[ended->tag]);
		seen[ended->tag] = true;
		assert_in_range(ended->worker_index, 0, 1);
		assert_string_equal(ended->worker_name, ended->worker_index ? "worker-2" : "worker-1");
	}
	assert_int_equal(mp_pool_wait(pool, -1), 0);
	assert_null(mp_pool_next(pool));
	assert_int_equal(mp_pool_pending(pool), 0);
	mp_pool_free(&pool);
	assert_null(pool);
}

static void no_more_workers_than_tasks(void **state)
{
	struct mp_pool *pool = new_pool(8);
	struct mp_pool_counts counts;
	int number = 3;

	(void)state;
	assert_int_equal(mp_pool_wait(pool, -1), 0);
	assert_int_equal(mp_pool_worker_pid(pool, 0), -1);
	mp_pool_free(&pool);
	pool = new_pool(0);
	assert_int_equal(mp_pool_workers(pool), cpus_usable());
	mp_pool_free(&pool);
	pool = new_pool(8);
	for (int i = 0; i < 3; i++)
		submit(pool, "square", &number, sizeof number);
	for (int i = 0; i < 3; i++)
		next_ended(pool);
	mp_pool_counts(pool, &counts);
	assert_in_range(counts.started, 1, 3);
	assert_int_equal(mp_pool_workers(pool), 8);
	mp_pool_free(&pool);
}

static void a_failure_is_its_own_tasks_only(void **state)
{
	struct mp_pool *pool = new_pool(2);
	int64_t failing = submit(pool, "divide", NULL, 0);
	int number = 4;

	(void)state;
	submit(pool, "square", &number, sizeof number);
	for (int i = 0; i < 2; i++) {
		const struct mp_ended *ended = next_ended(pool);

		if (ended->id == (uint64_t)failing) {
			assert_int_equal(ended->outcome, MP_FAILED);
			assert_int_equal(ended->failure, 7);
			assert_memory_equal(ended->data, "division by zero", 16);
		} else {
			assert_int_equal(ended->outcome, MP_DONE);
		}
	}
	mp_pool_free(&pool);
}

static void a_crash_costs_one_task(void **state)
{
	static const int killed_always[2] = { SIGSEGV, 100 };
	struct mp_pool *pool = new_pool(2);
	int crashed = 0;

	(void)state;
	for (int i = 0; i < 50; i++)
		submit(pool, "nothing", NULL, 0);
	submit(pool, "die", killed_always, sizeof killed_always);
	for (int i = 0; i < 50; i++)
		submit(pool, "nothing", NULL, 0);
	for (int i = 0; i < 101; i++) {
		const struct mp_ended *ended = next_ended(pool);

		if (ended->id == 51) {
			assert_int_equal(ended->outcome, MP_CRASHED);
			assert_int_equal(ended->signal, SIGSEGV);
			assert_int_equal(ended->attempts, 1);
			crashed++;
		} else {
			assert_int_equal(ended->outcome, MP_DONE);
			assert_int_equal(ended->attempts, 1);
		}
	}
	assert_int_equal(crashed, 1);
	mp_pool_free(&pool);
}

static void a_crash_is_retried_in_a_fresh_worker(void **state)
{
	static const int killed_twice[2] = { SIGKILL, 2 };
	struct mp_pool *pool = new_pool(2);
	struct mp_submission submission = {
		.task = "die", .payload = killed_twice, .size_bytes = sizeof killed_twice, .retries = 2
	};
	const struct mp_ended *ended;

	(void)state;
	assert_true(mp_pool_submit(pool, &submission) > 0);
	ended = next_ended(pool);
	assert_int_equal(ended->outcome, MP_DONE);
	assert_int_equal(ended->attempts, 3);
	submission.retries = 1;
	assert_true(mp_pool_submit(pool, &submission) > 0);
	ended = next_ended(pool);
	assert_int_equal(ended->outcome, MP_CRASHED);
	assert_int_equal(ended->signal, SIGKILL);
	assert_int_equal(ended->attempts, 2);
	mp_pool_free(&pool);
}

static void an_exit_in_mid_task_is_told(void **state)
{
	struct mp_pool *pool = new_pool(1);

	(void)state;
	for (int status = 0; status < 4; status += 3) {
		const struct mp_ended *ended;

		submit(pool, "leave-with", &status, sizeof status);
		ended = next_ended(pool);
		assert_int_equal(ended->outcome, MP_EXITED);
		assert_int_equal(ended->failure, status);
		assert_int_equal(ended->signal, 0);
	}
	mp_pool_free(&pool);
}

static void a_deadline_kills_and_the_rest_go_on(void **state)
{
	struct mp_pool *pool = new_pool(2);
	int long_ms = 60000, short_ms = 1;
	struct mp_submission submission = { .task = "sleep-held",
		.payload = &long_ms,
		.size_bytes = sizeof long_ms,
		.timeout_ms = 60,
		.retries = 1 };
	int timeouts = 0;

	(void)state;
	assert_int_equal(mp_pool_submit(pool, &submission), 1);
	for (int i = 0; i < 20; i++)
		submit(pool, "sleep-held", &short_ms, sizeof short_ms);
	for (int i = 0; i < 21; i++) {
		const struct mp_ended *ended = next_ended(pool);

		if (ended->id == 1) {
			assert_int_equal(ended->outcome, MP_TIMEOUT);
			assert_int_equal(ended->attempts, 2);
			timeouts++;
		} else {
			assert_int_equal(ended->outcome, MP_DONE);
			assert_int_equal(ended->attempts, 1);
		}
	}
	assert_int_equal(timeouts, 1);
	mp_pool_free(&pool);
}

/* Ten tasks of 30 ms each held by one worker, 200 ms for each: the wait in its hand does not count. */
static void a_deadline_begins_with_the_task(void **state)
{
	struct mp_pool *pool = new_pool(1);
	int task_ms = 60;
	struct mp_submission submission = {
		.task = "sleep-held", .payload = &task_ms, .size_bytes = sizeof task_ms, .timeout_ms = 400
	};

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_true(mp_pool_submit(pool, &submission) > 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	mp_pool_free(&pool);
}

static void pauses_count_for_no_deadline(void **state)
{
	struct mp_pool *pool = new_pool(1);
	int task_ms = 300;
	struct mp_submission submission = {
		.task = "sleep", .payload = &task_ms, .size_bytes = sizeof task_ms, .timeout_ms = 1000
	};

	(void)state;
	assert_true(mp_pool_submit(pool, &submission) > 0);
	assert_int_equal(mp_pool_wait(pool, 100), -ETIMEDOUT);
	mp_pool_pause(pool);
	assert_int_equal(mp_pool_wait(pool, 1500), -ETIMEDOUT);
	mp_pool_resume(pool);
	assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	mp_pool_free(&pool);
}

static void any_size_goes_there_and_back(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 65000, 65512, 65513, 65536, 300000, 64u << 20 };
	struct mp_pool *pool = new_pool(2);
	unsigned char *bytes = malloc(64u << 20);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < 64u << 20; i++)
		bytes[i] = (unsigned char)(i * 2654435761u >> 24);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		submit(pool, "echo", bytes, sizes[i]);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		const struct mp_ended *ended = next_ended(pool);

		assert_int_equal(ended->outcome, MP_DONE);
		assert_int_equal(ended->size_bytes, sizes[ended->id - 1]);
		if (ended->size_bytes > 0)
			assert_int_equal(memcmp(ended->data, bytes, ended->size_bytes), 0);
		else
			assert_null(ended->data);
	}
	free(bytes);
	mp_pool_free(&pool);
}

static void a_worker_is_replaced_after_its_quota(void **state)
{
	const struct mp_pool_config config = { .workers = 1, .tasks = tasks, .tasks_per_worker = 3 };
	struct mp_pool *pool = new_pool_of(&config);
	pid_t last = 0;
	int workers = 0;

	(void)state;
	for (int i = 0; i < 10; i++)
		submit(pool, "tell-who", NULL, 0);
	for (int i = 0; i < 10; i++) {
		const struct mp_ended *ended = next_ended(pool);
		pid_t pid;

		assert_int_equal(ended->outcome, MP_DONE);
		memcpy(&pid, ended->data, sizeof pid);
		assert_int_equal(pid, ended->worker_pid);
		workers += pid != last;
		last = pid;
	}
	assert_int_equal(workers, 4);
	mp_pool_free(&pool);
}

static void closing_drains_and_sends_home(void **state)
{
	struct mp_pool *pool = new_pool(3);
	const struct mp_submission late = { .task = "nothing" };
	struct mp_pool_counts counts;

	(void)state;
	for (int i = 0; i < 30; i++)
		submit(pool, "nothing", NULL, 0);
	mp_pool_close(pool);
	assert_int_equal(mp_pool_submit(pool, &late), -ESHUTDOWN);
	for (int i = 0; i < 30; i++)
		assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	assert_int_equal(mp_pool_wait(pool, 60000), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(mp_pool_worker_pid(pool, i), -1);
	/* under AddressSanitizer, that none has leaked either */
	mp_pool_counts(pool, &counts);
	assert_int_equal(counts.untidy, 0);
	mp_pool_free(&pool);
}

static void cancelling_spares_what_is_in_hand(void **state)
{
	struct mp_pool *pool = new_pool(1);
	int task_ms = 100, done = 0, cancelled = 0;

	(void)state;
	for (int i = 0; i < 5; i++)
		submit(pool, "sleep", &task_ms, sizeof task_ms);
	while (mp_pool_running(pool) == 0)
		assert_int_equal(mp_pool_wait(pool, 1), -ETIMEDOUT);
	mp_pool_cancel(pool);
	while (mp_pool_wait(pool, 60000) == 1) {
		const struct mp_ended *ended = mp_pool_next(pool);

		done += ended->outcome == MP_DONE;
		cancelled +=
			ended->outcome == MP_CANCELLED && ended->attempts == 0 && ended->worker_index == -1;
	}
	assert_int_equal(done, 1);
	assert_int_equal(cancelled, 4);
	submit(pool, "nothing", NULL, 0);
	assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	mp_pool_free(&pool);
}

static void terminating_ends_at_once(void **state)
{
	struct mp_pool *pool = new_pool(2);
	int task_ms = 60000;
	int64_t before_ms = clock_ms();

	(void)state;
	for (int i = 0; i < 5; i++)
		submit(pool, "sleep", &task_ms, sizeof task_ms);
	assert_int_equal(mp_pool_wait(pool, 50), -ETIMEDOUT);
	mp_pool_terminate(pool);
	mp_pool_terminate(pool);
	for (int i = 0; i < 5; i++)
		assert_int_equal(next_ended(pool)->outcome, MP_CANCELLED);
	assert_int_equal(mp_pool_wait(pool, 60000), 0);
	assert_true(clock_ms() - before_ms < 30000);
	mp_pool_free(&pool);
}

/* Only poll() and step: the descriptor tells when a step has something to do. */
static void a_poll_loop_drives_it(void **state)
{
	struct mp_pool *pool = new_pool(2);
	int long_ms = 60000, ended_count = 0;
	struct mp_submission late = {
		.task = "sleep", .payload = &long_ms, .size_bytes = sizeof long_ms, .timeout_ms = 50
	};

	(void)state;
	for (int i = 0; i < 20; i++)
		submit(pool, "nothing", NULL, 0);
	assert_true(mp_pool_submit(pool, &late) > 0);
	while (ended_count < 21) {
		struct pollfd ready = { .fd = mp_pool_fd(pool), .events = POLLIN };

		assert_int_equal(poll(&ready, 1, 60000), 1);
		assert_int_equal(mp_pool_step(pool), 0);
		while (mp_pool_next(pool))
			ended_count++;
	}
	/* and it is silent when there is nothing to do */
	while (mp_pool_wait(pool, 0) == 1)
		continue;
	for (int i = 0; i < 100; i++) {
		struct pollfd ready = { .fd = mp_pool_fd(pool), .events = POLLIN };

		if (poll(&ready, 1, 20) == 0) {
			mp_pool_free(&pool);
			return;
		}
		assert_int_equal(mp_pool_step(pool), 0);
	}
	fail_msg("the descriptor stays readable");
}

/* One worker: what it holds is of one kind, and a kind with in_flight 1 is held alone. */
static void a_worker_holds_tasks_of_one_kind(void **state)
{
	struct mp_pool *pool = new_pool(1);
	int task_ms = 5;

	(void)state;
	for (int i = 0; i < 3; i++)
		submit(pool, "sleep", &task_ms, sizeof task_ms);
	for (int i = 0; i < 8; i++)
		submit(pool, "sleep-held", &task_ms, sizeof task_ms);
	submit(pool, "sleep", &task_ms, sizeof task_ms);
	for (uint64_t id = 1; id <= 12; id++) {
		assert_int_equal(next_ended(pool)->id, id);
		if (id <= 3 || id >= 11)
			assert_in_range(mp_pool_running(pool), 0, id == 3 ? 8 : 1);
	}
	mp_pool_free(&pool);
}

/* However many tasks of another kind there are, the oldest is not overtaken by more than a handful. */
static void no_kind_starves(void **state)
{
	struct mp_pool *pool = new_pool(1);
	int number = 2, place = 0;
	int64_t lonely;

	(void)state;
	for (int i = 0; i < 50; i++)
		submit(pool, "nothing", NULL, 0);
	lonely = submit(pool, "square", &number, sizeof number);
	for (int i = 0; i < 500; i++)
		submit(pool, "nothing", NULL, 0);
	for (int i = 1; i <= 551; i++)
		if (next_ended(pool)->id == (uint64_t)lonely)
			place = i;
	assert_in_range(place, 51, 58);
	mp_pool_free(&pool);
}

static void two_pools_do_not_meet(void **state)
{
	struct mp_pool *pools[2] = { new_pool(2), new_pool(2) };

	(void)state;
	for (int i = 0; i < 200; i++)
		submit(pools[i % 2], "echo", &i, sizeof i);
	mp_pool_close(pools[0]);
	for (int i = 0; i < 100; i++) {
		int number;

		memcpy(&number, next_ended(pools[0])->data, sizeof number);
		assert_int_equal(number % 2, 0);
		memcpy(&number, next_ended(pools[1])->data, sizeof number);
		assert_int_equal(number % 2, 1);
	}
	assert_int_equal(mp_pool_wait(pools[0], 60000), 0);
	mp_pool_free(&pools[0]);
	submit(pools[1], "nothing", NULL, 0);
	assert_int_equal(next_ended(pools[1])->outcome, MP_DONE);
	mp_pool_free(&pools[1]);
}

static void a_result_that_is_too_big_is_refused_where_it_is_made(void **state)
{
	const struct mp_pool_config config = { .workers = 1, .tasks = tasks, .result_max_bytes = 1000 };
	struct mp_pool *pool = new_pool_of(&config);
	static const char bytes[1001];
	const struct mp_ended *ended;

	(void)state;
	submit(pool, "echo", bytes, 1000);
	assert_int_equal(next_ended(pool)->size_bytes, 1000);
	submit(pool, "echo", bytes, 1001);
	ended = next_ended(pool);
	assert_int_equal(ended->outcome, MP_FAILED);
	assert_int_equal(ended->failure, 98);
	mp_pool_free(&pool);
}

/* ---- entering ---- */

static int enter_badly(struct mp_worker *worker, void **state)
{
	(void)worker;
	(void)state;
	return 5;
}

static int enter_and_crash(struct mp_worker *worker, void **state)
{
	(void)worker;
	(void)state;
	raise(SIGKILL);
	return 0;
}

static int enter_with_state(struct mp_worker *worker, void **state)
{
	int *number = malloc(sizeof *number);

	*number = worker->index + 1;
	*state = number;
	return 0;
}

static void leave_with_state(struct mp_worker *worker)
{
	*(int *)worker->inherited = 1;
	free(worker->state);
}

static void a_pool_that_cannot_be_entered_ends(void **state)
{
	int (*const enters[])(struct mp_worker *, void **) = { enter_badly, enter_and_crash };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct mp_pool_config config = { .workers = 2, .tasks = tasks, .enter = enters[i] };
		const struct mp_submission submission = { .task = "nothing" };
		struct mp_pool *pool = new_pool_of(&config);

		assert_non_null(pool);
		for (int task = 0; task < 5; task++)
			submit(pool, "nothing", NULL, 0);
		for (int task = 0; task < 5; task++)
			assert_int_equal(next_ended(pool)->outcome, MP_LOST);
		assert_int_equal(mp_pool_step(pool), -ECHILD);
		assert_int_equal(mp_pool_wait(pool, -1), -ECHILD);
		assert_int_equal(mp_pool_submit(pool, &submission), -ECHILD);
		mp_pool_free(&pool);
	}
}

static void workers_enter_and_leave(void **state)
{
	const struct mp_pool_config config = {
		.workers = 2,
		.tasks = tasks,
		.enter = enter_with_state,
		.leave = leave_with_state,
		.inherited = &(int){ 0 },
	};
	struct mp_pool *pool = new_pool_of(&config);
	struct mp_pool_counts counts;

	(void)state;
	submit(pool, "nothing", NULL, 0);
	mp_pool_close(pool);
	assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	assert_int_equal(mp_pool_wait(pool, 60000), 0);
	mp_pool_counts(pool, &counts);
	assert_int_equal(counts.started, 1);
	assert_int_equal(counts.died, 0);
	assert_int_equal(counts.untidy, 0);
	mp_pool_free(&pool);
}

static void bad_use_is_refused(void **state)
{
	static const struct mp_task too_many[] = { { "nothing", nothing, 65 }, { NULL, NULL, 0 } };
	static const struct mp_task none[] = { { NULL, NULL, 0 } };
	const struct mp_pool_config bad[] = {
		{ .workers = -1, .tasks = tasks },
		{ .workers = 4097, .tasks = tasks },
		{ .workers = 1 },
		{ .workers = 1, .tasks = too_many },
		{ .workers = 1, .tasks = none },
		{ .workers = 1, .tasks = tasks, .tasks_per_worker = -1 },
	};
	struct mp_pool *pool = new_pool(1);
	const struct mp_submission unknown = { .task = "sing" }, unnamed = { .task = NULL };
	const struct mp_submission no_payload = { .task = "nothing", .size_bytes = 4 };
	const struct mp_submission in_no_time = { .task = "nothing", .timeout_ms = -1 };
	const struct mp_submission for_ages = { .task = "nothing", .timeout_ms = INT64_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		errno = 0;
		assert_null(mp_pool_new(&bad[i]));
		assert_int_equal(errno, EINVAL);
	}
	assert_int_equal(mp_pool_submit(pool, &unknown), -EINVAL);
	assert_int_equal(mp_pool_submit(pool, &unnamed), -EINVAL);
	assert_int_equal(mp_pool_submit(pool, &no_payload), -EINVAL);
	assert_int_equal(mp_pool_submit(pool, &in_no_time), -EINVAL);
	assert_int_equal(mp_pool_submit(pool, &for_ages), 1);
	assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	assert_int_equal(mp_pool_worker_pid(pool, 7), -1);
	mp_pool_free(&pool);
	mp_pool_free(&pool);
}

int main(void)
{
	const struct CMUnitTest tests_of_pool[] = {
		POOL_TEST(results_come_with_their_tags),
		POOL_TEST(no_more_workers_than_tasks),
		POOL_TEST(a_failure_is_its_own_tasks_only),
		POOL_TEST(a_crash_costs_one_task),
		POOL_TEST(a_crash_is_retried_in_a_fresh_worker),
		POOL_TEST(an_exit_in_mid_task_is_told),
		POOL_TEST(a_deadline_kills_and_the_rest_go_on),
		POOL_TEST(a_deadline_begins_with_the_task),
		POOL_TEST(pauses_count_for_no_deadline),
		POOL_TEST(any_size_goes_there_and_back),
		POOL_TEST(a_worker_is_replaced_after_its_quota),
		POOL_TEST(closing_drains_and_sends_home),
		POOL_TEST(cancelling_spares_what_is_in_hand),
		POOL_TEST(terminating_ends_at_once),
		POOL_TEST(a_poll_loop_drives_it),
		POOL_TEST(a_worker_holds_tasks_of_one_kind),
		POOL_TEST(no_kind_starves),
		POOL_TEST(two_pools_do_not_meet),
		POOL_TEST(a_result_that_is_too_big_is_refused_where_it_is_made),
		POOL_TEST(a_pool_that_cannot_be_entered_ends),
		POOL_TEST(workers_enter_and_leave),
		POOL_TEST(bad_use_is_refused),
	};

	return cmocka_run_group_tests(tests_of_pool, NULL, NULL);
}
