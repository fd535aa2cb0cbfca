/*
 * sharpen.h: an unsharp mask on lightness, for a picture that has its final size.
 *
 * What is added to each pixel is a part of its difference from its neighbourhood, a Gaussian; not more than a
 * limit, so that an edge's halo is bounded whatever the amount. The same is added to all colours of a pixel:
 * hues stay, and it is the same in R, G and B as in Y alone.
 */
#ifndef STAMPMILL_IMAGE_SHARPEN_H
#define STAMPMILL_IMAGE_SHARPEN_H

#include <stdbool.h>

#include "job/settings.h"

/* A picture, row by row; lightness is from 0 to 255. */
struct sharpen_picture {
	int width_px, height_px;
	void (*read)(void *data, int y, float *lightness);     /* before any row below y is added to */
	void (*add)(void *data, int y, const float *addition); /* in turn, from the first row on */
	void *data;
};

/* False when memory is out; then nothing was added. */
bool sharpen_picture(const struct sharpen_picture *picture, const struct sharpen_settings *settings);

#endif
