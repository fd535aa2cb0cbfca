/*
 * process.h: a function that runs in a process of its own.
 *
 * Calling order: mp_process_new(), mp_process_start(), mp_process_join(), mp_process_free(). Between start
 * and join, mp_process_fd() can be watched in a poll loop. Only the process that made it may use it; in a
 * child the calls give -EPERM.
 *
 * A child is forked, where no context says otherwise (context.h): it has the parent's memory as it was at the
 * start, none of the parent's signal handlers, and an empty signal mask. It ends by _exit, after what it
 * wrote with stdio has been flushed.
 *
 * What holds when a party dies: when the thread that started it ends, by SIGKILL of the whole program too,
 * the process is killed. When the process dies, join tells how. When it is stopped, join waits for as long as
 * it was told to. mp_process_free() leaves no child behind, whatever the process does.
 *
 * Errors: 0 on success, a negative errno otherwise; nothing is printed. Bad use is told so as well: NULL
 * in place of a handle, a name or a result gives -EINVAL, or where no errno is returned NULL with EINVAL,
 * 0, -1 or ""; freeing NULL does nothing.
 */
#ifndef STAMPMILL_MP_PROCESS_H
#define STAMPMILL_MP_PROCESS_H

#include <sys/types.h>

#include "mp/given.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mp_process;
struct mp_context;

struct mp_process_config {
	/* What it does; what it returns, 0 to 255, is the exit status. Either this, for fork only, */
	int (*run)(void *argument);
	void *argument;
	/* or this, for any start method, which needs nothing of the parent's memory (given.h). All of it is
	 * copied, but what is shared must stay until the process is started. */
	int (*run_given)(const struct mp_given *given);
	struct mp_given given;
	struct mp_context *context; /* the start method (context.h); NULL: fork. Must outlive the process */
	const char *name; /* copied; NULL: "Process-1", "Process-2", ... in the order in which they are made;
			     "Process-2:1" for the first one that Process-2 makes */
};

/* NULL with errno: EINVAL without a function or with two, for something that cannot be given, or for what the
 * start method cannot do: `run`, or a `run_given` that is not in the table of mp_context_init(); ENOMEM. */
struct mp_process *mp_process_new(const struct mp_process_config *config);

/* Returns 0; -EALREADY when it was started before; -EAGAIN, -ENOMEM, -EMFILE when the system has no room for
 * it (it may be started later); -EBADF for something given whose descriptor was closed; -EPERM. */
int mp_process_start(struct mp_process *process);

/* Wait until it has ended, up to timeout_ms (0: just look; -1: for ever). Returns 0; -ETIMEDOUT; -EINVAL when
 * it was not started; -ECHILD when it was joined before; -EPERM. */
int mp_process_join(struct mp_process *process, int timeout_ms);

/* How it ended. */
struct mp_process_end {
	int status; /* of its exit, 0 to 255; -1 when a signal ended it, or when nobody knows */
	int signal; /* 0 when it exited */
};

/* Returns 0 once it has ended, joined or not; -EAGAIN while it runs; -EINVAL when it was not started; -ECHILD
 * when somebody else has waited for it (SIGCHLD is ignored, or wait() was called), so that nobody knows;
 * -EPERM. */
int mp_process_ended(struct mp_process *process, struct mp_process_end *end);

/* 1 while it runs, else 0. */
int mp_process_is_alive(struct mp_process *process);

/* SIGTERM, which it may handle; SIGKILL. Nothing happens when it has ended. Returns 0; -EINVAL when it was
 * not started; -EPERM. */
int mp_process_terminate(struct mp_process *process);
int mp_process_kill(struct mp_process *process);

const char *mp_process_name(const struct mp_process *process);
/* -1 before it is started; stays what it was after its end. */
pid_t mp_process_pid(const struct mp_process *process);
/* Readable when it has ended; -1 before it is started. Watch it; do not read or close it. */
int mp_process_fd(const struct mp_process *process);

/* Kill it if it runs, and free it. Sets *process to NULL; NULL is allowed. Waits no longer than SIGKILL
 * takes, and gives up after some seconds when not even that ends it. */
void mp_process_free(struct mp_process **process);

/* The name of the process that asks: "MainProcess", "Process-1", "worker-1". Valid as long as it lives. */
const char *mp_current_process_name(void);

#ifdef __cplusplus
}
#endif

#endif
