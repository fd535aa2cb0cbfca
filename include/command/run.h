/*
 * run.h: the state of one run, and its parts in the order in which they come.
 *
 * One struct, owned by command_run(), which each part fills further: settings, scan, output folder, studio,
 * what the probe found, plan, what became of each picture.
 */
#ifndef STAMPMILL_COMMAND_RUN_H
#define STAMPMILL_COMMAND_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "command/output_folder.h"
#include "command/state.h"
#include "command/studio.h"
#include "job/plan.h"
#include "job/recipe_digest.h"
#include "mp/rate.h"
#include "report/event.h"
#include "report/log.h"
#include "report/progress.h"

struct run {
	struct settings settings;
	struct scan scan;
	struct output_folder output;
	struct state state;                            /* the ledger */
	char **roots;                                  /* the real path of each of scan.roots */
	unsigned char (*digests)[RECIPE_DIGEST_BYTES]; /* one for each of settings.outputs */
	int64_t committed_ms;                          /* when the ledger was committed last */
	struct studio studio;
	struct probe_verdict *probed; /* one for each of scan.inputs; g_free */
	uint64_t *up_to_date; /* one for each of scan.inputs: its outputs that are (record.h); g_free */
	bool *delivered;      /* of each: it was made, or was up to date; g_free */
	struct err unfit;     /* why what all pictures are to get cannot be had; REASON_NONE when it can */
	struct plan *plan;
	struct feed *feed;
	struct sheets *sheets; /* while they are made */
	struct mp_rate *rate;  /* NULL: as many as can be */
	int64_t turn_wait_us;  /* until --rate lets the next picture go; 0: that is not waited for */
	int64_t oom_kills;     /* how many the kernel had counted when this was looked at last */

	struct progress *progress;
	struct log *log;
	struct event_stream *events; /* NULL: none wanted */
	struct progress_state phase; /* of the phase that runs */
	int64_t not_counted;         /* pictures that have ended without a worker counting them */
	struct totals totals;
	int64_t started_us;

	int signal_fd;
	int ended_by;     /* the signal that ends the run; 0: none */
	bool terminated;  /* the workers were killed, whatever they had in hand */
	struct err fatal; /* what ends the run with status 3; REASON_NONE: nothing */
};

/* Drive the pool until nothing is pending and no turn is waited for, answering signals and drawing progress.
 * `give`, which may be NULL, is called first and whenever something has ended, to hand out more; `take` for
 * each task as it ends. Returns when all have ended (cancelled ones included) and nothing more was handed
 * out. */
void supervise(struct run *run, void (*give)(struct run *run),
	void (*take)(struct run *run, const struct mp_ended *ended));

/* End the run early: nothing more is handed out; what is in hand is finished. */
void supervise_stop(struct run *run);

/* End it when OUTPUT is no longer where its name says: what is still made would be found nowhere. */
void supervise_check_output(struct run *run);

/* First phase: probe every input (and check the marks) into run->probed. */
void look(struct run *run);

/* Where names, or captions, have {seq} in them, number the pictures into run->probed: each keeps the number
 * that the ledger has for it, of whatever size and content it is now; the others get the lowest that are
 * free, in the order of the time they were taken and then of their names. So the numbers are the same if a
 * run is broken off and begun again, and those of pictures that are there do not change when others are
 * added. */
void number_pictures(struct run *run);

/* Why the run must not start: prints each reason; returns how many there are. */
size_t preflight(struct run *run);

/* --dry-run: the plan, to standard output. */
void show_plan(const struct run *run);

/* Second phase: make every picture of the plan, reporting each as it ends. */
void make(struct run *run);

/* Report the end of a picture, or of a contact sheet's file, to events, log and totals. */
void report_picture(struct run *run, struct picture_event *event);
void report_sheet(struct run *run, const struct sheet_event *event);

#endif
