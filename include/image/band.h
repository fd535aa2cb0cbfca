/*
 * band.h: some rows of every plane of a picture, on their way from a decoder to a resampler.
 *
 * Rows have BAND_MARGIN samples before their first and after their last one, which repeat those: a filter
 * that reaches over the edge sees the edge go on, as in libvips.
 */
#ifndef STAMPMILL_IMAGE_BAND_H
#define STAMPMILL_IMAGE_BAND_H

#include <stddef.h>
#include <stdint.h>

#include "image/planes.h"

/* Of the same alignment as rows; as far as the filter reaches when it makes one sample of 85. */
#define BAND_MARGIN (4 * PLANE_ALIGN)

struct band {
	int count; /* planes */
	struct band_plane {
		uint8_t *data; /* the first row's first sample, on PLANE_ALIGN; whose memory it is says who
				  fills the band */
		size_t stride_bytes;
		int width;       /* samples */
		int first, rows; /* which rows of the plane: `first` grows from 0 */
		int room; /* rows that may be read and written, at least `rows`; the same in each band */
	} plane[PLANES_MAX];
};

/* The bytes of a row of `width` samples, margins and all. */
size_t band_stride(int width);

/* Fill the margins of all rows that there are. */
void band_repeat_edges(struct band *band);

#endif
