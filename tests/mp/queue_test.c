#include "mp/queue.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mp/process.h"
#include "sys/clock.h"

#include "pool_checks.h"

#define PARTIES 8

static struct mp_queue *queue;

static int set_up(void **state)
{
	note_what_there_is(state);
	queue = mp_queue_new(64);
	return queue ? 0 : -1;
}

static int tear_down(void **state)
{
	mp_queue_free(&queue);
	return check_that_nothing_is_left(state);
}

static struct mp_process *start(int (*run)(void *argument), uintptr_t argument)
{
	const struct mp_process_config config = { .run = run, .argument = (void *)argument };
	struct mp_process *process = mp_process_new(&config);

	assert_non_null(process);
	assert_int_equal(mp_process_start(process), 0);
	return process;
}

/* Returns the status of its exit, or minus the signal that ended it. */
static int finish(struct mp_process *process)
{
	struct mp_process_end end = { .status = -1 };

	mp_process_join(process, 60000);
	mp_process_ended(process, &end);
	mp_process_free(&process);
	return end.signal ? -end.signal : end.status;
}

static void messages_come_out_in_order_and_whole(void **state)
{
	static const char *const texts[] = { "A", "", "C", "a somewhat longer one" };
	struct mp_bytes bytes = MP_BYTES_INIT;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(mp_queue_put(queue, texts[i], strlen(texts[i]), 0), 0);
	assert_int_equal(mp_queue_count(queue), 4);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(mp_queue_get(queue, &bytes, 0), 0);
		assert_int_equal(bytes.size_bytes, strlen(texts[i]));
		assert_string_equal(bytes.data, texts[i]);
	}
	assert_int_equal(mp_queue_get(queue, &bytes, 0), -ETIMEDOUT);
	mp_bytes_free(&bytes);
}

static void a_full_queue_and_an_empty_one_make_wait_as_long_as_said(void **state)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	int64_t before_ms = clock_ms();

	(void)state;
	for (int i = 0; i < 64; i++)
		assert_int_equal(mp_queue_put(queue, &i, sizeof i, 0), 0);
	assert_int_equal(mp_queue_put(queue, "x", 1, 0), -ETIMEDOUT);
	assert_int_equal(mp_queue_put(queue, "x", 1, 30), -ETIMEDOUT);
	assert_true(clock_ms() - before_ms >= 30);
	for (int i = 0; i < 64; i++) {
		assert_int_equal(mp_queue_get(queue, &bytes, 0), 0);
		assert_memory_equal(bytes.data, &i, sizeof i);
	}
	before_ms = clock_ms();
	assert_int_equal(mp_queue_get(queue, &bytes, 250), -ETIMEDOUT);
	assert_true(clock_ms() - before_ms >= 250);
	mp_bytes_free(&bytes);
}

static int put_big(void *argument)
{
	size_t size_bytes = (size_t)(uintptr_t)argument;
	unsigned char *data = malloc(size_bytes);
	int result;

	if (!data)
		return 1;
	for (size_t i = 0; i < size_bytes; i++)
		data[i] = (unsigned char)(i * 31 + i / 4096);
	result = mp_queue_put(queue, data, size_bytes, -1);
	free(data);
	return result != 0;
}

static void a_message_may_have_64_mib_and_more(void **state)
{
	static const size_t sizes[] = { 4079, 4080, 4081, 65536, ((size_t)64 << 20) + 3 };
	struct mp_bytes bytes = MP_BYTES_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct mp_process *producer = start(put_big, sizes[i]);
		size_t wrong = 0;

		assert_int_equal(mp_queue_get(queue, &bytes, 60000), 0);
		assert_int_equal(bytes.size_bytes, sizes[i]);
		for (size_t at = 0; at < sizes[i]; at++)
			wrong += (unsigned char)bytes.data[at] != (unsigned char)(at * 31 + at / 4096);
		assert_int_equal(wrong, 0);
		assert_int_equal(finish(producer), 0);
	}
	mp_bytes_free(&bytes);
}

static int put_for_ever(void *argument)
{
	for (;;)
		mp_queue_put(queue, "x", 1, -1);
	return argument != NULL;
}

static int get_for_ever(void *argument)
{
	struct mp_bytes bytes = MP_BYTES_INIT;

	for (;;)
		mp_queue_get(queue, &bytes, -1);
	return argument != NULL;
}

/* Returns when it has stopped: until then it may still put or get. */
static void stop(struct mp_process *process)
{
	siginfo_t stopped;

	assert_int_equal(kill(mp_process_pid(process), SIGSTOP), 0);
	assert_int_equal(waitid(P_PID, (id_t)mp_process_pid(process), &stopped, WSTOPPED | WNOWAIT), 0);
}

static void the_stopped_hold_up_nobody(void **state)
{
	struct mp_bytes bytes = MP_BYTES_INIT;

	(void)state;
	for (int round = 0; round < 100; round++) {
		struct mp_process *producer = start(put_for_ever, 0), *consumer = start(get_for_ever, 0);
		int result = 0;

		usleep(1000 + round * 137 % 3000);
		stop(producer);
		stop(consumer);
		while (result == 0)
			result = mp_queue_get(queue, &bytes, 0);
		for (int i = 0; i < 60; i++)
			assert_int_equal(mp_queue_put(queue, "y", 1, 0), 0);
		for (int i = 0; i < 60; i++)
			assert_int_equal(mp_queue_get(queue, &bytes, 0), 0);
		assert_int_equal(mp_process_kill(producer), 0);
		assert_int_equal(mp_process_kill(consumer), 0);
		finish(producer);
		finish(consumer);
	}
	mp_bytes_free(&bytes);
}

static int get_one(void *argument)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	int result = mp_queue_get(queue, &bytes, 60000);

	(void)argument;
	mp_bytes_free(&bytes);
	return result != 0;
}

/* All sleep; what is put at once is taken by all, though the first to wake may not come back. */
static void every_sleeper_is_woken(void **state)
{
	struct mp_process *consumers[PARTIES];

	(void)state;
	for (int i = 0; i < PARTIES; i++)
		consumers[i] = start(get_one, 0);
	usleep(50000);
	for (int i = 0; i < PARTIES; i++)
		assert_int_equal(mp_queue_put(queue, "x", 1, 0), 0);
	for (int i = 0; i < PARTIES; i++)
		assert_int_equal(finish(consumers[i]), 0);
}

/* Garbage in the shared memory: nobody crashes, and nobody waits longer than he said. */
static void a_hostile_party_harms_nobody_else(void **state)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	size_t size_bytes = 64 * 1024;
	unsigned char *memory =
		mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, mp_queue_fd(queue), 0);

	(void)state;
	assert_true(memory != MAP_FAILED);
	srand(11);
	for (int round = 0; round < 300; round++) {
		int64_t before_ms = clock_ms();

		for (int i = 0; i < 200; i++)
			memory[(size_t)rand() % (round % 2 ? size_bytes : 12288)] = (unsigned char)rand();
		mp_queue_put(queue, "x", 1, 0);
		mp_queue_get(queue, &bytes, 0);
		mp_queue_get(queue, &bytes, 1);
		mp_queue_count(queue);
		assert_true(clock_ms() - before_ms < 10000);
	}
	munmap(memory, size_bytes);
	mp_bytes_free(&bytes);
}

static void a_queue_can_be_attached_by_its_descriptor(void **state)
{
	struct mp_queue *again = mp_queue_attach(mp_queue_fd(queue));
	struct mp_bytes bytes = MP_BYTES_INIT;

	(void)state;
	assert_non_null(again);
	assert_int_equal(mp_queue_put(queue, "x", 1, 0), 0);
	assert_int_equal(mp_queue_get(again, &bytes, 0), 0);
	assert_string_equal(bytes.data, "x");
	mp_queue_free(&again);
	errno = 0;
	assert_null(mp_queue_attach(0));
	assert_int_equal(errno, EINVAL);
	assert_null(mp_queue_attach(-1));
	mp_bytes_free(&bytes);
}

static void misuse_is_an_error(void **state)
{
	struct mp_queue *none = NULL;

	(void)state;
	errno = 0;
	assert_null(mp_queue_new(((size_t)1 << 20) + 1));
	assert_int_equal(errno, EINVAL);
	assert_int_equal(mp_queue_put(queue, NULL, 1, 0), -EINVAL);
	assert_int_equal(mp_queue_put(queue, "", MP_QUEUE_MESSAGE_MAX + 1, 0), -EMSGSIZE);
	mp_queue_free(&none);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_come_out_in_order_and_whole),
		TEST(a_full_queue_and_an_empty_one_make_wait_as_long_as_said),
		TEST(a_message_may_have_64_mib_and_more),
		TEST(the_stopped_hold_up_nobody),
		TEST(every_sleeper_is_woken),
		TEST(a_hostile_party_harms_nobody_else),
		TEST(a_queue_can_be_attached_by_its_descriptor),
		TEST(misuse_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
