/*
 * blend.h: one row of pixels over another (Porter and Duff, 1984, "over"), in whole numbers, so that the same
 * rows give the same bytes on every machine.
 */
#ifndef STAMPMILL_IMAGE_BLEND_H
#define STAMPMILL_IMAGE_BLEND_H

#include "image/colour.h"

/* Blend `count` pixels `over`, of 8 bits with alpha, onto `row`, whose pixels have the same model, 8 or 16
 * bits, and alpha or none. */
void blend_over(const unsigned char *over, void *row, const struct pixels *pixels, int count);

/* Put `count` pixels `row` of 8 or 16 bits with alpha before `background` (one pixel without alpha, of the
 * same bits) and leave alpha out: to `flat`, which may be `row` itself. */
void blend_flatten(
	const void *row, void *flat, const struct pixels *pixels, const void *background, int count);

#endif
