#include "image/lettering.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/font.h"
#include "image/placement.h"

/* Of the em. */
#define OUTLINE 0.05
#define SHADOW_OFFSET 0.05
#define SHADOW_SIGMA 0.03
#define SHADOW_OPACITY 0.7

struct lettering {
	PangoLayout *layout; /* letters whose em is TEXT_EM_PX */
	struct text_style style;
	double left, top;        /* of what is inked, in the layout */
	double width, height;    /* of what is inked */
	int width_px, height_px; /* the same, rounded up */
};

static int complain(const char *what, struct err *err)
{
	return err_set(err, REASON_WATERMARK, "--watermark-text: %s", what);
}

static void stay_in_the_font(PangoLayout *layout)
{
	PangoAttrList *attributes = pango_attr_list_new();

	pango_attr_list_insert(attributes, pango_attr_fallback_new(FALSE));
	pango_layout_set_attributes(layout, attributes);
	pango_attr_list_unref(attributes);
}

static PangoLayout *lay_out(const char *text, PangoFontDescription *font)
{
	PangoContext *context = font_context_new();
	PangoLayout *layout = pango_layout_new(context);

	pango_font_description_set_absolute_size(font, TEXT_EM_PX * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	if (!font_is_generic(font))
		stay_in_the_font(layout);
	pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
	pango_layout_set_text(layout, text, -1);
	g_object_unref(context);
	return layout;
}

/* The first character of the text that alone cannot be drawn either; 0 where none is to blame alone. */
static gunichar find_unknown(PangoLayout *layout, const char *text)
{
	for (const char *at = text; *at; at = g_utf8_next_char(at)) {
		pango_layout_set_text(layout, at, (int)(g_utf8_next_char(at) - at));
		if (pango_layout_get_unknown_glyphs_count(layout) > 0)
			return g_utf8_get_char(at);
	}
	return 0;
}

static int check_glyphs(PangoLayout *layout, const char *text, struct err *err)
{
	const char *name = font_name(pango_layout_get_font_description(layout));
	char letter[8] = "", shown[24];
	gunichar unknown;

	if (pango_layout_get_unknown_glyphs_count(layout) == 0)
		return 0;
	unknown = find_unknown(layout, text);
	letter[g_unichar_to_utf8(unknown, letter)] = '\0';
	return err_set(err, REASON_WATERMARK, "--watermark-text: the font '%s' has no '%s' (U+%04X)", name,
		text_printable(letter, shown, sizeof(shown)), unknown);
}

/* What is inked, with room for outline and shadow. */
static void measure(struct lettering *lettering)
{
	double outline = lettering->style.outline.is_on ? OUTLINE * TEXT_EM_PX : 0;
	double soft = 3 * SHADOW_SIGMA * TEXT_EM_PX, offset = SHADOW_OFFSET * TEXT_EM_PX;
	double before = outline + (lettering->style.shadow.is_on ? fmax(0, soft - offset) : 0);
	double after = outline + (lettering->style.shadow.is_on ? soft + offset : 0);
	PangoRectangle ink;

	pango_layout_get_extents(lettering->layout, &ink, NULL);
	lettering->left = (double)ink.x / PANGO_SCALE - before;
	lettering->top = (double)ink.y / PANGO_SCALE - before;
	lettering->width = (double)ink.width / PANGO_SCALE + before + after;
	lettering->height = (double)ink.height / PANGO_SCALE + before + after;
	lettering->width_px = (int)fmin(ceil(lettering->width), SIZE_LIMIT_PX);
	lettering->height_px = (int)fmin(ceil(lettering->height), SIZE_LIMIT_PX);
}

static int check(const struct lettering *lettering, const char *text, struct err *err)
{
	if (check_glyphs(lettering->layout, text, err))
		return -1;
	if (lettering->width_px > 0 && lettering->height_px > 0)
		return 0;
	return complain("nothing in it can be seen", err);
}

struct lettering *lettering_new(const char *text, const struct text_style *style, struct err *err)
{
	PangoFontDescription *font = font_find(style->font, "--watermark-font", err);
	struct lettering *lettering = font ? calloc(1, sizeof(*lettering)) : NULL;

	if (!lettering) {
		if (font)
			complain("memory is out", err);
		g_clear_pointer(&font, pango_font_description_free);
		return NULL;
	}
	lettering->style = *style;
	lettering->layout = lay_out(text, font);
	pango_font_description_free(font);
	measure(lettering);
	if (check(lettering, text, err) == 0)
		return lettering;
	lettering_free(lettering);
	return NULL;
}

void lettering_free(struct lettering *lettering)
{
	if (!lettering)
		return;
	g_clear_object(&lettering->layout);
	free(lettering);
}

int lettering_width(const struct lettering *lettering)
{
	return lettering->width_px;
}

int lettering_height(const struct lettering *lettering)
{
	return lettering->height_px;
}

/* The map of fonts is kept from text to text: to make one takes longer than to draw. */
void lettering_forget_fonts(void)
{
	font_forget_all();
}

int lettering_check_font(const struct text_style *style, struct err *err)
{
	PangoFontDescription *font = font_find(style->font, "--watermark-font", err);

	if (!font)
		return -1;
	pango_font_description_free(font);
	return 0;
}

/* A canvas on which the text's own units are those of its layout, and its path. */
static cairo_t *begin(const struct lettering *lettering, cairo_surface_t *surface, double shift)
{
	cairo_t *cairo = cairo_create(surface);

	cairo_scale(cairo, cairo_image_surface_get_width(surface) / lettering->width,
		cairo_image_surface_get_height(surface) / lettering->height);
	cairo_translate(cairo, shift - lettering->left, shift - lettering->top);
	pango_cairo_layout_path(cairo, lettering->layout);
	return cairo;
}

static void paint(cairo_t *cairo, const struct rgb *rgb, double opacity)
{
	cairo_set_source_rgba(cairo, rgb->red / 255.0, rgb->green / 255.0, rgb->blue / 255.0, opacity);
}

/* The path goes on. */
static void stroke(cairo_t *cairo)
{
	cairo_set_line_width(cairo, 2 * OUTLINE * TEXT_EM_PX);
	cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
	cairo_stroke_preserve(cairo);
}

/* Soften the surface, which holds alpha only. 0, or -1 with libvips' error buffer set. */
static int blur(cairo_surface_t *surface, double sigma)
{
	int stride = cairo_image_surface_get_stride(surface), rows = cairo_image_surface_get_height(surface);
	unsigned char *data = cairo_image_surface_get_data(surface);
	VipsImage *image, *soft = NULL;
	int result = -1;

	cairo_surface_flush(surface);
	image = vips_image_new_from_memory_copy(
		data, (size_t)stride * (size_t)rows, stride, rows, 1, VIPS_FORMAT_UCHAR);
	if (image && vips_gaussblur(image, &soft, fmax(sigma, 0.2), NULL) == 0 &&
		vips_image_wio_input(soft) == 0) {
		memcpy(data, VIPS_IMAGE_ADDR(soft, 0, 0), (size_t)stride * (size_t)rows);
		cairo_surface_mark_dirty(surface);
		result = 0;
	}
	g_clear_object(&soft);
	g_clear_object(&image);
	return result;
}

/* On what is still empty. 0, or -1 with libvips' error buffer set. */
static int draw_shadow(const struct lettering *lettering, cairo_surface_t *surface)
{
	int width_px = cairo_image_surface_get_width(surface);
	cairo_surface_t *mask = cairo_image_surface_create(
		CAIRO_FORMAT_A8, width_px, cairo_image_surface_get_height(surface));
	cairo_t *cairo = begin(lettering, mask, SHADOW_OFFSET * TEXT_EM_PX);
	int result;

	if (lettering->style.outline.is_on)
		stroke(cairo);
	cairo_fill(cairo);
	cairo_destroy(cairo);
	result = blur(mask, SHADOW_SIGMA * TEXT_EM_PX * width_px / lettering->width);
	cairo = cairo_create(surface);
	paint(cairo, &lettering->style.shadow.rgb, SHADOW_OPACITY);
	cairo_mask_surface(cairo, mask, 0, 0);
	cairo_destroy(cairo);
	cairo_surface_destroy(mask);
	return result;
}

static int draw(const struct lettering *lettering, cairo_surface_t *surface)
{
	cairo_t *cairo;

	if (lettering->style.shadow.is_on && draw_shadow(lettering, surface))
		return -1;
	cairo = begin(lettering, surface, 0);
	if (lettering->style.outline.is_on) {
		paint(cairo, &lettering->style.outline.rgb, 1);
		stroke(cairo);
	}
	paint(cairo, &lettering->style.colour, 1);
	cairo_fill(cairo);
	cairo_destroy(cairo);
	cairo_surface_flush(surface);
	return 0;
}

/* From the machine's own order, premultiplied. */
static void give(cairo_surface_t *surface, unsigned char *samples)
{
	int width_px = cairo_image_surface_get_width(surface), rows = cairo_image_surface_get_height(surface);
	size_t stride = (size_t)cairo_image_surface_get_stride(surface);

	for (int y = 0; y < rows; y++) {
		const unsigned char *row = cairo_image_surface_get_data(surface) + stride * (size_t)y;

		for (int x = 0; x < width_px; x++, samples += 4) {
			uint32_t pixel, alpha;

			memcpy(&pixel, row + (size_t)x * 4, 4);
			alpha = pixel >> 24;
			for (int i = 0; i < 3; i++) {
				uint32_t sample = pixel >> (16 - 8 * i) & 255;

				samples[i] =
					(unsigned char)(alpha ? MIN(255, (sample * 255 + alpha / 2) / alpha)
							      : 0);
			}
			samples[3] = (unsigned char)alpha;
		}
	}
}

int lettering_draw(const struct lettering *lettering, int width_px, int height_px, unsigned char *samples,
	struct err *err)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width_px, height_px);
	int result = 0;

	if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
		result = complain(cairo_status_to_string(cairo_surface_status(surface)), err);
	else if (draw(lettering, surface))
		result = complain("memory is out", err);
	if (result == 0)
		give(surface, samples);
	cairo_surface_destroy(surface);
	return result;
}
