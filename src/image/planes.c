#include "image/planes.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int kept_reserve(struct kept *kept, size_t size_bytes)
{
	size_t capacity_bytes = (size_bytes + PLANE_ALIGN - 1) / PLANE_ALIGN * PLANE_ALIGN;

	if (capacity_bytes <= kept->capacity_bytes)
		return 0;
	kept_finish(kept);
	kept->data = aligned_alloc(PLANE_ALIGN, capacity_bytes);
	if (!kept->data)
		return -ENOMEM;
	kept->capacity_bytes = capacity_bytes;
	return 0;
}

void kept_finish(struct kept *kept)
{
	free(kept->data);
	*kept = (struct kept){ 0 };
}

int plane_samples(int size_px, int step)
{
	return (size_px + step - 1) / step;
}

size_t plane_stride(int width)
{
	return ((size_t)width + PLANE_ALIGN - 1) / PLANE_ALIGN * PLANE_ALIGN;
}

int planes_reserve(struct planes *planes, int width_px, int height_px, int count, int chroma_h, int chroma_v)
{
	size_t offset_bytes[PLANES_MAX], size_bytes = 0;

	assert(width_px > 0 && height_px > 0 && (count == 1 || count == PLANES_MAX));
	planes->width_px = width_px;
	planes->height_px = height_px;
	planes->count = count;
	planes->chroma_h = chroma_h;
	planes->chroma_v = chroma_v;
	planes->chroma_left_px = planes->chroma_top_px = 0;
	for (int i = 0; i < count; i++) {
		struct plane *plane = &planes->plane[i];

		plane->width = i ? plane_samples(width_px, chroma_h) : width_px;
		plane->height = i ? plane_samples(height_px, chroma_v) : height_px;
		plane->stride_bytes = plane_stride(plane->width);
		offset_bytes[i] = size_bytes;
		size_bytes += plane->stride_bytes * (size_t)plane->height;
	}
	if (kept_reserve(&planes->memory, size_bytes))
		return -ENOMEM;
	for (int i = 0; i < count; i++)
		planes->plane[i].data = planes->memory.data + offset_bytes[i];
	return 0;
}

void planes_finish(struct planes *planes)
{
	kept_finish(&planes->memory);
	*planes = (struct planes){ 0 };
}

void planes_pad_rows(struct planes *planes)
{
	for (int i = 0; i < planes->count; i++) {
		const struct plane *plane = &planes->plane[i];
		size_t width = (size_t)plane->width, padded = (width + 7) / 8 * 8;

		for (int y = 0; padded > width && y < plane->height; y++) {
			uint8_t *row = plane->data + (size_t)y * plane->stride_bytes;

			memset(row + width, row[width - 1], padded - width);
		}
	}
}
