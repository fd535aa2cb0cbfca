#include "image/working.h"

#include <stdbool.h>

/* Each step takes over its argument: `image` is let go of when its successor holds it, or on failure.
 * `next` is read after the call that `failed` stands for. */
static VipsImage *step(VipsImage *image, int failed, VipsImage **next)
{
	g_object_unref(image);
	return failed ? NULL : *next;
}

static VipsImage *refuse(VipsImage *image, const char *why)
{
	vips_error("working", "%s", why);
	g_object_unref(image);
	return NULL;
}

static VipsImage *decode(VipsImage *image)
{
	VipsImage *next = NULL;

	if (image->Coding == VIPS_CODING_RAD)
		return step(image, vips_rad2float(image, &next, NULL), &next);
	if (image->Coding == VIPS_CODING_LABQ)
		return step(image, vips_LabQ2Lab(image, &next, NULL), &next);
	return image;
}

static VipsImage *set_interpretation(VipsImage *image, VipsInterpretation interpretation)
{
	VipsImage *next = NULL;

	if (image->Type == interpretation)
		return image;
	return step(image, vips_copy(image, &next, "interpretation", interpretation, NULL), &next);
}

static VipsImage *keep_bands(VipsImage *image, int bands)
{
	VipsImage *next = NULL;

	if (image->Bands <= bands)
		return image;
	return step(image, vips_extract_band(image, &next, 0, "n", bands, NULL), &next);
}

/* Float greys have no range that all programs agree on: those that stay within 0 and 1 are taken to mean
 * that, others 0 to 255. To know, all of them must be seen first. */
static VipsImage *level_float_grey(VipsImage *image)
{
	VipsImage *memory = vips_image_copy_memory(image), *next = NULL;
	double most;
	int failed;

	g_object_unref(image);
	if (!memory)
		return NULL;
	failed = vips_max(memory, &most, NULL) ||
		 vips_linear1(memory, &next, most <= 1 ? 65535 : 257, 0.5, NULL);
	return step(memory, failed, &next);
}

static VipsImage *cast_to_16_bits(VipsImage *image, bool shift)
{
	VipsImage *next = NULL;

	return step(image, vips_cast(image, &next, VIPS_FORMAT_USHORT, "shift", shift, NULL), &next);
}

static VipsImage *to_unsigned(VipsImage *image)
{
	if (image->BandFmt == VIPS_FORMAT_UCHAR || image->BandFmt == VIPS_FORMAT_USHORT)
		return image;
	if (!vips_band_format_isfloat(image->BandFmt))
		return cast_to_16_bits(image, true);
	if (image->Type == VIPS_INTERPRETATION_CMYK)
		return refuse(image, "ink in floating point is not supported");
	image = keep_bands(image, 1);
	if (image)
		image = level_float_grey(image);
	return image ? cast_to_16_bits(image, false) : NULL;
}

static VipsImage *to_rgb(VipsImage *image)
{
	VipsInterpretation rgb = vips_band_format_is8bit(image->BandFmt) ? VIPS_INTERPRETATION_sRGB
									 : VIPS_INTERPRETATION_RGB16;
	VipsImage *next = NULL;
	int failed;

	/* libvips does not bring the alpha of floating-point pictures into the new range */
	image = keep_bands(image, vips_band_format_isfloat(image->BandFmt) ? 3 : 4);
	if (!image)
		return NULL;
	failed = vips_colourspace(image, &next, rgb, NULL);
	image = step(image, failed, &next);
	if (image) /* it was for other samples */
		vips_image_remove(image, VIPS_META_ICC_NAME);
	return image && rgb == VIPS_INTERPRETATION_RGB16 ? cast_to_16_bits(image, false) : image;
}

static bool is_grey(VipsInterpretation interpretation)
{
	return interpretation == VIPS_INTERPRETATION_B_W || interpretation == VIPS_INTERPRETATION_GREY16;
}

static bool is_plain_rgb(const VipsImage *image, VipsInterpretation interpretation)
{
	return !vips_band_format_isfloat(image->BandFmt) &&
	       (interpretation == VIPS_INTERPRETATION_sRGB || interpretation == VIPS_INTERPRETATION_RGB ||
		       interpretation == VIPS_INTERPRETATION_RGB16);
}

static VipsImage *name_by_bits(VipsImage *image, VipsInterpretation narrow, VipsInterpretation wide)
{
	return set_interpretation(image, image->BandFmt == VIPS_FORMAT_UCHAR ? narrow : wide);
}

static VipsImage *to_lab(VipsImage *image)
{
	VipsImage *next = NULL;
	int failed;

	if (image->Type == VIPS_INTERPRETATION_LABS) {
		failed = vips_LabS2Lab(image, &next, NULL);
		image = step(image, failed, &next);
	}
	return image ? keep_bands(image, 3) : NULL;
}

/* Bands that no interpretation explains: the first as grey, or the first three as RGB. */
static VipsImage *to_guessed(VipsImage *image)
{
	bool grey = image->Bands < 3 || vips_band_format_isfloat(image->BandFmt);

	image = keep_bands(image, grey ? 1 : 3);
	if (image)
		image = set_interpretation(image, grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB);
	return image ? to_unsigned(image) : NULL;
}

static VipsImage *to_known_model(VipsImage *image)
{
	VipsInterpretation interpretation = vips_image_guess_interpretation(image);
	bool explained = image->Type != VIPS_INTERPRETATION_MULTIBAND;

	if (vips_band_format_iscomplex(image->BandFmt))
		return refuse(image, "complex samples are not supported");
	if (is_grey(interpretation) && explained)
		return keep_bands(image, 2);
	if (is_plain_rgb(image, interpretation) && explained)
		return keep_bands(image, 4);
	if (interpretation == VIPS_INTERPRETATION_CMYK)
		return keep_bands(image, 4);
	if (interpretation == VIPS_INTERPRETATION_LAB || interpretation == VIPS_INTERPRETATION_LABS)
		return to_lab(image);
	if (vips_colourspace_issupported(image) && explained)
		return to_rgb(image);
	return to_guessed(image);
}

VipsImage *working_new(VipsImage *image)
{
	g_object_ref(image);
	image = decode(image);
	if (image)
		image = to_known_model(image);
	if (!image || image->Type == VIPS_INTERPRETATION_LAB)
		return image;
	image = to_unsigned(image);
	if (!image || image->Type == VIPS_INTERPRETATION_CMYK)
		return image;
	if (image->Bands < 3)
		return name_by_bits(image, VIPS_INTERPRETATION_B_W, VIPS_INTERPRETATION_GREY16);
	return name_by_bits(image, VIPS_INTERPRETATION_sRGB, VIPS_INTERPRETATION_RGB16);
}

struct pixels working_pixels(const VipsImage *working)
{
	bool cmyk = working->Type == VIPS_INTERPRETATION_CMYK;

	if (working->Type == VIPS_INTERPRETATION_LAB)
		return (struct pixels){ .model = MODEL_OTHER, .bits = 32 };
	return (struct pixels){
		.model = cmyk                 ? MODEL_CMYK
			 : working->Bands < 3 ? MODEL_GREY
					      : MODEL_RGB,
		.bits = working->BandFmt == VIPS_FORMAT_UCHAR ? 8 : 16,
		.alpha = !cmyk && working->Bands % 2 == 0,
	};
}

#define GAP 2 /* libvips' own */

/* libvips rounds the size it is asked for in its own way: leave nothing to it. */
static VipsImage *cut_to(VipsImage *image, int width_px, int height_px)
{
	VipsImage *next = NULL;

	if (!image || (image->Xsize == width_px && image->Ysize == height_px))
		return image;
	return step(image,
		vips_embed(image, &next, 0, 0, width_px, height_px, "extend", VIPS_EXTEND_COPY, NULL), &next);
}

static VipsImage *reduce(VipsImage *image, int width_px, int height_px, double gap)
{
	VipsImage *next = NULL;
	int failed = vips_resize(image, &next, (double)width_px / image->Xsize, "vscale",
		(double)height_px / image->Ysize, "gap", gap, NULL);

	return cut_to(step(image, failed, &next), width_px, height_px);
}

/* vips_resize() leaves pictures that it enlarges half a pixel of the result off their place. */
static VipsImage *enlarge(VipsImage *image, int width_px, int height_px)
{
	VipsInterpolate *bicubic = vips_interpolate_new("bicubic");
	VipsArrayInt *area = vips_array_int_newv(4, 0, 0, width_px, height_px);
	double across = (double)width_px / image->Xsize, down = (double)height_px / image->Ysize;
	VipsImage *next = NULL;
	int failed = vips_affine(image, &next, across, 0.0, 0.0, down, "interpolate", bicubic, "oarea", area,
		"idx", across > 1 ? 0.5 : 0, "odx", across > 1 ? -0.5 : 0, "idy", down > 1 ? 0.5 : 0, "ody",
		down > 1 ? -0.5 : 0, "extend", VIPS_EXTEND_COPY, "premultiplied", TRUE, NULL);

	vips_area_unref(VIPS_AREA(area));
	g_object_unref(bicubic);
	return step(image, failed, &next);
}

static VipsImage *resize(VipsImage *image, int width_px, int height_px, double gap)
{
	int least_width_px = width_px < image->Xsize ? width_px : image->Xsize;
	int least_height_px = height_px < image->Ysize ? height_px : image->Ysize;

	if (least_width_px < image->Xsize || least_height_px < image->Ysize)
		image = reduce(image, least_width_px, least_height_px, gap);
	if (image && (image->Xsize < width_px || image->Ysize < height_px))
		image = enlarge(image, width_px, height_px);
	return image;
}

static VipsImage *to_format(VipsImage *image, VipsBandFormat format)
{
	VipsImage *next = NULL;

	/* a cast from float cuts off */
	image = step(image, vips_rint(image, &next, NULL), &next);
	return image ? step(image, vips_cast(image, &next, format, NULL), &next) : NULL;
}

/* libvips averages by whole factors before it filters, and holds the filter's weights in 6 bits where samples
 * have 8: with many weights most of them come to nothing. Of what the decoder has shrunk already there is
 * little, so that it can be done as it should. */
#define EXACT_FACTOR 4
#define EXACT_PIXELS (4 * 1024 * 1024)

static bool is_exact(const VipsImage *image, int width_px, int height_px)
{
	return (uint64_t)image->Xsize * (uint64_t)image->Ysize <= EXACT_PIXELS &&
	       (image->Xsize > EXACT_FACTOR * width_px || image->Ysize > EXACT_FACTOR * height_px);
}

static VipsImage *resize_exactly(VipsImage *image, int width_px, int height_px)
{
	VipsBandFormat format = image->BandFmt;
	VipsImage *next = NULL;

	image = step(image, vips_cast_float(image, &next, NULL), &next);
	image = image ? resize(image, width_px, height_px, 0) : NULL;
	return image && format != VIPS_FORMAT_FLOAT ? to_format(image, format) : image;
}

static VipsImage *premultiply(VipsImage *image)
{
	VipsImage *next = NULL;

	return step(image, vips_premultiply(image, &next, NULL), &next);
}

static VipsImage *unpremultiply(VipsImage *image, VipsBandFormat format)
{
	VipsImage *next = NULL;

	image = step(image, vips_unpremultiply(image, &next, NULL), &next);
	return image && format != VIPS_FORMAT_FLOAT ? to_format(image, format) : image;
}

VipsImage *working_scale(VipsImage *working, int width_px, int height_px)
{
	VipsBandFormat format = working->BandFmt;
	VipsImage *image = g_object_ref(working);

	if (image->Xsize == width_px && image->Ysize == height_px)
		return image;
	if (!vips_image_hasalpha(working))
		return is_exact(image, width_px, height_px) ? resize_exactly(image, width_px, height_px)
							    : resize(image, width_px, height_px, GAP);
	image = premultiply(image);
	if (image)
		image = resize(image, width_px, height_px, GAP);
	return image ? unpremultiply(image, format) : NULL;
}

VipsImage *working_upright(VipsImage *working, int orientation)
{
	static const struct {
		bool mirror; /* left to right, before it is turned */
		VipsAngle turn;
	} moves[] = {
		[1] = { false, VIPS_ANGLE_D0 },
		[2] = { true, VIPS_ANGLE_D0 },
		[3] = { false, VIPS_ANGLE_D180 },
		[4] = { true, VIPS_ANGLE_D180 },
		[5] = { true, VIPS_ANGLE_D270 },
		[6] = { false, VIPS_ANGLE_D90 },
		[7] = { true, VIPS_ANGLE_D90 },
		[8] = { false, VIPS_ANGLE_D270 },
	};
	VipsImage *image = g_object_ref(working), *next = NULL;

	if (moves[orientation].mirror)
		image = step(image, vips_flip(image, &next, VIPS_DIRECTION_HORIZONTAL, NULL), &next);
	if (image && moves[orientation].turn != VIPS_ANGLE_D0)
		image = step(image, vips_rot(image, &next, moves[orientation].turn, NULL), &next);
	return image;
}
