/*
 * maker.h: makes the outputs of one picture; a worker's workshop.
 *
 * Calling order, in a worker: maker_new() once, maker_make() for each picture, maker_free(). What is drawn
 * once (the mark, at each size it was needed) is kept from picture to picture.
 *
 * Each output is written to a nameless or temporary file and published under its name only when it is whole
 * (and, with settings->run.sync, on the disk). When an output fails, those published before it stay, none is
 * half there.
 *
 * All outputs of a picture come from one decode and take one lane: the planar lane where it can make each of
 * them (lane_choice.h), else the vips lane, since decoding twice costs more than the faster lane saves. Which
 * is made from which is the lane's own plan (planar_plan.h, vips_plan.h): of the decoder's pixels, or of a
 * larger output's where those are at least twice as large as needed. So an output's pixels depend on the list
 * of outputs, never on which of them are made this time, nor on their order or the number of workers.
 */
#ifndef STAMPMILL_IMAGE_MAKER_H
#define STAMPMILL_IMAGE_MAKER_H

#include <stdbool.h>

#include "base/err.h"
#include "job/settings.h"
#include "job/task.h"

/* The points that a worker passes; told to maker_hooks.stage as it reaches them. */
enum stage {
	STAGE_IDLE,
	STAGE_OPEN,
	STAGE_DECODE, /* libvips decodes, resizes, stamps and encodes in one stream: this covers what is not
			 lazy */
	STAGE_STAMP,
	STAGE_ENCODE,
	STAGE_SYNC,
	STAGE_PUBLISH,
	STAGE_COUNT
};

const char *stage_name(enum stage stage); /* "idle", "open", ... */

struct maker_hooks {
	void (*stage)(void *data, enum stage stage); /* may be NULL */
	void *data;
};

/* Whether this build has the planar lane. */
bool maker_has_planar(void);

struct maker;

/* `settings` is borrowed for the maker's life; `output_fd` is the output folder (O_PATH or readable),
 * borrowed too. NULL when memory is out. */
struct maker *maker_new(const struct settings *settings, int output_fd, const struct maker_hooks *hooks);
void maker_free(struct maker *maker);

/* Load each mark of the settings once, so that an unreadable logo is told before anything is written. 0, or
 * -1 with `err` (reason watermark) that names the file. */
int maker_check_marks(struct maker *maker, struct err *err);

/* All that can be found wrong with the settings before there is a picture: marks, profiles to convert into,
 * and what this build's libraries cannot do. 0, or -1 with `err`. */
int maker_check(struct maker *maker, struct err *err);

/* Make all outputs of the picture open for reading on `input_fd` but those that are up to date. `reply` is
 * filled wholly, reply->err says whether it went well; returns 0 or -1 accordingly. */
int maker_make(
	struct maker *maker, int input_fd, const struct make_request *request, struct make_reply *reply);

#endif
