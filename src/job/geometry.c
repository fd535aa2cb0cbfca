#include "job/geometry.h"

#include <math.h>
#include <stdint.h>

/* The bound of facts.h and of the image library. */
#define SIDE_LIMIT_PX 10000000

/* A factor as a fraction: a whole number of pixels over another stays exact, so that the edge that was asked
 * for comes out as asked. */
struct factor {
	double over, under;
};

static int to_side(double side_px)
{
	if (side_px < 1)
		return 1;
	if (side_px > SIDE_LIMIT_PX)
		return SIDE_LIMIT_PX;
	return (int)round(side_px);
}

static int scale_side(int side_px, struct factor factor)
{
	return to_side(side_px * factor.over / factor.under);
}

static bool is_less(struct factor one, struct factor other)
{
	return one.over * other.under < other.over * one.under;
}

static struct factor smaller(struct factor one, struct factor other)
{
	return is_less(other, one) ? other : one;
}

static struct factor larger(struct factor one, struct factor other)
{
	return is_less(one, other) ? other : one;
}

static bool enlarges(struct factor factor)
{
	return factor.over > factor.under;
}

/* The one factor of every mode that keeps the aspect, enlarging or not. */
static struct factor factor_of(const struct size_spec *spec, int width_px, int height_px)
{
	int long_px = width_px > height_px ? width_px : height_px;
	int short_px = width_px > height_px ? height_px : width_px;
	struct factor across = { spec->width_px, width_px };
	struct factor down = { spec->height_px, height_px };

	switch (spec->mode) {
	case SIZE_KEEP:
		break;
	case SIZE_LONG_EDGE:
		return (struct factor){ spec->width_px, long_px };
	case SIZE_SHORT_EDGE:
		return (struct factor){ spec->width_px, short_px };
	case SIZE_BOX:
		if (!spec->height_px)
			return across;
		if (!spec->width_px)
			return down;
		return spec->fit == BOX_COVER ? larger(across, down) : smaller(across, down);
	case SIZE_MEGAPIXELS:
		return (struct factor){ sqrt(spec->number * 1e6), sqrt((double)width_px * height_px) };
	case SIZE_PERCENT:
		return (struct factor){ spec->number, 100 };
	}
	return (struct factor){ 1, 1 };
}

/* Keep all of the picture and place nothing around it. */
static struct geometry whole(int width_px, int height_px)
{
	return (struct geometry){
		.scaled_width_px = width_px,
		.scaled_height_px = height_px,
		.crop_width_px = width_px,
		.crop_height_px = height_px,
		.out_width_px = width_px,
		.out_height_px = height_px,
	};
}

/* An extreme aspect or factor must not push the long edge over the bound and so bend the aspect. */
static struct factor bounded(struct factor factor, int width_px, int height_px)
{
	int long_px = width_px > height_px ? width_px : height_px;

	return smaller(factor, (struct factor){ SIDE_LIMIT_PX, long_px });
}

static void crop_centred(struct geometry *geometry, int width_px, int height_px)
{
	geometry->crop_width_px = geometry->out_width_px = width_px;
	geometry->crop_height_px = geometry->out_height_px = height_px;
	geometry->crop_left_px = (geometry->scaled_width_px - width_px) / 2;
	geometry->crop_top_px = (geometry->scaled_height_px - height_px) / 2;
}

/* The largest part of the scaled picture that has the box's aspect. */
static void crop_to_aspect(struct geometry *geometry, const struct size_spec *box)
{
	int64_t width_px = geometry->scaled_width_px, height_px = geometry->scaled_height_px;
	bool wide = width_px * box->height_px > height_px * box->width_px;

	if (wide)
		width_px = scale_side((int)height_px, (struct factor){ box->width_px, box->height_px });
	else
		height_px = scale_side((int)width_px, (struct factor){ box->height_px, box->width_px });
	crop_centred(geometry, (int)width_px, (int)height_px);
}

static void crop_to_box(struct geometry *geometry, const struct size_spec *box)
{
	if (geometry->scaled_width_px >= box->width_px && geometry->scaled_height_px >= box->height_px)
		crop_centred(geometry, box->width_px, box->height_px);
	else
		crop_to_aspect(geometry, box);
}

static void pad_to_box(struct geometry *geometry, const struct size_spec *box)
{
	geometry->out_width_px = box->width_px;
	geometry->out_height_px = box->height_px;
	geometry->pad_left_px = (box->width_px - geometry->scaled_width_px) / 2;
	geometry->pad_top_px = (box->height_px - geometry->scaled_height_px) / 2;
}

static int stretch_side(int side_px, int wanted_px, bool enlarge)
{
	return wanted_px > side_px && !enlarge ? side_px : wanted_px;
}

struct geometry geometry_compute(const struct size_spec *spec, bool enlarge, int width_px, int height_px)
{
	struct factor factor = bounded(factor_of(spec, width_px, height_px), width_px, height_px);
	struct geometry geometry;

	if (spec->mode == SIZE_BOX && spec->fit == BOX_STRETCH)
		return whole(stretch_side(width_px, spec->width_px, enlarge),
			stretch_side(height_px, spec->height_px, enlarge));
	if (enlarges(factor) && !enlarge)
		factor = (struct factor){ 1, 1 };
	geometry = whole(scale_side(width_px, factor), scale_side(height_px, factor));
	if (spec->mode == SIZE_BOX && spec->fit == BOX_COVER)
		crop_to_box(&geometry, spec);
	if (spec->mode == SIZE_BOX && spec->fit == BOX_PAD)
		pad_to_box(&geometry, spec);
	return geometry;
}
