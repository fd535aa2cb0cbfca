#include "image/planar_plan.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "image/planes_turn.h"
#include "image/shrink.h"

/* The window's place as the stored picture has it: a side that is walked from its far end counts from there.
 */
static int from_end(bool far, int whole, int first, int length)
{
	return far ? whole - first - length : first;
}

struct sizer_target planar_target(
	const struct geometry *geometry, int orientation, int chroma_h, int chroma_v)
{
	const struct turn turn = turn_of(orientation);
	const struct geometry g = *geometry;
	struct sizer_target target = { g.scaled_width_px, g.scaled_height_px, g.crop_left_px, g.crop_top_px,
		g.crop_width_px, g.crop_height_px, chroma_h, chroma_v, turn.from_right, turn.from_bottom };

	if (turn.swap)
		target = (struct sizer_target){ g.scaled_height_px, g.scaled_width_px, g.crop_top_px,
			g.crop_left_px, g.crop_height_px, g.crop_width_px, chroma_v, chroma_h,
			turn.from_right, turn.from_bottom };
	target.left_px = from_end(turn.from_right, target.scaled_width_px, target.left_px, target.width_px);
	target.top_px = from_end(turn.from_bottom, target.scaled_height_px, target.top_px, target.height_px);
	return target;
}

static bool is_whole(const struct sizer_target *target)
{
	return target->width_px == target->scaled_width_px && target->height_px == target->scaled_height_px;
}

/* One pixel is given away: 2048 x 1365 is twice 1024 x 683. */
static bool is_enough(int source_px, int source_step, int target_px, int target_step, int reserve)
{
	return (source_px + 1) * target_step >= reserve * target_px * source_step;
}

static bool suffices(const struct sizer_target *source, const struct sizer_target *target, int reserve)
{
	int width_px = source->scaled_width_px, height_px = source->scaled_height_px;
	int to_width_px = target->scaled_width_px, to_height_px = target->scaled_height_px;

	return reserve && is_whole(source) && is_enough(width_px, 1, to_width_px, 1, reserve) &&
	       is_enough(height_px, 1, to_height_px, 1, reserve) &&
	       is_enough(width_px, source->chroma_h, to_width_px, target->chroma_h, reserve) &&
	       is_enough(height_px, source->chroma_v, to_height_px, target->chroma_v, reserve);
}

static int64_t area(const struct sizer_target *target)
{
	return (int64_t)target->scaled_width_px * target->scaled_height_px;
}

/* The smallest of those that suffice. */
static int find_source(const struct sizer_target *targets, size_t count, size_t output, int reserve)
{
	int best = PLANAR_FROM_DECODER;

	for (size_t i = 0; i < count; i++)
		if (i != output && area(&targets[i]) > area(&targets[output]) &&
			suffices(&targets[i], &targets[output], reserve) &&
			(best < 0 || area(&targets[i]) < area(&targets[best])))
			best = (int)i;
	return best;
}

static void sort_steps(struct planar_plan *plan, const struct sizer_target *targets)
{
	for (size_t i = 1; i < plan->count; i++)
		for (size_t k = i; k > 0; k--) {
			struct planar_step *one = &plan->steps[k - 1], *other = &plan->steps[k], swap = *one;
			bool decoded = one->from < 0, other_decoded = other->from < 0;

			if (decoded > other_decoded ||
				(decoded == other_decoded &&
					area(&targets[one->output]) >= area(&targets[other->output])))
				break;
			*one = *other;
			*other = swap;
		}
}

/* How many times as large as the largest of those that come from the decoder the picture is. */
static double decoded_factor(
	const struct planar_plan *plan, const struct sizer_target *targets, int width_px, int height_px)
{
	double factor = INFINITY;

	for (size_t i = 0; i < plan->count && plan->steps[i].from < 0; i++) {
		const struct sizer_target *target = &targets[plan->steps[i].output];

		factor = fmin(factor, shrink_factor(width_px, height_px, target->scaled_width_px,
					      target->scaled_height_px));
	}
	return factor;
}

void planar_plan(struct planar_plan *plan, const struct sizer_target *targets, size_t count, int width_px,
	int height_px, enum sampling sampling)
{
	int reserve = shrink_reserve(sampling);

	assert(count >= 1 && count <= TASK_OUTPUTS_MAX);
	plan->count = count;
	for (size_t i = 0; i < count; i++)
		plan->steps[i] = (struct planar_step){ i, find_source(targets, count, i, reserve) };
	sort_steps(plan, targets);
	plan->denominator = shrink_jpeg(sampling, decoded_factor(plan, targets, width_px, height_px));
}
