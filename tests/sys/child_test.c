#include "sys/child.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static int tear_down(void **state)
{
	(void)state;
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

static struct child start(int (*run)(void *, int), void *argument)
{
	const struct child_config config = { .run = run, .argument = argument, .with_socket = true };
	struct child child = CHILD_INIT;

	assert_int_equal(child_start(&child, &config), 0);
	return child;
}

static int status_of(struct child *child)
{
	struct child_end end;

	assert_int_equal(child_wait(child, 60000, &end), 1);
	assert_int_equal(child_reap(child, &end), -ECHILD);
	child_finish(child);
	return end.signal ? -end.signal : end.status;
}

static int give_back(void *argument, int socket)
{
	(void)socket;
	return *(int *)argument;
}

static int sleep_for_ever(void *argument, int socket)
{
	(void)socket;
	for (;;)
		pause();
	return argument != NULL;
}

static void a_child_ends_with_its_status(void **state)
{
	static int statuses[] = { 0, 1, 255 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct child child = start(give_back, &statuses[i]);

		assert_int_equal(status_of(&child), statuses[i]);
		assert_int_equal(child.pid, 0);
		assert_int_equal(child.pidfd, -1);
		assert_int_equal(child.socket, -1);
	}
}

static void a_signal_ends_it_and_is_told(void **state)
{
	struct child child = start(sleep_for_ever, NULL);
	struct child_end end;

	(void)state;
	assert_int_equal(child_reap(&child, &end), 0);
	assert_int_equal(child_wait(&child, 10, &end), 0);
	assert_int_equal(child_signal(&child, SIGKILL), 0);
	assert_int_equal(status_of(&child), -SIGKILL);
	assert_int_equal(child_signal(&child, SIGKILL), 0);
}

static void handler(int number)
{
	(void)number;
}

/* A bit for each thing that is not as the header says. */
static int look_at_signals(void *argument, int socket)
{
	struct sigaction handled, ignored;
	sigset_t mask, none;

	(void)argument;
	(void)socket;
	sigaction(SIGUSR1, NULL, &handled);
	sigaction(SIGUSR2, NULL, &ignored);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	sigemptyset(&none);
	for (int number = 1; number < 32; number++)
		if (sigismember(&mask, number))
			return 4;
	return (handled.sa_handler != SIG_DFL) + 2 * (ignored.sa_handler != SIG_IGN);
}

static int look_at_worker_signals(void *argument, int socket)
{
	static const int left_to_supervisor[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP };

	(void)argument;
	(void)socket;
	for (int i = 0; i < 4; i++) {
		struct sigaction action;

		sigaction(left_to_supervisor[i], NULL, &action);
		if (action.sa_handler != SIG_IGN)
			return left_to_supervisor[i];
		raise(left_to_supervisor[i]);
	}
	return 0;
}

static void a_child_has_no_handlers_of_its_parent(void **state)
{
	const struct child_config worker = { .run = look_at_worker_signals, .is_worker = true };
	struct child child = CHILD_INIT;
	sigset_t some, before;

	(void)state;
	signal(SIGUSR1, handler);
	signal(SIGUSR2, SIG_IGN);
	sigemptyset(&some);
	sigaddset(&some, SIGINT);
	sigprocmask(SIG_BLOCK, &some, &before);
	child = start(look_at_signals, NULL);
	assert_int_equal(status_of(&child), 0);
	assert_int_equal(child_start(&child, &worker), 0);
	assert_int_equal(child.socket, -1);
	assert_int_equal(status_of(&child), 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
}

static int try_descriptors(void *argument, int socket)
{
	const int *fds = argument;

	(void)socket;
	for (int i = 0; fds[i] >= 0; i++)
		if (fcntl(fds[i], F_GETFD) != -1)
			return i + 1;
	return 0;
}

static void a_child_has_nothing_that_was_kept_out(void **state)
{
	struct child elder = start(sleep_for_ever, NULL), younger;
	int kept_out = open("/dev/null", O_RDONLY);
	const int fds[] = { elder.socket, elder.pidfd, kept_out, -1 };

	(void)state;
	assert_int_equal(child_keep_out(kept_out), 0);
	younger = start(try_descriptors, (void *)fds);
	assert_int_equal(status_of(&younger), 0);
	assert_int_equal(fcntl(kept_out, F_GETFD), 0);
	child_close_kept_out(kept_out);
	assert_int_equal(fcntl(kept_out, F_GETFD), -1);
	/* what is not kept out is not closed by mistake */
	kept_out = open("/dev/null", O_RDONLY);
	child_close_kept_out(kept_out);
	child_close_kept_out(-1);
	assert_int_equal(fcntl(kept_out, F_GETFD), 0);
	close(kept_out);
	child_signal(&elder, SIGKILL);
	assert_int_equal(status_of(&elder), -SIGKILL);
}

static int echo_once(void *argument, int socket)
{
	char bytes[16];
	ssize_t got = recv(socket, bytes, sizeof bytes, 0);

	(void)argument;
	if (got <= 0 || send(socket, bytes, (size_t)got, 0) != got)
		return 1;
	return recv(socket, bytes, sizeof bytes, 0) == 0 ? 0 : 2;
}

/* End-of-file comes although a younger sibling was forked while the socket was open. */
static void the_socket_pair_works_and_ends(void **state)
{
	struct child child = start(echo_once, NULL), younger = start(sleep_for_ever, NULL);
	char bytes[16];

	(void)state;
	assert_int_equal(send(child.socket, "hello", 5, 0), 5);
	assert_int_equal(recv(child.socket, bytes, sizeof bytes, 0), 5);
	assert_memory_equal(bytes, "hello", 5);
	child_close_kept_out(child.socket);
	child.socket = -1;
	assert_int_equal(status_of(&child), 0);
	child_signal(&younger, SIGKILL);
	status_of(&younger);
}

static int start_one_and_wait(void *argument, int socket)
{
	struct child grandchild = start(sleep_for_ever, NULL);

	send(socket, &grandchild.pid, sizeof grandchild.pid, 0);
	for (;;)
		pause();
	return argument != NULL;
}

static void a_childs_child_dies_with_it(void **state)
{
	struct child child = start(start_one_and_wait, NULL);
	pid_t grandchild;

	(void)state;
	/* it becomes ours when its parent dies, so that its end can be seen */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(recv(child.socket, &grandchild, sizeof grandchild, 0), sizeof grandchild);
	child_signal(&child, SIGKILL);
	assert_int_equal(status_of(&child), -SIGKILL);
	/* by the signal, or by itself when its parent was gone before it could ask for the signal */
	assert_int_equal(waitpid(grandchild, NULL, 0), grandchild);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static int tell_title(void *argument, int socket)
{
	char title[16];

	(void)argument;
	prctl(PR_GET_NAME, title);
	return send(socket, title, sizeof title, 0) == sizeof title ? 0 : 1;
}

static void a_child_has_its_name(void **state)
{
	const struct child_config config = {
		.run = tell_title, .name = "worker-4096-is-long", .with_socket = true
	};
	struct child child = CHILD_INIT;
	char title[16];

	(void)state;
	assert_int_equal(child_start(&child, &config), 0);
	assert_int_equal(recv(child.socket, title, sizeof title, 0), sizeof title);
	assert_string_equal(title, "worker-4096-is-");
	assert_int_equal(status_of(&child), 0);
}

static void a_child_that_somebody_else_reaped_is_known_to_be_gone(void **state)
{
	int status = 0;
	struct child child = start(give_back, &status);
	struct child_end end;

	(void)state;
	assert_int_equal(waitpid(child.pid, NULL, 0), child.pid);
	assert_int_equal(child_wait(&child, 60000, &end), -ECHILD);
	assert_int_equal(child_signal(&child, SIGKILL), 0);
	child_finish(&child);
}

static void *start_many(void *unused)
{
	static int status;
	int wrong = 0;

	for (int i = 0; i < 20; i++) {
		const struct child_config config = {
			.run = give_back, .argument = &status, .with_socket = true
		};
		struct child child = CHILD_INIT;
		struct child_end end = { .status = -1 };

		wrong += child_start(&child, &config) != 0;
		wrong += child_wait(&child, 60000, &end) != 1 || end.status != 0;
		child_finish(&child);
	}
	return wrong ? (void *)1 : unused;
}

static void threads_may_start_children_at_the_same_time(void **state)
{
	pthread_t threads[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, start_many, NULL), 0);
	for (int i = 0; i < 4; i++) {
		void *wrong;

		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
}

static int leak(void *argument, int socket)
{
	/* what the checker would print is no news here */
	int nowhere = open("/dev/null", O_WRONLY);
	char *volatile lost = malloc(1000);

	(void)argument;
	(void)socket;
	dup2(nowhere, STDERR_FILENO);
	lost = NULL;
	return lost != NULL;
}

static void a_leak_in_a_child_is_seen(void **state)
{
	struct child child = CHILD_INIT;

	(void)state;
#ifndef __SANITIZE_ADDRESS__
	skip();
#endif
	child = start(leak, NULL);
	assert_int_equal(status_of(&child), CHILD_LEAKED);
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_child_ends_with_its_status),
		TEST(a_signal_ends_it_and_is_told),
		TEST(a_child_has_no_handlers_of_its_parent),
		TEST(a_child_has_nothing_that_was_kept_out),
		TEST(the_socket_pair_works_and_ends),
		TEST(a_childs_child_dies_with_it),
		TEST(a_child_has_its_name),
		TEST(a_child_that_somebody_else_reaped_is_known_to_be_gone),
		TEST(threads_may_start_children_at_the_same_time),
		TEST(a_leak_in_a_child_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
