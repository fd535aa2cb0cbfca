/*
 * long_lock.h: a lock in shared memory that survives the death of its holder, of which a thread may have
 * several, and hold them for long. (sys/lock.h is smaller, for a few instructions.)
 *
 * Calling order: long_lock_init() in each process or before it is forked, long_lock_acquire() and
 * long_lock_release() in any of the processes, long_lock_finish() in each.
 *
 * The kernel finds the locks of a dead thread by a list that goes from lock to lock, with each link at a
 * fixed distance from the lock's word (set_robust_list(2)). Here the word lies at the end of a shared page
 * and its link at the start of a private page right behind it: so no pointer is ever read from shared memory,
 * and a hostile process can make others wait or be let in together, and nothing worse.
 *
 * Robust pthread mutexes keep to the same list, and expect none but themselves there: do not use both in one
 * thread at a time.
 */
#ifndef STAMPMILL_SYS_LONG_LOCK_H
#define STAMPMILL_SYS_LONG_LOCK_H

#include <stdbool.h>
#include <stdint.h>

struct long_lock {
	void *pages;    /* owned; a shared one and a private one */
	uint32_t *word; /* in the shared one */
};

/* The lock in the first page of the file `fd` (sys/memfile.h), which holds zeros at first: the same one for
 * whoever has that file. The descriptor stays the caller's. Returns 0 or a negative errno: -EBADF, -ENOMEM,
 * -ENOSYS where there are no robust lists. */
int long_lock_init(struct long_lock *lock, int fd);

/* This thread must not have it. Twice is allowed. */
void long_lock_finish(struct long_lock *lock);

/* Wait up to timeout_ms (0: not at all; -1: for ever). Returns 0; 1 when the last holder died; -ETIMEDOUT;
 * -EDEADLK when this thread has it already, or a sys/lock.h one; -ENOSYS. */
int long_lock_acquire(struct long_lock *lock, int timeout_ms);

/* Returns 0, or -EPERM when this thread does not have it. */
int long_lock_release(struct long_lock *lock);

/* By this thread. */
bool long_lock_is_held(const struct long_lock *lock);

#endif
