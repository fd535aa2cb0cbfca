/*
 * event.h: one picture's end, as every report sees it: the event stream, the messages, the totals.
 */
#ifndef STAMPMILL_REPORT_EVENT_H
#define STAMPMILL_REPORT_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/err.h"

enum picture_status {
	PICTURE_DONE,
	PICTURE_UP_TO_DATE,
	PICTURE_SKIPPED,
	PICTURE_FAILED,
	PICTURE_STATUS_COUNT
};

const char *picture_status_name(enum picture_status status); /* "done", "up-to-date", "skipped", "failed" */

struct event_output {
	const char *name; /* OUTPUT folder as the user wrote it, slash, path */
	int width_px, height_px;
	int64_t size_bytes;
	bool up_to_date; /* it was there already */
};

/* Everything in it is borrowed for the call. File names are bytes. */
struct picture_event {
	const char *input;
	enum picture_status status;
	struct err err;      /* REASON_NONE when done or up to date */
	const char *warning; /* or NULL; the stream's "message" where there is no err */
	const struct event_output *outputs;
	size_t outputs_count;
	const char *lane, *worker; /* NULL when no worker made it */
	const char *lane_why;      /* why not the faster lane, in words; or NULL */
	pid_t pid;
	int attempt;                                      /* from 1; 0: none */
	int64_t read_bytes;                               /* size of the input */
	double decode_ms, resize_ms, encode_ms, total_ms; /* of the worker; not looked at without one */
};

/* A file of a contact sheet; borrowed as well. */
struct sheet_event {
	const char *sheet; /* its name in the recipe */
	const char *name;  /* the file's, as in event_output */
	enum picture_status status;
	struct err err;
	int page, pages;         /* the first in the file, from 1, and how many it holds */
	int64_t pictures;        /* on them */
	int width_px, height_px; /* of a page */
	int64_t size_bytes;      /* 0 when it failed */
	const char *worker;      /* NULL when no worker made it */
	pid_t pid;
	int attempt;
	double total_ms;
};

/* The sums over a run. */
struct totals {
	int64_t by_status[PICTURE_STATUS_COUNT];
	int64_t sheets[PICTURE_STATUS_COUNT]; /* files of contact sheets */
	int64_t interrupted;                  /* of those that failed: what a stopped run has not come to */
	int64_t read_bytes;                   /* sizes of the inputs that were made or failed */
	int64_t written_bytes;                /* sizes of the outputs that were made */
	double seconds;
	int exit_status; /* 128+N when ended by signal N */
};

void totals_add(struct totals *totals, const struct picture_event *event);
/* Of a sheet that a stopped run has not come to, nothing is counted. */
void totals_add_sheet(struct totals *totals, const struct sheet_event *event);

/* The last line for people, without a newline: "1204 made, 3 up to date, 1 failed in 61.2 s (19.7
 * pictures/s)". Parts other than "made" appear only when they are not 0 (", 2 skipped" stands before ", 1
 * failed", and ", 3 sheets made, 1 sheet failed" after it), the rate only when something was made. */
void totals_line(const struct totals *totals, char *buffer, size_t size);

/*
 * The stream of --events: one JSON object a line, each written whole by one write(2) as it comes. When the
 * reader of a pipe is slow, lines are kept until it has room, so that it does not stop the run (above 64 MB
 * it does); event_stream_summary() waits until all are written, or a blocked SIGINT, SIGTERM or SIGHUP comes.
 * SIGPIPE has to be ignored (signals.h does).
 *
 * {"event":"picture","input":"shoot/a.jpg","status":"done","reason":null,"message":null,"outputs":[{"name":
 * "web/a.jpg","width":2048,"height":1365,"bytes":412345}],"lane":"planar","worker":"worker-2","pid":4711,
 * "attempt":1,"decode_ms":96.1,"resize_ms":21.8,"encode_ms":5.0,"total_ms":125.2}
 * with "lane_why":"the picture is CMYK" after the lane, where there is such a reason;
 * {"event":"sheet","sheet":"proof","status":"done","reason":null,"message":null,"name":"web/sheets/proof-01.jpg",
 * "page":1,"pages":1,"pictures":20,"width":2480,"height":3508,"bytes":812345,"worker":"worker-1","pid":4712,
 * "attempt":1,"total_ms":241.0}
 * {"event":"summary","done":1204,"up-to-date":3,"skipped":0,"failed":1,"seconds":61.2,"pictures_per_second":19.7,
 * "bytes_in":10100000,"bytes_out":500000,"exit_status":1}
 * with "sheets":{"done":3,"up-to-date":0,"failed":0} before the seconds, where there are any.
 */
struct event_stream;

/* `name` as in --events: a file (made anew, appended line by line) or "-". NULL with `err`. */
struct event_stream *event_stream_new(const char *name, struct err *err);
/* 0 or a negative errno: -EPIPE when the reader has gone, -EINTR when a signal ended the waiting for it. */
int event_stream_picture(struct event_stream *stream, const struct picture_event *event);
int event_stream_sheet(struct event_stream *stream, const struct sheet_event *event);
int event_stream_summary(struct event_stream *stream, const struct totals *totals);
void event_stream_free(struct event_stream *stream);

#endif
