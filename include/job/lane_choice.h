/*
 * lane_choice.h: which lane a picture takes, decided from what its header said and what is wanted of it.
 *
 * There are two: the vips lane can do everything; the planar lane is faster at JPEG to JPEG. Pure arithmetic,
 * so that the plan and the worker that makes the picture come to the same answer.
 */
#ifndef STAMPMILL_JOB_LANE_CHOICE_H
#define STAMPMILL_JOB_LANE_CHOICE_H

#include <stdbool.h>

#include "job/settings.h"
#include "job/task.h"

/* The planar lane holds an output whole. Above this the vips lane works through the picture row by row: at
 * 100 megapixels that keep their size in 42 MB instead of 360, and as fast. */
#define LANE_PLANES_BYTES_MAX (INT64_C(160) * 1024 * 1024)

struct lane_choice {
	bool planar;
	const char *why; /* not planar, as in "vips lane: the picture is CMYK"; NULL where it is, or where the
			    vips lane was wished for */
};

/* `built` tells whether this build has the planar lane. Where that is wished for and cannot be, it is not
 * chosen: then there is a `why`, and the picture cannot be made as wished. */
struct lane_choice lane_choose(
	const struct make_request *request, const struct settings *settings, bool built);

/* "planar" or "vips" */
const char *lane_name(bool planar);

#endif
