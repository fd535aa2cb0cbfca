#include "report/log.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "report/progress.h"
#include "report/sink.h"

/* Where lines go, and how many it would not take. */
struct way {
	int fd; /* -1: none, or borrowed */
	struct sink *sink;
	int64_t lost;
};

struct log {
	enum log_level level;
	struct progress *progress;
	struct way console, file; /* file.sink is NULL without --log */
};

static const char *const level_names[] = {
	[LOG_ERROR] = "ERROR",
	[LOG_WARNING] = "WARNING",
	[LOG_INFO] = "INFO",
	[LOG_DEBUG] = "DEBUG",
};

enum {
	KEPT_BYTES = 1 << 20,
	LAST_WAIT_MS = 1000
};

struct log *log_new(const char *file, enum log_level level, struct progress *progress, struct err *err)
{
	struct log *log;
	int fd = -1;

	if (file) {
		fd = sink_open_file(file, 0);
		if (fd < 0) {
			err_set_errno(err, fd, "cannot write the log %s", file);
			return NULL;
		}
	}
	log = g_new0(struct log, 1);
	log->level = level;
	log->progress = progress;
	log->console.fd = -1;
	log->console.sink = sink_new(STDERR_FILENO, KEPT_BYTES);
	log->file.fd = fd;
	log->file.sink = file ? sink_new(fd, KEPT_BYTES) : NULL;
	return log;
}

/* What was lost is told as soon as something can be told again. */
static void put(struct way *way, const char *line)
{
	char note[80];

	if (way->lost > 0) {
		snprintf(note, sizeof(note), "stampmill: %" PRId64 " messages lost: nobody read them\n",
			way->lost);
		if (sink_put(way->sink, note, strlen(note)) == -ENOBUFS) {
			way->lost++;
			return;
		}
		way->lost = 0;
	}
	if (sink_put(way->sink, line, strlen(line)) == -ENOBUFS)
		way->lost++;
}

static void put_on_console(struct log *log, const char *text)
{
	g_autofree char *line = g_strconcat("stampmill: ", text, "\n", NULL);

	progress_clear(log->progress);
	put(&log->console, line);
}

static void put_in_file(struct log *log, enum log_level level, const char *worker, const char *text)
{
	g_autofree char *line = NULL;
	char when[32] = "-";
	time_t now = time(NULL);
	struct tm local;

	if (localtime_r(&now, &local))
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &local);
	line = g_strdup_printf("%s %s %s %s\n", when, level_names[level], worker ? worker : "-", text);
	put(&log->file, line);
}

static char *printable(const char *format, va_list args)
{
	g_autofree char *text = g_strdup_vprintf(format, args);
	size_t size = 4 * strlen(text) + 1;

	return text_printable(text, g_malloc(size), size);
}

void log_line(struct log *log, enum log_level level, const char *worker, const char *format, ...)
{
	struct log *used = log ? log : log_new(NULL, LOG_WARNING, NULL, NULL);
	g_autofree char *text = NULL;
	va_list args;

	if (level <= used->level) {
		va_start(args, format);
		text = printable(format, args);
		va_end(args);
		if (used->file.sink)
			put_in_file(used, level, worker, text);
		if (!used->file.sink || level == LOG_ERROR)
			put_on_console(used, text);
	}
	if (!log)
		log_free(used);
}

static void way_finish(struct way *way)
{
	if (way->sink)
		sink_drain(way->sink, LAST_WAIT_MS);
	sink_free(way->sink);
	sink_close_file(way->fd);
}

void log_free(struct log *log)
{
	if (!log)
		return;
	way_finish(&log->file);
	way_finish(&log->console);
	g_free(log);
}
