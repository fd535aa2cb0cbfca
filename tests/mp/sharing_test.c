#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mp/lock.h"
#include "mp/pipe.h"
#include "mp/process.h"
#include "mp/shared.h"
#include "sys/clock.h"

#include "pool_checks.h"

static struct mp_shared *counter;
static struct mp_lock *one, *other;
static struct mp_pipe *ours, *theirs;

static int set_up(void **state)
{
	note_what_there_is(state);
	counter = mp_shared_new(NULL, sizeof(int), 1);
	one = mp_lock_new();
	other = mp_lock_new();
	return counter && one && other ? mp_pipe_new(&ours, &theirs) : -1;
}

static int tear_down(void **state)
{
	mp_shared_free(&counter);
	mp_lock_free(&one);
	mp_lock_free(&other);
	mp_pipe_free(&ours);
	mp_pipe_free(&theirs);
	return check_that_nothing_is_left(state);
}

static struct mp_process *start(int (*run)(void *argument), void *argument)
{
	const struct mp_process_config config = { .run = run, .argument = argument };
	struct mp_process *process = mp_process_new(&config);

	assert_non_null(process);
	assert_int_equal(mp_process_start(process), 0);
	return process;
}

static int finish(struct mp_process *process)
{
	struct mp_process_end end = { .status = -1 };

	mp_process_join(process, 60000);
	mp_process_ended(process, &end);
	mp_process_free(&process);
	return end.signal ? -end.signal : end.status;
}

/* A child has done so much. */
static void wait_for_word(void)
{
	struct mp_bytes bytes = MP_BYTES_INIT;

	assert_int_equal(mp_pipe_receive(ours, &bytes, 60000), 1);
	mp_bytes_free(&bytes);
}

static int say_word(void)
{
	return mp_pipe_send(theirs, "", 0, 60000);
}

/* ---- by descriptor ---- */

static int hold_and_die(void *fd)
{
	struct mp_lock *lock = mp_lock_attach(*(int *)fd);

	if (lock && mp_lock_acquire(lock, 0) == 0)
		raise(SIGKILL);
	return 1;
}

static void a_lock_is_the_same_one_by_its_descriptor(void **state)
{
	struct mp_lock *same = mp_lock_attach(mp_lock_fd(one));
	int fd = mp_lock_fd(one);

	(void)state;
	assert_non_null(same);
	assert_int_equal(mp_lock_acquire(one, 0), 0);
	assert_int_equal(mp_lock_acquire(same, 0), -ETIMEDOUT);
	assert_int_equal(mp_lock_release(one), 0);
	assert_int_equal(finish(start(hold_and_die, &fd)), -SIGKILL);
	assert_int_equal(mp_lock_acquire(same, 0), 1);
	mp_lock_free(&same);
}

static int half_update(void *fd)
{
	struct mp_shared *same = mp_shared_attach(*(int *)fd);

	if (same && mp_shared_acquire(same, 0) == 0) {
		*(int *)mp_shared_data(same) = 99;
		raise(SIGKILL);
	}
	return 1;
}

static void a_value_is_the_same_one_by_its_descriptor(void **state)
{
	static const int numbers[] = { 1, 2, 3 };
	struct mp_shared *array = mp_shared_new(numbers, sizeof *numbers, 3), *same;
	int fd = mp_shared_fd(array);

	(void)state;
	same = mp_shared_attach(fd);
	assert_non_null(same);
	assert_int_equal(mp_shared_count(same), 3);
	assert_memory_equal(mp_shared_data(same), numbers, sizeof numbers);
	assert_int_equal(finish(start(half_update, &fd)), -SIGKILL);
	assert_int_equal(mp_shared_acquire(array, 0), 1);
	assert_int_equal(*(int *)mp_shared_data(same), 1);
	mp_shared_free(&array);
	mp_shared_free(&same);
}

static void a_descriptor_of_something_else_is_refused(void **state)
{
	(void)state;
	assert_null(mp_lock_attach(mp_shared_fd(counter)));
	assert_int_equal(errno, EINVAL);
	assert_null(mp_shared_attach(mp_lock_fd(one)));
	assert_int_equal(errno, EINVAL);
	assert_null(mp_shared_attach(0));
	assert_int_equal(errno, EINVAL);
	assert_null(mp_lock_attach(-1));
	assert_int_equal(errno, EBADF);
	assert_null(mp_shared_attach(-1));
	assert_int_equal(errno, EBADF);
}

/* ---- values and arrays ---- */

static int increment(void *argument)
{
	int *value = mp_shared_data(counter);

	(void)argument;
	for (int i = 0; i < 100000; i++) {
		if (mp_shared_acquire(counter, -1) != 0)
			return 1;
		*value += 1;
		mp_shared_release(counter);
	}
	return 0;
}

static void two_processes_increment_to_200000(void **state)
{
	struct mp_process *first = start(increment, NULL), *second = start(increment, NULL);

	(void)state;
	assert_int_equal(finish(first), 0);
	assert_int_equal(finish(second), 0);
	assert_int_equal(*(int *)mp_shared_data(counter), 200000);
}

static void an_array_starts_with_what_was_given(void **state)
{
	static const double numbers[] = { 1.0, 2.0, 3.0 };
	struct mp_shared *array = mp_shared_new(numbers, sizeof *numbers, 3);

	(void)state;
	assert_non_null(array);
	assert_int_equal(mp_shared_count(array), 3);
	assert_memory_equal(mp_shared_data(array), numbers, sizeof numbers);
	mp_shared_free(&array);
	assert_null(array);
	errno = 0;
	assert_null(mp_shared_new(NULL, 0, 1));
	assert_int_equal(errno, EINVAL);
	assert_null(mp_shared_new(NULL, 1, 0));
	assert_null(mp_shared_new(NULL, SIZE_MAX / 2, 4));
	assert_int_equal(errno, ENOMEM);
}

/* Both halves of the pair are always equal, or an update was torn. */
static int update_pairs(void *argument)
{
	int *pair = mp_shared_data(argument);

	for (;;) {
		if (mp_shared_acquire(argument, -1) < 0)
			return 1;
		if (pair[0] != pair[999])
			return 2;
		for (int i = 0; i < 1000; i++)
			pair[i] += 1;
		mp_shared_release(argument);
	}
}

static void a_dead_holders_half_update_is_undone(void **state)
{
	struct mp_shared *pair = mp_shared_new(NULL, sizeof(int), 1000);
	const int *content = mp_shared_data(pair);
	int died = 0;

	(void)state;
	for (int round = 0; round < 60; round++) {
		struct mp_process *first = start(update_pairs, pair);
		int result, wrong = 0;

		usleep(500 + round * 137 % 1500);
		mp_process_kill(first);
		assert_int_equal(finish(first), -SIGKILL);
		result = mp_shared_acquire(pair, 10000);
		assert_in_range(result, 0, 1);
		died += result;
		for (int i = 0; i < 1000; i++)
			wrong += content[i] != content[0];
		assert_int_equal(wrong, 0);
		assert_int_equal(mp_shared_release(pair), 0);
	}
	assert_true(died > 0);
	mp_shared_free(&pair);
}

/* ---- locks ---- */

static int hold_both(void *argument)
{
	if (mp_lock_acquire(one, -1) || mp_lock_acquire(other, -1) || say_word())
		return 1;
	while (!argument)
		pause();
	return 0;
}

static void a_dead_holder_of_several_frees_them_all(void **state)
{
	struct mp_process *child = start(hold_both, NULL);

	(void)state;
	wait_for_word();
	assert_int_equal(mp_lock_acquire(one, 0), -ETIMEDOUT);
	assert_int_equal(mp_lock_acquire(other, 10), -ETIMEDOUT);
	mp_process_kill(child);
	assert_int_equal(mp_lock_acquire(one, 10000), 1);
	assert_int_equal(mp_lock_acquire(other, 10000), 1);
	assert_int_equal(mp_lock_release(one), 0);
	assert_int_equal(mp_lock_release(other), 0);
	assert_int_equal(mp_lock_acquire(one, 0), 0);
	assert_int_equal(mp_lock_release(one), 0);
	finish(child);
	/* by exit, too */
	assert_int_equal(finish(start(hold_both, ours)), 0);
	assert_int_equal(mp_lock_acquire(other, 10000), 1);
	assert_int_equal(mp_lock_release(other), 0);
}

static int acquire_what_the_parent_has(void *argument)
{
	(void)argument;
	if (mp_lock_release(one) != -EPERM || mp_lock_acquire(one, 0) != -ETIMEDOUT)
		return 1;
	return mp_lock_acquire(other, 0) || mp_lock_release(other);
}

static void a_lock_is_its_holders(void **state)
{
	(void)state;
	assert_int_equal(mp_lock_release(one), -EPERM);
	assert_int_equal(mp_lock_acquire(one, -1), 0);
	assert_int_equal(mp_lock_acquire(one, -1), -EDEADLK);
	assert_int_equal(finish(start(acquire_what_the_parent_has, NULL)), 0);
	assert_int_equal(mp_lock_acquire(other, -1), 0);
	assert_int_equal(mp_lock_release(one), 0);
	assert_int_equal(mp_lock_release(other), 0);
	assert_int_equal(mp_lock_release(other), -EPERM);
}

static void *take_one(void *result)
{
	*(int *)result = mp_lock_acquire(one, 0);
	return NULL;
}

static void a_thread_that_ends_holding_is_dead_too(void **state)
{
	pthread_t thread;
	int result = -1;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, take_one, &result), 0);
	pthread_join(thread, NULL);
	assert_int_equal(result, 0);
	assert_int_equal(mp_lock_acquire(one, 10000), 1);
	assert_int_equal(mp_lock_release(one), 0);
}

static void a_stopped_holder_costs_the_time_that_was_said(void **state)
{
	struct mp_process *child = start(hold_both, NULL);
	int64_t before_ms;

	(void)state;
	wait_for_word();
	kill(mp_process_pid(child), SIGSTOP);
	before_ms = clock_ms();
	assert_int_equal(mp_lock_acquire(one, 50), -ETIMEDOUT);
	assert_true(clock_ms() - before_ms >= 49);
	mp_process_kill(child);
	finish(child);
}

/* ---- pipes ---- */

static int echo(void *argument)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	int result;

	(void)argument;
	mp_pipe_free(&ours);
	while ((result = mp_pipe_receive(theirs, &bytes, -1)) == 1)
		if (mp_pipe_send(theirs, bytes.data, bytes.size_bytes, -1))
			return 2;
	mp_bytes_free(&bytes);
	mp_pipe_free(&theirs);
	return result != 0;
}

static void a_pipe_carries_messages_both_ways_until_its_end(void **state)
{
	static const size_t sizes[] = { 0, 1, 65536, 65537, (size_t)64 << 20 };
	struct mp_process *child = start(echo, NULL);
	struct mp_bytes bytes = MP_BYTES_INIT;

	(void)state;
	mp_pipe_free(&theirs);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char *data = malloc(sizes[i] + 1);

		assert_non_null(data);
		memset(data, 'a' + (int)i, sizes[i]);
		assert_int_equal(mp_pipe_send(ours, data, sizes[i], 60000), 0);
		assert_int_equal(mp_pipe_receive(ours, &bytes, 60000), 1);
		assert_int_equal(bytes.size_bytes, sizes[i]);
		assert_int_equal(memcmp(bytes.data, data, sizes[i]), 0);
		free(data);
	}
	assert_int_equal(mp_pipe_receive(ours, &bytes, 20), -ETIMEDOUT);
	mp_pipe_free(&ours);
	assert_int_equal(finish(child), 0);
	mp_bytes_free(&bytes);
}

static int say_and_be_killed(void *argument)
{
	(void)argument;
	mp_pipe_free(&ours);
	if (mp_pipe_send(theirs, "last words", 10, -1))
		return 1;
	kill(getpid(), SIGKILL);
	return 0;
}

static void the_dead_end_a_pipe_after_what_they_said(void **state)
{
	struct mp_process *child = start(say_and_be_killed, NULL);
	struct mp_bytes bytes = MP_BYTES_INIT;

	(void)state;
	mp_pipe_free(&theirs);
	assert_int_equal(finish(child), -SIGKILL);
	assert_int_equal(mp_pipe_receive(ours, &bytes, 60000), 1);
	assert_string_equal(bytes.data, "last words");
	assert_int_equal(mp_pipe_receive(ours, &bytes, 60000), 0);
	assert_int_equal(mp_pipe_send(ours, "x", 1, -1), -EPIPE);
	mp_bytes_free(&bytes);
}

static void a_full_pipe_makes_wait_as_long_as_said(void **state)
{
	static const char data[4096];
	int result = 0;

	(void)state;
	for (int i = 0; i < 100000 && result == 0; i++)
		result = mp_pipe_send(ours, data, sizeof data, 0);
	assert_int_equal(result, -ETIMEDOUT);
	assert_int_equal(mp_pipe_send(ours, data, sizeof data, 20), -ETIMEDOUT);
	assert_int_equal(mp_pipe_send(ours, NULL, 1, 0), -EINVAL);
	assert_int_equal(mp_pipe_send(ours, data, MP_PIPE_MESSAGE_MAX + 1, 0), -EMSGSIZE);
	errno = 0;
	assert_null(mp_pipe_attach(0));
	assert_int_equal(errno, EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lock_is_the_same_one_by_its_descriptor),
		TEST(a_value_is_the_same_one_by_its_descriptor),
		TEST(a_descriptor_of_something_else_is_refused),
		TEST(two_processes_increment_to_200000),
		TEST(an_array_starts_with_what_was_given),
		TEST(a_dead_holders_half_update_is_undone),
		TEST(a_dead_holder_of_several_frees_them_all),
		TEST(a_lock_is_its_holders),
		TEST(a_thread_that_ends_holding_is_dead_too),
		TEST(a_stopped_holder_costs_the_time_that_was_said),
		TEST(a_pipe_carries_messages_both_ways_until_its_end),
		TEST(the_dead_end_a_pipe_after_what_they_said),
		TEST(a_full_pipe_makes_wait_as_long_as_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
