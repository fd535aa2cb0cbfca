#include "mp/rate.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "mp/process.h"
#include "sys/clock.h"

#include "pool_checks.h"

#define PARTIES 4

static struct mp_rate *rate;

/* What the parties tell the test. */
static struct {
	uint32_t turns;
	int64_t at_us[4096];
} * told;

static int set_up(void **state)
{
	note_what_there_is(state);
	told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return told == MAP_FAILED ? -1 : 0;
}

static int tear_down(void **state)
{
	mp_rate_free(&rate);
	munmap(told, sizeof *told);
	return check_that_nothing_is_left(state);
}

static void new_rate(double per_second, int burst)
{
	rate = mp_rate_new(per_second, burst);
	assert_non_null(rate);
}

static int take_turns_for_ever(void *argument)
{
	while (mp_rate_take(rate, -1) == 0) {
		uint32_t turn = __atomic_fetch_add(&told->turns, 1, __ATOMIC_SEQ_CST);

		if (turn < sizeof told->at_us / sizeof *told->at_us)
			told->at_us[turn] = clock_us();
	}
	return argument != NULL;
}

static struct mp_process *start(int (*run)(void *argument))
{
	const struct mp_process_config config = { .run = run };
	struct mp_process *process = mp_process_new(&config);

	assert_non_null(process);
	assert_int_equal(mp_process_start(process), 0);
	return process;
}

static uint32_t turns(void)
{
	return __atomic_load_n(&told->turns, __ATOMIC_SEQ_CST);
}

/* Waits until there have been `count` turns; a minute at most. */
static void await_turns(uint32_t count)
{
	int64_t until_ms = clock_ms() + 60000;

	while (turns() < count && clock_ms() < until_ms)
		usleep(1000);
	assert_true(turns() >= count);
}

/* However slow the machine is: no turn comes before its time. */
static void four_processes_together_keep_the_rate(void **state)
{
	struct mp_process *processes[PARTIES];
	int64_t before_us = clock_us(), took_us;
	struct rusage used;

	(void)state;
	new_rate(100, 1);
	for (int i = 0; i < PARTIES; i++)
		processes[i] = start(take_turns_for_ever);
	await_turns(101);
	took_us = clock_us() - before_us;
	for (int i = 0; i < PARTIES; i++)
		mp_process_free(&processes[i]);
	assert_true(took_us >= 1000000);
	/* and four that wait at a time do not add up their waits */
	assert_true(took_us < 30000000);
	getrusage(RUSAGE_CHILDREN, &used);
	/* nobody spins while it waits */
	assert_true(used.ru_utime.tv_sec * 1000000 + used.ru_utime.tv_usec < took_us / 2);
}

/* Of four that wait, those that die or stop cost their turns, and nothing else. */
static void the_dead_and_the_stopped_hold_up_nobody(void **state)
{
	struct mp_process *killed[PARTIES], *stopped[PARTIES], *left;
	int64_t before_us;
	uint32_t before;

	(void)state;
	new_rate(200, 1);
	for (int i = 0; i < PARTIES; i++) {
		killed[i] = start(take_turns_for_ever);
		stopped[i] = start(take_turns_for_ever);
	}
	left = start(take_turns_for_ever);
	await_turns(20);
	for (int i = 0; i < PARTIES; i++) {
		mp_process_kill(killed[i]);
		kill(mp_process_pid(stopped[i]), SIGSTOP);
	}
	before = turns();
	before_us = clock_us();
	await_turns(before + 2 * PARTIES + 40);
	assert_true(clock_us() - before_us >= 40 * 5000);
	for (int i = 0; i < PARTIES; i++) {
		mp_process_free(&killed[i]);
		mp_process_free(&stopped[i]);
	}
	mp_process_free(&left);
}

static void as_many_as_the_bucket_holds_come_at_once(void **state)
{
	(void)state;
	new_rate(0.01, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(mp_rate_wait_us(rate), 0);
		assert_int_equal(mp_rate_take(rate, 0), 0);
	}
	assert_in_range(mp_rate_wait_us(rate), 90000000, 100000000);
	assert_int_equal(mp_rate_take(rate, 0), -ETIMEDOUT);
}

static void a_turn_that_would_come_too_late_is_not_taken(void **state)
{
	int64_t before_ms = clock_ms();

	(void)state;
	new_rate(5, 1);
	assert_int_equal(mp_rate_take(rate, 0), 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(mp_rate_take(rate, 20), -ETIMEDOUT);
	assert_int_equal(mp_rate_take(rate, 60000), 0);
	assert_true(clock_ms() - before_ms >= 199);
	/* those that were refused would have taken twenty seconds more */
	assert_true(clock_ms() - before_ms < 15000);
}

static void do_nothing(int number)
{
	(void)number;
}

static void a_signal_ends_no_wait(void **state)
{
	const struct sigaction action = { .sa_handler = do_nothing };
	int64_t before_ms;

	(void)state;
	sigaction(SIGALRM, &action, NULL);
	new_rate(5, 1);
	before_ms = clock_ms();
	assert_int_equal(mp_rate_take(rate, -1), 0);
	ualarm(20000, 20000);
	assert_int_equal(mp_rate_take(rate, -1), 0);
	ualarm(0, 0);
	signal(SIGALRM, SIG_DFL);
	assert_true(clock_ms() - before_ms >= 199);
}

static void a_rate_can_be_attached_by_its_descriptor(void **state)
{
	struct mp_rate *again;

	(void)state;
	new_rate(0.01, 2);
	again = mp_rate_attach(mp_rate_fd(rate));
	assert_non_null(again);
	assert_int_equal(mp_rate_take(again, 0), 0);
	assert_int_equal(mp_rate_take(rate, 0), 0);
	assert_int_equal(mp_rate_take(again, 0), -ETIMEDOUT);
	assert_in_range(mp_rate_wait_us(again), 90000000, 100000000);
	mp_rate_free(&again);
	errno = 0;
	assert_null(mp_rate_attach(0));
	assert_int_equal(errno, EINVAL);
	assert_null(mp_rate_attach(-1));
	assert_int_equal(errno, EBADF);
}

static void misuse_is_an_error(void **state)
{
	static const double wrong[] = { 0, -1, 1e7, 1e-7 };
	struct mp_rate *none = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		errno = 0;
		assert_null(mp_rate_new(wrong[i], 1));
		assert_int_equal(errno, EINVAL);
	}
	assert_null(mp_rate_new(strtod("nan", NULL), 1));
	assert_null(mp_rate_new(1, 0));
	assert_null(mp_rate_new(1, 1000001));
	mp_rate_free(&none);
	/* the slowest rate and the biggest bucket together */
	new_rate(0.000001, 1000000);
	assert_int_equal(mp_rate_take(rate, 0), 0);
	mp_rate_free(&rate);
	assert_null(rate);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(four_processes_together_keep_the_rate),
		TEST(the_dead_and_the_stopped_hold_up_nobody),
		TEST(as_many_as_the_bucket_holds_come_at_once),
		TEST(a_turn_that_would_come_too_late_is_not_taken),
		TEST(a_signal_ends_no_wait),
		TEST(a_rate_can_be_attached_by_its_descriptor),
		TEST(misuse_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
