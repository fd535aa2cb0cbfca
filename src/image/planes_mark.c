#include "image/planes_mark.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "image/tiling.h"
#include "image/ycc.h"

/* What all that is blended over one pixel, or one chroma sample, comes to. */
struct cover {
	int alpha;             /* 0 to 255 for each pixel */
	int value[PLANES_MAX]; /* of the mark, about 128, by alpha */
};

/* A row of the mark, in the colours of the planes. */
struct ink {
	uint8_t alpha, value[PLANES_MAX];
};

struct marker {
	struct planes *planes;
	const struct mark *mark;
	struct ink *ink;     /* a row of the mark, */
	int inked;           /* this one; -1: none */
	struct ink *laid;    /* what all its copies come to on a row of the picture; clear between rows */
	int from, to;        /* where there is any of it */
	struct cover *cover; /* a row of chroma samples */
};

/* Integer division to the nearest, away from zero at half; `by` is positive. */
static int divide(int value, int by)
{
	return (value < 0 ? value - by / 2 : value + by / 2) / by;
}

static uint8_t blend(uint8_t sample, int alpha, int value, int whole)
{
	return (uint8_t)(128 + divide((sample - 128) * (whole - alpha) + value, whole));
}

/* `over` on top of `ink`. */
static void lay_ink(struct ink *ink, const struct ink *over)
{
	int beneath = ink->alpha * (255 - over->alpha), alpha = over->alpha * 255 + beneath;

	if (!ink->alpha || over->alpha == 255) {
		*ink = *over;
		return;
	}
	for (int i = 0; i < PLANES_MAX; i++)
		ink->value[i] =
			(uint8_t)((over->value[i] * over->alpha * 255 + ink->value[i] * beneath + alpha / 2) /
				  alpha);
	ink->alpha = (uint8_t)((alpha + 127) / 255);
}

static void ink_row(struct marker *marker, int mark_row)
{
	const struct mark *mark = marker->mark;
	size_t width = (size_t)mark->place.width_px;
	const unsigned char *from =
		mark->samples + (size_t)mark_row * width * (size_t)pixels_bytes(&mark->pixels);

	for (size_t x = 0; x < width; x++) {
		struct ink *ink = &marker->ink[x];

		if (mark->pixels.model == MODEL_GREY) {
			*ink = (struct ink){ from[2 * x + 1], { from[2 * x] } };
		} else {
			ink->alpha = from[4 * x + 3];
			ycc_from_rgb(from + 4 * x, ink->value);
		}
	}
	marker->inked = mark_row;
}

/* One copy of the mark's row, its left edge at `left`, over what lies there of others: the boxes of turned
 * tiles overlap. */
static void lay_row(struct marker *marker, int left, int mark_row)
{
	const struct mark *mark = marker->mark;
	int width = mark->place.width_px, most = marker->planes->width_px;
	int from = left < 0 ? 0 : left, to = left + width > most ? most : left + width;

	if (mark_row != marker->inked)
		ink_row(marker, mark_row);
	for (int x = from; x < to; x++)
		lay_ink(&marker->laid[x], &marker->ink[x - left]);
	marker->from = from < marker->from ? from : marker->from;
	marker->to = to > marker->to ? to : marker->to;
}

/* Blend all that was laid on row `y`. */
static void blend_row(struct marker *marker, int y)
{
	const struct plane *luma = &marker->planes->plane[0];
	uint8_t *row = luma->data + (size_t)y * luma->stride_bytes;
	int chroma_h = marker->planes->chroma_h;

	for (int x = marker->from; x < marker->to; x++) {
		const struct ink *ink = &marker->laid[x];
		struct cover *cover = &marker->cover[x / chroma_h];

		if (!ink->alpha)
			continue;
		row[x] = blend(row[x], ink->alpha, ink->alpha * (ink->value[0] - 128), 255);
		cover->alpha += ink->alpha;
		for (int i = 1; i < marker->planes->count; i++)
			cover->value[i] += ink->alpha * (ink->value[i] - 128);
	}
}

/* Blend all of the mark on row `y`; whether there was any. */
static bool blend_luma(struct marker *marker, int y)
{
	struct tiling tiling;
	int left, mark_row;

	marker->from = marker->planes->width_px;
	marker->to = 0;
	tiling_begin(&tiling, &marker->mark->place, 0, y, marker->planes->width_px);
	while (tiling_next(&tiling, &left, &mark_row))
		lay_row(marker, left, mark_row);
	if (marker->from >= marker->to)
		return false;
	blend_row(marker, y);
	memset(&marker->laid[marker->from], 0, sizeof(*marker->laid) * (size_t)(marker->to - marker->from));
	return true;
}

/* The last sample of a row may cover fewer pixels than the others; so may those of the last row. */
static void blend_chroma(struct marker *marker, int chroma_row, int rows)
{
	const struct planes *planes = marker->planes;

	for (int x = 0; x < planes->plane[1].width; x++) {
		const struct cover *cover = &marker->cover[x];
		int left = planes->width_px - x * planes->chroma_h;
		int whole = 255 * rows * (left < planes->chroma_h ? left : planes->chroma_h);

		for (int i = 1; cover->alpha && i < planes->count; i++) {
			uint8_t *sample = planes->plane[i].data +
					  (size_t)chroma_row * planes->plane[i].stride_bytes + x;

			*sample = blend(*sample, cover->alpha, cover->value[i], whole);
		}
	}
}

static void blend_rows(struct marker *marker, int chroma_row)
{
	const struct planes *planes = marker->planes;
	int top = chroma_row * planes->chroma_v, left = planes->height_px - top;
	int rows = left < planes->chroma_v ? left : planes->chroma_v;
	bool any = false;

	for (int y = top; y < top + rows; y++)
		any = blend_luma(marker, y) || any;
	if (!any)
		return;
	if (planes->count > 1)
		blend_chroma(marker, chroma_row, rows);
	memset(marker->cover, 0,
		sizeof(*marker->cover) * (size_t)plane_samples(planes->width_px, planes->chroma_h));
}

int planes_mark(struct planes *planes, const struct mark *mark)
{
	autofree struct ink *ink = calloc((size_t)mark->place.width_px, sizeof(*ink));
	autofree struct ink *laid = calloc((size_t)planes->width_px, sizeof(*laid));
	autofree struct cover *cover =
		calloc((size_t)plane_samples(planes->width_px, planes->chroma_h), sizeof(*cover));
	struct marker marker = {
		.planes = planes, .mark = mark, .ink = ink, .inked = -1, .laid = laid, .cover = cover
	};
	int first = 0, end = plane_samples(planes->height_px, planes->chroma_v);

	assert((mark->pixels.model == MODEL_GREY) == (planes->count == 1));
	if (!ink || !laid || !cover)
		return -ENOMEM;
	if (!mark->place.step_y_px) {
		int bottom = plane_samples(mark->place.top_px + mark->place.height_px, planes->chroma_v);

		first = mark->place.top_px / planes->chroma_v;
		end = bottom < end ? bottom : end;
	}
	for (int row = first; row < end; row++)
		blend_rows(&marker, row);
	return 0;
}
