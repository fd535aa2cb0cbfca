/*
 * png_filter.h: rows of a PNG made easier to compress.
 *
 * Each byte is replaced by its difference from a guess made of its neighbours, by whichever of the five ways
 * to guess leaves the smallest sum of differences in the row: the rule that the standard recommends and that
 * libpng goes by.
 *
 * Source: PNG, third edition (W3C), 9.2 and 12.7.
 */
#ifndef STAMPMILL_IMAGE_PNG_FILTER_H
#define STAMPMILL_IMAGE_PNG_FILTER_H

#include <stddef.h>
#include <stdint.h>

#define PNG_FILTERS 5

struct png_filter {
	size_t row_bytes;
	int pixel_bytes;  /* 1 to 8 */
	uint8_t *tries;   /* PNG_FILTERS rows */
	uint8_t *nothing; /* the row above the first */
};

/* For rows of `width` pixels. 0, or -ENOMEM. */
int png_filter_init(struct png_filter *filter, int width, int pixel_bytes);
void png_filter_finish(struct png_filter *filter);

/* Filter `row`, which lies below `above` (NULL: it is the first), into 1 + row_bytes bytes at `out`. */
void png_filter_row(struct png_filter *filter, const uint8_t *row, const uint8_t *above, uint8_t *out);

#endif
