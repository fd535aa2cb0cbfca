#include "sys/run_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "refuse.h"

static char folder[] = "/tmp/run-lock-test-XXXXXX";
static int folder_fd = -1;

static int set_up(void **state)
{
	(void)state;
	strcpy(folder + sizeof(folder) - 7, "XXXXXX");
	assert_non_null(mkdtemp(folder));
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY);
	return folder_fd < 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlinkat(folder_fd, "lock", 0);
	close(folder_fd);
	return rmdir(folder);
}

/* Another process: takes the lock, says so, and waits to be ended. */
static pid_t start_holder(void)
{
	int told[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe(told), 0);
	pid = fork();
	if (pid == 0) {
		struct run_lock lock = RUN_LOCK_INIT;
		struct run_lock_holder holder;

		if (run_lock_acquire(&lock, folder_fd, &holder) < 0 || write(told[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(told[0], &byte, 1), 1);
	close(told[0]);
	close(told[1]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void the_second_run_is_told_who_holds_the_lock(void **state)
{
	struct run_lock lock = RUN_LOCK_INIT;
	struct run_lock_holder holder;
	char expected[40], host[65] = "";
	pid_t pid = start_holder();

	(void)state;
	gethostname(host, sizeof(host) - 1);
	snprintf(expected, sizeof(expected), "process %d on ", (int)pid);
	assert_int_equal(run_lock_acquire(&lock, folder_fd, &holder), -EBUSY);
	assert_int_equal(strncmp(holder.text, expected, strlen(expected)), 0);
	assert_non_null(strstr(holder.text, host));
	assert_non_null(strstr(holder.text, " since 20"));
	assert_int_equal(lock.fd, -1);
	end(pid);
}

static void a_killed_holder_leaves_nothing_in_the_way(void **state)
{
	struct run_lock lock = RUN_LOCK_INIT;
	struct run_lock_holder holder;

	(void)state;
	end(start_holder());
	assert_int_equal(run_lock_acquire(&lock, folder_fd, &holder), 0);
	run_lock_release(&lock);
	run_lock_release(&lock);
}

static int lock_where_none_are(int error)
{
	struct run_lock lock = RUN_LOCK_INIT;
	struct run_lock_holder holder;

	if (!refuse_call(SYS_fcntl, 1, F_SETLK, error) || !refuse_call(SYS_fcntl, 1, F_GETLK, error))
		return 1;
	if (run_lock_possible(folder_fd))
		return 2;
	return run_lock_acquire(&lock, folder_fd, &holder) == -ENOLCK ? 0 : 3;
}

static void a_file_system_without_locks_says_so(void **state)
{
	static const int errors[] = { ENOLCK, ENOSYS, EOPNOTSUPP };

	(void)state;
	assert_true(run_lock_possible(folder_fd));
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0)
			_exit(lock_where_none_are(errors[i]));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

static void a_child_does_not_keep_its_parents_lock(void **state)
{
	struct run_lock lock = RUN_LOCK_INIT;
	struct run_lock_holder holder;
	pid_t child;

	(void)state;
	assert_int_equal(run_lock_acquire(&lock, folder_fd, &holder), 0);
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	run_lock_release(&lock);
	end(start_holder()); /* could take it although the child has the descriptor still */
	end(child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_second_run_is_told_who_holds_the_lock, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_killed_holder_leaves_nothing_in_the_way, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_system_without_locks_says_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_child_does_not_keep_its_parents_lock, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
