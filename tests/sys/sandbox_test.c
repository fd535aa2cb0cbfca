#include "sys/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* A made-up job: in/ is readable, out/ writable, secret/ neither. */
struct job {
	char folder[64];
	int in_fd, out_fd, parent_pid;
};

static void make_file(const struct job *job, const char *name)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", job->folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("x", file);
	fclose(file);
}

static int make_folder(const struct job *job, const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", job->folder, name);
	assert_int_equal(mkdir(path, 0700), 0);
	fd = open(path, O_PATH | O_DIRECTORY);
	assert_true(fd >= 0);
	return fd;
}

static int set_up(void **state)
{
	struct job *job = calloc(1, sizeof(*job));

	strcpy(job->folder, "/tmp/sandbox-test-XXXXXX");
	assert_non_null(mkdtemp(job->folder));
	job->in_fd = make_folder(job, "in");
	job->out_fd = make_folder(job, "out");
	close(make_folder(job, "secret"));
	make_file(job, "in/a.jpg");
	make_file(job, "secret/key");
	job->parent_pid = getpid();
	*state = job;
	return 0;
}

static int tear_down(void **state)
{
	struct job *job = *state;
	char command[128];

	close(job->in_fd);
	close(job->out_fd);
	snprintf(command, sizeof(command), "rm -rf %s", job->folder);
	assert_int_equal(system(command), 0);
	free(job);
	return 0;
}

enum {
	COULD = 0,
	REFUSED = 1,
	OTHERWISE = 2,
	NO_SANDBOX = 3
};

/* What becomes of `attempt` (0 or a negative errno) in a process that has shut itself in. */
static int inside(const struct job *job, int (*attempt)(const struct job *job), bool may_set_times)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		const char *const libraries[] = { "/usr/lib", "/lib", "/nowhere", NULL };
		struct sandbox_config config = { .read_fds = &job->in_fd,
			.read_fds_count = 1,
			.read_paths = libraries,
			.write_fd = job->out_fd,
			.may_set_times = may_set_times };
		int result;

		if (sandbox_enter(&config) != sandbox_available())
			_exit(NO_SANDBOX);
		result = attempt(job);
		_exit(result == 0 ? COULD : result == -EACCES || result == -EPERM ? REFUSED : OTHERWISE);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int opened(const struct job *job, const char *name, int flags)
{
	char path[128];
	int fd;

	snprintf(
		path, sizeof(path), "%s%s%s", *name == '/' ? "" : job->folder, *name == '/' ? "" : "/", name);
	fd = open(path, flags, 0600);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int result_of(long result)
{
	return result < 0 ? -errno : 0;
}

static int read_input(const struct job *job)
{
	return opened(job, "in/a.jpg", O_RDONLY);
}

static int make_output(const struct job *job)
{
	int error = opened(job, "out/b.jpg", O_WRONLY | O_CREAT);

	if (!error)
		error = result_of(renameat(job->out_fd, "b.jpg", job->out_fd, "c.jpg"));
	if (!error)
		error = result_of(mkdirat(job->out_fd, "sub", 0700));
	if (!error)
		error = result_of(renameat(job->out_fd, "c.jpg", job->out_fd, "sub/c.jpg"));
	return error;
}

static int publish_nameless(const struct job *job)
{
	char name[64];
	int fd = openat(job->out_fd, ".", O_TMPFILE | O_WRONLY, 0600);

	if (fd < 0)
		return -errno;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return result_of(linkat(AT_FDCWD, name, job->out_fd, "d.jpg", AT_SYMLINK_FOLLOW));
}

static void *nothing(void *data)
{
	return data;
}

static int start_thread(const struct job *job)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, nothing, NULL);

	(void)job;
	return error ? -error : -pthread_join(thread, NULL);
}

static int stamp_output(const struct job *job)
{
	int fd = openat(job->out_fd, ".", O_TMPFILE | O_WRONLY, 0600);

	return fd < 0 ? -errno : result_of(futimens(fd, NULL));
}

static int read_secret(const struct job *job)
{
	return opened(job, "secret/key", O_RDONLY);
}

static int read_passwords(const struct job *job)
{
	return opened(job, "/etc/passwd", O_RDONLY);
}

static int write_input(const struct job *job)
{
	return opened(job, "in/a.jpg", O_WRONLY);
}

static int make_beside_input(const struct job *job)
{
	return opened(job, "in/new.jpg", O_WRONLY | O_CREAT);
}

static int write_outside(const struct job *job)
{
	return opened(job, "secret/new", O_WRONLY | O_CREAT);
}

static int leave_by_parent(const struct job *job)
{
	int fd = openat(job->out_fd, "../secret/key", O_RDONLY);

	return fd < 0 ? -errno : 0;
}

static int remove_input(const struct job *job)
{
	return result_of(unlinkat(job->in_fd, "a.jpg", 0));
}

static int move_input(const struct job *job)
{
	int result = result_of(renameat(job->in_fd, "a.jpg", job->out_fd, "stolen.jpg"));

	return result == -EXDEV ? -EACCES : result; /* Landlock ABI 1 says it so */
}

static int link_away(const struct job *job)
{
	return result_of(symlinkat("/etc/passwd", job->out_fd, "link"));
}

static int change_mode(const struct job *job)
{
	return result_of(fchmodat(job->in_fd, "a.jpg", 0777, 0));
}

static int change_mode_when_open(const struct job *job)
{
	int fd = openat(job->in_fd, "a.jpg", O_RDONLY);

	return fd < 0 ? -errno - 1000 : result_of(fchmod(fd, 0777));
}

static int change_times(const struct job *job)
{
	return result_of(utimensat(job->in_fd, "a.jpg", NULL, 0));
}

static int change_times_when_open(const struct job *job)
{
	int fd = openat(job->in_fd, "a.jpg", O_RDONLY);

	return fd < 0 ? -errno - 1000 : result_of(futimens(fd, NULL));
}

static int truncate_input(const struct job *job)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/in/a.jpg", job->folder);
	return result_of(truncate(path, 0));
}

static int open_socket(const struct job *job)
{
	(void)job;
	return result_of(socket(AF_INET, SOCK_STREAM, 0));
}

static int open_local_socket(const struct job *job)
{
	int pair[2];

	(void)job;
	return result_of(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

static int start_program(const struct job *job)
{
	(void)job;
	return result_of(execl("/bin/true", "true", NULL));
}

static int make_process(const struct job *job)
{
	pid_t pid;

	(void)job;
	pid = fork();
	if (pid == 0)
		_exit(0);
	return result_of(pid);
}

static int signal_parent(const struct job *job)
{
	return result_of(kill(job->parent_pid, 0));
}

static int trace_parent(const struct job *job)
{
	return result_of(ptrace(PTRACE_ATTACH, job->parent_pid, NULL, NULL));
}

static int look_into_parent(const struct job *job)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", job->parent_pid);
	return opened(job, path, O_RDONLY);
}

static void what_a_worker_needs_works(void **state)
{
	static int (*const needs[])(
		const struct job *) = { read_input, make_output, publish_nameless, start_thread };

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		assert_int_equal(inside(*state, needs[i], false), COULD);
	assert_int_equal(inside(*state, stamp_output, true), COULD);
}

static void files_outside_the_job_are_out_of_reach(void **state)
{
	static int (*const attempts[])(const struct job *) = { read_secret, read_passwords, write_input,
		make_beside_input, write_outside, leave_by_parent, remove_input, move_input, link_away,
		look_into_parent };

	if (!(sandbox_available() & SANDBOX_FILES))
		skip();
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
		assert_int_equal(inside(*state, attempts[i], false), REFUSED);
}

static void calls_a_decoder_has_no_use_for_are_refused(void **state)
{
	static int (*const attempts[])(const struct job *) = { change_mode, change_mode_when_open,
		change_times, change_times_when_open, truncate_input, open_socket, open_local_socket,
		start_program, make_process, signal_parent, trace_parent };

	if (!(sandbox_available() & SANDBOX_CALLS))
		skip();
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
		assert_int_equal(inside(*state, attempts[i], false), REFUSED);
	assert_int_equal(inside(*state, change_times, true), REFUSED);
}

/* Each attempt above must be one that works outside, or its refusal says nothing. */
static void the_same_attempts_work_outside(void **state)
{
	static int (*const attempts[])(const struct job *) = { read_secret, read_passwords, write_input,
		open_socket, open_local_socket, leave_by_parent, change_mode, change_mode_when_open,
		change_times, change_times_when_open, make_process, signal_parent, truncate_input,
		move_input };

	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
		assert_int_equal(attempts[i](*state), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_a_worker_needs_works, set_up, tear_down),
		cmocka_unit_test_setup_teardown(files_outside_the_job_are_out_of_reach, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			calls_a_decoder_has_no_use_for_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_same_attempts_work_outside, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
