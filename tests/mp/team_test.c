#include "mp/team.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/clock.h"

#include "pool_checks.h"

static int square(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	int number, result;

	(void)worker;
	(void)size_bytes;
	memcpy(&number, item, sizeof number);
	result = number * number;
	return mp_reply_set(reply, &result, sizeof result) ? 1 : 0;
}

static int safe_divide(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	double number, result;

	(void)worker;
	(void)size_bytes;
	memcpy(&number, item, sizeof number);
	if (number == 0) {
		mp_reply_set(reply, "division by zero", 16);
		return 1;
	}
	result = 100 / number;
	return mp_reply_set(reply, &result, sizeof result) ? 1 : 0;
}

/* What each number does, told by its sign and size. */
static int misbehave(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	int number;

	memcpy(&number, item, sizeof number);
	if (number == 3) {
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
	}
	if (number == 5)
		_exit(7);
	return square(worker, item, size_bytes, reply);
}

static int length_of(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	size_t length = strlen(item);

	(void)worker;
	(void)size_bytes;
	return mp_reply_set(reply, &length, sizeof length) ? 1 : 0;
}

static int make_big(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	size_t wanted_bytes = (size_t)64 << 20;
	char *data = malloc(wanted_bytes);
	int result;

	(void)worker;
	(void)item;
	(void)size_bytes;
	if (!data)
		return 1;
	memset(data, 'b', wanted_bytes);
	result = mp_reply_set(reply, data, wanted_bytes);
	free(data);
	return result ? 1 : 0;
}

static int sleep_long(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	(void)worker;
	(void)item;
	(void)size_bytes;
	(void)reply;
	sleep(60);
	return 0;
}

/* The first number takes long, the others nothing. */
static int sleep_if_first(
	struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	int number;

	memcpy(&number, item, sizeof number);
	if (number == 0)
		usleep(200000);
	return square(worker, item, size_bytes, reply);
}

static int tell_state(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	pid_t told[2] = { *(pid_t *)worker->state, *(int *)worker->inherited };

	(void)item;
	(void)size_bytes;
	return mp_reply_set(reply, told, sizeof told) ? 1 : 0;
}

static const struct mp_task tasks[] = {
	{ "square", square, 8 },
	{ "divide", safe_divide, 1 },
	{ "misbehave", misbehave, 2 },
	{ "length", length_of, 1 },
	{ "big", make_big, 1 },
	{ "sleep", sleep_long, 1 },
	{ "uneven", sleep_if_first, 1 },
	{ "state", tell_state, 1 },
	{ 0 },
};

static struct mp_team *new_team(int workers)
{
	const struct mp_pool_config config = { .workers = workers, .tasks = tasks };
	struct mp_team *team = mp_team_new(&config);

	assert_non_null(team);
	return team;
}

static void check_squares(struct mp_batch *batch, int count)
{
	int wrong = 0;

	assert_non_null(batch);
	assert_int_equal(mp_batch_get(batch, 60000), 0);
	assert_int_equal(mp_batch_count(batch), count);
	for (int i = 0; i < count; i++) {
		const struct mp_result *result = mp_batch_result(batch, (size_t)i);
		int square_of = i * i;

		wrong += !result || result->outcome != MP_DONE || result->size_bytes != sizeof square_of ||
			 memcmp(result->data, &square_of, sizeof square_of) != 0;
	}
	assert_int_equal(wrong, 0);
	assert_null(mp_batch_result(batch, (size_t)count));
	mp_batch_free(&batch);
	assert_null(batch);
}

static int *numbers_to(int count)
{
	int *numbers = malloc(((size_t)count + 1) * sizeof *numbers);

	assert_non_null(numbers);
	for (int i = 0; i < count; i++)
		numbers[i] = i;
	return numbers;
}

static void map_gives_results_in_order_at_any_chunk_size(void **state)
{
	static const size_t chunks[] = { 0, 1, 7, 64, 1000000 };
	struct mp_team *team = new_team(2);
	int *numbers = numbers_to(2000);
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof *numbers, .count = 2000 };

	(void)state;
	for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++)
		check_squares(mp_team_map(team, "square", &items, chunks[i]), 2000);
	check_squares(mp_team_map(team, "square", &(struct mp_items){ 0 }, 0), 0);
	free(numbers);
	mp_team_free(&team);
}

static void a_million_items_are_done(void **state)
{
	struct mp_team *team = new_team(2);
	int *numbers = numbers_to(1000000);
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof *numbers, .count = 1000000 };

	(void)state;
	for (int i = 0; i < 1000000; i++)
		numbers[i] = i % 1000;
	{
		struct mp_batch *batch = mp_team_map(team, "square", &items, 0);
		int wrong = 0;

		assert_non_null(batch);
		for (int i = 0; i < 1000000; i++) {
			int square_of = i % 1000 * (i % 1000);

			wrong += memcmp(mp_batch_result(batch, (size_t)i)->data, &square_of,
					 sizeof square_of) != 0;
		}
		assert_int_equal(wrong, 0);
		mp_batch_free(&batch);
	}
	free(numbers);
	mp_team_free(&team);
}

static void an_error_gives_its_text_and_the_others_go_on(void **state)
{
	static const double numbers[] = { 10, 0, 5 };
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof *numbers, .count = 3 };
	struct mp_team *team = new_team(2);
	struct mp_batch *batch = mp_team_map(team, "divide", &items, 3);
	char text[64];

	(void)state;
	assert_non_null(batch);
	assert_int_equal(mp_batch_result(batch, 0)->outcome, MP_DONE);
	assert_true(*(const double *)mp_batch_result(batch, 0)->data == 10.0);
	assert_int_equal(mp_batch_result(batch, 1)->outcome, MP_FAILED);
	assert_string_equal(mp_result_text(mp_batch_result(batch, 1), text, sizeof text), "division by zero");
	assert_true(*(const double *)mp_batch_result(batch, 2)->data == 20.0);
	assert_string_equal(mp_result_text(mp_batch_result(batch, 2), text, sizeof text), "done");
	mp_batch_free(&batch);
	mp_team_free(&team);
}

/* One chunk holds all of them. */
static void a_crash_is_its_own_items_alone(void **state)
{
	struct mp_team *team = new_team(2);
	int *numbers = numbers_to(10);
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof *numbers, .count = 10 };
	struct mp_batch *batch = mp_team_map(team, "misbehave", &items, 10);
	char text[64];

	(void)state;
	assert_non_null(batch);
	for (size_t i = 0; i < 10; i++) {
		const struct mp_result *result = mp_batch_result(batch, i);

		assert_non_null(result);
		assert_int_equal(result->outcome, i == 3 ? MP_CRASHED : i == 5 ? MP_EXITED : MP_DONE);
	}
	assert_string_equal(
		mp_result_text(mp_batch_result(batch, 3), text, sizeof text), "killed by SIGSEGV");
	assert_string_equal(
		mp_result_text(mp_batch_result(batch, 5), text, sizeof text), "exited with status 7");
	mp_batch_free(&batch);
	/* and the team is whole again */
	check_squares(mp_team_map(team, "square", &items, 0), 10);
	free(numbers);
	mp_team_free(&team);
}

static void apply_takes_texts_nothing_and_gives_64_mib(void **state)
{
	static const char *const texts[] = { "", "one", "three" };
	const struct mp_items items = { .texts = texts, .count = 3 };
	struct mp_team *team = new_team(1);
	struct mp_batch *batch = mp_team_map(team, "length", &items, 0);

	(void)state;
	assert_non_null(batch);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(*(const size_t *)mp_batch_result(batch, i)->data, strlen(texts[i]));
	mp_batch_free(&batch);
	batch = mp_team_apply(team, "big", NULL, 0);
	assert_non_null(batch);
	assert_int_equal(mp_batch_result(batch, 0)->size_bytes, 64 << 20);
	assert_int_equal(((const char *)mp_batch_result(batch, 0)->data)[(64 << 20) - 1], 'b');
	mp_batch_free(&batch);
	mp_team_free(&team);
}

static void get_times_out_and_the_task_goes_on(void **state)
{
	struct mp_team *team = new_team(1);
	int zero = 0;
	struct mp_batch *batch = mp_team_apply_async(team, "uneven", &zero, sizeof zero);

	(void)state;
	assert_non_null(batch);
	assert_int_equal(mp_batch_get(batch, 10), -ETIMEDOUT);
	assert_null(mp_batch_result(batch, 0));
	check_squares(batch, 1);
	mp_team_free(&team);
}

static void imap_keeps_the_order_and_unordered_does_not_wait(void **state)
{
	struct mp_team *team = new_team(2);
	int *numbers = numbers_to(10);
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof *numbers, .count = 10 };
	struct mp_batch *batch = mp_team_imap(team, "uneven", &items, 0);
	const struct mp_result *result;
	size_t last = 0;

	(void)state;
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(mp_batch_next(batch, 60000, &result), 1);
		assert_int_equal(result->index, i);
	}
	assert_int_equal(mp_batch_next(batch, 60000, &result), 0);
	mp_batch_free(&batch);
	batch = mp_team_imap_unordered(team, "uneven", &items, 0);
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(mp_batch_next(batch, 60000, &result), 1);
		last = result->index;
	}
	assert_int_equal(last, 0);
	assert_int_equal(mp_batch_next(batch, 60000, &result), 0);
	mp_batch_free(&batch);
	free(numbers);
	mp_team_free(&team);
}

static void what_is_given_out_goes_on_in_the_background(void **state)
{
	struct mp_team *team = new_team(2);
	int *numbers = numbers_to(4);
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof *numbers, .count = 4 };
	struct mp_batch *batch = mp_team_map_async(team, "square", &items, 1);

	(void)state;
	assert_non_null(batch);
	assert_true(mp_pool_running(mp_team_pool(team)) > 0);
	check_squares(batch, 4);
	free(numbers);
	mp_team_free(&team);
}

static void close_drains_and_join_sees_all_home(void **state)
{
	struct mp_team *team = new_team(2);
	int *numbers = numbers_to(100);
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof *numbers, .count = 100 };
	struct mp_batch *batch = mp_team_map_async(team, "square", &items, 3);

	(void)state;
	assert_int_equal(mp_team_join(team, -1), -EINVAL);
	mp_team_close(team);
	errno = 0;
	assert_null(mp_team_map(team, "square", &items, 0));
	assert_int_equal(errno, ESHUTDOWN);
	assert_int_equal(mp_team_join(team, 60000), 0);
	assert_int_equal(mp_team_join(team, 60000), -ECHILD);
	assert_int_equal(mp_pool_worker_pid(mp_team_pool(team), 0), -1);
	check_squares(batch, 100);
	free(numbers);
	mp_team_free(&team);
}

static void terminate_ends_in_mid_task(void **state)
{
	struct mp_team *team = new_team(2);
	int *numbers = numbers_to(10);
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof *numbers, .count = 10 };
	struct mp_batch *batch = mp_team_map_async(team, "sleep", &items, 1);
	struct mp_batch *forgotten = mp_team_map_async(team, "sleep", &items, 1);
	int64_t before_ms = clock_ms();

	(void)state;
	mp_batch_free(&forgotten);
	assert_int_equal(mp_batch_get(batch, 20), -ETIMEDOUT);
	mp_team_terminate(team);
	assert_int_equal(mp_batch_get(batch, 0), 0);
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(mp_batch_result(batch, i)->outcome, MP_CANCELLED);
	assert_int_equal(mp_team_join(team, 30000), 0);
	assert_true(clock_ms() - before_ms < 30000);
	mp_batch_free(&batch);
	free(numbers);
	mp_team_free(&team);
}

static pid_t entered;

static int enter(struct mp_worker *worker, void **state)
{
	(void)worker;
	entered = getpid();
	*state = &entered;
	return 0;
}

static void workers_are_initialised_and_replaced(void **state)
{
	int inherited = 42, *numbers = numbers_to(6);
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof *numbers, .count = 6 };
	const struct mp_pool_config config = {
		.workers = 1, .tasks = tasks, .inherited = &inherited, .enter = enter, .tasks_per_worker = 2
	};
	struct mp_team *team = mp_team_new(&config);
	struct mp_batch *batch;
	pid_t last = 0;
	int changes = 0;

	(void)state;
	assert_non_null(team);
	batch = mp_team_map(team, "state", &items, 1);
	assert_non_null(batch);
	for (size_t i = 0; i < 6; i++) {
		const pid_t *told = mp_batch_result(batch, i)->data;

		assert_non_null(told);
		changes += told[0] != last;
		last = told[0];
		assert_int_equal(told[1], 42);
	}
	assert_int_equal(changes, 3);
	mp_batch_free(&batch);
	free(numbers);
	mp_team_free(&team);
}

/* Killed from outside, at random: every item ends once, and the team is whole again. */
static void random_kills_lose_no_item(void **state)
{
	struct mp_team *team = new_team(4);
	int *numbers = numbers_to(20000);
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof *numbers, .count = 20000 };
	struct mp_batch *batch = mp_team_imap_unordered(team, "square", &items, 16);
	const struct mp_result *result;
	size_t seen = 0;
	unsigned char *once = calloc(20000, 1);

	(void)state;
	srand(5);
	assert_non_null(once);
	while (mp_batch_next(batch, 60000, &result) == 1) {
		pid_t pid = mp_pool_worker_pid(mp_team_pool(team), rand() % 4);

		seen++;
		once[result->index]++;
		assert_true(result->outcome == MP_DONE || result->signal == SIGKILL);
		if (seen % 200 == 0 && pid > 0)
			kill(pid, SIGKILL);
	}
	assert_int_equal(seen, 20000);
	for (size_t i = 0; i < 20000; i++)
		assert_int_equal(once[i], 1);
	mp_batch_free(&batch);
	free(once);
	free(numbers);
	mp_team_free(&team);
}

static void misuse_is_an_error(void **state)
{
	const struct mp_pool_config nothing = { .workers = 1 };
	struct mp_team *team = new_team(1), *none = NULL;
	struct mp_batch *no_batch = NULL;

	(void)state;
	errno = 0;
	assert_null(mp_team_new(&nothing));
	assert_int_equal(errno, EINVAL);
	errno = 0;
	assert_null(mp_team_apply(team, "unknown", NULL, 0));
	assert_int_equal(errno, EINVAL);
	assert_null(mp_team_apply(team, "square", NULL, 4));
	mp_team_free(&team);
	mp_team_free(&none);
	mp_batch_free(&no_batch);
}

int main(void)
{
	const struct CMUnitTest tests_of_teams[] = {
		POOL_TEST(map_gives_results_in_order_at_any_chunk_size),
		POOL_TEST(a_million_items_are_done),
		POOL_TEST(an_error_gives_its_text_and_the_others_go_on),
		POOL_TEST(a_crash_is_its_own_items_alone),
		POOL_TEST(apply_takes_texts_nothing_and_gives_64_mib),
		POOL_TEST(get_times_out_and_the_task_goes_on),
		POOL_TEST(imap_keeps_the_order_and_unordered_does_not_wait),
		POOL_TEST(what_is_given_out_goes_on_in_the_background),
		POOL_TEST(close_drains_and_join_sees_all_home),
		POOL_TEST(terminate_ends_in_mid_task),
		POOL_TEST(workers_are_initialised_and_replaced),
		POOL_TEST(random_kills_lose_no_item),
		POOL_TEST(misuse_is_an_error),
	};

	return cmocka_run_group_tests(tests_of_teams, NULL, NULL);
}
