#include "image/sharpen_vips.h"

#include <math.h>

#include "image/sharpen.h"

struct target {
	VipsImage *image;
	int colours, samples; /* of a pixel; without and with alpha */
	bool wide;
};

static float get(const struct target *target, const void *row, int at)
{
	return target->wide ? (float)((const uint16_t *)row)[at] / 257 : (float)((const uint8_t *)row)[at];
}

static void put(const struct target *target, void *row, int at, float value)
{
	value = fminf(fmaxf(value, 0), 255);
	if (target->wide)
		((uint16_t *)row)[at] = (uint16_t)lrintf(value * 257);
	else
		((uint8_t *)row)[at] = (uint8_t)lrintf(value);
}

/* Y' of ITU-R BT.601, which is JPEG's. */
static void read_row(void *data, int y, float *lightness)
{
	const struct target *target = data;
	const void *row = VIPS_IMAGE_ADDR(target->image, 0, y);

	for (int x = 0, at = 0; x < target->image->Xsize; x++, at += target->samples)
		lightness[x] = target->colours == 1
				       ? get(target, row, at)
				       : 0.299f * get(target, row, at) + 0.587f * get(target, row, at + 1) +
						 0.114f * get(target, row, at + 2);
}

static void add_row(void *data, int y, const float *addition)
{
	const struct target *target = data;
	void *row = VIPS_IMAGE_ADDR(target->image, 0, y);

	for (int x = 0, at = 0; x < target->image->Xsize; x++, at += target->samples)
		for (int i = 0; i < target->colours; i++)
			put(target, row, at + i, get(target, row, at + i) + addition[x]);
}

VipsImage *sharpen_image(
	VipsImage *image, const struct pixels *pixels, const struct sharpen_settings *settings)
{
	struct target target = { .image = vips_image_copy_memory(image),
		.colours = pixels->model == MODEL_GREY ? 1 : 3,
		.samples = pixels_samples(pixels),
		.wide = pixels->bits > 8 };
	struct sharpen_picture picture = { .read = read_row, .add = add_row, .data = &target };

	if (!target.image)
		return NULL;
	picture.width_px = target.image->Xsize;
	picture.height_px = target.image->Ysize;
	if (sharpen_picture(&picture, settings))
		return target.image;
	vips_error("sharpen", "out of memory");
	g_object_unref(target.image);
	return NULL;
}
