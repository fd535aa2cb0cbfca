/*
 * context.h: how processes are started: by fork, by spawn, or by a fork server.
 *
 *	fork        the child has the parent's memory as it was. The quickest, and the default. Not for
 *parents in which threads hold locks, or that have used a library which cannot be forked (libvips hangs once
 *it has evaluated a picture). spawn       the program is executed again and goes straight to the function it
 *was started for. Works whatever the parent has done. The child has none of its memory, and of its
 *descriptors only 0 to 2 and what it is given. fork server a process is spawned once, which then forks those
 *that are wanted: as clean as spawn, and nearly as quick as fork.
 *
 * Calling order: mp_context_init() at the head of main(), before threads, options and output, with the table
 *of all that may be started:
 *
 *	static int say_hello(const struct mp_given *given) { ... }
 *	static const struct mp_role roles[] = { { .name = "hello", .run = say_hello }, { .name = NULL } };
 *
 *	int main(int argc, char **argv)
 *	{
 *		if (mp_context_init(argc, argv, roles))
 *			return 1;
 *
 * It returns in the program that the user has started. In a process that was spawned it runs the function and
 *does not return: what stands before it in main() is done there too. Then mp_context_new(); its address goes
 *into the configurations of processes and pools, which are used as ever; mp_context_free() when they have
 *ended.
 *
 * Whatever stands for a function in such a configuration must stand in the table, because a process is told
 *its name, not its address: for mp_process `run_given`, for a pool or team `tasks` (with its `enter` and
 *`leave`). `run`, `argument` and `inherited` are memory of the parent's, and for fork only. A spawned process
 *has the environment and folder of the process that started it; one of a fork server, those of the server's
 *start. Log levels and destinations (log.h) are at their defaults in both.
 *
 * A context is used by one thread at a time, in the process that made it.
 *
 * What holds when a party dies: as in process.h and pool.h, whatever the start method is. When the thread
 *that started the fork server ends (the one that called mp_context_new(), or the one that started a process
 *and found the server dead), so does the server. When the server dies, so do all that it has started; how
 *they ended is then unknown
 * (-ECHILD; for the tasks of a pool, MP_CRASHED with signal 0), and the next start begins a new server. A
 *server that is stopped is killed when it has not answered for two seconds, which is how long a start may
 *take then. Servers and spawned processes are tied to what started them from their first instruction on.
 *
 * Errors: 0 on success, a negative errno otherwise; nothing is printed. Bad use is told so as well: NULL
 * in place of a handle, a name or a result gives -EINVAL, or where no errno is returned NULL with EINVAL,
 * 0, -1 or ""; freeing NULL does nothing.
 */
#ifndef STAMPMILL_MP_CONTEXT_H
#define STAMPMILL_MP_CONTEXT_H

#include "mp/given.h"
#include "mp/pool.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mp_context;

enum mp_start_method {
	MP_FORK,
	MP_SPAWN,
	MP_FORKSERVER
};

/* What a process may be started for. */
struct mp_role {
	const char *name; /* up to 63 bytes, each but once */
	/* A process: what mp_process_config.run_given is; or else */
	int (*run)(const struct mp_given *given);
	/* a pool's worker: what these are in mp_pool_config. */
	const struct mp_task *tasks;
	int (*enter)(struct mp_worker *worker, void **state);
	void (*leave)(struct mp_worker *worker);
};

/* `roles` ends with a row whose name is NULL, and must stay. Returns 0; -EINVAL for a table that is not as it
 * should be; -EALREADY when it was called before. Whoever starts this program with the one argument
 * "--mp-child" by hand gets 0, too. */
int mp_context_init(int argc, char **argv, const struct mp_role *roles);

/* NULL with errno: EINVAL for no method, or when mp_context_init() was not called (fork does without);
 * ENOMEM; for a fork server what mp_process_start() gives, or ECHILD when it did not come up. */
struct mp_context *mp_context_new(enum mp_start_method method);

enum mp_start_method mp_context_method(const struct mp_context *context);

/* The fork server's, to be watched or judged by its memory; -1 when there is none (now). */
pid_t mp_context_server_pid(const struct mp_context *context);

/* When all processes and pools that were started by it have been freed; what a fork server has started, ends
 * now. In another process it only frees. Sets *context to NULL; NULL is allowed. */
void mp_context_free(struct mp_context **context);

#ifdef __cplusplus
}
#endif

#endif
