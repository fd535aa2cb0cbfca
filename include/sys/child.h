/*
 * child.h: the one place where this program forks.
 *
 * Calling order: child_start(); then watch child_fd(), child_reap() it, and
 * child_finish(). The caller owns the struct.
 *
 * A child
 * - dies with the thread that started it: PR_SET_PDEATHSIG, and a check that the parent was not gone already;
 * - has none of the descriptors that were kept out of children (child_keep_out): no elder sibling's socket,
 * so end-of-file means what it says;
 * - has no signal handler of the parent's (handled signals are back at their default action, ignored ones
 * stay ignored), an empty signal mask, and nothing in stdio's buffers to print again;
 * - ends by _exit, never through exit handlers.
 *
 * In a build with AddressSanitizer a child that would end with status 0 looks for leaks first and ends with
 * CHILD_LEAKED when there are any; not when its parent had several threads, nor under a seccomp filter, where
 * the checker cannot work.
 */
#ifndef STAMPMILL_SYS_CHILD_H
#define STAMPMILL_SYS_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#define CHILD_LEAKED 99

struct child {
	pid_t pid;  /* 0: none */
	int pidfd;  /* readable when it has ended; a pipe, where there is no pidfd_open(); -1: none */
	int socket; /* this end of the pair; -1: none */
	int report; /* where a fork server tells how it ended (sys/fork_server.h); -1: it is a child of this
		       process */
};

#define CHILD_INIT                                                 \
	{                                                          \
		.pid = 0, .pidfd = -1, .socket = -1, .report = -1, \
	}

struct child_config {
	/* Runs in the child; what it returns (0 to 255) is the exit status. `socket` is its end of the pair,
	 * or -1. */
	int (*run)(void *argument, int socket);
	void *argument;
	/* Not NULL: the program that this process runs is executed again instead, with these arguments. It
	 * has the descriptors 0 to 2 and CHILD_LINE, its end of the pair, which must be asked for, and no
	 * others; and none of this process's memory, so it does not matter what threads there are. When it
	 * cannot be executed, it exits with 127. It should end by child_leave(). */
	char *const *argv;
	const char *name; /* of the process, cut at 15 bytes; NULL: the parent's */
	bool with_socket; /* a SOCK_SEQPACKET pair; both ends block */
	bool is_worker;   /* SIGINT, SIGTERM, SIGHUP and SIGTSTP are ignored (sys/signals.h) from its first
			     instruction on */
};

/* Returns 0 or a negative errno: -EAGAIN and -ENOMEM when there are too many processes, -EMFILE. */
int child_start(struct child *child, const struct child_config *config);

#define CHILD_LINE 3

/* First thing in a program that was executed anew: what it has from its parent is not for its own children.
 */
void child_arrive(void);

/* The descriptor that a child must keep open where there is no pidfd_open() (Linux before 5.3, valgrind
 * before 3.21), for its parent takes its end for the child's; -1: none. */
int child_leash(void);

/* End this process as a child's `run` does that returns `status`. */
_Noreturn void child_leave(int status);

struct child_end {
	int status; /* of the exit; -1 when a signal ended it */
	int signal; /* 0 when it exited */
};

/* Readable when it may have ended: watch it. */
int child_fd(const struct child *child);

/* Returns 1 and how it ended (once: it is reaped and child.pid is 0), 0 while it lives, or -ECHILD when
 * somebody else has reaped it, or its fork server is gone, so that nobody can tell. Never waits, but for a
 * moment in the last case, until it has ended too. */
int child_reap(struct child *child, struct child_end *end);

/* The same, waiting up to timeout_ms (-1: for ever). Signals that are handled do not cut it short. */
int child_wait(struct child *child, int timeout_ms, struct child_end *end);

/* Send a signal; a child that has ended is no error. Returns 0 or a negative errno. */
int child_signal(const struct child *child, int number);

/* Close what there is of it. Does not wait for it nor end it. */
void child_finish(struct child *child);

/* From now on children that this process starts do not have `fd`. Returns 0, or -ENOMEM when that cannot be
 * remembered: then it is closed. */
int child_keep_out(int fd);
/* Close such a descriptor. Anything else, -1 too, is left alone: in a child the number may be another file's.
 */
void child_close_kept_out(int fd);

#endif
