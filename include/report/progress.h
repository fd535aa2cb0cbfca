/*
 * progress.h: the bar on a terminal, a line now and then elsewhere. On standard error.
 *
 * Calling order: progress_new(); progress_update() whenever something has changed and at least once a second
 * (it draws at most 10 times a second, writes a plain line every 10 seconds and a JSON object every second,
 * and nothing in the first second of a phase); progress_clear() before anything else is written to standard
 * error, and before this process stops or ends; progress_free() wipes the line too. All but progress_new()
 * take NULL.
 *
 * Time in which there were no updates for more than PROGRESS_GAP_MS is not counted: the run was stopped (^Z).
 * Nothing is drawn while the terminal belongs to another job, and nothing ever waits for a slow or stopped
 * reader: what does not fit is left out.
 */
#ifndef STAMPMILL_REPORT_PROGRESS_H
#define STAMPMILL_REPORT_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "job/settings.h"

#define PROGRESS_GAP_MS 5000

struct progress;

/* One phase of the work; another `phase` starts time and rate anew. */
struct progress_state {
	const char *phase;   /* "looking at", "making": a few letters of ASCII */
	int64_t done, total; /* pictures that have ended, of all; a total of 0: not known yet */
	int64_t failed;
};

/* What is known of its speed. */
struct progress_pace {
	double elapsed_s; /* in this phase */
	double rate;      /* pictures a second of late; 0: not known */
};

/* `style` as in --progress (auto is resolved here: a bar on a terminal that can draw one, else plain). */
struct progress *progress_new(enum progress_style style, int fd);
void progress_update(struct progress *progress, const struct progress_state *state);
void progress_clear(struct progress *progress);
void progress_free(struct progress *progress);

/* progress_update() at a time of the caller's: milliseconds that never go back. For tests. */
void progress_update_at(struct progress *progress, const struct progress_state *state, int64_t now_ms);

/* "19.7", "0.25", "1234": a rate with the digits that mean something, the same in every locale. */
void progress_rate_text(double rate, char *buffer, size_t size);

/* The bar, at most `columns` - 1 wide (a full line would wrap on some terminals): "making [=====>      ]
 * 1204/6100 (19%), 19.7 pictures/s, 4:09 left, 1 failed". What does not fit is left out: the bar first, then
 * the rate, the time left, the failures. Pure. */
void progress_line(const struct progress_state *state, const struct progress_pace *pace, int columns,
	char *buffer, size_t size);

/* The same without bar and limit, for plain lines. */
void progress_plain(
	const struct progress_state *state, const struct progress_pace *pace, char *buffer, size_t size);

/* One object of --progress json, without a newline: {"event":"progress","phase":"making","done":1204,
 * "total":6100,"failed":1,"seconds":61.2,"pictures_per_second":19.7,"seconds_left":249.0}; null for what is
 * not known. Cut to `size` where it does not fit. */
void progress_json(
	const struct progress_state *state, const struct progress_pace *pace, char *buffer, size_t size);

#endif
