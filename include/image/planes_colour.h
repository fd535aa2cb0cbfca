/*
 * planes_colour.h: planes in other colours.
 */
#ifndef STAMPMILL_IMAGE_PLANES_COLOUR_H
#define STAMPMILL_IMAGE_PLANES_COLOUR_H

#include "image/colour.h"
#include "image/planes.h"

struct planes_recolour {
	struct pixels from, to; /* grey or RGB, 8 bits, without alpha */
	const struct recolour *recolour;
};

/* Make `out` of `in`, which has chroma at full size, or is grey. 0 or -ENOMEM. */
int planes_recolour(const struct planes *in, const struct planes_recolour *how, struct planes *out);

/* `count` pixels from x, y on, which lie in the picture: RGB, or grey of a grey plane. Each has the chroma of
 * the sample that covers it. */
void planes_read(const struct planes *planes, int x, int y, int count, uint8_t *pixels);

/* What one pixel, RGB or grey, is in `count` planes. */
void planes_colour_of(const uint8_t *pixel, int count, uint8_t colour[PLANES_MAX]);

#endif
