#include "image/planes_paint.h"

#include <assert.h>
#include <string.h>

void planes_fill(struct planes *planes, const uint8_t colour[PLANES_MAX])
{
	for (int i = 0; i < planes->count; i++)
		memset(planes->plane[i].data, colour[i],
			planes->plane[i].stride_bytes * (size_t)planes->plane[i].height);
}

static void copy_rows(const struct plane *in, const struct plane *out, int left, int top)
{
	for (int y = 0; y < in->height; y++)
		memcpy(out->data + (size_t)(top + y) * out->stride_bytes + left,
			in->data + (size_t)y * in->stride_bytes, (size_t)in->width);
}

void planes_place(const struct planes *in, struct planes *out, int left_px, int top_px)
{
	assert(in->count == out->count && in->chroma_h * in->chroma_v * out->chroma_h * out->chroma_v == 1);
	assert(left_px >= 0 && left_px + in->width_px <= out->width_px);
	assert(top_px >= 0 && top_px + in->height_px <= out->height_px);
	for (int i = 0; i < in->count; i++)
		copy_rows(&in->plane[i], &out->plane[i], left_px, top_px);
}

/* The mean of what is there: at the edges that may be less than a whole block. */
static uint8_t mean(const struct plane *in, int left, int top, int width, int height)
{
	int right = left + width < in->width ? left + width : in->width;
	int bottom = top + height < in->height ? top + height : in->height;
	int sum = 0, count = (right - left) * (bottom - top);

	for (int y = top; y < bottom; y++)
		for (int x = left; x < right; x++)
			sum += in->data[(size_t)y * in->stride_bytes + x];
	return (uint8_t)((sum + count / 2) / count);
}

int planes_subsample(const struct planes *in, int chroma_h, int chroma_v, struct planes *out)
{
	int error = planes_reserve(out, in->width_px, in->height_px, in->count, chroma_h, chroma_v);

	if (error)
		return error;
	assert(in->chroma_h == 1 && in->chroma_v == 1);
	copy_rows(&in->plane[0], &out->plane[0], 0, 0);
	for (int i = 1; i < in->count; i++)
		for (int y = 0; y < out->plane[i].height; y++)
			for (int x = 0; x < out->plane[i].width; x++)
				out->plane[i].data[(size_t)y * out->plane[i].stride_bytes + x] =
					mean(&in->plane[i], x * chroma_h, y * chroma_v, chroma_h, chroma_v);
	return 0;
}
