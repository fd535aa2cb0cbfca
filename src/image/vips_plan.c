#include "image/vips_plan.h"

#include <assert.h>
#include <stdint.h>

#include "image/shrink.h"

/* A source is held in memory: larger ones are not worth it. */
#define SOURCE_PIXELS_MAX (64 * 1024 * 1024)

struct request {
	const struct geometry *geometries;
	size_t count;
	int width_px, height_px, reserve;
};

static int64_t pixels(const struct geometry *geometry)
{
	return (int64_t)geometry->scaled_width_px * geometry->scaled_height_px;
}

static bool is_whole(const struct geometry *geometry)
{
	return geometry->crop_width_px == geometry->scaled_width_px &&
	       geometry->crop_height_px == geometry->scaled_height_px;
}

static bool can_be_source(const struct request *request, const struct geometry *geometry)
{
	return is_whole(geometry) && geometry->scaled_width_px <= request->width_px &&
	       geometry->scaled_height_px <= request->height_px && pixels(geometry) <= SOURCE_PIXELS_MAX;
}

static bool has_size_of(const struct geometry *one, const struct geometry *other)
{
	return one->scaled_width_px == other->scaled_width_px &&
	       one->scaled_height_px == other->scaled_height_px;
}

/* One pixel is given away: 2048 x 1365 is twice 1024 x 683. */
static bool suffices(const struct geometry *source, const struct geometry *target, int reserve)
{
	return reserve && pixels(source) > pixels(target) &&
	       source->scaled_width_px + 1 >= reserve * target->scaled_width_px &&
	       source->scaled_height_px + 1 >= reserve * target->scaled_height_px;
}

/* Of outputs of one size, the first that shows the whole picture is the source of the others. */
static bool precedes(const struct request *request, size_t source, size_t target)
{
	const struct geometry *geometries = request->geometries;

	return has_size_of(&geometries[source], &geometries[target]) &&
	       (source < target || !is_whole(&geometries[target]));
}

static int find_source(const struct request *request, size_t target)
{
	const struct geometry *geometries = request->geometries;
	int best = VIPS_PLAN_FROM_DECODER;

	for (size_t i = 0; i < request->count; i++) {
		if (i == target || !can_be_source(request, &geometries[i]))
			continue;
		if (!precedes(request, i, target) &&
			!suffices(&geometries[i], &geometries[target], request->reserve))
			continue;
		if (best < 0 || pixels(&geometries[i]) < pixels(&geometries[best]))
			best = (int)i;
	}
	return best;
}

void vips_plan(struct vips_plan *plan, const struct geometry *geometries, size_t count, int width_px,
	int height_px, enum sampling sampling)
{
	const struct request request = { geometries, count, width_px, height_px, shrink_reserve(sampling) };

	assert(count >= 1 && count <= TASK_OUTPUTS_MAX);
	*plan = (struct vips_plan){ .decoded_count = 0 };
	for (size_t i = 0; i < count; i++) {
		plan->from[i] = find_source(&request, i);
		if (plan->from[i] >= 0)
			plan->is_source[plan->from[i]] = true;
		else
			plan->decoded[plan->decoded_count++] = i;
	}
	assert(plan->decoded_count > 0);
}
