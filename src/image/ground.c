#include "image/ground.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "image/blend.h"

enum {
	CELLS_MAX = 1024,
	SAMPLES_MAX = 4, /* of a pixel without alpha */
	ROWS_OF_A_CELL = 8
};

#define DARK_BELOW 40
#define LIGHT_ABOVE 60

/* The area as the lightness of its cells. */
struct cells {
	int across, down;
	float lightness[CELLS_MAX];
};

/* What a row of cells is gathered with. */
struct gatherer {
	const struct ground *ground;
	const struct area *area;
	struct pixels flat; /* without alpha */
	void *row;          /* of pixels */
	uint64_t sums[CELLS_MAX][SAMPLES_MAX];
	int rows; /* that are in the sums */
};

static int clamp(double value, int most)
{
	return value < 1 ? 1 : value > most ? most : (int)value;
}

static void divide(struct cells *cells, const struct area *area)
{
	double side_px = fmax(sqrt((double)area->width_px * area->height_px / CELLS_MAX), 1);
	int most = area->height_px < CELLS_MAX ? area->height_px : CELLS_MAX;

	cells->down = clamp(round(area->height_px / side_px), most);
	cells->across = clamp(CELLS_MAX / cells->down, area->width_px);
}

/* Where of `cells` cells over `side_px` pixels cell `i` begins. */
static int begin_of(int i, int cells, int side_px)
{
	return (int)((int64_t)i * side_px / cells);
}

static void add_pixels(const struct gatherer *gatherer, uint64_t *sums, int from, int end)
{
	int samples = pixels_samples(&gatherer->flat);

	for (int x = from; x < end; x++)
		for (int i = 0; i < samples; i++)
			sums[i] += gatherer->flat.bits == 8
					   ? ((const uint8_t *)gatherer->row)[x * samples + i]
					   : ((const uint16_t *)gatherer->row)[x * samples + i];
}

static void add_row(struct gatherer *gatherer, int across, int y)
{
	const struct ground *ground = gatherer->ground;
	const struct area *area = gatherer->area;

	ground->read(ground->data, area->left_px, area->top_px + y, area->width_px, gatherer->row);
	if (ground->pixels.alpha)
		blend_flatten(
			gatherer->row, gatherer->row, &ground->pixels, ground->background, area->width_px);
	for (int i = 0; i < across; i++)
		add_pixels(gatherer, gatherer->sums[i], begin_of(i, across, area->width_px),
			begin_of(i + 1, across, area->width_px));
	gatherer->rows++;
}

/* Of a grey of sRGB. */
static float lightness_of(uint8_t level)
{
	double linear = level <= 10 ? level / 255.0 / 12.92 : pow((level / 255.0 + 0.055) / 1.055, 2.4);

	return (float)(linear > 216.0 / 24389 ? 116 * cbrt(linear) - 16 : linear * 24389 / 27);
}

static float take_cell(const struct gatherer *gatherer, int i, int columns)
{
	uint64_t count = (uint64_t)gatherer->rows * (uint64_t)columns;
	int samples = pixels_samples(&gatherer->flat);
	uint16_t pixel[SAMPLES_MAX]; /* or bytes */
	uint8_t grey;

	for (int k = 0; k < samples; k++) {
		uint64_t mean = (gatherer->sums[i][k] + count / 2) / count;

		if (gatherer->flat.bits == 8)
			((uint8_t *)pixel)[k] = (uint8_t)mean;
		else
			pixel[k] = (uint16_t)mean;
	}
	recolour_apply(gatherer->ground->lightness, pixel, &grey, 1);
	return lightness_of(grey);
}

static void gather_row(struct gatherer *gatherer, struct cells *cells, int row)
{
	int width_px = gatherer->area->width_px, height_px = gatherer->area->height_px;
	int from = begin_of(row, cells->down, height_px), end = begin_of(row + 1, cells->down, height_px);
	int step = (end - from + ROWS_OF_A_CELL - 1) / ROWS_OF_A_CELL;

	memset(gatherer->sums, 0, sizeof(gatherer->sums));
	gatherer->rows = 0;
	for (int y = from; y < end; y += step)
		add_row(gatherer, cells->across, y);
	for (int i = 0; i < cells->across; i++)
		cells->lightness[row * cells->across + i] = take_cell(gatherer, i,
			begin_of(i + 1, cells->across, width_px) - begin_of(i, cells->across, width_px));
}

static double light_of(const struct cells *cells)
{
	int count = cells->across * cells->down;
	double sum = 0;

	for (int i = 0; i < count; i++) {
		double above = cells->lightness[i] - DARK_BELOW;

		sum += fmin(fmax(above / (LIGHT_ABOVE - DARK_BELOW), 0), 1);
	}
	return sum / count;
}

static double detail_of(const struct cells *cells)
{
	const float *cell = cells->lightness;
	int pairs = 0;
	double sum = 0;

	for (int y = 0; y < cells->down; y++)
		for (int x = 0; x < cells->across; x++, cell++) {
			bool right = x + 1 < cells->across, below = y + 1 < cells->down;

			if (right)
				sum += fabsf(cell[1] - cell[0]);
			if (below)
				sum += fabsf(cell[cells->across] - cell[0]);
			pairs += right + below;
		}
	return pairs ? sum / pairs : 0;
}

int ground_measure(const struct ground *ground, const struct area *area, struct ground_measures *measures,
	struct err *err)
{
	autofree void *row = malloc((size_t)area->width_px * (size_t)pixels_bytes(&ground->pixels));
	struct gatherer gatherer = { .ground = ground, .area = area, .flat = ground->pixels, .row = row };
	struct cells cells;

	assert(area->left_px >= 0 && area->top_px >= 0 && area->width_px > 0 && area->height_px > 0);
	assert(area->left_px + area->width_px <= ground->width_px &&
		area->top_px + area->height_px <= ground->height_px);
	if (!row)
		return err_set(err, REASON_OUT_OF_MEMORY, "no memory for the mark's place");
	gatherer.flat.alpha = false;
	divide(&cells, area);
	for (int i = 0; i < cells.down; i++)
		gather_row(&gatherer, &cells, i);
	*measures = (struct ground_measures){ light_of(&cells), detail_of(&cells) };
	return 0;
}
