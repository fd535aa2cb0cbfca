#include "image/sheet_page.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "image/font.h"
#include "image/logo.h"

/* How far letters' feet stand below the middle of their line, in ems: half of what capitals measure. */
#define BASELINE_EMS 0.36

/* Between logo and text, in ems of the header. */
#define LOGO_SPACE_EMS 1.0

/* From samples of RGBA to the machine's own order, premultiplied. */
static void premultiply(const unsigned char *samples, cairo_surface_t *surface)
{
	int width_px = cairo_image_surface_get_width(surface), rows = cairo_image_surface_get_height(surface);

	for (int y = 0; y < rows; y++) {
		unsigned char *row = cairo_image_surface_get_data(surface) +
				     (ptrdiff_t)cairo_image_surface_get_stride(surface) * y;

		for (int x = 0; x < width_px; x++, samples += 4) {
			uint32_t alpha = samples[3], pixel = alpha << 24;

			for (int i = 0; i < 3; i++)
				pixel |= (samples[i] * alpha + 127) / 255 << (16 - 8 * i);
			memcpy(row + (ptrdiff_t)x * 4, &pixel, 4);
		}
	}
	cairo_surface_mark_dirty(surface);
}

/* As high as the header, or as wide as half of it. */
static int draw_logo(struct sheet_style *style, struct colours *colours, struct err *err)
{
	struct logo *logo = logo_new(style->settings->logo, err);
	struct sheet_rect box = style->layout.header, place;
	g_autofree unsigned char *samples = NULL;
	int result;

	if (!logo)
		return -1;
	box.width_px = MAX(box.width_px / 2, 1);
	place = sheet_layout_fit(&box, logo->width_px, logo->height_px);
	samples = g_malloc((size_t)place.width_px * (size_t)place.height_px * 4);
	result = logo_draw(logo, colours, place.width_px, place.height_px, samples, err);
	logo_free(logo);
	if (result < 0)
		return -1;
	style->logo = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, place.width_px, place.height_px);
	if (cairo_surface_status(style->logo) != CAIRO_STATUS_SUCCESS)
		return err_set(err, REASON_OUT_OF_MEMORY, "no memory for a logo");
	premultiply(samples, style->logo);
	return 0;
}

int sheet_style_init(struct sheet_style *style, const struct sheet_settings *settings,
	struct colours *colours, struct err *err)
{
	g_autofree char *said = g_strdup_printf("[sheet %s] font", settings->label);

	*style = (struct sheet_style){ .settings = settings, .ink = sheet_ink(settings) };
	if (sheet_layout_compute(settings, &style->layout, err) < 0)
		return -1;
	style->font = font_find(settings->font, said, err);
	if (!style->font)
		return -1;
	return settings->logo ? draw_logo(style, colours, err) : 0;
}

void sheet_style_finish(struct sheet_style *style)
{
	g_clear_pointer(&style->font, pango_font_description_free);
	g_clear_pointer(&style->logo, cairo_surface_destroy);
}

static void set_colour(cairo_t *cairo, const struct rgb *rgb)
{
	cairo_set_source_rgb(cairo, rgb->red / 255.0, rgb->green / 255.0, rgb->blue / 255.0);
}

/* A line of text, and where it goes. */
struct line {
	const struct sheet_rect *rect;
	double em_px;
	PangoAlignment align;
};

static PangoLayout *lay_out(const struct sheet_style *style, double em_px)
{
	PangoContext *context = font_context_new();
	PangoLayout *layout = pango_layout_new(context);

	g_object_unref(context);
	pango_font_description_set_absolute_size(style->font, em_px * PANGO_SCALE);
	pango_layout_set_font_description(layout, style->font);
	pango_layout_set_single_paragraph_mode(layout, TRUE);
	return layout;
}

static bool is_within(PangoLayout *layout, const char *text, int width_px)
{
	int width;

	pango_layout_set_text(layout, text, -1);
	pango_layout_get_size(layout, &width, NULL);
	return width <= width_px * PANGO_SCALE;
}

/* `kept` characters of the text, from both ends, with an ellipsis between them. An accent goes with its
 * letter. Heap memory. */
static char *without_middle(const char *text, glong count, glong kept)
{
	const char *tail = g_utf8_offset_to_pointer(text, count - kept / 2);
	g_autofree char *head = g_utf8_substring(text, 0, kept - kept / 2);

	while (*tail && (g_unichar_ismark(g_utf8_get_char(tail)) || *tail == ' '))
		tail = g_utf8_next_char(tail);
	return g_strconcat(g_strchomp(head), "\xe2\x80\xa6", tail, NULL);
}

/* What differs in names stands at their ends: numbers, and what was added. Pango would shorten as well, but
 * stretches its ellipsis over the room that is left. Heap memory. */
static char *shorten(PangoLayout *layout, const char *text, int width_px)
{
	glong count = g_utf8_strlen(text, -1), fits = 0, beyond = count;

	if (is_within(layout, text, width_px))
		return g_strdup(text);
	while (beyond - fits > 1) {
		glong middle = fits + (beyond - fits) / 2;
		g_autofree char *shorter = without_middle(text, count, middle);

		if (is_within(layout, shorter, width_px))
			fits = middle;
		else
			beyond = middle;
	}
	return without_middle(text, count, fits);
}

/* By its baseline: letters of another font, with which Pango fills in, must not move it. */
static void draw_line(
	const struct sheet_style *style, cairo_t *cairo, const struct line *line, const char *text)
{
	PangoLayout *layout = lay_out(style, line->em_px);
	g_autofree char *shown = shorten(layout, text, line->rect->width_px);
	double middle_px = line->rect->top_px + line->rect->height_px / 2.0;

	pango_layout_set_text(layout, shown, -1);
	pango_layout_set_width(layout, line->rect->width_px * PANGO_SCALE);
	/* narrower than its ellipsis: nothing may go over into the next line */
	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	pango_layout_set_alignment(layout, line->align);
	set_colour(cairo, &style->ink);
	cairo_move_to(cairo, line->rect->left_px,
		middle_px + BASELINE_EMS * line->em_px -
			(double)pango_layout_get_baseline(layout) / PANGO_SCALE);
	pango_cairo_show_layout(cairo, layout);
	g_object_unref(layout);
}

static void draw_header(const struct sheet_style *style, cairo_t *cairo, const char *header)
{
	struct sheet_rect rect = style->layout.header;
	const struct line line = { &rect, style->layout.header_em_px, PANGO_ALIGN_LEFT };

	if (style->logo) {
		int width_px = cairo_image_surface_get_width(style->logo);
		int height_px = cairo_image_surface_get_height(style->logo);

		cairo_set_source_surface(cairo, style->logo, rect.left_px + rect.width_px - width_px,
			rect.top_px + (rect.height_px - height_px) / 2);
		cairo_paint(cairo);
		rect.width_px -= width_px + (int)round(LOGO_SPACE_EMS * style->layout.header_em_px);
	}
	if (*header && rect.width_px > 0)
		draw_line(style, cairo, &line, header);
}

void sheet_page_begin(const struct sheet_style *style, cairo_t *cairo, const char *header)
{
	set_colour(cairo, &style->settings->background);
	cairo_rectangle(cairo, 0, 0, style->layout.width_px, style->layout.height_px);
	cairo_fill(cairo);
	if (style->layout.header.height_px > 0)
		draw_header(style, cairo, header);
}

void sheet_page_caption(
	const struct sheet_style *style, cairo_t *cairo, const struct sheet_rect *line, const char *text)
{
	if (line->height_px > 0 && *text)
		draw_line(
			style, cairo, &(struct line){ line, style->layout.em_px, PANGO_ALIGN_CENTER }, text);
}
