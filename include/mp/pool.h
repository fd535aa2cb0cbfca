/*
 * pool.h: a pool of worker processes that run named functions on payloads of bytes.
 *
 * For whom: programs that have many independent pieces of work, some of which may crash, hang or take all
 * memory. A worker that dies costs the task it had in hand, and that one is tried again; the pool is whole
 * again at once.
 *
 * Calling order: fill an mp_pool_config, mp_pool_new(); mp_pool_submit() any number of tasks at any time;
 * drive it, either by mp_pool_wait() or, in a program with a poll loop of its own, by watching mp_pool_fd()
 * for input and calling mp_pool_step(); take what has ended by mp_pool_next(); mp_pool_free(). All calls are
 * made by the one process and thread that made the pool (its workers die with that thread); in another
 * process they give -EPERM or do nothing, and mp_pool_free() only frees. None blocks except mp_pool_wait(),
 * and mp_pool_free() for as long as SIGKILL takes, but not for more than some seconds.
 *
 * Ownership: submit copies the payload. An mp_ended and its bytes belong to the pool until the next
 * mp_pool_next().
 *
 * What holds when a party dies: a task ends exactly once, as done, as failed by its own word, or as lost with
 * the reason. A result that a worker sent before it died counts. A task that a dead worker had begun is given
 * to a fresh worker, alone, up to `retries` times; those it merely held are given out again and lose nothing.
 * A worker that is stopped runs into its task's deadline, if there is one. A worker that turns hostile can
 * lie about the tasks it was given, and about nothing else: whatever else it says is a crash of that worker,
 * and none of it is believed. A worker that SIGKILL does not end is left alone and replaced. When the owner
 * of the pool dies, by SIGKILL too, so do all workers.
 *
 * Errors: 0 or a positive id on success, a negative errno otherwise; nothing is printed. Bad use is told
 * so as well: NULL in place of a handle, a name or a result gives -EINVAL, or where no errno is returned
 * NULL with EINVAL, 0, -1 or ""; freeing NULL does nothing.
 */
#ifndef STAMPMILL_MP_POOL_H
#define STAMPMILL_MP_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "mp/given.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mp_pool;
struct mp_context;

/* What a task function sees of its surroundings. */
struct mp_worker {
	int index;                    /* 0 to workers-1; a replacement takes its predecessor's */
	const char *name;             /* "worker-1" for index 0, ... */
	uint64_t task;                /* the id of the task in hand */
	int attempt;                  /* 1 for the first */
	void *inherited;              /* config.inherited */
	const struct mp_given *given; /* config.given */
	void *state;                  /* what config.enter made */
};

/* Where a task function puts its result: mp_reply_set copies the bytes; called again, it replaces them; not
 * called, the result is empty. Returns 0, -ENOMEM, or -EMSGSIZE for more than config.result_max_bytes. */
struct mp_reply;
int mp_reply_set(struct mp_reply *reply, const void *data, size_t size_bytes);

/* A task. Returns 0 for success, or a number from 1 to 255 that the pool's owner sees as `failure`. Runs in a
 * worker; must not use stdio. */
typedef int mp_task_function(
	struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply);

struct mp_task {
	const char *name;
	mp_task_function *function;
	int in_flight; /* how many of these a worker may hold at a time, 1 to 64: 1 for work that takes
			  milliseconds or more, 8 or more for small tasks */
};

struct mp_pool_config {
	int workers;                 /* 1 to 4096; 0: the usable CPUs */
	const struct mp_task *tasks; /* ends with a row whose name is NULL; must outlive the pool */
	void *inherited; /* handed to each task: memory that forked workers share by inheritance */
	/* Likewise, under any start method. What it names must outlive the pool. */
	struct mp_given given;
	struct mp_context *context; /* the start method (context.h); NULL: fork. Must outlive the pool */

	/* Run in each worker before its first task, and may be NULL: returns 0 and the worker's state, or a
	 * number from 1 to 255. A worker that cannot enter ends the pool: every task ends as MP_LOST,
	 * mp_pool_step() gives -ECHILD. So do many workers in a row that crash in it. */
	int (*enter)(struct mp_worker *worker, void **state);
	/* Run when a worker is sent home in peace (not when it is killed); may be NULL. */
	void (*leave)(struct mp_worker *worker);
	/* Run in the owner when a worker has died unasked or was killed for a deadline, before its tasks are
	 * given out again; may be NULL. `task` is the one it had begun, or 0. It must not call the pool. */
	void (*died)(void *inherited, int index, uint64_t task);
	int tasks_per_worker; /* a worker is replaced after that many; 0: never */
	/* A worker that has not entered by then is killed, which counts as a crash; 0: no limit. */
	int64_t enter_timeout_ms;
	/* With `close_others`, a worker has no descriptors of the owner's but 0 to 2 and those of `keep_fds`
	 * (closed or negative ones are passed over): what it does not have, nobody can make it misuse. */
	bool close_others;
	const int *keep_fds; /* must outlive the pool */
	size_t keep_fds_count;
	size_t result_max_bytes; /* the most a task may answer; 0: 1 GiB */
};

struct mp_pool *mp_pool_new(const struct mp_pool_config *config); /* NULL with errno */

struct mp_submission {
	const char *task; /* a name from the table */
	const void *payload;
	size_t size_bytes;
	int64_t timeout_ms; /* from the moment the worker begins it; the worker is then killed; 0: none */
	int retries;        /* after a death or a timeout, how many more attempts */
	uint64_t tag;       /* the caller's own, given back */
};

/* Returns the task's id (1, 2, ...) or a negative errno: -EINVAL for an unknown name or a number out of
 * range, -ENOMEM, -ESHUTDOWN after mp_pool_close(), -EPERM in another process, or what ended the pool. */
int64_t mp_pool_submit(struct mp_pool *pool, const struct mp_submission *submission);

enum mp_outcome {
	MP_DONE,    /* the function returned 0 */
	MP_FAILED,  /* it returned something else: `failure`; the result's bytes are there */
	MP_CRASHED, /* its worker was ended by `signal`, in the last attempt; 0 when it was not a signal: it
		       broke the pool's protocol (wrote garbage, closed its socket) and was killed for it */
	MP_EXITED,  /* its worker exited with `failure` as its status without giving a result */
	MP_TIMEOUT, /* in the last attempt */
	MP_CANCELLED,
	MP_LOST /* no worker could be started or entered, or the system had no memory to send it */
};

/* How a task ended. */
struct mp_ended {
	uint64_t id, tag;
	enum mp_outcome outcome;
	int failure, signal;
	int attempts;     /* 0 when it was cancelled before it began */
	int worker_index; /* of the last attempt; -1 when there was none */
	const char *worker_name;
	pid_t worker_pid;
	const void *data; /* the result; NULL and 0 when there is none */
	size_t size_bytes;
};

/* A descriptor that is readable when mp_pool_step() has something to do, deadlines included (an epoll
 * descriptor: watch it, do not read it). It changes nothing else and is closed by mp_pool_free(). */
int mp_pool_fd(const struct mp_pool *pool);

/* Do what can be done without waiting: give out tasks, take in results, bury the dead, enforce deadlines.
 * Returns 0 or a negative errno that ends the pool. */
int mp_pool_step(struct mp_pool *pool);

/* Step until something has ended, or nothing is left to do, or timeout_ms (-1: for ever) has passed. Returns
 * 1, 0 or -ETIMEDOUT, or a negative errno that ends the pool. Once the pool is closed, 0 says that all
 * workers have gone home, too. */
int mp_pool_wait(struct mp_pool *pool, int timeout_ms);

/* The next task that has ended, or NULL. */
const struct mp_ended *mp_pool_next(struct mp_pool *pool);

/* Tasks submitted that have not yet come out of mp_pool_next(). */
size_t mp_pool_pending(const struct mp_pool *pool);
/* Tasks that a worker has in hand or holds. */
size_t mp_pool_running(const struct mp_pool *pool);
int mp_pool_workers(const struct mp_pool *pool);
/* The pid of worker `index`, or -1. */
pid_t mp_pool_worker_pid(const struct mp_pool *pool, int index);

/* What has happened so far. */
struct mp_pool_counts {
	uint64_t started; /* workers */
	uint64_t died;    /* unasked, or killed for a deadline or for breaking the protocol */
	uint64_t untidy;  /* sent home in peace, and ended with a status other than 0 or by a signal */
	uint64_t stuck;   /* not ended by SIGKILL within seconds (a dead network mount): left alone */
};
void mp_pool_counts(const struct mp_pool *pool, struct mp_pool_counts *counts);

/* Tasks not yet given to a worker end as MP_CANCELLED; those in hand go on. New ones may be submitted still.
 */
void mp_pool_cancel(struct mp_pool *pool);
/* No more tasks will come: idle workers are sent home when none is left. */
void mp_pool_close(struct mp_pool *pool);
/* Kill every worker now; whatever has not ended ends as MP_CANCELLED. */
void mp_pool_terminate(struct mp_pool *pool);

/* Stop all workers (SIGSTOP) and all deadlines, and go on. For ^Z and fg. While paused, nothing is given out
 * and no worker is started; what was sent before is still taken in. Time in which the owner itself did not
 * run (it was stopped by SIGSTOP) is found out by mp_pool_step() and counts for no deadline either. */
void mp_pool_pause(struct mp_pool *pool);
void mp_pool_resume(struct mp_pool *pool);

/* Terminate and free. Leaves no child, descriptor or shared memory. Sets *pool to NULL. */
void mp_pool_free(struct mp_pool **pool);

#ifdef __cplusplus
}
#endif

#endif
