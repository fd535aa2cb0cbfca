#include "job/holding.h"

static void hold_in_tiff(struct holding *holding, enum tiff_compression compression)
{
	holding->grey = holding->cmyk = holding->wide = true;
	if (compression != TIFF_JPEG)
		return;
	holding->wide = holding->alpha = false;
	holding->quality = true;
}

struct holding holding_of(const struct output_settings *output, enum format format)
{
	struct holding holding = {
		.alpha = format_has_alpha(format),
		.quality = format_has_quality(format),
	};

	switch (format) {
	case FORMAT_JPEG:
		holding.grey = holding.cmyk = true;
		break;
	case FORMAT_PNG:
		holding.grey = true;
		holding.wide = !output->png_palette;
		break;
	case FORMAT_TIFF:
		hold_in_tiff(&holding, output->tiff_compression);
		break;
	case FORMAT_WEBP:
		holding.quality = !output->webp_lossless;
		break;
	default:
		break;
	}
	return holding;
}

bool holding_has(const struct holding *holding, enum colour_model model)
{
	switch (model) {
	case MODEL_GREY:
		return holding->grey;
	case MODEL_CMYK:
		return holding->cmyk;
	default:
		return model == MODEL_RGB;
	}
}
