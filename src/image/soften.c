#include "image/soften.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define ONE 256 /* the weights of a sample and its two neighbours come to this */
#define PI 3.14159265358979323846
/* Columns that are softened down in one go. */
#define STRIPE 256

/* How much each neighbour counts. Interpolating linearly at the middle between two samples, and at a quarter,
 * has the frequency response cos(w / 4) cubed, w in radians per sample. With three weights it is met exactly
 * in the middle of what the result can hold, and nearly so around it. */
static int weight_of(double scale)
{
	return (int)lround(ONE * (1 - pow(cos(PI / (8 * scale)), 3)) / 2);
}

static uint8_t mix(int weight, int before, int sample, int after)
{
	return (uint8_t)((weight * (before + after) + (ONE - 2 * weight) * sample + ONE / 2) / ONE);
}

void soften_across(const struct plane *plane, double scale)
{
	int weight = weight_of(scale);

	for (int y = 0; y < plane->height; y++) {
		uint8_t *row = plane->data + (size_t)y * plane->stride_bytes;
		int before = row[0];

		for (int x = 0; x < plane->width; x++) {
			int sample = row[x], after = x + 1 < plane->width ? row[x + 1] : sample;

			row[x] = mix(weight, before, sample, after);
			before = sample;
		}
	}
}

static void soften_stripe(const struct plane *plane, int weight, int left, int width)
{
	uint8_t before[STRIPE], sample[STRIPE];

	memcpy(before, plane->data + left, (size_t)width);
	for (int y = 0; y < plane->height; y++) {
		uint8_t *row = plane->data + (size_t)y * plane->stride_bytes + left;
		const uint8_t *after = y + 1 < plane->height ? row + plane->stride_bytes : row;

		memcpy(sample, row, (size_t)width);
		for (int x = 0; x < width; x++)
			row[x] = mix(weight, before[x], sample[x], after[x]);
		memcpy(before, sample, (size_t)width);
	}
}

void soften_down(const struct plane *plane, double scale)
{
	int weight = weight_of(scale);

	for (int left = 0; left < plane->width; left += STRIPE)
		soften_stripe(
			plane, weight, left, plane->width - left < STRIPE ? plane->width - left : STRIPE);
}
