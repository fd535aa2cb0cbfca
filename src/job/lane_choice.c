#include "job/lane_choice.h"

#include <stddef.h>
#include <stdint.h>

/* Chroma at less than half size libjpeg does not interpolate but repeat, for all who use it, vips lane too.
 */
#define CHROMA_MOST 2

static const char *why_developed(enum raw_cause cause)
{
	switch (cause) {
	case RAW_NO_PREVIEW:
		return "the raw file is developed, as there is no preview in it";
	case RAW_SMALL_PREVIEW:
		return "the raw file is developed, as its preview is too small for what is asked for";
	default:
		return "the raw file is developed";
	}
}

static const char *refuse_picture(const struct facts *facts)
{
	if (facts->raw.source == RAW_DEVELOPED)
		return why_developed(facts->raw.cause);
	if (facts->format != FORMAT_JPEG)
		return "the picture is not a JPEG";
	if (facts->model == MODEL_CMYK)
		return "the picture is CMYK";
	if (!facts->planes)
		return "the picture's colours are not in planes of Y, Cb and Cr that fit each other";
	if (facts->chroma_h > CHROMA_MOST || facts->chroma_v > CHROMA_MOST)
		return "the picture's chroma is stored at less than half size";
	return NULL;
}

/* What an output takes at most, with chroma at full size: itself, and where it is resized the rows of the
 * picture at the output's width. */
static int64_t planes_bytes(const struct facts *facts, const struct geometry *geometry)
{
	bool turned = facts->orientation >= 5;
	int64_t canvas = (int64_t)geometry->out_width_px * geometry->out_height_px;
	int64_t row = turned ? geometry->scaled_height_px : geometry->scaled_width_px;
	int column = turned ? geometry->scaled_width_px : geometry->scaled_height_px;
	bool resized = row != facts->width_px || column != facts->height_px;

	return 3 * (canvas + (resized ? row * facts->height_px : 0));
}

static bool is_inks(const struct output_settings *output)
{
	return output->colour == COLOUR_PROFILE && output->colour_profile->model == MODEL_CMYK;
}

static const char *refuse_outputs(const struct make_request *request, const struct settings *settings)
{
	int64_t bytes = 0;

	for (size_t i = 0; i < request->outputs_count; i++) {
		if (request->outputs[i].format != FORMAT_JPEG)
			return "an output is not a JPEG";
		if (is_inks(&settings->outputs[i]))
			return "an output is to be CMYK";
		bytes += planes_bytes(&request->facts, &request->outputs[i].geometry);
	}
	return bytes > LANE_PLANES_BYTES_MAX ? "the picture is too large to be held in memory" : NULL;
}

struct lane_choice lane_choose(
	const struct make_request *request, const struct settings *settings, bool built)
{
	const char *why = NULL;

	if (settings->run.lane == LANE_WISH_VIPS)
		return (struct lane_choice){ false, NULL };
	if (!built)
		why = "this build has no planar lane";
	if (!why)
		why = refuse_picture(&request->facts);
	if (!why)
		why = refuse_outputs(request, settings);
	return (struct lane_choice){ !why, why };
}

const char *lane_name(bool planar)
{
	return planar ? "planar" : "vips";
}
