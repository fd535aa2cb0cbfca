/*
 * sharpen_vips.h: a sharpened picture in the vips lane.
 */
#ifndef STAMPMILL_IMAGE_SHARPEN_VIPS_H
#define STAMPMILL_IMAGE_SHARPEN_VIPS_H

#include <vips/vips.h>

#include "image/colour.h"
#include "job/settings.h"

/* `image`, grey or RGB with or without alpha, of samples as `pixels` says, sharpened: a new image in memory.
 * NULL with libvips' error buffer set. */
VipsImage *sharpen_image(
	VipsImage *image, const struct pixels *pixels, const struct sharpen_settings *settings);

#endif
