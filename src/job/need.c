#include "job/need.h"

#include <math.h>

/* Rows that decoder, resize and encoder have between them at a time. */
enum {
	BAND_ROWS = 512
};

static int bands(const struct facts *facts)
{
	int colours = facts->model == MODEL_GREY ? 1 : facts->model == MODEL_CMYK ? 4 : 3;

	return colours + facts->alpha;
}

/* Bytes a pixel, decoded. */
static double samples_of(const struct facts *facts)
{
	return bands(facts) * (facts->bits > 32 ? 8 : facts->bits > 16 ? 4 : facts->bits > 8 ? 2 : 1);
}

/* Bytes a pixel that the decoder holds for the whole picture; 0 for those that go row by row. */
static double whole_picture(const struct facts *facts)
{
	double samples = samples_of(facts);

	switch (facts->format) {
	case FORMAT_JPEG:
		/* coefficients of two bytes each, for luma and what is left of the chroma */
		if (!facts->progressive)
			return 0;
		return 2 * (1 + (bands(facts) - 1.0) / (facts->chroma_h * facts->chroma_v));
	case FORMAT_PNG:
		return facts->progressive ? samples : 0;
	case FORMAT_TIFF: /* it may be one strip */
		return samples;
	case FORMAT_WEBP:
	case FORMAT_GIF:
		return 1.5 + 4;
	case FORMAT_HEIC:
	case FORMAT_AVIF:
		return 3 * (facts->bits > 8 ? 2 : 1) + 2 * samples;
	case FORMAT_RAW:
		return NEED_OF_DEVELOPING + samples;
	default:
		return 8;
	}
}

/* The planar lane holds all rows of a JPEG at the output's width, until it resizes down. */
static double planar_rows(const struct facts *facts, const struct geometry *geometry)
{
	bool turned = facts->orientation >= 5;
	int row_px = turned ? geometry->scaled_height_px : geometry->scaled_width_px;
	int chroma_v = facts->chroma_v > 0 ? facts->chroma_v : 1;

	if (facts->format != FORMAT_JPEG)
		return 0;
	return (double)row_px * facts->height_px * (1 + (bands(facts) - 1.0) / chroma_v);
}

int64_t need_of_picture(const struct facts *facts, const struct geometry *geometries, size_t count)
{
	double pixels = (double)facts->width_px * facts->height_px;
	double row_bytes = (double)facts->width_px * bands(facts) * (facts->bits > 8 ? 2 : 1);
	double need = NEED_OF_WORKER + pixels * whole_picture(facts) + row_bytes * BAND_ROWS;

	/* LibRaw's copy of a raw file's preview, and the one that is decoded: a JPEG, at its largest */
	if (facts->raw.source == RAW_PREVIEW)
		need += 2 * pixels;
	if (count > 1)
		need += fmin(pixels * samples_of(facts), NEED_HELD_BYTES_MAX);
	/* the small picture, the small picture with its mark, and what the encoder makes of it */
	for (size_t i = 0; i < count; i++)
		need += 3.0 * bands(facts) * (facts->bits > 8 ? 2 : 1) * geometries[i].out_width_px *
				geometries[i].out_height_px +
			planar_rows(facts, &geometries[i]);
	return (int64_t)need;
}
