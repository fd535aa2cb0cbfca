/*
 * log.h: what processes have to say, in lines that never mix: "[INFO/Process-1] child process calling
 * self.run()".
 *
 * Calling order: in the process that starts the others, say how much is wanted by mp_log_set_level() and
 *where it goes by mp_log_to_stderr() or mp_log_to_queue(); then mp_log() in any process and any thread.
 *Children that are forked afterwards inherit all of it. What goes into a queue comes out of it as records, by
 * mp_log_take(), or as lines in a file, by mp_log_listen(), which runs in a process of its own or at the end:
 *
 *	struct mp_queue *queue = mp_queue_new(0);
 *	mp_log_to_queue(queue);
 *	...start processes, which call mp_log()...
 *	mp_log_listen(queue, fd);           in the listener
 *	mp_log_end(queue);                  elsewhere, when all are done: then it returns
 *
 * Processes (mp/process.h) say at MP_LOG_INFO that they start, that they shut down and with which exit
 *status; a pool's workers do at MP_LOG_DEBUG.
 *
 * A line is one write of no more than PIPE_BUF bytes (write(2), pipe(7)), which neither pipes nor files that
 * are appended to mix with others'. What is longer is cut and ends in "..."; a record's text has at most 3839
 * bytes. Control characters, backslashes and what is not UTF-8 stand in a line as \n, \\ and \xHH, so a
 *record is one line whatever is in it.
 *
 * What holds when a party dies: a record is written whole or not at all, and nobody is held up; there is no
 * lock. When a listener dies or is stopped, the queue fills up; then each process waits once for a second,
 *and from then on loses what it has to say until there is room again. How much that was stands in the next
 *record that gets through. Whoever writes to a pipe that nobody empties waits, as all who write there do.
 *When a process turns hostile it can say anything in any process's name, and lose and garble others' records
 *(see queue.h); what comes out of mp_log_take() is a record all the same, and what is in its strings is
 *anything.
 *
 * Errors: 0 on success, a negative errno otherwise. Bad use is told so as well: NULL in place of a handle,
 * a name or a result gives -EINVAL, or where no errno is returned NULL with EINVAL, 0, -1 or ""; freeing
 * NULL does nothing.
 */
#ifndef STAMPMILL_MP_LOG_H
#define STAMPMILL_MP_LOG_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "mp/bytes.h"
#include "mp/queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers are those of Python's logging module. */
enum mp_log_level {
	MP_LOG_DEBUG = 10,
	MP_LOG_INFO = 20,
	MP_LOG_WARNING = 30, /* the least that is said where nobody has set a level */
	MP_LOG_ERROR = 40
};

/* In this process and those it forks from now on: what is less serious is not said. */
void mp_log_set_level(enum mp_log_level level);
enum mp_log_level mp_log_level(void);

/* Say it as lines on standard error, or on any other descriptor; -1: not any longer. Borrowed. */
void mp_log_to_stderr(void);
void mp_log_to_fd(int fd);
/* Put it into a queue, as well or instead; NULL: not any longer. Borrowed. */
void mp_log_to_queue(struct mp_queue *queue);

/* Say something. Nothing happens when the level is not wanted or nobody was named to say it to. Keeps errno.
 */
__attribute__((format(printf, 2, 3))) void mp_log(enum mp_log_level level, const char *format, ...);

/* What was said. */
struct mp_record {
	enum mp_log_level level;
	pid_t pid;
	int64_t time_us;     /* since 1970, UTC */
	uint64_t lost;       /* how many of this process's records before it found no room */
	const char *process; /* its name */
	const char *text;    /* as it was said */
};

/* The queue's next record, waiting up to timeout_ms (0: not at all; -1: for ever). Its strings lie in
 * `bytes`. Returns 1; 0 for mp_log_end(); -ETIMEDOUT; -EBADMSG for a message that is no record; -ENOMEM. */
int mp_log_take(struct mp_queue *queue, struct mp_bytes *bytes, int timeout_ms, struct mp_record *record);

/* "[INFO/Process-1] text\n" into `buffer`, cut where it does not fit. Returns its length; 0 for a buffer that
 * has no room for its beginning. */
size_t mp_record_line(const struct mp_record *record, char *buffer, size_t size);

/* Write each record to `fd` as a line until mp_log_end(). Returns 0, or the negative errno of a write. */
int mp_log_listen(struct mp_queue *queue, int fd);

/* No more will come: mp_log_listen() returns behind what is in the queue now, one listener for each call.
 * Waits for room. Returns 0 or an error of mp_queue_put(). */
int mp_log_end(struct mp_queue *queue);

/* "DEBUG", "INFO", "WARNING", "ERROR". */
const char *mp_log_level_name(enum mp_log_level level);

#ifdef __cplusplus
}
#endif

#endif
