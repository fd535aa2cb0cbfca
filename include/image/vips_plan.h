/*
 * vips_plan.h: which of a picture's outputs the vips lane makes from which. Pure arithmetic.
 *
 * One decode serves all of them, at a scale that suits the largest. A smaller output is made from the pixels
 * of a larger one, resized but not yet stamped, where those are at least twice its size (as `sampling` says),
 * show the whole picture and are no enlargement; the smallest such is taken. Where nothing is to be resized,
 * the same size is enough. All others come from the decoder.
 *
 * The plan is one of all outputs that are asked for, also where only some are made this time, so that those
 * have the same pixels as if all had been.
 */
#ifndef STAMPMILL_IMAGE_VIPS_PLAN_H
#define STAMPMILL_IMAGE_VIPS_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "job/geometry.h"
#include "job/settings.h"
#include "job/task.h"

#define VIPS_PLAN_FROM_DECODER -1

struct vips_plan {
	int from[TASK_OUTPUTS_MAX];       /* another output, or VIPS_PLAN_FROM_DECODER */
	bool is_source[TASK_OUTPUTS_MAX]; /* others are made from it */
	size_t decoded[TASK_OUTPUTS_MAX]; /* those that come from the decoder; at least one */
	size_t decoded_count;
};

/* Plan outputs of these geometries (1 to TASK_OUTPUTS_MAX) for an upright picture of width_px by height_px.
 */
void vips_plan(struct vips_plan *plan, const struct geometry *geometries, size_t count, int width_px,
	int height_px, enum sampling sampling);

#endif
