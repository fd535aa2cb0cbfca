#include "sys/lock.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/clock.h"
#include "sys/shm.h"

#include "check.h"

/* What the processes of a test share. */
struct shared {
	struct lock lock;
	volatile int number, step, repairs;
};

static struct shm shm;
static struct shared *shared;

static int set_up(void **state)
{
	(void)state;
	if (shm_init(&shm, sizeof *shared))
		return -1;
	shared = shm.data;
	lock_init(&shared->lock);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	shm_finish(&shm);
	return 0;
}

static void repair(void *argument)
{
	((struct shared *)argument)->repairs++;
}

static pid_t run(void (*function)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		function();
		_exit(0);
	}
	return pid;
}

static int wait_status(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	return status;
}

static void wait_for_step(int step)
{
	for (int i = 0; i < 10000 && shared->step < step; i++)
		usleep(1000);
	assert_true(shared->step >= step);
}

static void add_many(void)
{
	for (int i = 0; i < 50000; i++) {
		if (lock_acquire(&shared->lock, -1, NULL, NULL))
			_exit(1);
		shared->number = shared->number + 1;
		if (lock_release(&shared->lock))
			_exit(1);
	}
}

static void holders_exclude_each_other(void **state)
{
	pid_t children[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		children[i] = run(add_many);
	for (int i = 0; i < 4; i++)
		assert_int_equal(wait_status(children[i]), 0);
	assert_int_equal(shared->number, 200000);
	assert_int_equal(shared->lock.word, 0);
}

static void hold_for_ever(void)
{
	if (lock_acquire(&shared->lock, -1, NULL, NULL))
		_exit(1);
	shared->step = 1;
	for (;;)
		pause();
}

static void hold_and_exit(void)
{
	lock_acquire(&shared->lock, -1, NULL, NULL);
	_exit(0);
}

static void a_killed_holders_lock_is_repaired_once(void **state)
{
	pid_t child = run(hold_for_ever);

	(void)state;
	wait_for_step(1);
	assert_int_equal(lock_acquire(&shared->lock, 0, repair, shared), -ETIMEDOUT);
	kill(child, SIGKILL);
	assert_int_equal(lock_acquire(&shared->lock, 10000, repair, shared), 1);
	assert_int_equal(shared->repairs, 1);
	assert_int_equal(lock_release(&shared->lock), 0);
	assert_int_equal(lock_acquire(&shared->lock, 0, repair, shared), 0);
	assert_int_equal(shared->repairs, 1);
	assert_int_equal(lock_release(&shared->lock), 0);
	wait_status(child);
}

static void a_holder_that_exits_is_dead_too(void **state)
{
	(void)state;
	wait_status(run(hold_and_exit));
	assert_int_equal(lock_acquire(&shared->lock, 10000, repair, shared), 1);
	assert_int_equal(lock_release(&shared->lock), 0);
}

static void acquire_and_note(void)
{
	int result = lock_acquire(&shared->lock, -1, repair, shared);

	shared->number += result >= 0;
	lock_release(&shared->lock);
}

/* Several wait; the holder is killed, and so is one that waits: nobody sleeps for ever. */
static void the_dead_among_the_waiting_wake_the_living(void **state)
{
	pid_t holder = run(hold_for_ever), waiters[4];

	(void)state;
	wait_for_step(1);
	for (int i = 0; i < 4; i++)
		waiters[i] = run(acquire_and_note);
	usleep(20000);
	kill(waiters[0], SIGKILL);
	kill(holder, SIGKILL);
	for (int i = 0; i < 4; i++)
		wait_status(waiters[i]);
	wait_status(holder);
	assert_int_equal(shared->number, 3);
	assert_int_equal(shared->repairs, 1);
}

static void a_stopped_holder_costs_the_time_that_was_said(void **state)
{
	pid_t child = run(hold_for_ever);
	int64_t before_ms, waited_ms;

	(void)state;
	wait_for_step(1);
	kill(child, SIGSTOP);
	before_ms = clock_ms();
	assert_int_equal(lock_acquire(&shared->lock, 50, NULL, NULL), -ETIMEDOUT);
	waited_ms = clock_ms() - before_ms;
	assert_true(waited_ms >= 49);
	kill(child, SIGKILL);
	wait_status(child);
}

static void a_thread_has_one_lock_at_a_time(void **state)
{
	struct lock other;

	(void)state;
	lock_init(&other);
	assert_int_equal(lock_release(&shared->lock), -EPERM);
	assert_int_equal(lock_acquire(&shared->lock, 0, NULL, NULL), 0);
	assert_int_equal(lock_acquire(&shared->lock, -1, NULL, NULL), -EDEADLK);
	assert_int_equal(lock_acquire(&other, 0, NULL, NULL), -EDEADLK);
	assert_int_equal(lock_release(&other), -EPERM);
	assert_int_equal(lock_release(&shared->lock), 0);
}

static void *add_from_a_thread(void *unused)
{
	for (int i = 0; i < 20000; i++) {
		lock_acquire(&shared->lock, -1, NULL, NULL);
		shared->number = shared->number + 1;
		lock_release(&shared->lock);
	}
	return unused;
}

static void *die_holding(void *unused)
{
	lock_acquire(&shared->lock, -1, NULL, NULL);
	return unused;
}

static void threads_exclude_each_other_and_may_die_too(void **state)
{
	pthread_t threads[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_from_a_thread, NULL), 0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(shared->number, 60000);
	assert_int_equal(pthread_create(&threads[0], NULL, die_holding, NULL), 0);
	pthread_join(threads[0], NULL);
	assert_int_equal(lock_acquire(&shared->lock, 10000, repair, shared), 1);
	assert_int_equal(lock_release(&shared->lock), 0);
}

/* Whatever a hostile process writes there, it takes no longer than was said. */
static void garbage_in_the_lock_harms_nobody(void **state)
{
	static const uint32_t garbage[] = { 1, 0x3fffffff, 0x80000000, 0x40000000, 0xc0000000, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
		int result;

		shared->lock.word = garbage[i];
		result = lock_acquire(&shared->lock, 5, NULL, NULL);
		assert_in_range(result + ETIMEDOUT, 0, ETIMEDOUT + 1);
		if (result >= 0)
			assert_int_equal(lock_release(&shared->lock), 0);
	}
	shared->lock.word = 0;
	assert_int_equal(lock_acquire(&shared->lock, 0, NULL, NULL), 0);
	shared->lock.word = 77;
	assert_int_equal(lock_release(&shared->lock), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(holders_exclude_each_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_killed_holders_lock_is_repaired_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_holder_that_exits_is_dead_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_dead_among_the_waiting_wake_the_living, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_stopped_holder_costs_the_time_that_was_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_thread_has_one_lock_at_a_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			threads_exclude_each_other_and_may_die_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(garbage_in_the_lock_harms_nobody, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
