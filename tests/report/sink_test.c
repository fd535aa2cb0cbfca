#include "report/sink.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "check.h"
#include "scratch.h"
#include "sys/child.h"

#define PUT(sink, text) sink_put(sink, text, strlen(text))

/* A pipe without a byte of room; its two ends. */
static void make_full_pipe(int ends[2])
{
	static const char filling[4096];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	while (write(ends[1], filling, sizeof(filling)) > 0)
		;
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0);
}

/* Take all there is to read, without waiting; the bytes that are not NUL are left in `text`. */
static void read_all(int fd, char *text, size_t size)
{
	char byte[4096];
	size_t used = 0;
	ssize_t got;

	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	while ((got = read(fd, byte, sizeof(byte))) > 0)
		for (ssize_t i = 0; i < got; i++)
			if (byte[i] && used < size - 1)
				text[used++] = byte[i];
	text[used] = '\0';
}

static void each_line_is_one_write(void **state)
{
	int ends[2];
	char text[64];
	struct sink *sink;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	sink = sink_new(ends[1], 1000);
	assert_int_equal(PUT(sink, "one\n"), 0);
	assert_int_equal(PUT(sink, "and two\n"), 0);
	assert_true(sink_try(sink, "three", 5));
	assert_int_equal(read(ends[0], text, sizeof(text)), 4);
	assert_int_equal(read(ends[0], text, sizeof(text)), 8);
	assert_int_equal(read(ends[0], text, sizeof(text)), 5);
	sink_free(sink);
	close(ends[0]);
	close(ends[1]);
}

static void what_does_not_fit_goes_out_later_and_in_order(void **state)
{
	int ends[2];
	char text[64];
	struct sink *sink;

	(void)state;
	make_full_pipe(ends);
	sink = sink_new(ends[1], 1000);
	assert_int_equal(PUT(sink, "one\n"), 0);
	assert_int_equal(PUT(sink, "two\n"), 0);
	assert_false(sink_try(sink, "never", 5));
	read_all(ends[0], text, sizeof(text));
	assert_string_equal(text, "");
	assert_int_equal(PUT(sink, "three\n"), 0);
	read_all(ends[0], text, sizeof(text));
	assert_string_equal(text, "one\ntwo\nthree\n");
	assert_true(sink_try(sink, "!", 1));
	sink_free(sink);
	close(ends[0]);
	close(ends[1]);
}

/* Lines larger than the pipe, so that each call moves a part of what is kept. */
static void a_reader_that_is_only_slow_gets_everything(void **state)
{
	enum {
		LINES = 40,
		LENGTH = 10000
	};
	static char line[LENGTH], got[LINES * LENGTH + 1], part[LENGTH];
	struct sink *sink;
	size_t used = 0;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	sink = sink_new(ends[1], sizeof(got));
	for (int i = 0; i < LINES || used < LINES * LENGTH; i++) {
		ssize_t count;

		memset(line, 'A' + i, sizeof(line));
		line[LENGTH - 1] = '\n';
		if (i < LINES)
			assert_int_equal(sink_put(sink, line, sizeof(line)), 0);
		else
			sink_drain(sink, 0);
		count = read(ends[0], part, sizeof(part) / 2);
		assert_true(count > 0);
		memcpy(got + used, part, (size_t)count);
		used += (size_t)count;
	}
	assert_int_equal(used, LINES * LENGTH);
	for (size_t i = 0; i < used; i++)
		assert_int_equal(got[i], i % LENGTH == LENGTH - 1 ? '\n' : 'A' + (int)(i / LENGTH));
	sink_free(sink);
	close(ends[0]);
	close(ends[1]);
}

static void too_much_is_refused(void **state)
{
	int ends[2];
	struct sink *sink;

	(void)state;
	make_full_pipe(ends);
	sink = sink_new(ends[1], 10);
	assert_int_equal(PUT(sink, "12345678\n"), 0);
	assert_int_equal(PUT(sink, "2\n"), -ENOBUFS);
	sink_free(sink);
	close(ends[0]);
	close(ends[1]);
}

static void a_socket_that_nobody_reads_does_not_stop_us(void **state)
{
	static char line[3000];
	int ends[2];
	struct sink *sink;
	bool full = false;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	sink = sink_new(ends[1], 10000);
	for (int i = 0; i < 10000 && !full; i++)
		full = sink_put(sink, line, sizeof(line)) == -ENOBUFS;
	assert_true(full);
	sink_free(sink);
	close(ends[0]);
	close(ends[1]);
}

static void a_reader_that_went_away_is_an_error(void **state)
{
	int ends[2];
	struct sink *sink;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	sink = sink_new(ends[1], 1000);
	close(ends[0]);
	assert_int_equal(PUT(sink, "x\n"), -EPIPE);
	assert_false(sink_try(sink, "x", 1));
	assert_int_equal(sink_drain(sink, -1), 0);
	sink_free(sink);
	close(ends[1]);
}

static void a_descriptor_that_is_not_open_is_an_error(void **state)
{
	struct sink *sink = sink_new(-1, 1000), *closed = sink_new(1000, 1000);

	(void)state;
	assert_int_equal(PUT(sink, "x\n"), -EBADF);
	assert_int_equal(PUT(closed, "x\n"), -EBADF);
	assert_false(sink_try(closed, "x", 1));
	sink_free(sink);
	sink_free(closed);
	sink_free(NULL);
}

static void others_with_the_same_descriptor_are_not_changed(void **state)
{
	int ends[2];
	struct sink *sink;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	sink = sink_new(ends[1], 1000);
	assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
	sink_free(sink);
	assert_int_equal(write(ends[1], "x", 1), 1);
	close(ends[0]);
	close(ends[1]);
}

static void a_file_is_written_where_it_stands(void **state)
{
	struct scratch scratch;
	struct sink *sink;
	int fd;

	(void)state;
	assert_true(scratch_init(&scratch));
	fd = open(scratch_path(&scratch, "log"), O_WRONLY | O_CREAT, 0666);
	assert_int_equal(write(fd, "before\n", 7), 7);
	sink = sink_new(fd, 1000);
	assert_int_equal(PUT(sink, "after\n"), 0);
	assert_string_equal(scratch_read(&scratch, "log"), "before\nafter\n");
	sink_free(sink);
	close(fd);
	scratch_finish(&scratch);
}

/* How many descriptors above standard error this process has. */
static int count_descriptors(void *argument, int socket)
{
	int count = 0;

	(void)argument;
	(void)socket;
	for (int fd = 3; fd < 100; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static int count_in_a_worker(void)
{
	const struct child_config config = { .run = count_descriptors };
	struct child child = CHILD_INIT;
	struct child_end end;

	assert_int_equal(child_start(&child, &config), 0);
	assert_int_equal(child_wait(&child, 20000, &end), 1);
	child_finish(&child);
	return end.status;
}

static void a_worker_has_none_of_it(void **state)
{
	struct scratch scratch;
	struct sink *sink;
	int ends[2], before, fd;

	(void)state;
	assert_true(scratch_init(&scratch));
	assert_int_equal(pipe(ends), 0);
	before = count_in_a_worker();
	sink = sink_new(ends[1], 1000);
	fd = sink_open_file(scratch_path(&scratch, "log"), 0);
	assert_true(fd >= 0);
	assert_int_equal(count_descriptors(NULL, -1), before + 2);
	assert_int_equal(count_in_a_worker(), before);
	sink_close_file(fd);
	sink_free(sink);
	assert_int_equal(count_descriptors(NULL, -1), before);
	sink_close_file(-1);
	close(ends[0]);
	close(ends[1]);
	scratch_finish(&scratch);
}

static void waiting_has_an_end(void **state)
{
	int ends[2];
	struct sink *sink;

	(void)state;
	make_full_pipe(ends);
	sink = sink_new(ends[1], 1000);
	assert_int_equal(sink_drain(sink, -1), 0);
	assert_int_equal(PUT(sink, "x\n"), 0);
	assert_int_equal(sink_drain(sink, 0), -EAGAIN);
	assert_int_equal(sink_drain(sink, 150), -EAGAIN);
	sink_free(sink);
	close(ends[0]);
	close(ends[1]);
}

static int wait_for_ever(const void *data)
{
	const int *ends = data;
	struct sink *sink = sink_new(ends[1], 1000);
	sigset_t term;
	int error;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	raise(SIGTERM);
	PUT(sink, "x\n");
	error = sink_drain(sink, -1);
	sink_free(sink);
	return error == -EINTR ? 0 : 1;
}

static void a_blocked_signal_ends_the_waiting(void **state)
{
	int ends[2];

	(void)state;
	make_full_pipe(ends);
	assert_int_equal(in_child(wait_for_ever, ends), 0);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_one_write),
		cmocka_unit_test(what_does_not_fit_goes_out_later_and_in_order),
		cmocka_unit_test(a_reader_that_is_only_slow_gets_everything),
		cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(a_socket_that_nobody_reads_does_not_stop_us),
		cmocka_unit_test(a_reader_that_went_away_is_an_error),
		cmocka_unit_test(a_descriptor_that_is_not_open_is_an_error),
		cmocka_unit_test(others_with_the_same_descriptor_are_not_changed),
		cmocka_unit_test(a_file_is_written_where_it_stands),
		cmocka_unit_test(a_worker_has_none_of_it),
		cmocka_unit_test(waiting_has_an_end),
		cmocka_unit_test(a_blocked_signal_ends_the_waiting),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
