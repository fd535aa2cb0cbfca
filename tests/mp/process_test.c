#include "mp/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* What the processes of a test write for the test to read. */
static struct {
	volatile int ready;
	volatile pid_t pid, parent;
	char name[64], title[16], inner_name[64];
	volatile int inner_status;
} * seen;

static int set_up(void **state)
{
	(void)state;
	seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return seen == MAP_FAILED ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	munmap(seen, sizeof *seen);
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

static struct mp_process *new_process(int (*run)(void *), void *argument)
{
	const struct mp_process_config config = { .run = run, .argument = argument };
	struct mp_process *process = mp_process_new(&config);

	assert_non_null(process);
	return process;
}

static void wait_until_ready(void)
{
	for (int i = 0; i < 30000 && !seen->ready; i++)
		usleep(1000);
	assert_true(seen->ready);
}

static int introduce(void *argument)
{
	seen->pid = getpid();
	seen->parent = getppid();
	snprintf(seen->name, sizeof seen->name, "%s", mp_current_process_name());
	prctl(PR_GET_NAME, seen->title);
	return *(int *)argument;
}

static int wait_for_ever(void *argument)
{
	seen->ready = 1;
	for (;;)
		pause();
	return argument != NULL;
}

static int ignore_sigterm(void *argument)
{
	signal(SIGTERM, SIG_IGN);
	return wait_for_ever(argument);
}

static int die_of_sigsegv(void *argument)
{
	(void)argument;
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
	return 0;
}

static void a_process_runs_and_tells_its_status(void **state)
{
	int status = 7;
	struct mp_process *process = new_process(introduce, &status);
	struct mp_process_end end;

	(void)state;
	assert_int_equal(mp_process_pid(process), -1);
	assert_int_equal(mp_process_fd(process), -1);
	assert_int_equal(mp_process_start(process), 0);
	assert_int_equal(mp_process_join(process, -1), 0);
	assert_int_equal(mp_process_ended(process, &end), 0);
	assert_int_equal(end.status, 7);
	assert_int_equal(end.signal, 0);
	assert_int_equal(seen->pid, mp_process_pid(process));
	assert_int_equal(seen->parent, getpid());
	assert_int_equal(mp_process_is_alive(process), 0);
	mp_process_free(&process);
	assert_null(process);
	mp_process_free(&process);
}

static void a_signal_is_told_from_an_exit(void **state)
{
	struct mp_process *process = new_process(die_of_sigsegv, NULL);
	struct mp_process_end end;

	(void)state;
	assert_int_equal(mp_process_start(process), 0);
	assert_int_equal(mp_process_join(process, -1), 0);
	assert_int_equal(mp_process_ended(process, &end), 0);
	assert_int_equal(end.status, -1);
	assert_int_equal(end.signal, SIGSEGV);
	mp_process_free(&process);
}

static int make_an_inner_one(void *argument)
{
	struct mp_process *inner = new_process(introduce, argument);
	struct mp_process_end end = { .status = 99 };

	snprintf(seen->inner_name, sizeof seen->inner_name, "%s", mp_process_name(inner));
	if (mp_process_start(inner) == 0 && mp_process_join(inner, -1) == 0)
		mp_process_ended(inner, &end);
	seen->inner_status = end.status;
	mp_process_free(&inner);
	return 0;
}

/* In a child, because the numbers go on from test to test. */
static int check_names(void *argument)
{
	const struct mp_process_config named = { .run = introduce, .argument = argument, .name = "Test" };
	struct mp_process *first = new_process(introduce, argument), *second = mp_process_new(&named),
			  *third = new_process(introduce, argument);
	int wrong = strcmp(mp_process_name(first), "Process-1:1") != 0 ||
		    strcmp(mp_process_name(second), "Test") != 0 ||
		    strcmp(mp_process_name(third), "Process-1:3") != 0;

	mp_process_free(&first);
	mp_process_free(&second);
	mp_process_free(&third);
	return wrong;
}

static void processes_are_numbered_and_named(void **state)
{
	int status = 0;
	struct mp_process *process = new_process(check_names, &status);
	const struct mp_process_config named = { .run = introduce, .argument = &status, .name = "Test" };
	struct mp_process *test = mp_process_new(&named), *outer = new_process(make_an_inner_one, &status);
	struct mp_process_end end;

	(void)state;
	assert_string_equal(mp_current_process_name(), "MainProcess");
	assert_string_equal(mp_process_name(process), "Process-1");
	assert_string_equal(mp_process_name(test), "Test");
	assert_string_equal(mp_process_name(outer), "Process-3");
	assert_int_equal(mp_process_start(process), 0);
	assert_int_equal(mp_process_join(process, -1), 0);
	assert_int_equal(mp_process_ended(process, &end), 0);
	assert_int_equal(end.status, 0);
	assert_int_equal(mp_process_start(test), 0);
	assert_int_equal(mp_process_join(test, -1), 0);
	assert_string_equal(seen->name, "Test");
	assert_string_equal(seen->title, "Test");
	assert_int_equal(mp_process_start(outer), 0);
	assert_int_equal(mp_process_join(outer, -1), 0);
	assert_string_equal(seen->inner_name, "Process-3:1");
	assert_string_equal(seen->name, "Process-3:1");
	assert_int_equal(seen->inner_status, 0);
	mp_process_free(&process);
	mp_process_free(&test);
	mp_process_free(&outer);
}

static void a_join_times_out_and_works_later(void **state)
{
	struct mp_process *process = new_process(wait_for_ever, NULL);
	struct mp_process_end end;

	(void)state;
	assert_int_equal(mp_process_start(process), 0);
	wait_until_ready();
	assert_int_equal(mp_process_join(process, 20), -ETIMEDOUT);
	assert_int_equal(mp_process_join(process, 0), -ETIMEDOUT);
	assert_int_equal(mp_process_is_alive(process), 1);
	assert_int_equal(mp_process_ended(process, &end), -EAGAIN);
	assert_int_equal(mp_process_terminate(process), 0);
	assert_int_equal(mp_process_join(process, 60000), 0);
	assert_int_equal(mp_process_ended(process, &end), 0);
	assert_int_equal(end.signal, SIGTERM);
	assert_int_equal(mp_process_terminate(process), 0);
	mp_process_free(&process);
}

static void what_ignores_sigterm_is_killed(void **state)
{
	struct mp_process *process = new_process(ignore_sigterm, NULL);
	struct mp_process_end end;

	(void)state;
	assert_int_equal(mp_process_start(process), 0);
	wait_until_ready();
	assert_int_equal(mp_process_terminate(process), 0);
	assert_int_equal(mp_process_join(process, 20), -ETIMEDOUT);
	assert_int_equal(mp_process_kill(process), 0);
	assert_int_equal(mp_process_join(process, 60000), 0);
	assert_int_equal(mp_process_ended(process, &end), 0);
	assert_int_equal(end.signal, SIGKILL);
	mp_process_free(&process);
}

static void misuse_is_an_error_and_no_hang(void **state)
{
	const struct mp_process_config nothing = { .run = NULL };
	int status = 0;
	struct mp_process *process = new_process(introduce, &status);
	struct mp_process_end end;

	(void)state;
	errno = 0;
	assert_null(mp_process_new(&nothing));
	assert_int_equal(errno, EINVAL);
	assert_int_equal(mp_process_join(process, -1), -EINVAL);
	assert_int_equal(mp_process_ended(process, &end), -EINVAL);
	assert_int_equal(mp_process_terminate(process), -EINVAL);
	assert_int_equal(mp_process_is_alive(process), 0);
	assert_int_equal(mp_process_start(process), 0);
	assert_int_equal(mp_process_start(process), -EALREADY);
	assert_int_equal(mp_process_join(process, -1), 0);
	assert_int_equal(mp_process_join(process, -1), -ECHILD);
	assert_int_equal(mp_process_start(process), -EALREADY);
	mp_process_free(&process);
}

static void a_poll_loop_sees_the_end(void **state)
{
	struct mp_process *process = new_process(wait_for_ever, NULL);
	struct pollfd ended = { .events = POLLIN };

	(void)state;
	assert_int_equal(mp_process_start(process), 0);
	ended.fd = mp_process_fd(process);
	assert_int_equal(poll(&ended, 1, 10), 0);
	assert_int_equal(mp_process_kill(process), 0);
	assert_int_equal(poll(&ended, 1, 60000), 1);
	assert_int_equal(mp_process_join(process, 0), 0);
	mp_process_free(&process);
}

static void freeing_kills_even_a_stopped_one(void **state)
{
	struct mp_process *process = new_process(wait_for_ever, NULL);
	pid_t pid;

	(void)state;
	assert_int_equal(mp_process_start(process), 0);
	wait_until_ready();
	pid = mp_process_pid(process);
	kill(pid, SIGSTOP);
	mp_process_free(&process);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

static void a_process_that_somebody_else_waited_for_is_known_to_be_gone(void **state)
{
	int status = 0;
	struct mp_process *process = new_process(introduce, &status);
	struct mp_process_end end;

	(void)state;
	assert_int_equal(mp_process_start(process), 0);
	assert_int_equal(waitpid(mp_process_pid(process), NULL, 0), mp_process_pid(process));
	assert_int_equal(mp_process_join(process, 60000), 0);
	assert_int_equal(mp_process_ended(process, &end), -ECHILD);
	mp_process_free(&process);
}

static int use_the_parents(void *argument)
{
	struct mp_process *parents = *(struct mp_process **)argument;
	struct mp_process_end end;

	if (mp_process_start(parents) != -EPERM || mp_process_join(parents, -1) != -EPERM ||
		mp_process_ended(parents, &end) != -EPERM || mp_process_kill(parents) != -EPERM)
		return 1;
	mp_process_free(&parents);
	return 0;
}

static void a_child_cannot_touch_its_elder_sibling(void **state)
{
	struct mp_process *elder = new_process(wait_for_ever, NULL);
	struct mp_process *younger = new_process(use_the_parents, &elder);
	struct mp_process_end end;

	(void)state;
	assert_int_equal(mp_process_start(elder), 0);
	assert_int_equal(mp_process_start(younger), 0);
	assert_int_equal(mp_process_join(younger, 60000), 0);
	assert_int_equal(mp_process_ended(younger, &end), 0);
	assert_int_equal(end.status, 0);
	assert_int_equal(mp_process_is_alive(elder), 1);
	mp_process_free(&elder);
	mp_process_free(&younger);
}

static int print(void *argument)
{
	fprintf(argument, "child ");
	return 0;
}

/* Nothing twice, nothing lost. */
static void what_is_printed_is_printed_once(void **state)
{
	FILE *file = tmpfile();
	struct mp_process *process = new_process(print, file);
	char text[32] = "";

	(void)state;
	assert_non_null(file);
	fprintf(file, "parent ");
	assert_int_equal(mp_process_start(process), 0);
	assert_int_equal(mp_process_join(process, -1), 0);
	mp_process_free(&process);
	fflush(file);
	assert_int_equal(pread(fileno(file), text, sizeof text - 1, 0), 13);
	assert_string_equal(text, "parent child ");
	fclose(file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(processes_are_numbered_and_named), /* first, while the numbers begin at 1 */
		TEST(a_process_runs_and_tells_its_status),
		TEST(a_signal_is_told_from_an_exit),
		TEST(a_join_times_out_and_works_later),
		TEST(what_ignores_sigterm_is_killed),
		TEST(misuse_is_an_error_and_no_hang),
		TEST(a_poll_loop_sees_the_end),
		TEST(freeing_kills_even_a_stopped_one),
		TEST(a_process_that_somebody_else_waited_for_is_known_to_be_gone),
		TEST(a_child_cannot_touch_its_elder_sibling),
		TEST(what_is_printed_is_printed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
