/*
 * child.h: the one place where this program forks.
 *
 * Calling order: child_start(); then watch child.pidfd (readable when it has ended), child_reap() it, and
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
	int pidfd;  /* readable when it has ended; -1: none */
	int socket; /* this end of the pair; -1: none */
};

#define CHILD_INIT                                   \
	{                                            \
		.pid = 0, .pidfd = -1, .socket = -1, \
	}

struct child_config {
	/* Runs in the child; what it returns (0 to 255) is the exit status. `socket` is its end of the pair,
	 * or -1. */
	int (*run)(void *argument, int socket);
	void *argument;
	const char *name; /* of the process, cut at 15 bytes; NULL: the parent's */
	bool with_socket; /* a SOCK_SEQPACKET pair; both ends block */
	bool is_worker;   /* SIGINT, SIGTERM, SIGHUP and SIGTSTP are ignored (sys/signals.h) from its first
			     instruction on */
};

/* Returns 0 or a negative errno: -EAGAIN and -ENOMEM when there are too many processes, -EMFILE, -ENOSYS
 * where the kernel has no pidfd (before 5.3). */
int child_start(struct child *child, const struct child_config *config);

struct child_end {
	int status; /* of the exit; -1 when a signal ended it */
	int signal; /* 0 when it exited */
};

/* Returns 1 and how it ended (once: it is reaped and child.pid is 0), 0 while it lives, or -ECHILD when
 * somebody else has reaped it, so that nobody can tell. Never waits. */
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
