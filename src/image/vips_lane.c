#include "image/vips_lane.h"

#include <math.h>
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

static struct stored stored_of(const struct geometry *geometry, int orientation)
{
	bool turned = orientation >= 5;

	return (struct stored){
		.width_px = turned ? geometry->scaled_height_px : geometry->scaled_width_px,
		.height_px = turned ? geometry->scaled_width_px : geometry->scaled_height_px,
		.crop = turn_crop(geometry, orientation),
	};
}

/* libvips drops what of a JPEG does not fill a whole pixel after the decoder's shrinking, so that the picture
 * is stretched by as much. How far the far edge is off, in pixels of the result. */
static double drift(int side_px, int shrink, int to_side_px)
{
	return (double)(side_px % shrink) / side_px * to_side_px;
}

/* How many times as large as the largest of the pictures wanted the stored one is. */
static double find_factor(const struct lane_order *order)
{
	double factor = INFINITY;

	for (size_t i = 0; i < order->count; i++) {
		struct stored stored = stored_of(&order->geometries[i], order->facts->orientation);

		factor = fmin(factor, shrink_factor(order->facts->width_px, order->facts->height_px,
					      stored.width_px, stored.height_px));
	}
	return factor;
}

static bool drifts(const struct lane_order *order, int shrink)
{
	const struct facts *facts = order->facts;

	for (size_t i = 0; i < order->count; i++) {
		struct stored stored = stored_of(&order->geometries[i], facts->orientation);

		if (drift(facts->width_px, shrink, stored.width_px) > DRIFT_PX ||
			drift(facts->height_px, shrink, stored.height_px) > DRIFT_PX)
			return true;
	}
	return false;
}

static int choose_shrink(const struct lane_order *order, double factor)
{
	int shrink = shrink_jpeg(order->sampling, factor);

	while (drifts(order, shrink))
		shrink /= 2;
	return shrink;
}

/* Half a size is all that LibRaw can do. It is enough for half the size wanted, and not for less: a pixel of
 * it has all colours, one of the whole size has one of its own. */
static int choose_raw_shrink(const struct lane_order *order, double factor)
{
	return order->sampling != SAMPLING_BEST && factor >= 2 ? 2 : 1;
}

/* LibRaw makes a whole pixel of a column that is left over, and the rows of some sensors lie askew. */
#define RAW_SPARE_PX 2

static bool is_as_probed(int side_px, int probed_px, const struct open_options *options)
{
	int spare_px = options->format == FORMAT_RAW ? RAW_SPARE_PX : 0;

	return abs(side_px - probed_px / options->shrink) <= spare_px;
}

static VipsImage *open_shrunk(const struct lane_order *order, struct err *err)
{
	const struct facts *facts = order->facts;
	struct open_options options = { .format = facts->format,
		.fail_on = order->fail_on,
		.shrink = 1,
		.scale = 1,
		.bits = facts->bits };
	double factor = find_factor(order);
	int reserve = shrink_reserve(order->sampling);
	VipsImage *image;

	if (facts->format == FORMAT_JPEG)
		options.shrink = choose_shrink(order, factor);
	if (facts->format == FORMAT_RAW)
		options.shrink = choose_raw_shrink(order, factor);
	if (facts->format == FORMAT_WEBP && reserve && factor > reserve)
		options.scale = reserve / factor;
	image = open_picture(order->fd, &options, err);
	/* Whoever replaces a file between probing and making should not get a bent picture. */
	if (image && options.scale == 1 &&
		(!is_as_probed(image->Xsize, facts->width_px, &options) ||
			!is_as_probed(image->Ysize, facts->height_px, &options))) {
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

static VipsImage *hold(struct lane_picture *picture, VipsImage *image)
{
	if (!image || picture->in_memory)
		return image;
	picture->in_memory = true;
	return take(image, vips_image_copy_memory(image));
}

/* All of a picture is evaluated before it is cropped, so that one that is cut short below the crop is known
 * for that; unless there is very much of it. */
static VipsImage *settle(
	struct lane_picture *picture, VipsImage *image, const VipsRect *area, int orientation, bool whole)
{
	VipsImage *upright;

	if (whole || bytes_of(image) <= LANE_MEMORY_BYTES)
		image = hold(picture, image);
	image = image ? crop(image, area) : NULL;
	if (image && orientation > 2)
		image = hold(picture, image);
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

int lane_open(struct lane *lane, const struct lane_order *order, struct err *err)
{
	VipsImage *image;
	bool developed = order->facts->format == FORMAT_RAW;
	int64_t begun_us = clock_us();

	*lane = (struct lane){ .orientation = order->facts->orientation };
	if (developed && order->decoding)
		order->decoding(order->data);
	image = open_shrunk(order, err);
	if (!image)
		return -1;
	if (developed)
		lane->decoded.spent_us = lane->held_us = clock_us() - begun_us;
	image = meter_new(own_blobs(image), &lane->decoded);
	if (!developed && order->decoding)
		order->decoding(order->data);
	lane->source = image ? take(image, working_new(image)) : NULL;
	return lane->source ? 0 : err_set_vips(err, REASON_CORRUPT);
}

int lane_hold(struct lane *lane, struct err *err)
{
	int64_t begun_us = clock_us();

	if (lane->held || bytes_of(lane->source) > NEED_HELD_BYTES_MAX)
		return 0;
	lane->source = take(lane->source, vips_image_copy_memory(lane->source));
	lane->held = lane->source;
	lane->held_us += clock_us() - begun_us;
	lane->decoded.spent_us = lane->held_us;
	return lane->held ? 0 : err_set_vips(err, REASON_CORRUPT);
}

int lane_make(struct lane *lane, const struct geometry *geometry, bool hold, struct lane_picture *picture,
	struct err *err)
{
	const struct stored stored = stored_of(geometry, lane->orientation);
	VipsImage *image = working_scale(lane->source, stored.width_px, stored.height_px);

	*picture = (struct lane_picture){ .in_memory = false };
	image = meter_new(image, &lane->resized);
	if (image)
		image = settle(picture, image, &stored.crop, lane->orientation, hold);
	picture->image = image;
	picture->in_memory = picture->in_memory || lane->held;
	return image ? 0 : err_set_vips(err, lane->held ? REASON_INTERNAL : REASON_CORRUPT);
}

int lane_derive(struct lane *lane, const struct lane_picture *from, const struct geometry *geometry,
	struct lane_picture *picture, struct err *err)
{
	const struct stored upright = stored_of(geometry, 1);
	VipsImage *image = working_scale(from->image, upright.width_px, upright.height_px);

	/* of the same size: nothing to be done but to crop */
	*picture = (struct lane_picture){ .in_memory = image == from->image };
	if (!picture->in_memory)
		image = meter_new(image, &lane->resized);
	if (image)
		image = settle(picture, image, &upright.crop, 1, true);
	picture->image = image;
	return image ? 0 : err_set_vips(err, REASON_INTERNAL);
}

void lane_finish(struct lane *lane)
{
	g_clear_object(&lane->source);
}
