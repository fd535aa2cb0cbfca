/*
 * queue.h: a first-in-first-out queue of messages between any number of processes and threads.
 *
 * Calling order: mp_queue_new() before the processes are started that shall share it; mp_queue_put() and
 * mp_queue_get() in any of them; mp_queue_free() in each. There is no poison pill built in: send what means
 * "no more" to you, once for each consumer.
 *
 * It is shared memory, without a lock and without a feeder thread: when mp_queue_put() returns, the message
 * is in the queue. Each step is one atomic operation, and whoever finds another's step half done finishes it.
 * Messages that one thread puts come out in the order in which it put them. There is no acknowledgement: a
 * message is its consumer's from the moment in which mp_queue_get() takes it.
 *
 * What holds when a party dies, at any instruction: nobody is held up. A producer's message is in the queue
 * whole, or not at all. A consumer takes at most the one message with it that it held. What the dead held of
 * the queue's room is found and used again.
 * When it is stopped: nobody is held up; it may keep room for one message until it goes on.
 * When it turns hostile: it can put, take, lose, double and garble messages, which it could in any case, and
 * make others wait for as long as they said; nothing worse: whatever is read there is checked, and copied
 * before it is handed out.
 *
 * The processes must be in one PID namespace: the dead are known by their numbers.
 *
 * Errors: 0 on success, a negative errno otherwise; nothing is printed. Bad use is told so as well: NULL
 * in place of a handle, a name or a result gives -EINVAL, or where no errno is returned NULL with EINVAL,
 * 0, -1 or ""; freeing NULL does nothing.
 */
#ifndef STAMPMILL_MP_QUEUE_H
#define STAMPMILL_MP_QUEUE_H

#include <stddef.h>

#include "mp/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mp_queue;

/* A message may have so many bytes. */
#define MP_QUEUE_MESSAGE_MAX ((size_t)1 << 30)

/* A queue that holds up to `capacity` messages, 1 to 1048576; 0: 1024. Memory is taken as it is used: up to
 * 4 KiB a message, and more for messages that are bigger, for as long as they are in the queue. NULL with
 * errno: EINVAL, ENOMEM, EMFILE. */
struct mp_queue *mp_queue_new(size_t capacity);

/* Waits for room up to timeout_ms (0: not at all; -1: for ever). Returns 0; -ETIMEDOUT; -EMSGSIZE;
 * -EINVAL for no data and a size; -ENOMEM or -ENOSPC when the system has no room for a message over 4 KiB;
 * -EBADF for such a one where mp_queue_fd() was closed. */
int mp_queue_put(struct mp_queue *queue, const void *data, size_t size_bytes, int timeout_ms);

/* Takes the first message into `bytes`; waits for one up to timeout_ms (0: not at all; -1: for ever). Returns
 * 0; -ETIMEDOUT; -ENOMEM, which loses nothing: the next call by this process takes that message first; -EBADF
 * likewise, where mp_queue_fd() was closed; -EBADMSG for what a hostile process has put there. */
int mp_queue_get(struct mp_queue *queue, struct mp_bytes *bytes, int timeout_ms);

/* How many messages are in it; may be outdated at once. */
size_t mp_queue_count(const struct mp_queue *queue);

/* The descriptor of its memory, for processes that do not have it by fork: mp_queue_attach() makes it usable
 * there. Workers that close other descriptors must keep it (mp_pool_config.keep_fds). Do not close it. */
int mp_queue_fd(const struct mp_queue *queue);

/* The queue whose mp_queue_fd() this is in another process; the descriptor stays the caller's. NULL with
 * errno: EINVAL for anything else, EBADF, ENOMEM, EMFILE. */
struct mp_queue *mp_queue_attach(int fd);

/* In this process. The messages are gone when the last process has freed it or ended. Sets *queue to NULL;
 * NULL is allowed. No other thread may use it meanwhile. */
void mp_queue_free(struct mp_queue **queue);

#ifdef __cplusplus
}
#endif

#endif
