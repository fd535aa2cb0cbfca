#include "image/vips_lane.h"

#include <stdlib.h>

#include "image/open.h"
#include "image/shrink.h"
#include "image/working.h"
#include "sys/clock.h"

/* Not to be seen, and not to be told from the planar lane, which is exact. */
#define DRIFT_PX 0.125

/* What the geometry asks for, in the picture as it is stored. */
struct stored {
	int width_px, height_px; /* to scale to */
	VipsRect crop;
};

static int meter_generate(VipsRegion *out, void *seq, void *a, void *b, gboolean *stopped)
{
	VipsRegion *region = seq;
	struct lane_meter *meter = b;
	int64_t begin_us = clock_us();
	int result;

	(void)a;
	(void)stopped;
	result = vips_region_prepare(region, &out->valid);
	meter->spent_us += clock_us() - begin_us;
	return result ? result
		      : vips_region_region(out, region, &out->valid, out->valid.left, out->valid.top);
}

/* The same image, its evaluation timed; takes over `image`. With one thread an image (engine.h) nothing else
 * runs meanwhile. */
static VipsImage *meter_new(VipsImage *image, struct lane_meter *meter)
{
	VipsImage *timed;

	if (!image)
		return NULL;
	timed = vips_image_new();
	vips_object_local(timed, image);
	if (vips_image_pipelinev(timed, VIPS_DEMAND_STYLE_ANY, image, NULL) == 0 &&
		vips_image_generate(timed, vips_start_one, meter_generate, vips_stop_one, image, meter) == 0)
		return timed;
	g_object_unref(timed);
	return NULL;
}

static VipsImage *take(VipsImage *old, VipsImage *next)
{
	g_object_unref(old);
	return next;
}

static VipsRect turn_crop(const struct geometry *geometry, int orientation)
{
	int left = geometry->crop_left_px, top = geometry->crop_top_px;
	int width = geometry->crop_width_px, height = geometry->crop_height_px;
	int right = geometry->scaled_width_px - left - width;
	int bottom = geometry->scaled_height_px - top - height;

	switch (orientation) {
	case 2:
		return (VipsRect){ right, top, width, height };
	case 3:
		return (VipsRect){ right, bottom, width, height };
	case 4:
		return (VipsRect){ left, bottom, width, height };
	case 5:
		return (VipsRect){ top, left, height, width };
	case 6:
		return (VipsRect){ top, right, height, width };
	case 7:
		return (VipsRect){ bottom, right, height, width };
	case 8:
		return (VipsRect){ bottom, left, height, width };
	default:
		return (VipsRect){ left, top, width, height };
	}
}

static struct stored stored_of(const struct lane_order *order)
{
	const struct geometry *geometry = order->geometry;
	bool turned = order->facts->orientation >= 5;

	return (struct stored){
		.width_px = turned ? geometry->scaled_height_px : geometry->scaled_width_px,
		.height_px = turned ? geometry->scaled_width_px : geometry->scaled_height_px,
		.crop = turn_crop(geometry, order->facts->orientation),
	};
}

/* libvips drops what of a JPEG does not fill a whole pixel after the decoder's shrinking, so that the picture
 * is stretched by as much. How far the far edge is off, in pixels of the result. */
static double drift(int side_px, int shrink, int to_side_px)
{
	return (double)(side_px % shrink) / side_px * to_side_px;
}

static int choose_shrink(const struct lane_order *order, const struct stored *stored, double factor)
{
	const struct facts *facts = order->facts;
	int shrink = shrink_jpeg(order->sampling, factor);

	while (drift(facts->width_px, shrink, stored->width_px) > DRIFT_PX ||
		drift(facts->height_px, shrink, stored->height_px) > DRIFT_PX)
		shrink /= 2;
	return shrink;
}

static VipsImage *open_shrunk(const struct lane_order *order, const struct stored *stored, struct err *err)
{
	const struct facts *facts = order->facts;
	struct open_options options = {
		.format = facts->format, .fail_on = order->fail_on, .shrink = 1, .scale = 1
	};
	double factor = shrink_factor(facts->width_px, facts->height_px, stored->width_px, stored->height_px);
	int reserve = shrink_reserve(order->sampling);
	VipsImage *image;

	if (facts->format == FORMAT_JPEG)
		options.shrink = choose_shrink(order, stored, factor);
	if (facts->format == FORMAT_WEBP && reserve && factor > reserve)
		options.scale = reserve / factor;
	image = open_picture(order->fd, &options, err);
	/* Whoever replaces a file between probing and making should not get a bent picture. */
	if (image && options.scale == 1 &&
		(image->Xsize != facts->width_px / options.shrink ||
			image->Ysize != facts->height_px / options.shrink)) {
		err_set(err, REASON_VANISHED, "changed since it was probed: it was %dx%d", facts->width_px,
			facts->height_px);
		g_clear_object(&image);
	}
	return image;
}

static uint64_t bytes_of(const VipsImage *image)
{
	return (uint64_t)VIPS_IMAGE_SIZEOF_PEL(image) * (uint64_t)image->Xsize * (uint64_t)image->Ysize;
}

static VipsImage *crop(VipsImage *image, const VipsRect *area)
{
	VipsImage *cropped = NULL;

	if (area->width == image->Xsize && area->height == image->Ysize)
		return image;
	vips_extract_area(image, &cropped, area->left, area->top, area->width, area->height, NULL);
	return take(image, cropped);
}

/* The pixels decoded and held. */
static VipsImage *hold(struct lane *lane, VipsImage *image)
{
	if (!image || lane->in_memory)
		return image;
	lane->in_memory = true;
	return take(image, vips_image_copy_memory(image));
}

/* All of a picture is evaluated before it is cropped, so that one that is cut short below the crop is known
 * for that; unless there is very much of it. */
static VipsImage *settle(struct lane *lane, VipsImage *image, const struct stored *stored, int orientation)
{
	VipsImage *upright;

	if (bytes_of(image) <= LANE_MEMORY_BYTES)
		image = hold(lane, image);
	image = image ? crop(image, &stored->crop) : NULL;
	if (image && orientation > 2)
		image = hold(lane, image);
	if (!image)
		return NULL;
	upright = working_upright(image, orientation);
	return take(image, upright);
}

/* The same image with blobs of its own. The HEIF loader's are freed with the image it made, whoever else
 * holds a reference to them, and the decoder is let go of as early as can be. */
static VipsImage *own_blobs(VipsImage *image)
{
	static const char *const fields[] = { VIPS_META_EXIF_NAME, VIPS_META_XMP_NAME, VIPS_META_IPTC_NAME,
		VIPS_META_ICC_NAME };
	VipsImage *copy = NULL;

	if (vips_copy(image, &copy, NULL))
		return take(image, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		const void *data;
		size_t size_bytes;

		if (vips_image_get_typeof(image, fields[i]) &&
			vips_image_get_blob(image, fields[i], &data, &size_bytes) == 0)
			vips_image_set_blob_copy(copy, fields[i], data, size_bytes);
	}
	return take(image, copy);
}

/* Takes over `opened`. */
static VipsImage *scale(struct lane *lane, VipsImage *opened, const struct stored *stored)
{
	VipsImage *image = meter_new(own_blobs(opened), &lane->decoded);

	image = image ? take(image, working_new(image)) : NULL;
	image = image ? take(image, working_scale(image, stored->width_px, stored->height_px)) : NULL;
	return meter_new(image, &lane->resized);
}

int lane_begin(struct lane *lane, const struct lane_order *order, struct err *err)
{
	struct stored stored = stored_of(order);
	VipsImage *image;

	*lane = (struct lane){ 0 };
	image = open_shrunk(order, &stored, err);
	if (!image)
		return -1;
	image = scale(lane, image, &stored);
	if (order->decoding)
		order->decoding(order->data);
	lane->picture = image ? settle(lane, image, &stored, order->facts->orientation) : NULL;
	return lane->picture ? 0 : err_set_vips(err, REASON_CORRUPT);
}

void lane_finish(struct lane *lane)
{
	g_clear_object(&lane->picture);
}
