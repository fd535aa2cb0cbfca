#include "image/planes_colour.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "image/ycc.h"

static uint8_t *row_of(const struct planes *planes, int i, int y)
{
	return planes->plane[i].data + (size_t)y * planes->plane[i].stride_bytes;
}

/* The row as pixels: those of a grey plane are there already. */
static const uint8_t *unpack(const struct planes *planes, int y, uint8_t *pixels)
{
	if (planes->count == 1)
		return row_of(planes, 0, y);
	ycc_row_to_rgb(
		row_of(planes, 0, y), row_of(planes, 1, y), row_of(planes, 2, y), pixels, planes->width_px);
	return pixels;
}

static void recolour_row(const struct planes_recolour *how, const uint8_t *from, const struct planes *out,
	int y, uint8_t *pixels)
{
	if (out->count == 1) {
		recolour_apply(how->recolour, from, row_of(out, 0, y), out->width_px);
		return;
	}
	recolour_apply(how->recolour, from, pixels, out->width_px);
	ycc_row_from_rgb(pixels, row_of(out, 0, y), row_of(out, 1, y), row_of(out, 2, y), out->width_px);
}

int planes_recolour(const struct planes *in, const struct planes_recolour *how, struct planes *out)
{
	size_t row_bytes = (size_t)in->width_px * 3;
	autofree uint8_t *rows = malloc(2 * row_bytes);
	int error = planes_reserve(
		out, in->width_px, in->height_px, how->to.model == MODEL_GREY ? 1 : PLANES_MAX, 1, 1);

	assert(in->chroma_h == 1 && in->chroma_v == 1 && (in->count == 1) == (how->from.model == MODEL_GREY));
	if (!rows || error)
		return -ENOMEM;
	for (int y = 0; y < in->height_px; y++)
		recolour_row(how, unpack(in, y, rows), out, y, rows + row_bytes);
	return 0;
}

void planes_read(const struct planes *planes, int x, int y, int count, uint8_t *pixels)
{
	enum {
		CHUNK = 256
	};
	uint8_t chroma[2][CHUNK];
	int done, h = planes->chroma_h, v = planes->chroma_v;

	if (planes->count == 1) {
		memcpy(pixels, row_of(planes, 0, y) + x, (size_t)count);
		return;
	}
	for (; count > 0; x += done, pixels += 3 * done, count -= done) {
		done = count < CHUNK ? count : CHUNK;
		for (int i = 0; i < done; i++)
			for (int k = 0; k < 2; k++)
				chroma[k][i] = row_of(planes, k + 1, y / v)[(x + i) / h];
		ycc_row_to_rgb(row_of(planes, 0, y) + x, chroma[0], chroma[1], pixels, done);
	}
}

void planes_colour_of(const uint8_t *pixel, int count, uint8_t colour[PLANES_MAX])
{
	if (count == 1)
		colour[0] = pixel[0];
	else
		ycc_from_rgb(pixel, colour);
}
