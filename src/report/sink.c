#include "report/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/child.h"
#include "sys/clock.h"

struct sink {
	int fd;         /* write here */
	int own_fd;     /* the same, opened anew; -1: borrowed */
	GString *kept;  /* lines that wait */
	size_t written; /* bytes of them that are written */
	size_t limit_bytes;
};

/* O_NONBLOCK belongs to what was opened, and so would be set for the shell and for everybody else on the same
 * terminal. A file must not be opened anew: it would be written from its start. */
static int open_anew(int fd)
{
	struct stat info;
	char entry[32];
	int anew;

	if (fstat(fd, &info) < 0 || !(S_ISFIFO(info.st_mode) || isatty(fd)))
		return -1;
	snprintf(entry, sizeof(entry), "/proc/self/fd/%d", fd);
	anew = open(entry, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return anew >= 0 && child_keep_out(anew) == 0 ? anew : -1;
}

int sink_open_file(const char *name, int flags)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC | flags, 0666), error;

	if (fd < 0)
		return -errno;
	error = child_keep_out(fd);
	return error < 0 ? error : fd;
}

void sink_close_file(int fd)
{
	child_close_kept_out(fd);
}

struct sink *sink_new(int fd, size_t limit_bytes)
{
	struct sink *sink = g_new0(struct sink, 1);

	sink->own_fd = open_anew(fd);
	sink->fd = sink->own_fd >= 0 ? sink->own_fd : fd;
	sink->kept = g_string_new(NULL);
	sink->limit_bytes = limit_bytes;
	return sink;
}

void sink_free(struct sink *sink)
{
	if (!sink)
		return;
	child_close_kept_out(sink->own_fd);
	g_string_free(sink->kept, TRUE);
	g_free(sink);
}

static void forget(struct sink *sink)
{
	g_string_truncate(sink->kept, 0);
	sink->written = 0;
}

/* Returns 0 where a write would find room or an error, -EAGAIN after `timeout_ms` without. */
static int wait_for_room(const struct sink *sink, int timeout_ms)
{
	struct pollfd room = { .fd = sink->fd, .events = POLLOUT };

	return sink->fd >= 0 && poll(&room, 1, timeout_ms) < 1 ? -EAGAIN : 0;
}

/* How much of what waits goes into one write: as many whole lines as a pipe takes unmixed with others', one
 * at least. */
static size_t next_chunk(const struct sink *sink)
{
	const char *start = sink->kept->str + sink->written, *end;
	size_t left = sink->kept->len - sink->written;

	end = memrchr(start, '\n', left < PIPE_BUF ? left : PIPE_BUF);
	if (!end)
		end = memchr(start, '\n', left);
	return end ? (size_t)(end - start) + 1 : left;
}

/* Returns 0 when all is written, -EAGAIN when some waits, or a negative errno with all of it lost. */
static int write_kept(struct sink *sink)
{
	while (sink->written < sink->kept->len) {
		ssize_t written;
		int error = wait_for_room(sink, 0);

		if (error < 0)
			return error;
		written = write(sink->fd, sink->kept->str + sink->written, next_chunk(sink));
		if (written > 0) {
			sink->written += (size_t)written;
			continue;
		}
		error = written < 0 ? -errno : -EIO;
		if (error == -EAGAIN)
			return error;
		if (error != -EINTR) {
			forget(sink);
			return error;
		}
	}
	forget(sink);
	return 0;
}

/* A reader that is only slow never lets all go out, so the part that has is dropped now and then. */
static void drop_written(struct sink *sink)
{
	if (sink->written <= sink->kept->len / 2)
		return;
	g_string_erase(sink->kept, 0, (gssize)sink->written);
	sink->written = 0;
}

int sink_put(struct sink *sink, const char *line, size_t size_bytes)
{
	int error = write_kept(sink);

	if (error < 0 && error != -EAGAIN)
		return error;
	drop_written(sink);
	if (sink->kept->len - sink->written + size_bytes > sink->limit_bytes)
		return -ENOBUFS;
	g_string_append_len(sink->kept, line, (gssize)size_bytes);
	error = write_kept(sink);
	return error == -EAGAIN ? 0 : error;
}

bool sink_try(struct sink *sink, const char *text, size_t size_bytes)
{
	if (write_kept(sink) < 0 || wait_for_room(sink, 0) < 0)
		return false;
	return write(sink->fd, text, size_bytes) == (ssize_t)size_bytes;
}

static bool is_asked_to_end(void)
{
	sigset_t waiting;

	return sigpending(&waiting) == 0 &&
	       (sigismember(&waiting, SIGINT) == 1 || sigismember(&waiting, SIGTERM) == 1 ||
		       sigismember(&waiting, SIGHUP) == 1);
}

int sink_drain(struct sink *sink, int timeout_ms)
{
	enum {
		STEP_MS = 100
	};
	int64_t end_ms = timeout_ms < 0 ? INT64_MAX : clock_ms() + timeout_ms;
	int error;

	while ((error = write_kept(sink)) == -EAGAIN) {
		int64_t left_ms = end_ms - clock_ms();

		if (left_ms <= 0)
			return -EAGAIN;
		if (is_asked_to_end())
			return -EINTR;
		wait_for_room(sink, left_ms < STEP_MS ? (int)left_ms : STEP_MS);
	}
	return error;
}
