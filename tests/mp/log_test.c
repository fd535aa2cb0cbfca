#include "mp/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mp/pool.h"
#include "mp/process.h"
#include "sys/clock.h"

#include "pool_checks.h"

#define PARTIES 8
#define LINES 200

static struct mp_queue *queue;
static int ends[2]; /* of a pipe */

static int set_up(void **state)
{
	note_what_there_is(state);
	queue = mp_queue_new(64);
	return queue ? pipe2(ends, O_CLOEXEC) : -1;
}

static int tear_down(void **state)
{
	mp_log_to_fd(-1);
	mp_log_to_queue(NULL);
	mp_log_set_level(MP_LOG_WARNING);
	mp_queue_free(&queue);
	close(ends[0]);
	close(ends[1]);
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

static void finish(struct mp_process *process, int status)
{
	struct mp_process_end end = { .status = -1 };

	assert_int_equal(mp_process_join(process, 60000), 0);
	assert_int_equal(mp_process_ended(process, &end), 0);
	assert_int_equal(end.status, status);
	mp_process_free(&process);
}

/* What is in the pipe, which has no writer but this process. */
static const char *said(void)
{
	static char text[65536];
	ssize_t got;

	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	got = read(ends[0], text, sizeof text - 1);
	text[got > 0 ? got : 0] = '\0';
	return text;
}

static void a_line_has_level_and_name(void **state)
{
	(void)state;
	mp_log_to_fd(ends[1]);
	mp_log_set_level(MP_LOG_INFO);
	errno = ENOENT;
	mp_log(MP_LOG_DEBUG, "not wanted");
	mp_log(MP_LOG_INFO, "%d of %s", 3, "four");
	mp_log(MP_LOG_WARNING, "a");
	mp_log(MP_LOG_ERROR, "b");
	assert_int_equal(errno, ENOENT);
	mp_log_to_fd(-1);
	mp_log(MP_LOG_ERROR, "to nobody");
	assert_string_equal(
		said(), "[INFO/MainProcess] 3 of four\n[WARNING/MainProcess] a\n[ERROR/MainProcess] b\n");
	assert_int_equal(mp_log_level(), MP_LOG_INFO);
}

static int return_three(void *argument)
{
	(void)argument;
	return 3;
}

static void a_process_tells_of_its_life(void **state)
{
	char expected[400];
	struct mp_process *process;

	(void)state;
	mp_log_to_fd(ends[1]);
	mp_log_set_level(MP_LOG_INFO);
	process = start(return_three, NULL);
	snprintf(expected, sizeof expected,
		"[INFO/%1$s] child process calling self.run()\n[INFO/%1$s] process shutting down\n"
		"[INFO/%1$s] process exiting with exitcode 3\n",
		mp_process_name(process));
	finish(process, 3);
	assert_string_equal(said(), expected);
	/* and says nothing of it where only warnings are wanted */
	mp_log_set_level(MP_LOG_WARNING);
	finish(start(return_three, NULL), 3);
	assert_string_equal(said(), "");
}

static void what_is_said_stays_on_its_line(void **state)
{
	char text[8000];
	const char *line;

	(void)state;
	mp_log_to_fd(ends[1]);
	mp_log(MP_LOG_ERROR, "a\n[INFO/Other] forged\x1b[2J\xff\\ \xc3\xa9");
	assert_string_equal(
		said(), "[ERROR/MainProcess] a\\n[INFO/Other] forged\\x1b[2J\\xff\\\\ \xc3\xa9\n");
	for (size_t length = 3700; length < 4200; length++) {
		memset(text, 'x', length);
		text[length] = '\0';
		mp_log(MP_LOG_ERROR, "%s", text);
		line = said();
		assert_true(strlen(line) <= PIPE_BUF);
		assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
		assert_int_equal(strstr(line, "x...\n") != NULL, length > 3839);
	}
	memset(text, '\n', 3000);
	text[3000] = '\0';
	mp_log(MP_LOG_ERROR, "%s", text);
	line = said();
	assert_in_range(strlen(line), PIPE_BUF - 4, PIPE_BUF);
	assert_non_null(strstr(line, "\\n...\n"));
}

/* A line's length and letter follow from its number, so whatever is torn is seen. */
static void make_text(char *text, unsigned party, unsigned number)
{
	size_t length = 20 + (number * 997 + party * 131) % 3700;

	memset(text, 'a' + (int)(party + number) % 26, length);
	text[length] = '\0';
}

static int say_much(void *argument)
{
	unsigned party = (unsigned)(uintptr_t)argument;
	char text[4096];

	for (unsigned number = 0; number < LINES; number++) {
		make_text(text, party, number);
		mp_log(MP_LOG_WARNING, "%u %u %s", party, number, text);
	}
	return 0;
}

/* Returns how many lines of those parties are there, whole and each once; fails at any that is not. */
static unsigned count_lines(FILE *file)
{
	unsigned next[PARTIES] = { 0 }, count = 0;
	char *line = NULL;
	size_t capacity = 0;

	while (getline(&line, &capacity, file) > 0) {
		unsigned party, number;
		char text[4096], right[4096], name[64];
		int fields = sscanf(line, "[WARNING/%63[^]]] %u %u %4095s", name, &party, &number, text);

		assert_int_equal(fields, 4);
		assert_in_range(party, 0, PARTIES - 1);
		make_text(right, party, number);
		assert_string_equal(text, right);
		assert_int_equal(number, next[party]++);
		count++;
	}
	free(line);
	return count;
}

static void lines_of_many_processes_never_mix(void **state)
{
	struct mp_process *processes[PARTIES];
	FILE *file;

	(void)state;
	mp_log_to_fd(ends[1]);
	for (uintptr_t i = 0; i < PARTIES; i++)
		processes[i] = start(say_much, (void *)i);
	mp_log_to_fd(-1);
	close(ends[1]);
	ends[1] = -1;
	file = fdopen(dup(ends[0]), "r");
	assert_int_equal(count_lines(file), PARTIES * LINES);
	fclose(file);
	for (int i = 0; i < PARTIES; i++)
		finish(processes[i], 0);
}

static int listen_to_queue(void *argument)
{
	mp_log_to_queue(NULL);
	return mp_log_listen(queue, *(const int *)argument) ? 1 : 0;
}

static void a_listener_writes_them_all_to_a_file(void **state)
{
	FILE *file = tmpfile();
	int fd = fileno(file);
	struct mp_process *processes[PARTIES], *listener;

	(void)state;
	/* room for all: where the listener is not let run for a second, nothing may be lost */
	mp_queue_free(&queue);
	queue = mp_queue_new(PARTIES * LINES);
	assert_non_null(queue);
	listener = start(listen_to_queue, &fd);
	mp_log_to_queue(queue);
	for (uintptr_t i = 0; i < PARTIES; i++)
		processes[i] = start(say_much, (void *)i);
	for (int i = 0; i < PARTIES; i++)
		finish(processes[i], 0);
	assert_int_equal(mp_log_end(queue), 0);
	finish(listener, 0);
	rewind(file);
	assert_int_equal(count_lines(file), PARTIES * LINES);
	fclose(file);
}

static void a_record_tells_who_said_it_when(void **state)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	struct mp_record record;
	int64_t now_s = time(NULL);

	(void)state;
	mp_log_to_queue(queue);
	mp_log(MP_LOG_ERROR, "back\\slash\n");
	assert_int_equal(mp_log_end(queue), 0);
	assert_int_equal(mp_log_take(queue, &bytes, 0, &record), 1);
	assert_int_equal(record.level, MP_LOG_ERROR);
	assert_int_equal(record.pid, getpid());
	assert_int_equal(record.lost, 0);
	assert_in_range(record.time_us / 1000000, now_s - 1, now_s + 60);
	assert_string_equal(record.process, "MainProcess");
	assert_string_equal(record.text, "back\\slash\n");
	assert_int_equal(mp_log_take(queue, &bytes, 0, &record), 0);
	assert_int_equal(mp_log_take(queue, &bytes, 0, &record), -ETIMEDOUT);
	mp_bytes_free(&bytes);
}

static void what_finds_no_room_is_counted_and_waits_once(void **state)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	int64_t before_ms = clock_ms();
	struct mp_record record;

	(void)state;
	mp_log_to_queue(queue);
	for (int i = 0; i < 64 + 50; i++)
		mp_log(MP_LOG_ERROR, "%d", i);
	assert_in_range(clock_ms() - before_ms, 900, 30000);
	for (int i = 0; i < 64; i++) {
		assert_int_equal(mp_log_take(queue, &bytes, 0, &record), 1);
		assert_int_equal(record.lost, 0);
	}
	mp_log(MP_LOG_ERROR, "again");
	mp_log(MP_LOG_ERROR, "and again");
	assert_int_equal(mp_log_take(queue, &bytes, 0, &record), 1);
	assert_int_equal(record.lost, 50);
	assert_int_equal(mp_log_take(queue, &bytes, 0, &record), 1);
	assert_int_equal(record.lost, 0);
	mp_bytes_free(&bytes);
}

static int say_for_ever(void *argument)
{
	(void)argument;
	for (int i = 0;; i++)
		mp_log(MP_LOG_WARNING, "%d", i);
	return 0;
}

static void the_killed_leave_no_half_record_and_hold_up_nobody(void **state)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	struct mp_record record;
	int result;

	(void)state;
	mp_log_to_queue(queue);
	for (int round = 0; round < 30; round++) {
		struct mp_process *process = start(say_for_ever, NULL);

		for (int i = 0; i < round * 7 % 40; i++)
			assert_int_equal(mp_log_take(queue, &bytes, 60000, &record), 1);
		mp_process_free(&process);
		while ((result = mp_log_take(queue, &bytes, 0, &record)) == 1)
			continue;
		assert_int_equal(result, -ETIMEDOUT);
		mp_log(MP_LOG_WARNING, "all is well");
		assert_int_equal(mp_log_take(queue, &bytes, 0, &record), 1);
		assert_string_equal(record.text, "all is well");
	}
	mp_bytes_free(&bytes);
}

static void what_is_no_record_is_refused_and_passed_over(void **state)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	struct mp_record record;
	char garbage[300];

	(void)state;
	srand(3);
	for (size_t size = 1; size <= sizeof garbage; size++) {
		for (size_t i = 0; i < size; i++)
			garbage[i] = (char)(rand() % (size % 3 ? 256 : 3));
		assert_int_equal(mp_queue_put(queue, garbage, size, 0), 0);
		assert_int_equal(mp_log_take(queue, &bytes, 0, &record), -EBADMSG);
	}
	mp_queue_put(queue, garbage, sizeof garbage, 0);
	mp_log_to_queue(queue);
	mp_log(MP_LOG_WARNING, "sound");
	mp_log_end(queue);
	assert_int_equal(mp_log_listen(queue, ends[1]), 0);
	assert_string_equal(said(), "[WARNING/MainProcess] sound\n");
	mp_bytes_free(&bytes);
}

static int say_name(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	(void)payload;
	(void)size_bytes;
	(void)reply;
	mp_log(MP_LOG_WARNING, "task %d", (int)worker->task);
	return 0;
}

static void a_worker_says_its_name(void **state)
{
	static const struct mp_task tasks[] = { { "say", say_name, 1 }, { 0 } };
	const struct mp_pool_config config = { .workers = 1, .tasks = tasks };
	struct mp_pool *pool = new_pool_of(&config);

	(void)state;
	mp_log_to_fd(ends[1]);
	mp_log_set_level(MP_LOG_DEBUG);
	submit(pool, "say", NULL, 0);
	next_ended(pool);
	mp_pool_close(pool);
	while (mp_pool_wait(pool, 60000) == 1)
		continue;
	mp_pool_free(&pool);
	assert_string_equal(said(), "[DEBUG/worker-1] child process calling self.run()\n"
				    "[WARNING/worker-1] task 1\n"
				    "[DEBUG/worker-1] process exiting with exitcode 0\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_has_level_and_name),
		TEST(a_process_tells_of_its_life),
		TEST(what_is_said_stays_on_its_line),
		TEST(lines_of_many_processes_never_mix),
		TEST(a_listener_writes_them_all_to_a_file),
		TEST(a_record_tells_who_said_it_when),
		TEST(what_finds_no_room_is_counted_and_waits_once),
		TEST(the_killed_leave_no_half_record_and_hold_up_nobody),
		TEST(what_is_no_record_is_refused_and_passed_over),
		TEST(a_worker_says_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
