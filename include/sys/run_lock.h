/*
 * run_lock.h: one run at a time for each state folder, by a lock that dies with its holder.
 *
 * A POSIX record lock on the file "lock": the kernel drops it when the holder ends, however it ends, and
 * forked workers do not inherit it. The file says in words who holds it; it stays when the run ends and means
 * nothing without the lock.
 */
#ifndef STAMPMILL_SYS_RUN_LOCK_H
#define STAMPMILL_SYS_RUN_LOCK_H

#include <stdbool.h>

struct run_lock {
	int fd;
};

#define RUN_LOCK_INIT    \
	{                \
		.fd = -1 \
	}

/* Who holds the lock, as it wrote it: "process 4711 on studio1 since 2026-11-21 18:00:03". */
struct run_lock_holder {
	char text[160];
};

/* Returns 0; -EBUSY with `holder` filled; -ENOLCK where this file system has no locks; or another negative
 * errno. Once per process. */
int run_lock_acquire(struct run_lock *lock, int folder_fd, struct run_lock_holder *holder);

/* Whether the file system of the file that `fd` has open has locks at all. Not for a file that this process
 * has locked. */
bool run_lock_possible(int fd);

void run_lock_release(struct run_lock *lock);

#endif
