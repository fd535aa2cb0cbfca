/*
 * vips_lane.h: from a file to a small upright picture, for every format: the reference lane.
 *
 * The decoder shrinks as far as shrink.h allows (JPEG by halves, WebP by any factor); the resize brings each
 * axis to exactly the geometry's size; the orientation is applied to what is left, which is small. A picture
 * of up to LANE_MEMORY_BYTES is then in memory, so that it is known to be whole before an output is begun.
 * Bigger ones stay lazy, unless their orientation needs all of them at once: their rows are decoded as the
 * encoder asks for them, and a broken file shows up there.
 *
 * Calling order: lane_begin(), use .picture, lane_finish() (also after a failed begin). The struct stays
 * where it is meanwhile: the meters in it are written to as rows are made.
 */
#ifndef STAMPMILL_IMAGE_VIPS_LANE_H
#define STAMPMILL_IMAGE_VIPS_LANE_H

#include <stdbool.h>
#include <stdint.h>
#include <vips/vips.h>

#include "base/err.h"
#include "job/facts.h"
#include "job/geometry.h"
#include "job/settings.h"

#define LANE_MEMORY_BYTES (48 * 1024 * 1024)

struct lane_order {
	int fd;
	const struct facts *facts;
	const struct geometry *geometry;
	enum fail_on fail_on;
	enum sampling sampling;
	void (*decoding)(void *data); /* told before pixels are decoded; may be NULL */
	void *data;
};

/* The time spent in what comes before one point of the pipeline, so far. */
struct lane_meter {
	int64_t spent_us;
};

struct lane {
	VipsImage *picture; /* a working image (working.h), upright, of crop_width_px by crop_height_px, with
			     * the metadata and the density that the loader found */
	bool in_memory;
	struct lane_meter decoded, resized; /* resized includes decoded */
};

/* 0, or -1 with `err`. */
int lane_begin(struct lane *lane, const struct lane_order *order, struct err *err);
void lane_finish(struct lane *lane);

#endif
