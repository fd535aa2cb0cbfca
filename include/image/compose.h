/*
 * compose.h: a scaled picture and what goes with it, as the image that is encoded: colours converted, alpha
 * flattened, the canvas around it, the mark over it. Lazy: rows are made as they are asked for, from whatever
 * rows the picture gives.
 */
#ifndef STAMPMILL_IMAGE_COMPOSE_H
#define STAMPMILL_IMAGE_COMPOSE_H

#include <stdint.h>
#include <vips/vips.h>

#include "image/colour.h"
#include "image/mark.h"

#define PIXEL_BYTES_MAX 10 /* CMYK and alpha, 16 bits */

struct compose {
	struct pixels from;                  /* of the picture */
	struct pixels to;                    /* of the output; alpha only if the picture has it */
	const struct recolour *recolour;     /* from `from` to `to` with the picture's alpha */
	int left_px, top_px;                 /* of the picture on the canvas */
	int width_px, height_px;             /* of the canvas */
	uint8_t background[PIXEL_BYTES_MAX]; /* one opaque pixel of the output: the canvas, and under alpha */
	const struct mark *marks;            /* the first lies lowest */
	size_t marks_count;
};

/* The output's image, without metadata; a new reference. `compose` is copied; what it points to must outlive
 * the image. NULL with libvips' error buffer set. */
VipsImage *compose_new(VipsImage *picture, const struct compose *compose);

#endif
