/*
 * vips_lane.h: from a file to small upright pictures, for every format: the reference lane.
 *
 * The decoder shrinks as far as shrink.h allows for the largest of the pictures wanted (JPEG by halves, WebP
 * by any factor); the resize brings each axis to exactly the geometry's size; the orientation is applied to
 * what is left, which is small. A picture of up to LANE_MEMORY_BYTES is then in memory, so that it is known
 * to be whole before an output is begun. Bigger ones stay lazy, unless their orientation or other pictures
 * need all of them at once: their rows are decoded as the encoder asks for them, and a broken file shows up
 * there.
 *
 * A decoder gives its rows once. For several pictures from one decode, lane_hold() keeps what it gives in
 * memory, up to NEED_HELD_BYTES_MAX; beyond that, each picture needs a lane of its own.
 *
 * Calling order: lane_open(), lane_hold() where more than one picture is to come, lane_make(), lane_finish()
 * (also after a failed open). The struct stays where it is until the last picture is let go of: the meters in
 * it are written to as rows are made.
 */
#ifndef STAMPMILL_IMAGE_VIPS_LANE_H
#define STAMPMILL_IMAGE_VIPS_LANE_H

#include <stdbool.h>
#include <stdint.h>
#include <vips/vips.h>

#include "base/err.h"
#include "job/facts.h"
#include "job/geometry.h"
#include "job/need.h"
#include "job/settings.h"

#define LANE_MEMORY_BYTES (48 * 1024 * 1024)

struct lane_order {
	int fd;
	const struct facts *facts;
	const struct geometry *geometries; /* of all pictures that the decoder's scale must suffice for */
	size_t count;                      /* at least 1 */
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
	VipsImage *source; /* a working image (working.h) as stored, with the metadata and the density that
			    * the loader found */
	int orientation;
	bool held;                          /* the source is in memory */
	struct lane_meter decoded, resized; /* resized includes what was decoded for it */
	int64_t held_us;                    /* what of decoded is not in resized */
};

/* One picture: a working image, upright, of the geometry's crop. */
struct lane_picture {
	VipsImage *image; /* NULL: none; a reference */
	bool in_memory;   /* all of it is decoded */
};

/* 0, or -1 with `err`. */
int lane_open(struct lane *lane, const struct lane_order *order, struct err *err);
void lane_finish(struct lane *lane);

/* Decode all of the source into memory, unless it is larger than NEED_HELD_BYTES_MAX: lane->held tells. 0, or
 * -1 with `err`. */
int lane_hold(struct lane *lane, struct err *err);

/* Make a picture of the source; once, if that is not held. With `hold` it is in memory in any case. 0, or -1
 * with `err`. */
int lane_make(struct lane *lane, const struct geometry *geometry, bool hold, struct lane_picture *picture,
	struct err *err);

/* The same from a picture that is in memory and shows all of its geometry's scaled picture. */
int lane_derive(struct lane *lane, const struct lane_picture *from, const struct geometry *geometry,
	struct lane_picture *picture, struct err *err);

#endif
