/*
 * lock.h: a lock in shared memory that survives the death of its holder.
 *
 * Calling order: lock_init() once, in memory that the processes share; lock_acquire() and lock_release() in
 * any of them. There is nothing to finish: the lock is one number.
 *
 * When the holder dies, by SIGKILL or by any exit, the kernel marks the lock and wakes a waiter, whose
 * lock_acquire() then calls `repair` before it returns: what the lock guards may be half written. When the
 * holder is stopped, waiters wait for as long as they said. When a hostile process writes into the lock,
 * others may wait in vain for as long as they said or be let in together; nothing worse: no pointer is read
 * from shared memory. (A robust pthread mutex keeps its list links there, and libc writes through them.)
 *
 * The kernel is told of the lock through the thread's robust list head, in the place for "the operation under
 * way", which holds one lock: a thread has one lock at a time, and leaves robust pthread mutexes alone
 * meanwhile. Hold it for a few instructions.
 */
#ifndef STAMPMILL_SYS_LOCK_H
#define STAMPMILL_SYS_LOCK_H

#include <stdint.h>

struct lock {
	uint32_t word; /* the holder's thread id and the kernel's two flags; 0: free */
};

void lock_init(struct lock *lock);

/* Wait up to timeout_ms (0: not at all; -1: for ever). `repair` (may be NULL) is called with `argument`, the
 * lock held, when the last holder died with it. Returns 0; 1 when the last holder died; -ETIMEDOUT; -EDEADLK
 * when this thread has this lock or another; -ENOSYS where there are no robust lists. */
int lock_acquire(struct lock *lock, int timeout_ms, void (*repair)(void *argument), void *argument);

/* Returns 0, or -EPERM when this thread does not have it. */
int lock_release(struct lock *lock);

#endif
