#include "image/sheet_thumb.h"

#include <string.h>

#include "image/open.h"
#include "image/shrink.h"
#include "image/working.h"

/* Each step takes over its argument. */
static VipsImage *take(VipsImage *old, VipsImage *next)
{
	g_object_unref(old);
	return next;
}

/* In working form and memory. */
static VipsImage *load(int fd, const struct facts *facts, const struct thumb_order *order, struct err *err)
{
	const struct open_options options = { .format = facts->format,
		.fail_on = FAIL_ON_TRUNCATED,
		.shrink =
			facts->format != FORMAT_JPEG
				? 1
				: shrink_jpeg(SAMPLING_GOOD, shrink_factor(facts->width_px, facts->height_px,
								     order->width_px, order->height_px)),
		.scale = 1 };
	VipsImage *image = open_picture(fd, &options, err);

	if (!image)
		return NULL;
	image = take(image, working_new(image));
	image = image ? take(image, working_scale(image, order->width_px, order->height_px)) : NULL;
	image = image ? take(image, vips_image_copy_memory(image)) : NULL;
	if (!image)
		err_set_vips(err, REASON_CORRUPT);
	return image;
}

/* From its own colours to sRGB, 8 bits a sample. NULL when memory is out. */
static const struct recolour *find_recolour(struct colours *colours, VipsImage *image,
	const struct facts *facts, struct pixels *from, struct pixels *to)
{
	struct colour_choice choice;
	struct colour_case c;

	*from = working_pixels(image);
	c = (struct colour_case){ .model = from->model,
		.bits = from->bits,
		.alpha = from->alpha,
		.adobe = facts->interop_adobe,
		.policy = COLOUR_SRGB,
		.holding = { .alpha = true },
		.coloured = true,
		.bare = true };
	if (vips_image_get_typeof(image, VIPS_META_ICC_NAME))
		vips_image_get_blob(image, VIPS_META_ICC_NAME, &c.icc, &c.icc_bytes);
	if (colour_choose(colours, &c, &choice))
		return NULL;
	*to = (struct pixels){ .model = MODEL_RGB, .bits = 8, .alpha = choice.from.alpha };
	return colours_between(colours, &choice.from, to);
}

/* One sample over the background. */
static uint32_t over(const unsigned char *pixel, int band, bool alpha, uint8_t ground)
{
	unsigned int opacity = alpha ? pixel[3] : 255;

	return (pixel[band] * opacity + ground * (255 - opacity) + 127) / 255;
}

static void give_row(const unsigned char *row, bool alpha, const struct rgb *ground, int count, void *to)
{
	uint32_t *pixels = to;

	for (int x = 0; x < count; x++, row += alpha ? 4 : 3)
		pixels[x] = over(row, 0, alpha, ground->red) << 16 | over(row, 1, alpha, ground->green) << 8 |
			    over(row, 2, alpha, ground->blue);
}

static int convert(VipsImage *image, const struct facts *facts, const struct thumb_order *order,
	cairo_surface_t *surface)
{
	int stride = cairo_image_surface_get_stride(surface);
	struct pixels from, to;
	const struct recolour *recolour = find_recolour(order->colours, image, facts, &from, &to);
	g_autofree unsigned char *row = g_malloc((size_t)image->Xsize * 4);

	if (!recolour)
		return -1;
	for (int y = 0; y < image->Ysize; y++) {
		recolour_apply(recolour, VIPS_IMAGE_ADDR(image, 0, y), row, image->Xsize);
		give_row(row, to.alpha, &order->background, image->Xsize,
			cairo_image_surface_get_data(surface) + (ptrdiff_t)stride * y);
	}
	cairo_surface_mark_dirty(surface);
	return 0;
}

cairo_surface_t *sheet_thumb_new(int fd, const struct thumb_order *order, struct err *err)
{
	cairo_surface_t *surface;
	struct facts facts;
	VipsImage *image;

	if (probe_file(fd, order->limits, &facts, err) < 0)
		return NULL;
	image = load(fd, &facts, order, err);
	if (!image)
		return NULL;
	surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, order->width_px, order->height_px);
	if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS ||
		convert(image, &facts, order, surface) < 0) {
		err_set(err, REASON_OUT_OF_MEMORY, "no memory for a thumbnail");
		cairo_surface_destroy(surface);
		surface = NULL;
	}
	g_object_unref(image);
	return surface;
}

VipsImage *sheet_image_new(cairo_surface_t *surface)
{
	int width_px = cairo_image_surface_get_width(surface), rows = cairo_image_surface_get_height(surface);
	int stride = cairo_image_surface_get_stride(surface);
	VipsImage *image = vips_image_new_memory();

	vips_image_init_fields(image, width_px, rows, 3, VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
		VIPS_INTERPRETATION_sRGB, 1, 1);
	if (vips_image_write_prepare(image)) {
		g_object_unref(image);
		return NULL;
	}
	cairo_surface_flush(surface);
	for (int y = 0; y < rows; y++) {
		const unsigned char *from = cairo_image_surface_get_data(surface) + (ptrdiff_t)stride * y;
		unsigned char *to = VIPS_IMAGE_ADDR(image, 0, y);

		for (int x = 0; x < width_px; x++, from += 4, to += 3) {
			uint32_t pixel;

			memcpy(&pixel, from, 4);
			to[0] = (unsigned char)(pixel >> 16);
			to[1] = (unsigned char)(pixel >> 8);
			to[2] = (unsigned char)pixel;
		}
	}
	return image;
}
