#include "sys/fork_server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

static struct child server = CHILD_INIT;

/* Says its parent's pid, and does as it is told: exits with the byte that comes. */
static int born(int line)
{
	pid_t parent = getppid();
	unsigned char byte;

	if (send(line, &parent, sizeof parent, 0) != sizeof parent)
		return 98;
	return recv(line, &byte, 1, 0) == 1 ? byte : 0;
}

static int serve(void *descriptors, int socket)
{
	const struct rlimit limit = { *(rlim_t *)descriptors, *(rlim_t *)descriptors };

	if (*(rlim_t *)descriptors)
		setrlimit(RLIMIT_NOFILE, &limit);
	return fork_server_run(socket, born) ? 1 : 0;
}

static void start_server(rlim_t descriptors)
{
	const struct child_config config = { .run = serve, .argument = &descriptors, .with_socket = true };

	assert_int_equal(child_start(&server, &config), 0);
}

static int tear_down(void **state)
{
	struct child_end end;

	(void)state;
	child_signal(&server, SIGKILL);
	child_wait(&server, 10000, &end);
	child_finish(&server);
	return 0;
}

static int ask(struct child *child)
{
	return fork_server_ask(server.socket, "asked for", false, 10000, child);
}

static void a_process_is_the_servers_and_its_end_is_told(void **state)
{
	struct child child = CHILD_INIT;
	struct child_end end;
	pid_t parent;

	(void)state;
	start_server(0);
	assert_int_equal(ask(&child), 0);
	assert_int_equal(recv(child.socket, &parent, sizeof parent, 0), sizeof parent);
	assert_int_equal(parent, server.pid);
	assert_int_equal(child_reap(&child, &end), 0);
	assert_int_equal(send(child.socket, "\x05", 1, 0), 1);
	assert_int_equal(child_wait(&child, 10000, &end), 1);
	assert_int_equal(end.status, 5);
	assert_int_equal(child_wait(&child, 0, &end), -ECHILD);
	child_finish(&child);
}

static void a_signal_reaches_it_and_is_told(void **state)
{
	struct child child = CHILD_INIT;
	struct child_end end;

	(void)state;
	start_server(0);
	assert_int_equal(ask(&child), 0);
	assert_int_equal(child_signal(&child, SIGTERM), 0);
	assert_int_equal(child_wait(&child, 10000, &end), 1);
	assert_int_equal(end.status, -1);
	assert_int_equal(end.signal, SIGTERM);
	child_finish(&child);
}

static void the_end_of_the_server_is_the_end_of_all(void **state)
{
	struct child children[3] = { CHILD_INIT, CHILD_INIT, CHILD_INIT };
	struct child_end end;

	(void)state;
	start_server(0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(ask(&children[i]), 0);
	/* as when its owner closes it */
	shutdown(server.socket, SHUT_RDWR);
	assert_int_equal(child_wait(&server, 10000, &end), 1);
	assert_int_equal(end.status, 0);
	for (int i = 0; i < 3; i++) {
		struct pollfd ended = { .fd = children[i].pidfd, .events = POLLIN };

		assert_int_equal(child_wait(&children[i], 10000, &end), -ECHILD);
		assert_int_equal(poll(&ended, 1, 0), 1);
		child_finish(&children[i]);
	}
	assert_int_equal(ask(&children[0]), -EPIPE);
}

static void a_server_without_descriptors_says_so_and_serves_on(void **state)
{
	struct child children[32], other = CHILD_INIT;
	struct child_end end;
	int count = 0, result = 0;

	(void)state;
	start_server(40);
	while (count < 32) {
		children[count] = (struct child)CHILD_INIT;
		result = ask(&children[count]);
		if (result)
			break;
		count++;
	}
	assert_int_equal(result, -EMFILE);
	assert_true(count >= 8);
	for (int i = 0; i < count; i++) {
		assert_int_equal(child_signal(&children[i], SIGKILL), 0);
		assert_int_equal(child_wait(&children[i], 10000, &end), 1);
		child_finish(&children[i]);
	}
	assert_int_equal(ask(&other), 0);
	child_signal(&other, SIGKILL);
	assert_int_equal(child_wait(&other, 10000, &end), 1);
	child_finish(&other);
}

static void a_stopped_server_costs_the_time_that_was_said(void **state)
{
	struct child child = CHILD_INIT;

	(void)state;
	start_server(0);
	assert_int_equal(child_signal(&server, SIGSTOP), 0);
	assert_int_equal(fork_server_ask(server.socket, NULL, true, 50, &child), -ETIMEDOUT);
	assert_int_equal(child.pid, 0);
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_process_is_the_servers_and_its_end_is_told),
		TEST(a_signal_reaches_it_and_is_told),
		TEST(the_end_of_the_server_is_the_end_of_all),
		TEST(a_server_without_descriptors_says_so_and_serves_on),
		TEST(a_stopped_server_costs_the_time_that_was_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
