#include "image/ycc.h"

/* Fixed point, 16 bits after the point. The three of each row of the matrix come to 1 or 0 exactly, so that
 * greys stay grey. */
#define FIXED(value) ((int)((value)*65536 + 0.5))
#define HALF (1 << 15)

static uint8_t luma(int red, int green, int blue)
{
	return (uint8_t)((FIXED(0.299) * red + FIXED(0.587) * green + FIXED(0.114) * blue + HALF) >> 16);
}

/* Just below a half is added: where blue or red is all there is, the sum would round to 256. */
static uint8_t chroma(int sum)
{
	return (uint8_t)((sum + (128 << 16) + HALF - 1) >> 16);
}

static uint8_t clip(int value)
{
	return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

void ycc_from_rgb(const uint8_t *rgb, uint8_t *ycc)
{
	int red = rgb[0], green = rgb[1], blue = rgb[2];

	ycc[0] = luma(red, green, blue);
	ycc[1] = chroma(FIXED(0.5) * blue - FIXED(0.168735892) * red - FIXED(0.331264108) * green);
	ycc[2] = chroma(FIXED(0.5) * red - FIXED(0.418687589) * green - FIXED(0.081312411) * blue);
}

void ycc_row_to_rgb(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, uint8_t *rgb, int count)
{
	for (int i = 0; i < count; i++, rgb += 3) {
		int luma_fixed = (y[i] << 16) + HALF, blue = cb[i] - 128, red = cr[i] - 128;

		rgb[0] = clip((luma_fixed + FIXED(1.402) * red) >> 16);
		rgb[1] = clip((luma_fixed - FIXED(0.344136286) * blue - FIXED(0.714136286) * red) >> 16);
		rgb[2] = clip((luma_fixed + FIXED(1.772) * blue) >> 16);
	}
}

void ycc_row_from_rgb(const uint8_t *rgb, uint8_t *y, uint8_t *cb, uint8_t *cr, int count)
{
	for (int i = 0; i < count; i++) {
		uint8_t ycc[3];

		ycc_from_rgb(rgb + 3 * i, ycc);
		y[i] = ycc[0];
		cb[i] = ycc[1];
		cr[i] = ycc[2];
	}
}
