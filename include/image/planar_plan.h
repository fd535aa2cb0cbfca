/*
 * planar_plan.h: how to come from one decoded picture to several sizes with little work: at which scale to
 * decode, and which size to make from which. Pure arithmetic.
 */
#ifndef STAMPMILL_IMAGE_PLANAR_PLAN_H
#define STAMPMILL_IMAGE_PLANAR_PLAN_H

#include <stddef.h>

#include "image/sizer.h"
#include "job/geometry.h"
#include "job/settings.h"
#include "job/task.h"

#define PLANAR_FROM_DECODER -1

struct planar_plan {
	int denominator; /* for the decoder */
	size_t count;
	struct planar_step {
		size_t output; /* which target to make now */
		int from;      /* which, made before, to make it from; or PLANAR_FROM_DECODER */
	} steps[TASK_OUTPUTS_MAX];
};

/* What an upright geometry means for a picture as it is stored. */
struct sizer_target planar_target(
	const struct geometry *geometry, int orientation, int chroma_h, int chroma_v);

/* Plan `count` targets (1 to TASK_OUTPUTS_MAX) of a stored picture of width_px by height_px. What is made
 * from something smaller than the picture itself, decoded or resized, is made from something `sampling` times
 * as large at least, chroma too. The steps of what comes from the decoder are first. */
void planar_plan(struct planar_plan *plan, const struct sizer_target *targets, size_t count, int width_px,
	int height_px, enum sampling sampling);

#endif
