#include "image/mark_turn.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <vips/vips.h>

static bool is_quarter(double deg)
{
	return fmod(deg, 90) == 0;
}

struct mark_turn mark_turn_of(double deg)
{
	static const struct mark_turn quarters[] = { { 1, 0 }, { 0, 1 }, { -1, 0 }, { 0, -1 } };
	double radians = deg * G_PI / 180;

	if (is_quarter(deg))
		return quarters[((int)(deg / 90) % 4 + 4) % 4];
	return (struct mark_turn){ cos(radians), sin(radians) };
}

void mark_turn_box(double deg, double width_px, double height_px, double *box_width_px, double *box_height_px)
{
	struct mark_turn turn = mark_turn_of(deg);

	*box_width_px = width_px * fabs(turn.cosine) + height_px * fabs(turn.sine);
	*box_height_px = width_px * fabs(turn.sine) + height_px * fabs(turn.cosine);
}

/* Lanczos' kin that never rings much and is as sharp as the mark was drawn. Transparent around. */
static VipsImage *rotate(VipsImage *image, struct mark_turn turn, int width_px, int height_px)
{
	double x = (image->Xsize - 1) / 2.0, y = (image->Ysize - 1) / 2.0;
	VipsInterpolate *interpolate = vips_interpolate_new("bicubic");
	VipsArrayInt *area = vips_array_int_newv(4, 0, 0, width_px, height_px);
	VipsImage *turned = NULL;

	if (interpolate)
		vips_affine(image, &turned, turn.cosine, -turn.sine, turn.sine, turn.cosine, "interpolate",
			interpolate, "oarea", area, "odx",
			(width_px - 1) / 2.0 - (turn.cosine * x - turn.sine * y), "ody",
			(height_px - 1) / 2.0 - (turn.sine * x + turn.cosine * y), NULL);
	g_clear_object(&interpolate);
	vips_area_unref(VIPS_AREA(area));
	return turned;
}

int mark_turn_pixels(double deg, const unsigned char *from, int width_px, int height_px, unsigned char *to,
	int to_width_px, int to_height_px)
{
	VipsImage *image = vips_image_new_from_memory(
		from, (size_t)width_px * (size_t)height_px * 4, width_px, height_px, 4, VIPS_FORMAT_UCHAR);
	VipsImage *turned = NULL;
	int result = -1;

	if (image) {
		image->Type = VIPS_INTERPRETATION_sRGB;
		turned = rotate(image, mark_turn_of(deg), to_width_px, to_height_px);
	}
	if (turned && vips_image_wio_input(turned) == 0) {
		memcpy(to, VIPS_IMAGE_ADDR(turned, 0, 0), (size_t)to_width_px * (size_t)to_height_px * 4);
		result = 0;
	}
	g_clear_object(&turned);
	g_clear_object(&image);
	return result;
}
