#include "image/band.h"

#include <string.h>

size_t band_stride(int width)
{
	return plane_stride(width) + 2 * BAND_MARGIN;
}

void band_repeat_edges(struct band *band)
{
	for (int i = 0; i < band->count; i++) {
		const struct band_plane *plane = &band->plane[i];

		for (int y = 0; y < plane->rows; y++) {
			uint8_t *row = plane->data + (size_t)y * plane->stride_bytes;

			memset(row - BAND_MARGIN, row[0], BAND_MARGIN);
			memset(row + plane->width, row[plane->width - 1],
				plane->stride_bytes - (size_t)plane->width - BAND_MARGIN);
		}
	}
}
