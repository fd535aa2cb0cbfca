/*
 * sink.h: whole lines to a descriptor whose reader may be slow, stopped or gone.
 *
 * A terminal that ^S stopped, a pipe that nobody empties or a sleeping ssh client must not stop the run, so
 * nothing here waits but sink_drain(). What does not fit now is kept, and goes out with the next call. A
 * terminal or a pipe is opened anew, so that it does not wait for us, and neither do others who have the same
 * descriptor; where that is not allowed (another user's pipe) or not possible (a socket), a line is written
 * when poll() says that there is room.
 *
 * SIGPIPE has to be ignored (signals.h does).
 */
#ifndef STAMPMILL_REPORT_SINK_H
#define STAMPMILL_REPORT_SINK_H

#include <stdbool.h>
#include <stddef.h>

struct sink;

/* Open a file to append to, made where it is missing (0666 less the umask); `flags` may add O_TRUNC. Children
 * do not have it: a worker that a picture has taken over must not write there. Returns a descriptor, to be
 * closed with sink_close_file(), or a negative errno. */
int sink_open_file(const char *name, int flags);
void sink_close_file(int fd); /* -1 is left alone */

/* Borrows `fd`, which may be any number, open or not. At most `limit_bytes` are kept. */
struct sink *sink_new(int fd, size_t limit_bytes);

/* Frees without waiting; what is still kept is lost. */
void sink_free(struct sink *sink);

/* Put one line, with its newline. Lines go out in order, each by one write where the reader has room. Returns
 * 0, -ENOBUFS when too much is kept already (the line was not taken), or the negative errno of a write that
 * failed (what was kept is lost): -EPIPE, -ENOSPC, -EIO, -EBADF, ... */
int sink_put(struct sink *sink, const char *line, size_t size_bytes);

/* Write `text` if nothing is kept and there is room just now; true when it was written. */
bool sink_try(struct sink *sink, const char *text, size_t size_bytes);

/* Wait until all is written, `timeout_ms` at most (negative: no limit). Returns 0, -EAGAIN when some is left,
 * -EINTR as soon as a blocked SIGINT, SIGTERM or SIGHUP waits, or the negative errno of a write. */
int sink_drain(struct sink *sink, int timeout_ms);

#endif
