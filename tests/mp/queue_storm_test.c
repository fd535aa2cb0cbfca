/*
 * The queue with many producers and consumers, and while they are killed at random.
 *
 * STAMPMILL_STORM_MESSAGES (default 200000, at most 1048576) and STAMPMILL_STORM_SEED (default 1) make it
 * longer or another.
 */
#include "mp/queue.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mp/process.h"

#include "pool_checks.h"
#include "storm.h"

#define PARTIES 8
#define EACH_MAX ((uint32_t)1 << 17)

/* Who put it, which of theirs it is, and a body that tells whether it is torn. */
struct message {
	uint32_t producer, number;
	unsigned char body[200];
};

static struct mp_queue *queue;
static uint32_t each; /* messages of a producer */

/* What the parties tell the test; each word has one writer. */
static struct {
	uint32_t tried[PARTIES], put[PARTIES]; /* by each producer: calls that were made, and have returned */
	uint64_t got, torn, doubled;
	unsigned char seen[PARTIES * EACH_MAX];
} * told;

static int set_up(void **state)
{
	note_what_there_is(state);
	each = (uint32_t)storm_number("STAMPMILL_STORM_MESSAGES", 200000) / PARTIES;
	if (each > EACH_MAX)
		each = EACH_MAX;
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

	mp_process_join(process, 600000);
	mp_process_ended(process, &end);
	mp_process_free(&process);
	return end.signal ? -end.signal : end.status;
}

static void make(struct message *message, uint32_t producer, uint32_t number)
{
	message->producer = producer;
	message->number = number;
	for (size_t i = 0; i < sizeof message->body; i++)
		message->body[i] = (unsigned char)(producer * 7 + number + i);
}

/* Goes on behind the last message that a predecessor has tried to put. */
static int produce(void *argument)
{
	uint32_t producer = (uint32_t)(uintptr_t)argument;
	struct message message;

	for (uint32_t number = told->tried[producer]; number < each; number++) {
		make(&message, producer, number);
		__atomic_store_n(&told->tried[producer], number + 1, __ATOMIC_SEQ_CST);
		if (mp_queue_put(queue, &message, sizeof message, 60000))
			return 1;
		__atomic_store_n(&told->put[producer], number + 1, __ATOMIC_SEQ_CST);
	}
	return 0;
}

static void note(const struct message *message, size_t size_bytes)
{
	struct message right;

	if (size_bytes != sizeof right || message->producer >= PARTIES || message->number >= each) {
		__atomic_add_fetch(&told->torn, 1, __ATOMIC_RELAXED);
		return;
	}
	make(&right, message->producer, message->number);
	if (memcmp(message, &right, sizeof right) != 0)
		__atomic_add_fetch(&told->torn, 1, __ATOMIC_RELAXED);
	if (__atomic_add_fetch(&told->seen[right.producer * EACH_MAX + right.number], 1, __ATOMIC_RELAXED) >
		1)
		__atomic_add_fetch(&told->doubled, 1, __ATOMIC_RELAXED);
	else
		__atomic_add_fetch(&told->got, 1, __ATOMIC_RELAXED);
}

/* Until an empty message. Each producer's come in order. */
static int consume(void *argument)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	uint32_t next[PARTIES] = { 0 };
	int result;

	(void)argument;
	while ((result = mp_queue_get(queue, &bytes, 60000)) == 0 && bytes.size_bytes > 0) {
		const struct message *message = (const void *)bytes.data;

		note(message, bytes.size_bytes);
		if (message->producer < PARTIES && message->number < next[message->producer])
			result = -EILSEQ;
		if (result)
			break;
		if (message->producer < PARTIES)
			next[message->producer] = message->number + 1;
	}
	mp_bytes_free(&bytes);
	return result != 0;
}

static void tell_consumers_to_end(struct mp_process *consumers[PARTIES])
{
	for (int i = 0; i < PARTIES; i++)
		assert_int_equal(mp_queue_put(queue, NULL, 0, 600000), 0);
	for (int i = 0; i < PARTIES; i++)
		assert_int_equal(finish(consumers[i]), 0);
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
	tell_consumers_to_end(consumers);
	assert_int_equal(told->torn, 0);
	assert_int_equal(told->doubled, 0);
	assert_int_equal(told->got, PARTIES * each);
	print_message("# %u messages, none lost, doubled or torn\n", PARTIES * each);
}

struct storm {
	struct mp_process *producers[PARTIES], *consumers[PARTIES];
	int producing;
	uint64_t killed_consumers, killed_producers;
	uint64_t unknown; /* messages whose producer was killed between calling mp_queue_put() and its return
			   */
};

static void replace_consumer(struct storm *storm, uintptr_t who)
{
	mp_process_kill(storm->consumers[who]);
	assert_int_equal(finish(storm->consumers[who]), -SIGKILL);
	storm->killed_consumers++;
	storm->consumers[who] = start(consume, who);
}

static void replace_producer(struct storm *storm, uintptr_t who)
{
	int status;

	if (!storm->producers[who])
		return;
	mp_process_kill(storm->producers[who]);
	status = finish(storm->producers[who]);
	storm->producers[who] = NULL;
	if (status == 0) {
		storm->producing--;
		return;
	}
	assert_int_equal(status, -SIGKILL);
	storm->killed_producers++;
	if (told->tried[who] > told->put[who])
		storm->unknown++;
	/* what has become of that one is not known, nor asked: the next goes on behind it */
	told->put[who] = told->tried[who];
	storm->producers[who] = start(produce, who);
}

static uint64_t count_missing(void)
{
	uint64_t missing = 0;

	for (uint32_t producer = 0; producer < PARTIES; producer++)
		for (uint32_t number = 0; number < each; number++)
			missing += told->seen[producer * EACH_MAX + number] == 0;
	return missing;
}

/* The dead's room is found: the queue holds as much as ever. */
static void assert_as_big_as_ever(void)
{
	struct mp_bytes bytes = MP_BYTES_INIT;

	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < 64; i++)
			assert_int_equal(mp_queue_put(queue, "x", 1, 0), 0);
		assert_int_equal(mp_queue_put(queue, "x", 1, 0), -ETIMEDOUT);
		for (int i = 0; i < 64; i++)
			assert_int_equal(mp_queue_get(queue, &bytes, 0), 0);
	}
	mp_bytes_free(&bytes);
}

static void the_killed_take_one_message_each_and_hold_up_nobody(void **state)
{
	struct storm storm = { .producing = PARTIES };
	uint64_t missing;

	(void)state;
	storm_seed(storm_number("STAMPMILL_STORM_SEED", 1));
	for (uintptr_t i = 0; i < PARTIES; i++) {
		storm.producers[i] = start(produce, i);
		storm.consumers[i] = start(consume, i);
	}
	while (storm.producing > 0) {
		usleep((unsigned)(storm_random() % 400));
		if (storm_random() % 2)
			replace_consumer(&storm, storm_random() % PARTIES);
		else
			replace_producer(&storm, storm_random() % PARTIES);
	}
	tell_consumers_to_end(storm.consumers);
	missing = count_missing();
	print_message("# %u messages, %lu consumers and %lu producers killed: %lu lost, %lu of them or fewer "
		      "never put\n",
		PARTIES * each, (unsigned long)storm.killed_consumers, (unsigned long)storm.killed_producers,
		(unsigned long)missing, (unsigned long)storm.unknown);
	assert_int_equal(told->torn, 0);
	assert_int_equal(told->doubled, 0);
	assert_int_equal(told->got + missing, PARTIES * each);
	assert_true(missing <= storm.killed_consumers + storm.unknown);
	assert_int_equal(mp_queue_count(queue), 0);
	assert_as_big_as_ever();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(eight_producers_and_eight_consumers_lose_double_and_tear_nothing),
		TEST(the_killed_take_one_message_each_and_hold_up_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
