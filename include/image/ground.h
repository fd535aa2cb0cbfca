/*
 * ground.h: what a mark is to lie on: how light an area of the picture is, and how much detail it has.
 *
 * Measured on the finished picture without any mark: resized, sharpened, in the output's colours, on its
 * canvas; what is transparent counts as the background. The area is divided into about a thousand cells, as
 * nearly square as can be. A cell has the mean colour of its pixels (of eight of its rows, where it is
 * higher), and that colour the CIE lightness L* (CIE 15), from 0 for black to 100 for white. So the measures
 * are of what is seen at the mark's own size, hardly differ between sizes of one picture, and do not hear the
 * last digit of its pixels, in which the lanes differ.
 */
#ifndef STAMPMILL_IMAGE_GROUND_H
#define STAMPMILL_IMAGE_GROUND_H

#include "base/err.h"
#include "image/colour.h"
#include "image/placement.h"

/* Put `count` pixels from x, y on into `row`. */
typedef void (*ground_read)(void *data, int x, int y, int count, void *row);

struct ground {
	int width_px, height_px;
	struct pixels pixels;   /* what is read: of 8 or 16 bits, with alpha or without */
	const void *background; /* one such pixel, opaque */
	const struct recolour
		*lightness; /* from those pixels without alpha to grey of 8 bits, without a profile */
	ground_read read;
	void *data;
};

struct ground_measures {
	/* How much of the area is light, from 0 to 1. A cell below an L* of 40 is not, one above 60 is, and
	 * between them it is in part: so some lamps in the night do not count for more than they cover, nor
	 * does the grey of a dull day for more than it is. */
	double light;
	/* The mean difference in L* between neighbouring cells: 0 for a plain area, far below 1 for a sky, 3
	 * and more for leaves and crowds. */
	double detail;
};

/* Measure an area that lies within the picture, at least one pixel of it. 0, or -1 with `err` when memory is
 * out. */
int ground_measure(const struct ground *ground, const struct area *area, struct ground_measures *measures,
	struct err *err);

#endif
