/*
 * program.h: running the built program as a user or a script does.
 *
 * program_run() and the macro RUN do it in one go. For tests that meddle with a run: program_start(), meddle,
 * program_end(). A program that is not done after its time is killed with all of its group, and the test
 * fails. The program is the one that the environment variable STAMPMILL names.
 */
#ifndef STAMPMILL_TESTS_PROGRAM_H
#define STAMPMILL_TESTS_PROGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct program {
	pid_t pid; /* leads a process group of its own */
	int out_fd, err_fd;
	char mark[40]; /* in the environment of the program and of all that it forks */
};

struct ended {
	int exit_status; /* -1 when it was ended by a signal */
	int signal;      /* 0 when it exited */
	char *out, *err; /* what it wrote to standard output and error, NUL-terminated */
	int64_t elapsed_ms;
};

struct program_options {
	const char *const *arguments;   /* without the program's name; ends with NULL */
	const char *const *environment; /* "NAME=value"s to add; NULL: none */
	const char *folder;             /* to run in; NULL: here */
	const char *input;              /* what it reads on standard input; NULL: nothing */
	int as_nobody;                  /* run as an ordinary user where the test runs as root */
	int out_fd, err_fd; /* in place of the standard output and error that are captured; 0: captured */
};

void program_start(struct program *program, const struct program_options *options);
/* Wait until it has ended; at most `patience_s` seconds. */
void program_end(struct program *program, int patience_s, struct ended *ended);
void program_run(const struct program_options *options, struct ended *ended);

/* RUN(&ended, "run", in, out) */
#define RUN(ended, ...) \
	program_run(    \
		&(struct program_options){ .arguments = (const char *const[]){ __VA_ARGS__, NULL } }, ended)

void ended_finish(struct ended *ended);

/* Assert the exit status, telling what the program said when it is another; then ended_finish(). */
#define ASSERT_EXIT(ended, status) assert_exit(ended, status, __FILE__, __LINE__)
void assert_exit(struct ended *ended, int status, const char *file, int line);

/* Assert that `text` is in what the program wrote to standard error (or output). */
#define ASSERT_SAYS(said, text) assert_says(said, text, __FILE__, __LINE__)
void assert_says(const char *said, const char *text, const char *file, int line);

/* Processes that the program has forked and that live, zombies not counted: fills at most `most` ids, returns
 * how many there are. The program itself is not among them. */
size_t program_children(const struct program *program, pid_t *pids, size_t most);

/* Wait until this many bytes or more stand in the file, or the predicate holds; at most 30 seconds, then the
 * test fails. */
void wait_until(int (*holds)(void *data), void *data, const char *what);

#endif
