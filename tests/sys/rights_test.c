#include "sys/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

static int pair[2], pipe_ends[2];

static int set_up(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) || pipe2(pipe_ends, O_CLOEXEC);
}

static int tear_down(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		close(pair[i]);
		close(pipe_ends[i]);
	}
	return 0;
}

static void descriptors_arrive_as_the_receivers_own(void **state)
{
	int fds[2] = { -1, -1 };
	char byte = 0;

	(void)state;
	assert_int_equal(rights_send(pair[0], "x", 1, pipe_ends, 2), 0);
	assert_int_equal(rights_receive(pair[1], &byte, 1, fds, 2, -1), 1);
	assert_int_equal(byte, 'x');
	assert_int_not_equal(fds[0], pipe_ends[0]);
	assert_int_equal(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(fds[1], "y", 1), 1);
	assert_int_equal(read(pipe_ends[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	close(fds[0]);
	close(fds[1]);
}

/* The pipe's only writer travels in the message that is refused. */
static void what_comes_with_a_message_of_another_size_is_closed(void **state)
{
	int fds[2];
	char bytes[4];

	(void)state;
	assert_int_equal(rights_send(pair[0], "xy", 2, &pipe_ends[1], 1), 0);
	assert_int_equal(rights_send(pair[0], "x", 1, &pipe_ends[1], 1), 0);
	close(pipe_ends[1]);
	assert_int_equal(rights_receive(pair[1], bytes, 1, fds, 1, 0), -EBADMSG);
	assert_int_equal(rights_receive(pair[1], bytes, 1, fds, 2, 0), -EBADMSG);
	assert_int_equal(read(pipe_ends[0], bytes, 1), 0);
	pipe_ends[1] = dup(pipe_ends[0]);
}

static void an_end_and_a_silence_are_told_apart(void **state)
{
	char byte;

	(void)state;
	assert_int_equal(rights_receive(pair[1], &byte, 1, NULL, 0, 0), -ETIMEDOUT);
	assert_int_equal(rights_receive(pair[1], &byte, 1, NULL, 0, 20), -ETIMEDOUT);
	shutdown(pair[0], SHUT_WR);
	assert_int_equal(rights_receive(pair[1], &byte, 1, NULL, 0, -1), 0);
	close(pair[1]);
	assert_int_equal(rights_send(pair[0], "x", 1, NULL, 0), -EPIPE);
	pair[1] = dup(pair[0]);
	assert_int_equal(rights_send(pipe_ends[0], "x", 1, NULL, 0), -ENOTSOCK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(descriptors_arrive_as_the_receivers_own),
		TEST(what_comes_with_a_message_of_another_size_is_closed),
		TEST(an_end_and_a_silence_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
