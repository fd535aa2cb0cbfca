#include "image/blend.h"

#include <stdint.h>

/* value / 255 and value / 65535, rounded; exact for products of two samples. */
static uint32_t by_255(uint32_t value)
{
	value += 128;
	return (value + (value >> 8)) >> 8;
}

static uint32_t by_65535(uint32_t value)
{
	uint64_t sum = (uint64_t)value + 32768;

	return (uint32_t)((sum + (sum >> 16)) >> 16);
}

static void over_8(const uint8_t *over, uint8_t *row, int colours, int count)
{
	for (int i = 0; i < count; i++, over += colours + 1, row += colours) {
		uint32_t alpha = over[colours];

		if (!alpha)
			continue;
		for (int s = 0; s < colours; s++)
			row[s] = (uint8_t)by_255(over[s] * alpha + row[s] * (255 - alpha));
	}
}

static void over_16(const uint8_t *over, uint16_t *row, int colours, int count)
{
	for (int i = 0; i < count; i++, over += colours + 1, row += colours) {
		uint32_t alpha = over[colours] * 257u;

		if (!alpha)
			continue;
		for (int s = 0; s < colours; s++)
			row[s] = (uint16_t)by_65535(over[s] * 257u * alpha + row[s] * (65535 - alpha));
	}
}

/* What lies beneath counts by its own alpha: where nothing is, the colour is the mark's. */
static void over_8_alpha(const uint8_t *over, uint8_t *row, int colours, int count)
{
	for (int i = 0; i < count; i++, over += colours + 1, row += colours + 1) {
		uint32_t alpha = over[colours] * 255u, beneath = row[colours] * (255u - over[colours]);
		uint32_t sum = alpha + beneath;

		if (!alpha)
			continue;
		for (int s = 0; s < colours; s++)
			row[s] = (uint8_t)((over[s] * alpha + row[s] * beneath + sum / 2) / sum);
		row[colours] = (uint8_t)by_255(sum);
	}
}

static void over_16_alpha(const uint8_t *over, uint16_t *row, int colours, int count)
{
	for (int i = 0; i < count; i++, over += colours + 1, row += colours + 1) {
		uint64_t mark = over[colours] * 257u;
		uint64_t alpha = mark * 65535, beneath = row[colours] * (65535 - mark), sum = alpha + beneath;

		if (!alpha)
			continue;
		for (int s = 0; s < colours; s++)
			row[s] = (uint16_t)((over[s] * 257u * alpha + row[s] * beneath + sum / 2) / sum);
		row[colours] = (uint16_t)by_65535((uint32_t)sum);
	}
}

void blend_over(const unsigned char *over, void *row, const struct pixels *pixels, int count)
{
	int colours = pixels_samples(pixels) - pixels->alpha;

	if (pixels->bits == 8 && pixels->alpha)
		over_8_alpha(over, row, colours, count);
	else if (pixels->bits == 8)
		over_8(over, row, colours, count);
	else if (pixels->alpha)
		over_16_alpha(over, row, colours, count);
	else
		over_16(over, row, colours, count);
}

static void flatten_8(const uint8_t *row, uint8_t *flat, int colours, const uint8_t *background, int count)
{
	for (int i = 0; i < count; i++, row += colours + 1, flat += colours) {
		uint32_t alpha = row[colours];

		for (int s = 0; s < colours; s++)
			flat[s] = (uint8_t)by_255(row[s] * alpha + background[s] * (255 - alpha));
	}
}

static void flatten_16(
	const uint16_t *row, uint16_t *flat, int colours, const uint16_t *background, int count)
{
	for (int i = 0; i < count; i++, row += colours + 1, flat += colours) {
		uint32_t alpha = row[colours];

		for (int s = 0; s < colours; s++)
			flat[s] = (uint16_t)by_65535(row[s] * alpha + background[s] * (65535 - alpha));
	}
}

void blend_flatten(
	const void *row, void *flat, const struct pixels *pixels, const void *background, int count)
{
	int colours = pixels_samples(pixels) - pixels->alpha;

	if (pixels->bits == 8)
		flatten_8(row, flat, colours, background, count);
	else
		flatten_16(row, flat, colours, background, count);
}
