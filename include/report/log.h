/*
 * log.h: messages for people: to standard error, or to the file of --log, one whole line a write.
 *
 * The supervisor's only; workers' records come to it through a queue (command/worker_log.h). Lines that go to
 * standard error are "stampmill: TEXT"; lines in a log file carry time, level and the worker's name:
 * "2026-11-21T02:03:04 WARNING worker-2 TEXT" (local time; "-" without a worker). Errors go to standard error
 * as well when there is a log file: every failed picture is named there. Text is made printable. A progress
 * bar on the same terminal is cleared first.
 *
 * Logging never stops the run: lines for a reader that does not read are kept (1 MB of them; then they are
 * counted, and their number is said), a full disk or a closed descriptor loses them.
 */
#ifndef STAMPMILL_REPORT_LOG_H
#define STAMPMILL_REPORT_LOG_H

#include "base/err.h"
#include "job/settings.h"

struct progress;
struct log;

/* `file` NULL: standard error. Appends to an existing file. `progress` is borrowed, and may be NULL. NULL
 * with `err`. */
struct log *log_new(const char *file, enum log_level level, struct progress *progress, struct err *err);
/* Waits for a slow reader of what is left, a second at most. */
void log_free(struct log *log);

/* `worker` may be NULL. `log` may be NULL: standard error at warning. */
__attribute__((format(printf, 4, 5))) void log_line(
	struct log *log, enum log_level level, const char *worker, const char *format, ...);

#endif
