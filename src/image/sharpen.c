#include "image/sharpen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum {
	REACH_MAX = 16,
	ROWS_MAX = 2 * REACH_MAX + 1
};

struct mask {
	const struct sharpen_picture *picture;
	const struct sharpen_settings *settings;
	int reach, rows; /* to each side of the middle; in the rings */
	float weights[REACH_MAX + 1];
	float *plain, *blurred, *addition; /* rings of rows, and one row */
};

/* A Gaussian whose weights add up to 1. */
static void set_weights(struct mask *mask, double radius_px)
{
	double sum = 0;

	mask->reach = (int)fmin(ceil(3 * radius_px), REACH_MAX);
	mask->rows = 2 * mask->reach + 1;
	for (int i = -mask->reach; i <= mask->reach; i++)
		sum += exp(-i * i / (2 * radius_px * radius_px));
	for (int i = 0; i <= mask->reach; i++)
		mask->weights[i] = (float)(exp(-i * i / (2 * radius_px * radius_px)) / sum);
}

static int clamp(int i, int count)
{
	return i < 0 ? 0 : i >= count ? count - 1 : i;
}

static float *ring_row(const struct mask *mask, float *ring, int y)
{
	return ring + (size_t)(y % mask->rows) * (size_t)mask->picture->width_px;
}

/* Row `y` into the rings: as it is, and blurred along it. */
static void take_row(const struct mask *mask, int y)
{
	int width = mask->picture->width_px;
	float *plain = ring_row(mask, mask->plain, y), *blurred = ring_row(mask, mask->blurred, y);

	mask->picture->read(mask->picture->data, y, plain);
	for (int x = 0; x < width; x++) {
		float sum = mask->weights[0] * plain[x];

		for (int i = 1; i <= mask->reach; i++)
			sum += mask->weights[i] * (plain[clamp(x - i, width)] + plain[clamp(x + i, width)]);
		blurred[x] = sum;
	}
}

static void blur_down(const struct mask *mask, int y)
{
	int width = mask->picture->width_px, height = mask->picture->height_px;

	memset(mask->addition, 0, (size_t)width * sizeof(float));
	for (int i = -mask->reach; i <= mask->reach; i++) {
		const float *row = ring_row(mask, mask->blurred, clamp(y + i, height));
		float weight = mask->weights[abs(i)];

		for (int x = 0; x < width; x++)
			mask->addition[x] += weight * row[x];
	}
}

static void add_row(const struct mask *mask, int y)
{
	const float *plain = ring_row(mask, mask->plain, y);
	float amount = (float)mask->settings->amount, limit = (float)mask->settings->limit;

	blur_down(mask, y);
	for (int x = 0; x < mask->picture->width_px; x++) {
		float addition = amount * (plain[x] - mask->addition[x]);

		mask->addition[x] = fminf(fmaxf(addition, -limit), limit);
	}
	mask->picture->add(mask->picture->data, y, mask->addition);
}

bool sharpen_picture(const struct sharpen_picture *picture, const struct sharpen_settings *settings)
{
	struct mask mask = { .picture = picture, .settings = settings };
	size_t width = (size_t)picture->width_px;
	autofree float *memory = NULL;
	int taken = 0;

	set_weights(&mask, settings->radius_px);
	memory = calloc(width * (size_t)(2 * mask.rows + 1), sizeof(float));
	if (!memory)
		return false;
	mask.plain = memory;
	mask.blurred = memory + width * (size_t)mask.rows;
	mask.addition = memory + width * (size_t)(2 * mask.rows);
	for (int y = 0; y < picture->height_px; y++) {
		while (taken < picture->height_px && taken <= y + mask.reach)
			take_row(&mask, taken++);
		add_row(&mask, y);
	}
	return true;
}
