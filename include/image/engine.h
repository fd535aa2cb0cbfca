/*
 * engine.h: the image library's life in this program.
 *
 * Calling order: engine_start() once in the supervisor, before any worker is forked; the supervisor then
 * evaluates nothing, ever (a child forked after an evaluation in its parent hangs). engine_enter_worker()
 * first thing in each worker. Neither has an end: processes leave by exit.
 */
#ifndef STAMPMILL_IMAGE_ENGINE_H
#define STAMPMILL_IMAGE_ENGINE_H

#include <stdbool.h>

#include "base/err.h"
#include "job/format.h"

/* Initialise libvips for use in forked workers: one thread a picture, no operation cache, loaders that
 * libvips marks untrusted blocked unless `allow_untrusted`, its log caught (engine_take_log()). Takes about
 * 20 ms. */
int engine_start(const char *program, bool allow_untrusted, struct err *err);

bool engine_allows_untrusted(void);

/* Per-worker state: the log trap and limits that a fork does not carry over. */
void engine_enter_worker(void);

/* How a worker exits when GLib, which cannot go on without, is refused memory. */
#define ENGINE_EXIT_NO_MEMORY 86

/* What the libraries said to GLib's log since the last call, in one line, parted by "; ", cut to `size`; ""
 * if nothing. libpng's reasons come only this way. */
void engine_take_log(char *buffer, unsigned int size);

/* What this build really reads and writes, codecs in libraries of their own included. FORMAT_OTHER stands
 * among the readable where untrusted loaders are allowed. Evaluates nothing. */
format_set engine_readable(void);
format_set engine_writable(void);

/* "8.14.1" */
const char *engine_version(void);

#endif
