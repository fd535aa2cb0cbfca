/*
 * planar_lane.h: from a JPEG to JPEGs in Y, Cb and Cr planes: the faster lane.
 *
 * Nothing is converted that need not be: the codec's planes are resized, turned, stamped and encoded as they
 * are. Several outputs come from one decode.
 *
 * Calling order, for each picture: planar_open(), look at the header, planar_decode(), then for each output
 * planar_compose(), planar_stamp() and planar_encode(); planar_close() at the end, also after a failure.
 * planar_new() first and planar_free() last: the lane keeps its memory from picture to picture.
 *
 * What the lane does must not be told from what the vips lane does, but by the clock: the arguments are those
 * of compose.h and encode.h.
 */
#ifndef STAMPMILL_IMAGE_PLANAR_LANE_H
#define STAMPMILL_IMAGE_PLANAR_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/compose.h"
#include "image/encode.h"
#include "image/jpeg_decoder.h"
#include "job/facts.h"
#include "job/geometry.h"
#include "job/settings.h"

struct planar;

struct planar *planar_new(void); /* NULL when memory is out */
void planar_free(struct planar *planar);

/* Read the header of the file on `fd`, which stays the caller's and open. NULL with `err`; among the reasons
 * is vanished, where the file is not the one that `facts` are of. The header lives until planar_close(). */
const struct jpeg_header *planar_open(
	struct planar *planar, int fd, const struct facts *facts, enum fail_on fail_on, struct err *err);

struct planar_output {
	const struct geometry *geometry;
	const struct compose *compose; /* from grey or RGB of 8 bits to the same; without alpha */
	bool full_chroma;              /* a sample of chroma for each pixel, not for four */
	const struct sharpen_settings *sharpen;
};

/* Decode, and resize for `count` outputs (1 to TASK_OUTPUTS_MAX), which are copied; what they point to lives
 * on. 0, or -1 with `err`. */
int planar_decode(struct planar *planar, const struct planar_output *outputs, size_t count,
	enum sampling sampling, struct err *err);

/* Turn output `i` upright, convert its colours, sharpen it, put it on its canvas. 0, or -1 with `err`. */
int planar_compose(struct planar *planar, size_t i, struct err *err);

/* Put `count` pixels of what was composed last, from x, y on, into `pixels`: grey or RGB. */
void planar_read(const struct planar *planar, int x, int y, int count, uint8_t *pixels);

/* Blend the marks that output `i`, composed last, has in its compose by now. 0, or -1 with `err`. */
int planar_stamp(struct planar *planar, size_t i, struct err *err);

/* Encode what was composed last to `fd`, as encode_to() does; order->image and ->format are not looked at. */
int planar_encode(
	struct planar *planar, int fd, const struct encode_order *order, bool *dropped, struct err *err);

/* Time spent since planar_open(): in the decoder, and in resizing. */
struct planar_times {
	int64_t decoded_us, resized_us;
};
struct planar_times planar_times(const struct planar *planar);

/* Memory that only a very large picture needs is given back. */
void planar_close(struct planar *planar);

#endif
