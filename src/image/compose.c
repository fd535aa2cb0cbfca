#include "image/compose.h"

#include <stdbool.h>
#include <string.h>

#include "image/blend.h"

struct composer {
	struct compose plan;
	struct pixels middle;                   /* `to` with the picture's alpha, before it is flattened */
	int from_bytes, middle_bytes, to_bytes; /* of a pixel */
};

/* What one thread works with. */
struct bench {
	VipsRegion *region;
	void *row; /* one row of the picture, converted but not flattened */
};

static int stop(void *seq, void *a, void *b)
{
	struct bench *bench = seq;

	(void)a;
	(void)b;
	g_clear_object(&bench->region);
	g_free(bench->row);
	g_free(bench);
	return 0;
}

static void *start(VipsImage *out, void *a, void *b)
{
	VipsImage *picture = a;
	const struct composer *composer = b;
	struct bench *bench = g_new0(struct bench, 1);

	(void)out;
	bench->region = vips_region_new(picture);
	bench->row = g_try_malloc((gsize)picture->Xsize * (gsize)composer->middle_bytes);
	if (bench->region && bench->row)
		return bench;
	vips_error("compose", "out of memory");
	stop(bench, NULL, NULL);
	return NULL;
}

static void fill(const struct composer *composer, uint8_t *to, int count)
{
	for (int i = 0; i < count; i++)
		memcpy(to + (size_t)i * (size_t)composer->to_bytes, composer->plan.background,
			(size_t)composer->to_bytes);
}

/* `count` pixels of the picture, as they will be in the output. */
static void convert(
	const struct composer *composer, const struct bench *bench, const void *from, void *to, int count)
{
	const struct compose *plan = &composer->plan;

	if (composer->middle.alpha == plan->to.alpha) {
		recolour_apply(plan->recolour, from, to, count);
		return;
	}
	recolour_apply(plan->recolour, from, bench->row, count);
	blend_flatten(bench->row, to, &composer->middle, plan->background, count);
}

/* One row of `area`; `inside` is the part of `area` that the picture covers. */
static void make_row(const struct composer *composer, const struct bench *bench, uint8_t *to,
	const VipsRect *area, const VipsRect *inside, int y)
{
	const struct compose *plan = &composer->plan;
	int before = inside->left - area->left, after = VIPS_RECT_RIGHT(area) - VIPS_RECT_RIGHT(inside);

	if (y < inside->top || y >= VIPS_RECT_BOTTOM(inside) || inside->width == 0) {
		fill(composer, to, area->width);
	} else {
		fill(composer, to, before);
		convert(composer, bench,
			VIPS_REGION_ADDR(bench->region, inside->left - plan->left_px, y - plan->top_px),
			to + (size_t)before * (size_t)composer->to_bytes, inside->width);
		fill(composer, to + (size_t)(before + inside->width) * (size_t)composer->to_bytes, after);
	}
	for (size_t i = 0; i < plan->marks_count; i++)
		mark_blend(&plan->marks[i], &plan->to, to, area->left, y, area->width);
}

static int generate(VipsRegion *out, void *seq, void *a, void *b, gboolean *stopped)
{
	const struct bench *bench = seq;
	const VipsImage *picture = a;
	const struct composer *composer = b;
	VipsRect *area = &out->valid, inside, wanted;
	VipsRect covered = { composer->plan.left_px, composer->plan.top_px, picture->Xsize, picture->Ysize };

	(void)stopped;
	vips_rect_intersectrect(area, &covered, &inside);
	if (!vips_rect_isempty(&inside)) {
		wanted = inside;
		wanted.left -= covered.left;
		wanted.top -= covered.top;
		if (vips_region_prepare(bench->region, &wanted))
			return -1;
	}
	for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++)
		make_row(composer, bench, VIPS_REGION_ADDR(out, area->left, y), area, &inside, y);
	return 0;
}

static VipsInterpretation interpretation_of(const struct pixels *pixels)
{
	switch (pixels->model) {
	case MODEL_GREY:
		return pixels->bits == 8 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_GREY16;
	case MODEL_CMYK:
		return VIPS_INTERPRETATION_CMYK;
	default:
		return pixels->bits == 8 ? VIPS_INTERPRETATION_sRGB : VIPS_INTERPRETATION_RGB16;
	}
}

static void remove_metadata(VipsImage *image)
{
	char **fields = vips_image_get_fields(image);

	for (int i = 0; fields && fields[i]; i++)
		if (strcmp(fields[i], VIPS_META_SEQUENTIAL) != 0)
			vips_image_remove(image, fields[i]);
	g_strfreev(fields);
}

VipsImage *compose_new(VipsImage *picture, const struct compose *compose)
{
	VipsImage *image = vips_image_new();
	struct composer *composer = VIPS_NEW(image, struct composer);

	composer->plan = *compose;
	composer->middle = compose->to;
	composer->middle.alpha = compose->from.alpha;
	composer->from_bytes = pixels_bytes(&compose->from);
	composer->middle_bytes = pixels_bytes(&composer->middle);
	composer->to_bytes = pixels_bytes(&compose->to);
	g_object_ref(picture);
	vips_object_local(image, picture);
	if (vips_image_pipelinev(image, VIPS_DEMAND_STYLE_THINSTRIP, picture, NULL)) {
		g_object_unref(image);
		return NULL;
	}
	remove_metadata(image);
	image->Xsize = compose->width_px;
	image->Ysize = compose->height_px;
	image->Bands = pixels_samples(&compose->to);
	image->BandFmt = compose->to.bits == 8 ? VIPS_FORMAT_UCHAR : VIPS_FORMAT_USHORT;
	image->Type = interpretation_of(&compose->to);
	image->Coding = VIPS_CODING_NONE;
	if (vips_image_generate(image, start, generate, stop, picture, composer)) {
		g_object_unref(image);
		return NULL;
	}
	return image;
}
