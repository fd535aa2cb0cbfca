/* Workers that a stranger's file has taken over: none may hang, crash or confuse the pool's owner. */
#include "mp/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/clock.h"

#include "pool_checks.h"

/* ---- what a hostile worker has to hand ---- */

/* As channel.c and wire.h lay them out. */
struct header {
	uint32_t magic, type;
	uint64_t size_bytes;
	uint32_t in_memfd, zero;
};
struct record {
	uint64_t id;
	uint32_t status, attempt;
	uint64_t size_bytes;
};
struct message {
	struct header header;
	struct record records[3];
};
#define MAGIC 0x6c6c696du
enum {
	READY = 2,
	UNFIT = 3,
	RESULTS = 4
};

static int own_socket(void)
{
	for (int fd = 0; fd < 1000; fd++) {
		int type = 0;
		socklen_t size = sizeof type;

		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET)
			return fd;
	}
	_exit(55);
}

static void say(const void *data, size_t size_bytes)
{
	send(own_socket(), data, size_bytes, MSG_NOSIGNAL);
}

static struct message message_of(uint32_t type, int records, uint64_t id, int attempt)
{
	struct message message = { .header = { .magic = MAGIC,
					   .type = type,
					   .size_bytes = (uint64_t)records * sizeof(struct record) } };

	for (int i = 0; i < records; i++)
		message.records[i] = (struct record){ .id = id + (uint64_t)i, .attempt = (uint32_t)attempt };
	return message;
}

static void say_message(const struct message *message)
{
	say(message, sizeof message->header + message->header.size_bytes);
}

static void say_fd(const struct header *header, int fd, int times)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * 100)];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec part = { .iov_base = (void *)header, .iov_len = sizeof *header };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control };

	message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)times);
	CMSG_FIRSTHDR(&message)->cmsg_level = SOL_SOCKET;
	CMSG_FIRSTHDR(&message)->cmsg_type = SCM_RIGHTS;
	CMSG_FIRSTHDR(&message)->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)times);
	for (int i = 0; i < times; i++)
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)) + sizeof fd * (size_t)i, &fd, sizeof fd);
	sendmsg(own_socket(), &message, MSG_NOSIGNAL);
}

static void wait_for_the_end(void)
{
	for (;;)
		pause();
}

/* ---- what it does; each is the function of a task ---- */

#define ATTACK(name)     \
	static int name( \
		struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)

#define UNUSED            \
	(void)worker;     \
	(void)payload;    \
	(void)size_bytes; \
	(void)reply

ATTACK(writes_noise)
{
	unsigned char noise[3000];

	UNUSED;
	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (unsigned char)(i * 2654435761u >> 13);
	say(noise, sizeof noise);
	wait_for_the_end();
	return 0;
}

ATTACK(writes_an_empty_message)
{
	UNUSED;
	say("", 0);
	wait_for_the_end();
	return 0;
}

ATTACK(floods_with_readiness)
{
	struct message ready = message_of(READY, 0, 0, 0);

	UNUSED;
	for (;;)
		say_message(&ready);
	return 0;
}

ATTACK(floods_with_empty_results)
{
	struct message none = message_of(RESULTS, 0, 0, 0);

	UNUSED;
	for (;;)
		say_message(&none);
	return 0;
}

ATTACK(says_it_is_unfit)
{
	struct message unfit = message_of(UNFIT, 1, 0, 0);

	UNUSED;
	for (;;)
		say_message(&unfit);
	return 0;
}

ATTACK(answers_another_task)
{
	struct message result = message_of(RESULTS, 1, worker->task + 1, worker->attempt);

	UNUSED;
	say_message(&result);
	wait_for_the_end();
	return 0;
}

ATTACK(answers_another_attempt)
{
	struct message result = message_of(RESULTS, 1, worker->task, worker->attempt + 1);

	UNUSED;
	say_message(&result);
	wait_for_the_end();
	return 0;
}

ATTACK(answers_with_a_strange_status)
{
	struct message result = message_of(RESULTS, 1, worker->task, worker->attempt);

	UNUSED;
	result.records[0].status = 256;
	say_message(&result);
	wait_for_the_end();
	return 0;
}

ATTACK(answers_beyond_the_message)
{
	struct message result = message_of(RESULTS, 1, worker->task, worker->attempt);

	UNUSED;
	result.records[0].size_bytes = UINT64_MAX - 3;
	say_message(&result);
	wait_for_the_end();
	return 0;
}

ATTACK(sends_a_terabyte)
{
	struct header huge = { .magic = MAGIC, .type = RESULTS, .in_memfd = 1, .size_bytes = 1ull << 40 };
	int memfd = memfd_create("huge", MFD_ALLOW_SEALING);

	UNUSED;
	if (ftruncate(memfd, 1ll << 40))
		return 1;
	fcntl(memfd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	say_fd(&huge, memfd, 1);
	wait_for_the_end();
	return 0;
}

ATTACK(sends_a_pipe)
{
	struct header header = { .magic = MAGIC, .type = RESULTS, .in_memfd = 1, .size_bytes = 4096 };
	int ends[2];

	UNUSED;
	if (pipe(ends))
		return 1;
	say_fd(&header, ends[0], 1);
	wait_for_the_end();
	return 0;
}

ATTACK(sends_a_hundred_descriptors)
{
	struct header header = { .magic = MAGIC, .type = RESULTS, .in_memfd = 1, .size_bytes = 4096 };

	UNUSED;
	say_fd(&header, STDERR_FILENO, 100);
	wait_for_the_end();
	return 0;
}

ATTACK(closes_its_socket)
{
	UNUSED;
	close(own_socket());
	wait_for_the_end();
	return 0;
}

ATTACK(stops_writing)
{
	UNUSED;
	shutdown(own_socket(), SHUT_WR);
	wait_for_the_end();
	return 0;
}

ATTACK(stops_itself)
{
	UNUSED;
	raise(SIGSTOP);
	return 0;
}

ATTACK(leaves_a_grandchild_and_dies)
{
	UNUSED;
	if (fork() == 0) {
		/* it holds the socket for longer than the test, if it were not for the alarm */
		signal(SIGALRM, SIG_DFL);
		alarm(60);
		wait_for_the_end();
	}
	raise(SIGKILL);
	return 0;
}

ATTACK(answers_twice)
{
	struct message result = message_of(RESULTS, 1, worker->task, worker->attempt);

	UNUSED;
	say_message(&result);
	return 0;
}

ATTACK(answers_for_all_it_holds)
{
	struct message results = message_of(RESULTS, 3, worker->task, worker->attempt);

	UNUSED;
	say_message(&results);
	wait_for_the_end();
	return 0;
}

ATTACK(stops_reading)
{
	UNUSED;
	shutdown(own_socket(), SHUT_RD);
	return 0;
}

ATTACK(leaves_a_grandchild)
{
	UNUSED;
	if (fork() == 0) {
		alarm(60);
		wait_for_the_end();
	}
	return 0;
}

/* With a payload that begins with 1: for its own task and the three that lie in its socket unread. */
ATTACK(answers_without_reading)
{
	struct message results = message_of(RESULTS, 2, worker->task, worker->attempt);

	UNUSED;
	if (size_bytes == 0 || *(const char *)payload != 1)
		return 0;
	say_message(&results);
	results.records[0].id += 2;
	results.records[1].id += 2;
	say_message(&results);
	wait_for_the_end();
	return 0;
}

ATTACK(good)
{
	UNUSED;
	return mp_reply_set(reply, "good", 4);
}

static const struct mp_task tasks[] = {
	{ "writes-noise", writes_noise, 4 },
	{ "floods-with-readiness", floods_with_readiness, 4 },
	{ "floods-with-empty-results", floods_with_empty_results, 4 },
	{ "says-it-is-unfit", says_it_is_unfit, 4 },
	{ "answers-another-task", answers_another_task, 4 },
	{ "answers-another-attempt", answers_another_attempt, 4 },
	{ "answers-with-a-strange-status", answers_with_a_strange_status, 4 },
	{ "answers-beyond-the-message", answers_beyond_the_message, 4 },
	{ "sends-a-terabyte", sends_a_terabyte, 4 },
	{ "sends-a-pipe", sends_a_pipe, 4 },
	{ "sends-a-hundred-descriptors", sends_a_hundred_descriptors, 4 },
	{ "writes-an-empty-message", writes_an_empty_message, 4 },
	{ "closes-its-socket", closes_its_socket, 4 },
	{ "stops-writing", stops_writing, 4 },
	{ "stops-itself", stops_itself, 4 },
	{ "leaves-a-grandchild-and-dies", leaves_a_grandchild_and_dies, 4 },
	{ "answers-twice", answers_twice, 4 },
	{ "answers-for-all-it-holds", answers_for_all_it_holds, 4 },
	{ "stops-reading", stops_reading, 1 },
	{ "leaves-a-grandchild", leaves_a_grandchild, 4 },
	{ "answers-without-reading", answers_without_reading, 4 },
	{ "good", good, 4 },
	{ NULL, NULL, 0 },
};

static struct mp_pool *new_pool(int workers)
{
	const struct mp_pool_config config = { .workers = workers, .tasks = tasks };

	return new_pool_of(&config);
}

static void expect_good(const struct mp_ended *ended)
{
	assert_int_equal(ended->outcome, MP_DONE);
	assert_int_equal(ended->size_bytes, 4);
	assert_memory_equal(ended->data, "good", 4);
}

/* Before, between and after good tasks; tried twice; both workers are there again afterwards. */
static void attack(const char *name, int signal_number)
{
	struct mp_pool *pool = new_pool(2);
	const struct mp_submission hostile = { .task = name, .retries = 1 };
	int64_t id;

	for (int i = 0; i < 10; i++)
		submit(pool, "good", NULL, 0);
	id = mp_pool_submit(pool, &hostile);
	for (int i = 0; i < 10; i++)
		submit(pool, "good", NULL, 0);
	for (int i = 0; i < 21; i++) {
		const struct mp_ended *ended = next_ended(pool);

		if (ended->id != (uint64_t)id) {
			expect_good(ended);
			continue;
		}
		if (ended->outcome != MP_CRASHED || ended->signal != signal_number || ended->attempts != 2)
			fail_msg("%s: outcome %d, signal %d, %d attempts", name, ended->outcome,
				ended->signal, ended->attempts);
	}
	for (int i = 0; i < 20; i++)
		submit(pool, "good", NULL, 0);
	for (int i = 0; i < 20; i++)
		expect_good(next_ended(pool));
	assert_true(mp_pool_worker_pid(pool, 0) > 0);
	assert_true(mp_pool_worker_pid(pool, 1) > 0);
	mp_pool_free(&pool);
}

static void a_broken_protocol_is_a_crash(void **state)
{
	(void)state;
	for (int i = 0; strcmp(tasks[i].name, "writes-an-empty-message") != 0; i++)
		attack(tasks[i].name, 0);
}

static void a_closed_socket_is_a_crash(void **state)
{
	struct mp_pool *pool = new_pool(3);

	(void)state;
	submit(pool, "writes-an-empty-message", NULL, 0); /* which reads as end-of-file */
	submit(pool, "closes-its-socket", NULL, 0);
	submit(pool, "stops-writing", NULL, 0);
	for (int i = 0; i < 20; i++)
		submit(pool, "good", NULL, 0);
	for (int i = 0; i < 23; i++) {
		const struct mp_ended *ended = next_ended(pool);

		assert_int_equal(ended->outcome, ended->id <= 3 ? MP_CRASHED : MP_DONE);
		assert_int_equal(ended->signal, 0);
	}
	mp_pool_free(&pool);
}

static void a_worker_that_stops_itself_runs_into_its_deadline(void **state)
{
	struct mp_pool *pool = new_pool(1);
	const struct mp_submission hostile = { .task = "stops-itself", .timeout_ms = 50, .retries = 1 };

	(void)state;
	assert_true(mp_pool_submit(pool, &hostile) > 0);
	submit(pool, "good", NULL, 0);
	for (int i = 0; i < 2; i++) {
		const struct mp_ended *ended = next_ended(pool);

		assert_int_equal(ended->outcome, ended->id == 1 ? MP_TIMEOUT : MP_DONE);
		assert_int_equal(ended->attempts, ended->id == 1 ? 2 : 1);
	}
	mp_pool_free(&pool);
}

/* End-of-file does not come, and the pool does not wait for it. The grandchildren are ours in the end. */
static void a_grandchild_that_holds_the_socket_holds_nothing_up(void **state)
{
	struct mp_pool *pool = new_pool(2);
	int64_t before_ms = clock_ms();
	int crashed = 0;

	(void)state;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int i = 0; i < 5; i++) {
		submit(pool, "leaves-a-grandchild", NULL, 0);
		submit(pool, "leaves-a-grandchild-and-dies", NULL, 0);
		submit(pool, "good", NULL, 0);
	}
	for (int i = 0; i < 15; i++) {
		const struct mp_ended *ended = next_ended(pool);

		if (ended->outcome == MP_CRASHED)
			crashed += ended->signal == SIGKILL;
		else
			assert_int_equal(ended->outcome, MP_DONE);
	}
	assert_int_equal(crashed, 5);
	mp_pool_free(&pool);
	assert_true(clock_ms() - before_ms < 50000);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	/* tidy up: they die with the test at the latest */
	for (;;) {
		char path[64], children[4096] = "";
		FILE *list;

		snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
		list = fopen(path, "re");
		if (!list || !fgets(children, sizeof children, list)) {
			if (list)
				fclose(list);
			break;
		}
		fclose(list);
		for (char *next = children, *end; strtol(next, &end, 10) > 0; next = end) {
			pid_t pid = (pid_t)strtol(next, NULL, 10);

			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
	}
}

/* Its own result counts. The second costs it its life, and the task that it had begun by then an attempt. */
static void who_answers_twice_is_killed_and_nothing_is_doubled(void **state)
{
	struct mp_pool *pool = new_pool(2);
	bool seen[101] = { false };

	(void)state;
	for (int i = 0; i < 100; i++) {
		const struct mp_submission submission = { .task = i % 10 == 5 ? "answers-twice" : "good",
			.retries = 1 };

		assert_int_equal(mp_pool_submit(pool, &submission), i + 1);
	}
	for (int i = 0; i < 100; i++) {
		const struct mp_ended *ended = next_ended(pool);

		assert_false(seen[ended->id]);
		seen[ended->id] = true;
		assert_int_equal(ended->outcome, MP_DONE);
	}
	assert_int_equal(mp_pool_pending(pool), 0);
	mp_pool_free(&pool);
}

/* A worker may lie about what it was given, but about nothing else. */
static void who_answers_in_advance_lies_for_itself_only(void **state)
{
	struct mp_pool *pool = new_pool(1);
	int done = 0, crashed = 0;

	(void)state;
	for (int i = 0; i < 4; i++)
		submit(pool, "answers-for-all-it-holds", NULL, 0);
	for (int i = 0; i < 4; i++) {
		const struct mp_ended *ended = next_ended(pool);

		done += ended->outcome == MP_DONE;
		crashed += ended->outcome == MP_CRASHED;
		if (i == 2) { /* three were answered in advance; the worker waits for the end */
			assert_int_equal(done, 3);
			kill(mp_pool_worker_pid(pool, 0), SIGKILL);
		}
	}
	assert_int_equal(done, 3);
	assert_int_equal(crashed, 1);
	mp_pool_free(&pool);
}

static void who_stops_reading_is_replaced(void **state)
{
	struct mp_pool *pool = new_pool(1);

	(void)state;
	submit(pool, "stops-reading", NULL, 0);
	assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	submit(pool, "good", NULL, 0);
	expect_good(next_ended(pool));
	mp_pool_free(&pool);
}

/* Its socket is full of what it says that it has done. */
static void who_answers_without_reading_is_replaced(void **state)
{
	static char payload[60000];
	struct mp_pool *pool = new_pool(1);
	struct mp_pool_counts counts;

	(void)state;
	for (int i = 0; i < 8; i++) {
		payload[0] = i == 0;
		submit(pool, "answers-without-reading", payload, sizeof payload);
	}
	for (int i = 0; i < 8; i++) {
		const struct mp_ended *ended = next_ended(pool);

		assert_int_equal(ended->outcome, MP_DONE);
		assert_int_equal(ended->attempts, 1);
	}
	mp_pool_counts(pool, &counts);
	assert_int_equal(counts.died, 1);
	mp_pool_free(&pool);
}

/* ---- while entering ---- */

static int enter_with_noise(struct mp_worker *worker, void **state)
{
	(void)worker;
	(void)state;
	say("noise", 5);
	wait_for_the_end();
	return 0;
}

static int enter_early(struct mp_worker *worker, void **state)
{
	struct message result = message_of(RESULTS, 1, 1, 1);

	(void)worker;
	(void)state;
	say_message(&result);
	wait_for_the_end();
	return 0;
}

static int enter_never(struct mp_worker *worker, void **state)
{
	(void)worker;
	(void)state;
	wait_for_the_end();
	return 0;
}

static void who_cannot_enter_in_peace_ends_the_pool(void **state)
{
	int (*const enters[])(struct mp_worker *, void **) = { enter_with_noise, enter_early, enter_never };

	(void)state;
	for (int i = 0; i < 3; i++) {
		const struct mp_pool_config config = {
			.workers = 2, .tasks = tasks, .enter = enters[i], .enter_timeout_ms = 20
		};
		struct mp_pool *pool = new_pool_of(&config);

		for (int task = 0; task < 3; task++)
			submit(pool, "good", NULL, 0);
		for (int task = 0; task < 3; task++)
			assert_int_equal(next_ended(pool)->outcome, MP_LOST);
		assert_int_equal(mp_pool_wait(pool, -1), -ECHILD);
		mp_pool_free(&pool);
	}
}

static void leave_never(struct mp_worker *worker)
{
	(void)worker;
	wait_for_the_end();
}

static void who_does_not_leave_is_killed(void **state)
{
	const struct mp_pool_config config = { .workers = 1, .tasks = tasks, .leave = leave_never };
	struct mp_pool *pool = new_pool_of(&config);

	(void)state;
	submit(pool, "good", NULL, 0);
	mp_pool_close(pool);
	expect_good(next_ended(pool));
	assert_int_equal(mp_pool_wait(pool, 100), -ETIMEDOUT);
	mp_pool_free(&pool);
}

int main(void)
{
	const struct CMUnitTest tests_of_hostility[] = {
		POOL_TEST(a_broken_protocol_is_a_crash),
		POOL_TEST(a_closed_socket_is_a_crash),
		POOL_TEST(a_worker_that_stops_itself_runs_into_its_deadline),
		POOL_TEST(a_grandchild_that_holds_the_socket_holds_nothing_up),
		POOL_TEST(who_answers_twice_is_killed_and_nothing_is_doubled),
		POOL_TEST(who_answers_in_advance_lies_for_itself_only),
		POOL_TEST(who_stops_reading_is_replaced),
		POOL_TEST(who_answers_without_reading_is_replaced),
		POOL_TEST(who_cannot_enter_in_peace_ends_the_pool),
		POOL_TEST(who_does_not_leave_is_killed),
	};

	return cmocka_run_group_tests(tests_of_hostility, NULL, NULL);
}
