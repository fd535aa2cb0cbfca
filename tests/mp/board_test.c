#include "mp/board.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/clock.h"

#include "check.h"

static struct mp_board *board;

static int set_up(void **state)
{
	(void)state;
	board = mp_board_new(4);
	return board ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	mp_board_free(&board);
	return 0;
}

static uint64_t total_under_lock(void)
{
	uint64_t total = 0;

	assert_int_equal(mp_board_total(board, 10000, &total), 0);
	return total;
}

static pid_t count_in_a_child(int slot, uint64_t first, uint64_t last)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (uint64_t task = first; task <= last; task++)
			if (mp_board_count(board, slot, task))
				_exit(1);
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

static void two_processes_count_to_200000(void **state)
{
	pid_t one = count_in_a_child(0, 1, 100000), other = count_in_a_child(1, 100001, 200000);
	struct mp_board_slot slot;

	(void)state;
	assert_int_equal(wait_status(one), 0);
	assert_int_equal(wait_status(other), 0);
	assert_int_equal(total_under_lock(), 200000);
	assert_int_equal(mp_board_read(board, 1, &slot), 0);
	assert_int_equal(slot.count, 100000);
	assert_int_equal(slot.counted, 200000);
}

/* Wherever a worker is killed, in the lock or out of it, the total is the sum of the slots. */
static void a_killed_counter_is_repaired(void **state)
{
	uint64_t sum = 0;

	(void)state;
	for (int round = 0; round < 40; round++) {
		pid_t child = count_in_a_child(round % 4, (uint64_t)round << 32 | 1, UINT64_MAX);

		usleep(500 + round * 137 % 1500);
		kill(child, SIGKILL);
		wait_status(child);
		total_under_lock();
	}
	for (int i = 0; i < 4; i++) {
		struct mp_board_slot slot;

		assert_int_equal(mp_board_read(board, i, &slot), 0);
		sum += slot.count;
	}
	assert_int_equal(total_under_lock(), sum);
}

static void a_stopped_counter_does_not_stop_the_reader(void **state)
{
	uint64_t last = 0, total;

	(void)state;
	/* stop it at many places; in some of them it has the lock */
	for (int round = 0; round < 40; round++) {
		pid_t child = count_in_a_child(0, (uint64_t)round << 32 | 1, UINT64_MAX);
		int64_t before_ms;

		usleep(500 + round * 137 % 1500);
		kill(child, SIGSTOP);
		before_ms = clock_ms();
		assert_in_range(mp_board_total(board, 1, &total), 0, 1);
		assert_true(clock_ms() - before_ms < 5000);
		assert_true(total >= last);
		last = total;
		kill(child, SIGKILL);
		wait_status(child);
	}
	assert_true(total_under_lock() >= last);
}

/* The board's page, as a hostile worker would find it: the kernel calls shared memory without a name so. */
static volatile uint32_t *find_lock_word(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[4096], mode[8];
	uintptr_t start;
	void *found = NULL;

	while (maps && fgets(line, sizeof line, maps))
		if (sscanf(line, "%" SCNxPTR "-%*x %7s", &start, mode) == 2 && strcmp(mode, "rw-s") == 0 &&
			strstr(line, "/dev/zero"))
			found = (void *)start;
	if (maps)
		fclose(maps);
	return found;
}

/* A lock that a hostile worker has taken for ever costs each process one wait, and no count. */
static void a_ruined_lock_loses_no_count(void **state)
{
	volatile uint32_t *word = find_lock_word();
	uint64_t total;
	int64_t before_ms;

	(void)state;
	assert_non_null(word);
	assert_int_equal(mp_board_count(board, 0, 1), 0);
	*word = 0x3fffffff;
	assert_int_equal(mp_board_count(board, 0, 2), -ETIMEDOUT);
	before_ms = clock_ms();
	for (uint64_t task = 3; task <= 100; task++)
		assert_int_equal(mp_board_count(board, 1, task), -ETIMEDOUT);
	assert_int_equal(mp_board_total(board, 500, &total), 1);
	assert_int_equal(total, 100);
	assert_true(clock_ms() - before_ms < 20000);
	*word = 0;
	assert_int_equal(total_under_lock(), 100);
	assert_int_equal(mp_board_count(board, 2, 101), 0);
	assert_int_equal(total_under_lock(), 101);
}

static void a_task_is_counted_once_and_taken_back_once(void **state)
{
	struct mp_board_slot slot;

	(void)state;
	assert_int_equal(mp_board_count(board, 2, 7), 0);
	assert_int_equal(mp_board_count(board, 2, 7), 0);
	assert_int_equal(mp_board_count(board, 2, 8), 0);
	assert_int_equal(total_under_lock(), 2);
	assert_int_equal(mp_board_uncount(board, 2, 7), 0);
	assert_int_equal(total_under_lock(), 2);
	assert_int_equal(mp_board_uncount(board, 2, 8), 0);
	assert_int_equal(mp_board_uncount(board, 2, 8), 0);
	assert_int_equal(total_under_lock(), 1);
	assert_int_equal(mp_board_count(board, 2, 8), 0);
	assert_int_equal(total_under_lock(), 2);
	assert_int_equal(mp_board_read(board, 2, &slot), 0);
	assert_int_equal(slot.count, 2);
	assert_int_equal(slot.counted, 8);
}

static void a_slot_tells_what_its_worker_does(void **state)
{
	struct mp_board_slot slot;
	int64_t before_ms = clock_ms();

	(void)state;
	assert_int_equal(mp_board_stage(board, 3, 12, 5), 0);
	assert_int_equal(mp_board_read(board, 3, &slot), 0);
	assert_int_equal(slot.task, 12);
	assert_int_equal(slot.stage, 5);
	assert_in_range(slot.since_ms, before_ms, clock_ms());
	assert_int_equal(slot.count, 0);
}

static void what_is_out_of_range_is_refused(void **state)
{
	struct mp_board_slot slot;

	(void)state;
	assert_null(mp_board_new(0));
	assert_int_equal(errno, EINVAL);
	assert_null(mp_board_new(4097));
	assert_int_equal(mp_board_stage(board, 4, 1, 1), -EINVAL);
	assert_int_equal(mp_board_stage(board, -1, 1, 1), -EINVAL);
	assert_int_equal(mp_board_count(board, 4, 1), -EINVAL);
	assert_int_equal(mp_board_count(board, 0, 0), -EINVAL);
	assert_int_equal(mp_board_uncount(board, 4, 1), -EINVAL);
	assert_int_equal(mp_board_read(board, 4, &slot), -EINVAL);
	mp_board_free(&(struct mp_board *){ NULL });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_processes_count_to_200000, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_killed_counter_is_repaired, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_stopped_counter_does_not_stop_the_reader, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_ruined_lock_loses_no_count, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_task_is_counted_once_and_taken_back_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_slot_tells_what_its_worker_does, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_out_of_range_is_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
