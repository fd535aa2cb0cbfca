/*
 * lock.h: a lock between processes.
 *
 * Calling order: mp_lock_new() before the processes are forked that shall share it; mp_lock_acquire() and
 * mp_lock_release() in any of them, and in any thread; mp_lock_free() in each.
 *
 * A thread may hold several. It is not recursive. Each has a descriptor and a few pages of
 * memory.
 *
 * What holds when a party dies: when a holder dies, by SIGKILL or by any exit of its thread, the lock is free
 * and the next to acquire it is told; what it guards may be half written. When a holder is stopped, others
 * wait for as long as they said. When a process that has it turns hostile, it can make others wait for as
 * long as they said or be let in together; nothing worse.
 *
 * Do not use robust pthread mutexes in a thread that holds one.
 *
 * Errors: 0 on success, a negative errno otherwise; nothing is printed. Bad use is told so as well: NULL
 * in place of a handle, a name or a result gives -EINVAL, or where no errno is returned NULL with EINVAL,
 * 0, -1 or ""; freeing NULL does nothing.
 */
#ifndef STAMPMILL_MP_LOCK_H
#define STAMPMILL_MP_LOCK_H

#ifdef __cplusplus
extern "C" {
#endif

struct mp_lock;

/* NULL with errno: ENOMEM, EMFILE, ENOSYS where there are no robust futexes. */
struct mp_lock *mp_lock_new(void);

/* The descriptor of its memory, for processes that do not have it by fork: mp_lock_attach() makes it usable
 * there. Do not close it. */
int mp_lock_fd(const struct mp_lock *lock);

/* The lock whose mp_lock_fd() this is in another process; the descriptor stays the caller's. NULL with errno:
 * EINVAL for anything else, EBADF, ENOMEM, EMFILE, ENOSYS. */
struct mp_lock *mp_lock_attach(int fd);

/* Wait up to timeout_ms (0: not at all; -1: for ever). Returns 0; 1 when the last holder died with it;
 * -ETIMEDOUT; -EDEADLK when this thread has it. */
int mp_lock_acquire(struct mp_lock *lock, int timeout_ms);

/* Returns 0, or -EPERM when this thread does not have it. */
int mp_lock_release(struct mp_lock *lock);

/* In this process, where no thread may have it. Sets *lock to NULL; NULL is allowed. */
void mp_lock_free(struct mp_lock **lock);

#ifdef __cplusplus
}
#endif

#endif
