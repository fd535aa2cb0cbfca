/*
 * shared.h: a value, or an array of them, that processes share, with a lock of its own.
 *
 * Calling order: mp_shared_new() before the processes are forked that shall share it; in any of them
 * mp_shared_acquire(), read and write what mp_shared_data() points at, mp_shared_release(); mp_shared_free()
 * in each.
 *
 *	int zero = 0;
 *	struct mp_shared *counter = mp_shared_new(&zero, sizeof zero, 1);
 *	int *value = mp_shared_data(counter);
 *	...
 *	if (mp_shared_acquire(counter, -1) >= 0) {
 *		*value += 1;
 *		mp_shared_release(counter);
 *	}
 *
 * Reading and writing without the lock is allowed, as far as C allows it to threads.
 *
 * What holds when a party dies: an update, which is all that is written between acquire and release, is done
 * wholly or not at all. When its holder dies in the middle, by SIGKILL too, the next to acquire finds the
 * content as it was before. (So acquire copies the content; for megabytes, take an mp_lock instead.) When a
 * holder is stopped, others wait for as long as they said. A process that turns hostile can write anything
 * there at any time: check what you read before you use it as an index.
 *
 * Errors: 0 on success, a negative errno otherwise; nothing is printed. Bad use is told so as well: NULL
 * in place of a handle, a name or a result gives -EINVAL, or where no errno is returned NULL with EINVAL,
 * 0, -1 or ""; freeing NULL does nothing.
 */
#ifndef STAMPMILL_MP_SHARED_H
#define STAMPMILL_MP_SHARED_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mp_shared;

/* `count` items of `item_bytes` each, at least 1 of both. `initial` holds the content of all of them and is
 * copied; NULL: zeros. NULL with errno: EINVAL, ENOMEM, EMFILE, ENOSYS where there are no robust futexes. */
struct mp_shared *mp_shared_new(const void *initial, size_t item_bytes, size_t count);

/* The descriptor of its memory, for processes that do not have it by fork: mp_shared_attach() makes it usable
 * there. Do not close it. */
int mp_shared_fd(const struct mp_shared *shared);

/* What has this mp_shared_fd() in another process; the descriptor stays the caller's. NULL with errno: EINVAL
 * for anything else, EBADF, ENOMEM, EMFILE, ENOSYS. */
struct mp_shared *mp_shared_attach(int fd);

/* Its content, aligned to 64; valid until it is freed. */
void *mp_shared_data(struct mp_shared *shared);
size_t mp_shared_count(const struct mp_shared *shared);

/* Wait for its lock up to timeout_ms (0: not at all; -1: for ever). Returns 0; 1 when the last holder died,
 * and what it had half done has been undone; -ETIMEDOUT; -EDEADLK when this thread has it. */
int mp_shared_acquire(struct mp_shared *shared, int timeout_ms);

/* Returns 0, or -EPERM when this thread does not have it. */
int mp_shared_release(struct mp_shared *shared);

/* In this process. Sets *shared to NULL; NULL is allowed. */
void mp_shared_free(struct mp_shared **shared);

#ifdef __cplusplus
}
#endif

#endif
