#include "sys/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "scratch.h"

static struct scratch scratch;

static int setup(void **state)
{
	(void)state;
	return scratch_init(&scratch) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	scratch_finish(&scratch);
	return 0;
}

#define MEMINFO "MemTotal: 24000000 kB\nMemFree: 1000000 kB\nMemAvailable: 8000000 kB\n"
#define MOUNT_V2 "31 23 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n"
#define MOUNT_V1 "36 25 0:33 / /sys/fs/cgroup/memory rw shared:10 - cgroup cgroup rw,memory\n"
#define V2 "sys/fs/cgroup/"
#define V1 "sys/fs/cgroup/memory/"

static void lay(const char *file, const char *text)
{
	assert_true(scratch_write(&scratch, file, text));
}

static void what_the_machine_has_counts(void **state)
{
	(void)state;
	lay("proc/meminfo", MEMINFO);
	assert_int_equal(memory_available(scratch.path), INT64_C(8192000000));
}

static void the_tightest_group_counts(void **state)
{
	(void)state;
	lay("proc/meminfo", MEMINFO);
	lay("proc/self/cgroup", "0::/a/b\n");
	lay("proc/self/mountinfo", MOUNT_V2);
	lay(V2 "a/b/memory.max", "max\n");
	lay(V2 "a/b/memory.current", "100\n");
	lay(V2 "a/memory.max", "1000000\n");
	lay(V2 "a/memory.current", "900000\n");
	lay(V2 "a/memory.stat", "anon 5\nfile 500000\ninactive_file 300000\n");
	assert_int_equal(memory_available(scratch.path), 400000);
	lay(V2 "a/memory.current", "1900000\n");
	assert_int_equal(memory_available(scratch.path), 0);
}

static void groups_of_version_1_count_too(void **state)
{
	(void)state;
	lay("proc/meminfo", MEMINFO);
	lay("proc/self/cgroup", "9:memory:/a\n");
	lay("proc/self/mountinfo", MOUNT_V1);
	lay(V1 "a/memory.limit_in_bytes", "5000000\n");
	lay(V1 "a/memory.usage_in_bytes", "1000000\n");
	lay(V1 "memory.limit_in_bytes", "9223372036854771712\n");
	lay(V1 "memory.usage_in_bytes", "1000000\n");
	assert_int_equal(memory_available(scratch.path), 4000000);
	lay(V1 "a/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
	assert_int_equal(memory_oom_kills(scratch.path), 3);
}

static void kills_are_counted_by_the_group_or_the_machine(void **state)
{
	(void)state;
	assert_int_equal(memory_oom_kills(scratch.path), -1);
	lay("proc/vmstat", "nr_free_pages 5\noom_kill 7\n");
	assert_int_equal(memory_oom_kills(scratch.path), 7);
	lay("proc/self/cgroup", "0::/a\n");
	lay("proc/self/mountinfo", MOUNT_V2);
	lay(V2 "a/memory.events", "low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\n");
	assert_int_equal(memory_oom_kills(scratch.path), 1);
}

static int allocate_beyond_the_limit(void)
{
	char *small, *big;

	if (memory_limit_self(64 << 20) < 0)
		return 1;
	small = malloc(8 << 20);
	big = malloc(128 << 20);
	if (!small || big)
		return 2;
	memset(small, 1, 8 << 20);
	return memory_limit_self(512 << 20) == 0 && malloc(128 << 20) ? 0 : 3;
}

static void a_process_can_bound_itself(void **state)
{
	pid_t pid;
	int status;

	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip();
#endif
	pid = fork();
	if (pid == 0)
		_exit(allocate_beyond_the_limit());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_the_machine_has_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(the_tightest_group_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(groups_of_version_1_count_too, setup, teardown),
		cmocka_unit_test_setup_teardown(
			kills_are_counted_by_the_group_or_the_machine, setup, teardown),
		cmocka_unit_test(a_process_can_bound_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
