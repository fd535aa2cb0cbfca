/*
 * geometry.h: from a picture's size and a SIZE spec to exact numbers. Pure arithmetic, shared by the plan and
 * the lanes.
 *
 * All sizes are of the upright picture. The picture is resized to scaled_*, each axis with its own exact
 * factor; then the rectangle crop_* of that (the whole of it unless the fit is cover) is placed at pad_* on a
 * canvas of out_*.
 */
#ifndef STAMPMILL_JOB_GEOMETRY_H
#define STAMPMILL_JOB_GEOMETRY_H

#include "job/settings.h"

struct geometry {
	int scaled_width_px, scaled_height_px;
	int crop_left_px,
		crop_top_px; /* where in the scaled picture the part that is kept begins; 0 unless cover */
	int crop_width_px, crop_height_px;
	int pad_left_px, pad_top_px; /* where on the canvas it is placed; 0 unless pad */
	int out_width_px, out_height_px;
};

/* The geometry for a picture of width x height (both at least 1). Unless `enlarge`, neither side of the
 * picture grows: fit and stretch stop at the picture's own size on that axis; cover crops to the box's aspect
 * instead, and pad keeps the box and surrounds the unenlarged picture. No side is ever less than 1. Rounding
 * is to nearest. Without enlargement, `cover` on a picture smaller than the box in one direction gives the
 * largest picture of the box's aspect that fits in it. */
struct geometry geometry_compute(const struct size_spec *spec, bool enlarge, int width_px, int height_px);

#endif
