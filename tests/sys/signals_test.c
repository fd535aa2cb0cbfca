#include "sys/signals.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

#include "check.h"
#include "scratch.h"

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH };

#define CAUGHT_COUNT (sizeof(caught) / sizeof(caught[0]))

static int read_each(const void *data)
{
	int fd = signals_catch();

	(void)data;
	if (fd < 0 || signals_next(fd) != 0)
		return 1;
	for (size_t i = 0; i < CAUGHT_COUNT; i++) {
		struct pollfd readable = { .fd = fd, .events = POLLIN };

		raise(caught[i]);
		if (poll(&readable, 1, 5000) != 1 || signals_next(fd) != caught[i] || signals_next(fd) != 0)
			return 10 + (int)i;
	}
	return fcntl(fd, F_GETFD) & FD_CLOEXEC ? 0 : 2;
}

static void each_signal_becomes_an_event(void **state)
{
	(void)state;
	assert_int_equal(in_child(read_each, NULL), 0);
}

static int keep_ignoring(const void *data)
{
	int fd;

	(void)data;
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	fd = signals_catch();
	if (fd < 0)
		return 1;
	raise(SIGHUP);
	raise(SIGINT);
	if (signals_next(fd) != 0)
		return 2;
	raise(SIGTERM);
	return signals_next(fd) == SIGTERM ? 0 : 3;
}

static void what_nohup_had_ignored_stays_ignored(void **state)
{
	(void)state;
	assert_int_equal(in_child(keep_ignoring, NULL), 0);
}

static int write_to_nobody(const void *data)
{
	int ends[2], fd = signals_catch();

	(void)data;
	if (fd < 0 || pipe(ends) < 0)
		return 1;
	close(ends[0]);
	return write(ends[1], "x", 1) == -1 && errno == EPIPE ? 0 : 2;
}

static void a_writer_sees_epipe(void **state)
{
	(void)state;
	assert_int_equal(in_child(write_to_nobody, NULL), 0);
}

static int release(const void *data)
{
	sigset_t before, after;
	struct sigaction pipe_action;
	int fd;

	sigprocmask(SIG_BLOCK, NULL, &before);
	fd = signals_catch();
	if (fd < 0)
		return 1;
	signals_release(fd);
	sigprocmask(SIG_BLOCK, NULL, &after);
	for (int i = 1; i < NSIG; i++)
		if (sigismember(&before, i) != sigismember(&after, i))
			return 2;
	if (sigaction(SIGPIPE, NULL, &pipe_action) < 0 || pipe_action.sa_handler != SIG_DFL)
		return 3;
	if (fcntl(fd, F_GETFD) >= 0)
		return 4;
	raise(*(const int *)data);
	return 5;
}

static void after_release_signals_act_as_before(void **state)
{
	int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(in_child(release, &numbers[i]), 1000 + numbers[i]);
}

static int work(const void *data)
{
	sigset_t mask;
	int fd = signals_catch();

	(void)data;
	raise(SIGTERM);
	signals_enter_worker();
	raise(SIGINT);
	raise(SIGHUP);
	raise(SIGTERM);
	raise(SIGTSTP);
	if (signals_next(fd) != 0)
		return 1;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (int i = 1; i < NSIG; i++)
		if (sigismember(&mask, i) == 1)
			return 2;
	raise(SIGKILL);
	return 3;
}

static void a_worker_leaves_the_groups_signals_to_the_supervisor(void **state)
{
	(void)state;
	assert_int_equal(in_child(work, NULL), 1000 + SIGKILL);
}

static int die_while_catching(const void *number)
{
	struct rlimit no_core = { 0, 0 };

	setrlimit(RLIMIT_CORE, &no_core);
	signal(SIGINT, SIG_IGN);
	signals_catch();
	signals_die_of(*(const int *)number);
}

static void death_is_by_the_signal_itself(void **state)
{
	int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGKILL };

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		assert_int_equal(in_child(die_while_catching, &numbers[i]), 1000 + numbers[i]);
}

static int die_as_first_process(const void *number)
{
	if (unshare(geteuid() == 0 ? CLONE_NEWPID : CLONE_NEWPID | CLONE_NEWUSER) < 0)
		return 77;
	return in_child(die_while_catching, number);
}

static void the_first_process_of_a_container_exits_with_the_status(void **state)
{
	int number = SIGTERM, status = in_child(die_as_first_process, &number);

	(void)state;
	if (status == 77)
		skip();
	assert_int_equal(status, 128 + SIGTERM);
}

/* In a group of its own whose parent is outside it, as a shell's job is. */
static int stop_and_go_on(const void *data)
{
	int fd = signals_catch();

	(void)data;
	raise(SIGTSTP);
	if (signals_next(fd) != SIGTSTP)
		return 1;
	signals_stop_self();
	return signals_next(fd) == SIGCONT && signals_next(fd) == 0 ? 0 : 2;
}

static void a_stopped_process_goes_on_when_continued(void **state)
{
	int status;
	pid_t child;

	(void)state;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		setpgid(0, 0);
		_exit(stop_and_go_on(NULL));
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(WSTOPSIG(status), SIGTSTP);
	assert_int_equal(kill(child, SIGCONT), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int stop_without_a_shell(const void *data)
{
	(void)data;
	setsid();
	signals_stop_self();
	return 0;
}

static void where_nobody_could_continue_it_nothing_stops(void **state)
{
	(void)state;
	assert_int_equal(in_child(stop_without_a_shell, NULL), 0);
}

static void signals_have_names(void **state)
{
	(void)state;
	assert_string_equal(signals_name(SIGKILL), "SIGKILL");
	assert_string_equal(signals_name(SIGSEGV), "SIGSEGV");
	assert_string_equal(signals_name(SIGHUP), "SIGHUP");
	assert_string_equal(signals_name(SIGSYS), "SIGSYS");
	assert_string_equal(signals_name(77), "signal 77");
	assert_string_equal(signals_name(0), "signal 0");
	assert_string_equal(signals_name(-5), "signal -5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_signal_becomes_an_event),
		cmocka_unit_test(what_nohup_had_ignored_stays_ignored),
		cmocka_unit_test(a_writer_sees_epipe),
		cmocka_unit_test(after_release_signals_act_as_before),
		cmocka_unit_test(a_worker_leaves_the_groups_signals_to_the_supervisor),
		cmocka_unit_test(death_is_by_the_signal_itself),
		cmocka_unit_test(the_first_process_of_a_container_exits_with_the_status),
		cmocka_unit_test(a_stopped_process_goes_on_when_continued),
		cmocka_unit_test(where_nobody_could_continue_it_nothing_stops),
		cmocka_unit_test(signals_have_names),
	};

	/* whatever started the tests (nohup, a background job) may have ignored some */
	for (int number = 1; number < SIGRTMIN; number++)
		signal(number, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
