#include "job/raw_choice.h"

#include <math.h>

#include "job/geometry.h"
#include "job/holding.h"

/* How far a camera's own picture may be from what its sensor has: mostly 1 % or less. */
#define TOLERANCE 0.03

struct size {
	int width_px, height_px;
};

static struct size upright(int width_px, int height_px, int orientation)
{
	bool turned = orientation >= 5;

	return (struct size){ turned ? height_px : width_px, turned ? width_px : height_px };
}

static struct size preview_size(const struct facts *facts)
{
	const struct raw_preview *preview = &facts->raw.preview;

	return upright(preview->width_px, preview->height_px, preview->orientation);
}

static struct size developed_size(const struct facts *facts)
{
	return upright(facts->raw.width_px, facts->raw.height_px, facts->raw.orientation);
}

/* One side is enough: a camera that shoots squares crops the other. */
static bool is_full_size(struct size preview, struct size developed)
{
	return fmax((double)preview.width_px / developed.width_px,
		       (double)preview.height_px / developed.height_px) >= 1 - TOLERANCE;
}

static bool has_shape_of(struct size preview, struct size developed)
{
	double ratio = (double)preview.width_px * developed.height_px /
		       ((double)preview.height_px * developed.width_px);

	return fabs(ratio - 1) <= TOLERANCE;
}

static bool suffices_for(const struct output_settings *output, struct size preview, struct size developed)
{
	const struct geometry small =
		geometry_compute(&output->resize, output->enlarge, preview.width_px, preview.height_px);
	const struct geometry large =
		geometry_compute(&output->resize, output->enlarge, developed.width_px, developed.height_px);

	return small.scaled_width_px <= preview.width_px && small.scaled_height_px <= preview.height_px &&
	       small.scaled_width_px >= large.scaled_width_px * (1 - TOLERANCE) &&
	       small.scaled_height_px >= large.scaled_height_px * (1 - TOLERANCE);
}

static bool preview_suffices(const struct facts *facts, const struct settings *settings)
{
	struct size preview = preview_size(facts), developed = developed_size(facts);

	if (!preview.width_px)
		return false;
	if (is_full_size(preview, developed))
		return true;
	if (!has_shape_of(preview, developed))
		return false;
	for (size_t i = 0; i < settings->outputs_count; i++)
		if (!suffices_for(&settings->outputs[i], preview, developed))
			return false;
	return true;
}

/* More than 8 bits are worth their time and memory only where an output has them (colour.h). */
static int bits_wanted(const struct settings *settings)
{
	for (size_t i = 0; i < settings->outputs_count; i++) {
		const struct output_settings *output = &settings->outputs[i];

		if (output->colour == COLOUR_KEEP && holding_of(output, output->format).wide)
			return 16;
	}
	return 8;
}

void raw_choose(struct facts *facts, const struct settings *settings)
{
	if (facts->raw.source == RAW_NONE)
		return;
	if (settings->run.raw == RAW_WISH_PREVIEW && preview_suffices(facts, settings)) {
		facts_take_preview(facts);
		return;
	}
	facts_take_developed(facts, bits_wanted(settings));
	facts->raw.cause = settings->run.raw == RAW_WISH_DEVELOP ? RAW_ASKED_FOR
			   : facts->raw.preview.width_px         ? RAW_SMALL_PREVIEW
								 : RAW_NO_PREVIEW;
}
