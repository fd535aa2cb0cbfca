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

/* A message of the tests: who put it, which of theirs it is, and a body that tells whether it is torn. */
struct message {
	uint32_t producer, number;
	unsigned char body[200];
};

static struct mp_queue *queue;

/* What the parties tell the test. */
static struct {
	uint32_t put[PARTIES]; /* by the number of the producer: how many calls have returned */
	uint64_t got, wrong;
	unsigned char seen[1 << 20]; /* by producer << 17 | number */
} * told;

static int set_up(void **state)
{
	note_what_there_is(state);
	told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	queue = mp_queue_new(64);
	return queue && told != MAP_FAILED ? 0 : -1;
}

static int tear_down(void **state)
{
	mp_queue_free(&queue);
	munmap(told, sizeof *told);
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

static void make(struct message *message, uint32_t producer, uint32_t number)
{
	message->producer = producer;
	message->number = number;
	for (size_t i = 0; i < sizeof message->body; i++)
		message->body[i] = (unsigned char)(producer * 7 + number + i);
}

static int produce(void *argument)
{
	uint32_t producer = (uint32_t)(uintptr_t)argument, number = told->put[producer];
	struct message message;

	for (; number < 12500; number++) {
		make(&message, producer, number);
		if (mp_queue_put(queue, &message, sizeof message, 60000))
			return 1;
		told->put[producer] = number + 1;
	}
	return 0;
}

/* Returns false for the one that says "no more". */
static bool note(const struct mp_bytes *bytes)
{
	const struct message *message = (const void *)bytes->data;
	struct message right;
	unsigned char *seen;

	if (bytes->size_bytes == 0)
		return false;
	make(&right, message->producer, message->number);
	if (bytes->size_bytes != sizeof right || memcmp(message, &right, sizeof right) != 0 ||
		right.producer >= PARTIES || right.number >= 12500) {
		__atomic_add_fetch(&told->wrong, 1, __ATOMIC_RELAXED);
		return true;
	}
	seen = &told->seen[right.producer << 17 | right.number];
	if (__atomic_add_fetch(seen, 1, __ATOMIC_RELAXED) > 1)
		__atomic_add_fetch(&told->wrong, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&told->got, 1, __ATOMIC_RELAXED);
	return true;
}

static int consume(void *argument)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	uint32_t last[PARTIES] = { 0 };
	int result = 0;

	(void)argument;
	while (result == 0 && (result = mp_queue_get(queue, &bytes, 60000)) == 0 && note(&bytes)) {
		const struct message *message = (const void *)bytes.data;

		/* one consumer sees each producer's in order */
		if (message->producer < PARTIES && message->number + 1 <= last[message->producer])
			result = 2;
		else if (message->producer < PARTIES)
			last[message->producer] = message->number + 1;
	}
	mp_bytes_free(&bytes);
	return result != 0;
}

static void eight_producers_and_eight_consumers_lose_double_and_tear_nothing(void **state)
{
	struct mp_process *producers[PARTIES], *consumers[PARTIES];

	(void)state;
	for (uintptr_t i = 0; i < PARTIES; i++) {
		producers[i] = start(produce, i);
		consumers[i] = start(consume, i);
	}
	for (int i = 0; i < PARTIES; i++)
		assert_int_equal(finish(producers[i]), 0);
	for (int i = 0; i < PARTIES; i++)
		assert_int_equal(mp_queue_put(queue, NULL, 0, -1), 0);
	for (int i = 0; i < PARTIES; i++)
		assert_int_equal(finish(consumers[i]), 0);
	assert_int_equal(told->wrong, 0);
	assert_int_equal(told->got, PARTIES * 12500);
}

/* Producers and consumers are killed wherever they happen to be, and others take their places. */
static void the_killed_hold_up_nobody_and_the_totals_reconcile(void **state)
{
	struct mp_process *producers[4], *consumers[4];
	int killed_consumers = 0, running = 4;
	uint64_t missing = 0;

	(void)state;
	srand(7);
	for (uintptr_t i = 0; i < 4; i++) {
		producers[i] = start(produce, i);
		consumers[i] = start(consume, i);
	}
	while (running > 0) {
		int who = rand() % 4;

		usleep((unsigned)rand() % 2000);
		mp_process_kill(consumers[who]);
		killed_consumers += finish(consumers[who]) == -SIGKILL;
		consumers[who] = start(consume, (uintptr_t)who);
		who = rand() % 4;
		if (!producers[who])
			continue;
		mp_process_kill(producers[who]);
		if (finish(producers[who]) == 0) {
			producers[who] = NULL;
			running--;
			continue;
		}
		/* the next one goes on behind the message whose fate is not known */
		told->put[who]++;
		producers[who] = start(produce, (uintptr_t)who);
	}
	for (int i = 0; i < 4; i++)
		assert_int_equal(mp_queue_put(queue, NULL, 0, -1), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(finish(consumers[i]), 0);
	for (uint32_t i = 0; i < 4; i++)
		for (uint32_t number = 0; number < 12500; number++)
			missing += told->seen[i << 17 | number] == 0;
	assert_int_equal(told->wrong, 0);
	/* and those that a killed producer had not put yet, one each */
	assert_true(missing <= (uint64_t)killed_consumers * 2 + 4);
	assert_true(told->got + missing == 50000);
	/* the dead's blocks are found: the queue is as big as ever */
	for (int round = 0; round < 10; round++) {
		struct mp_bytes bytes = MP_BYTES_INIT;

		for (int i = 0; i < 64; i++)
			assert_int_equal(mp_queue_put(queue, "x", 1, 0), 0);
		for (int i = 0; i < 64; i++)
			assert_int_equal(mp_queue_get(queue, &bytes, 0), 0);
		mp_bytes_free(&bytes);
	}
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
		TEST(eight_producers_and_eight_consumers_lose_double_and_tear_nothing),
		TEST(the_killed_hold_up_nobody_and_the_totals_reconcile),
		TEST(the_stopped_hold_up_nobody),
		TEST(every_sleeper_is_woken),
		TEST(a_hostile_party_harms_nobody_else),
		TEST(a_queue_can_be_attached_by_its_descriptor),
		TEST(misuse_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
