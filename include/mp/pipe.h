/*
 * pipe.h: a connection between two processes that carries messages both ways.
 *
 * Calling order: mp_pipe_new() before the processes are forked; each process frees the end that it does not
 * use; mp_pipe_send() and mp_pipe_receive(); mp_pipe_free(). An end is used by one thread at a time.
 *
 * Messages arrive whole, in the order in which they were sent, of any size up to MP_PIPE_MESSAGE_MAX; those
 * over 64 KiB travel as sealed memory.
 *
 * What holds when a party dies: when all processes that had one end are gone or have freed it, the other end
 * receives what was sent before, and then end-of-file; sending gives -EPIPE. A message is sent whole or not
 * at all. When the other party is stopped, sending waits, when the pipe is full, for as long as it was told
 * to. When it turns hostile, it can send any message, and -EBADMSG is all that comes of what is none.
 *
 * Errors: 0 on success, a negative errno otherwise; nothing is printed. Bad use is told so as well: NULL
 * in place of a handle, a name or a result gives -EINVAL, or where no errno is returned NULL with EINVAL,
 * 0, -1 or ""; freeing NULL does nothing.
 */
#ifndef STAMPMILL_MP_PIPE_H
#define STAMPMILL_MP_PIPE_H

#include <stddef.h>

#include "mp/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mp_pipe;

#define MP_PIPE_MESSAGE_MAX ((size_t)1 << 30)

/* Both ends. Returns 0, -EMFILE or -ENOMEM. */
int mp_pipe_new(struct mp_pipe **one, struct mp_pipe **other);

/* Waits while the pipe is full, up to timeout_ms (0: not at all; -1: for ever). Returns 0; -ETIMEDOUT; -EPIPE
 * when the other end is gone; -EMSGSIZE; -EINVAL for no data and a size; -ENOMEM, -ENOSPC, -EMFILE,
 * -ETOOMANYREFS when the system has no room for a big message. */
int mp_pipe_send(struct mp_pipe *pipe, const void *data, size_t size_bytes, int timeout_ms);

/* The next message into `bytes`; waits for one up to timeout_ms. Returns 1; 0 at end-of-file; -ETIMEDOUT;
 * -EBADMSG; -ENOMEM or -EMFILE, and that message is lost. */
int mp_pipe_receive(struct mp_pipe *pipe, struct mp_bytes *bytes, int timeout_ms);

/* Readable when there is a message or end-of-file. Watch it; do not read or close it. */
int mp_pipe_fd(const struct mp_pipe *pipe);

/* The end of a pipe whose mp_pipe_fd() this was in another process; the descriptor is the pipe's from now on,
 * and stays the caller's on failure. NULL with errno: EINVAL for anything else, ENOMEM. */
struct mp_pipe *mp_pipe_attach(int fd);

/* Closes it in this process. Sets *pipe to NULL; NULL is allowed. */
void mp_pipe_free(struct mp_pipe **pipe);

#ifdef __cplusplus
}
#endif

#endif
