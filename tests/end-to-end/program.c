#include "end-to-end/program.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "sys/clock.h"

enum {
	PATIENCE_S = 100,
	ARGUMENTS_MAX = 128,
	NOBODY = 65534
};

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 5 * 1000000 }, NULL);
}

static int file_of(const char *text)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* In the child: becomes the program, or exits with 127. */
static void become(const struct program_options *options, const struct program *program, int input_fd)
{
	const char *arguments[ARGUMENTS_MAX] = { getenv("STAMPMILL") };
	sigset_t none;

	for (int i = 0; options->arguments[i] && i < ARGUMENTS_MAX - 2; i++)
		arguments[i + 1] = options->arguments[i];
	for (const char *const *more = options->environment; more && *more; more++)
		putenv((char *)*more);
	putenv((char *)program->mark);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	if (dup2(input_fd, 0) < 0 || dup2(options->out_fd > 0 ? options->out_fd : program->out_fd, 1) < 0 ||
		dup2(options->err_fd > 0 ? options->err_fd : program->err_fd, 2) < 0)
		_exit(126);
	if (options->folder && chdir(options->folder) < 0)
		_exit(126);
	if (options->as_nobody && geteuid() == 0 &&
		(setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0))
		_exit(126);
	/* whatever started the tests (nohup, a background job) may have ignored some */
	for (int number = 1; number < SIGRTMIN; number++)
		signal(number, SIG_DFL);
	execv(arguments[0], (char *const *)arguments);
	_exit(127);
}

void program_start(struct program *program, const struct program_options *options)
{
	static int number;
	int input_fd = options->input ? file_of(options->input) : open("/dev/null", O_RDONLY | O_CLOEXEC);

	*program = (struct program){ .out_fd = memfd_create("output", MFD_CLOEXEC),
		.err_fd = memfd_create("errors", MFD_CLOEXEC) };
	snprintf(program->mark, sizeof(program->mark), "STAMPMILL_TEST_MARK=%d-%d-", (int)getpid(), ++number);
	program->pid = fork();
	assert_true(program->pid >= 0);
	if (program->pid == 0)
		become(options, program, input_fd);
	setpgid(program->pid, program->pid);
	close(input_fd);
}

/* Everything in the file that `fd` has open; closes it. */
static char *take_all(int fd)
{
	struct stat status;
	char *text;

	assert_int_equal(fstat(fd, &status), 0);
	text = calloc(1, (size_t)status.st_size + 1);
	assert_non_null(text);
	assert_int_equal(pread(fd, text, (size_t)status.st_size, 0), status.st_size);
	close(fd);
	return text;
}

void program_end(struct program *program, int patience_s, struct ended *ended)
{
	int64_t begin_ms = clock_ms();
	int status = 0;
	pid_t waited = 0;

	while (waited == 0 && clock_ms() - begin_ms < patience_s * 1000) {
		waited = waitpid(program->pid, &status, WNOHANG);
		if (waited == 0)
			nap();
	}
	ended->elapsed_ms = clock_ms() - begin_ms;
	if (waited == 0) {
		kill(-program->pid, SIGKILL);
		waitpid(program->pid, &status, 0);
	}
	ended->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	ended->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	ended->out = take_all(program->out_fd);
	ended->err = take_all(program->err_fd);
	if (waited == 0)
		fail_msg("not done after %d s; it said: %s%s", patience_s, ended->out, ended->err);
}

void program_run(const struct program_options *options, struct ended *ended)
{
	struct program program;

	program_start(&program, options);
	program_end(&program, PATIENCE_S, ended);
}

void ended_finish(struct ended *ended)
{
	free(ended->out);
	free(ended->err);
	ended->out = ended->err = NULL;
}

void assert_exit(struct ended *ended, int status, const char *file, int line)
{
	if (ended->exit_status != status) {
		print_error("exit status %d, signal %d in place of status %d; standard output:\n%s\nstandard "
			    "error:\n%s\n",
			ended->exit_status, ended->signal, status, ended->out, ended->err);
		_fail(file, line);
	}
	ended_finish(ended);
}

void assert_says(const char *said, const char *text, const char *file, int line)
{
	if (!strstr(said, text)) {
		print_error("\"%s\" is not in:\n%s\n", text, said);
		_fail(file, line);
	}
}

/* Whether /proc/PID/environ has the mark; a zombie's is empty. */
static int is_marked(const char *pid, const char *mark)
{
	static char environment[1 << 20];
	char path[64];
	ssize_t size;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/environ", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	size = read(fd, environment, sizeof(environment));
	close(fd);
	return size > 0 && memmem(environment, (size_t)size, mark, strlen(mark)) != NULL;
}

size_t program_children(const struct program *program, pid_t *pids, size_t most)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;

	assert_non_null(proc);
	while ((entry = readdir(proc))) {
		pid_t pid = (pid_t)atoi(entry->d_name);

		if (pid <= 0 || pid == program->pid || !is_marked(entry->d_name, program->mark))
			continue;
		if (count < most)
			pids[count] = pid;
		count++;
	}
	closedir(proc);
	return count;
}

void wait_until(int (*holds)(void *data), void *data, const char *what)
{
	int64_t begin_ms = clock_ms();

	while (!holds(data)) {
		if (clock_ms() - begin_ms > 30 * 1000)
			fail_msg("waited 30 s in vain until %s", what);
		nap();
	}
}
