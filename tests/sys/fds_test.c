#include "sys/fds.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int status_of(int (*run)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(run());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int keep_two_of_six(void)
{
	int fds[6], keep[3];

	for (int i = 0; i < 6; i++)
		fds[i] = open("/dev/null", O_RDONLY);
	keep[0] = fds[4];
	keep[1] = -1;
	keep[2] = fds[1];
	if (fds_close_others(keep, 3) < 0)
		return 1;
	for (int i = 0; i < 6; i++)
		if (is_open(fds[i]) != (i == 1 || i == 4))
			return 2;
	return is_open(0) && is_open(1) && is_open(2) ? 0 : 3;
}

static void only_what_is_kept_stays_open(void **state)
{
	(void)state;
	assert_int_equal(status_of(keep_two_of_six), 0);
}

static int fill_all(void)
{
	close(0);
	close(1);
	close(2);
	fds_fill_standard();
	return is_open(0) && is_open(1) && is_open(2) && open("/dev/null", O_RDONLY) > 2 ? 0 : 1;
}

static void closed_standard_descriptors_are_filled(void **state)
{
	(void)state;
	assert_int_equal(status_of(fill_all), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_kept_stays_open),
		cmocka_unit_test(closed_standard_descriptors_are_filled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
