/*
 * resampler.h: planes to another size, by zimg: with a Lanczos filter of three lobes where that is smaller, a
 * bicubic one (Catmull-Rom) where it is larger, as libvips does.
 *
 * What zimg works out for a geometry takes longer than the work itself, so it is kept: the geometries of the
 * last pictures are there again for the next one of the same size. resampler_new() first, resampler_free()
 * last; one resampler serves one thread.
 */
#ifndef STAMPMILL_IMAGE_RESAMPLER_H
#define STAMPMILL_IMAGE_RESAMPLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define RESAMPLER_LOBES 3 /* that no filter used here reaches further than */

/* One direction: `to` samples are made from the part of the `from` samples that begins at `start` and is
 * `span` long. It may begin within a sample, and reach over the edges: the picture is then as if mirrored. */
struct resample_axis {
	int from, to; /* at least 1 */
	double start, span;
	bool linear; /* where it grows: interpolate linearly instead */
};

struct resample_shape {
	struct resample_axis x, y;
};

/* The axis that changes nothing. */
struct resample_axis resample_axis_same(int samples);

struct resample_job {
	struct resample_shape shape; /* of two axes that change both shrink or both grow */
	const uint8_t *in;           /* aligned to PLANE_ALIGN, as are the rows (planes.h) */
	size_t in_stride_bytes;
	uint8_t *out; /* likewise */
	size_t out_stride_bytes;
};

struct resampler;

struct resampler *resampler_new(void); /* NULL when memory is out */
void resampler_free(struct resampler *resampler);

/* Do the job. 0, or -1 with `err`: out-of-memory, internal. */
int resampler_run(struct resampler *resampler, const struct resample_job *job, struct err *err);

#endif
