/*
 * sheet_page.h: what stands on a page of a contact sheet besides the pictures, drawn by Cairo, in pixels of
 * the layout: on an image, and in a PDF, where text stays text.
 *
 * Calling order: sheet_style_init() once a file; sheet_page_begin() and sheet_page_caption() for each page;
 * sheet_style_finish().
 */
#ifndef STAMPMILL_IMAGE_SHEET_PAGE_H
#define STAMPMILL_IMAGE_SHEET_PAGE_H

#include <cairo.h>
#include <pango/pangocairo.h>

#include "base/err.h"
#include "image/colour.h"
#include "job/sheet_layout.h"

struct sheet_style {
	const struct sheet_settings *settings; /* borrowed */
	struct sheet_layout layout;
	struct rgb ink;
	PangoFontDescription *font;
	cairo_surface_t *logo; /* in the size in which it is shown; NULL: none */
};

/* 0, or -1 with `err`: no such font or logo (reason watermark). Finish it either way. */
int sheet_style_init(struct sheet_style *style, const struct sheet_settings *settings,
	struct colours *colours, struct err *err);
void sheet_style_finish(struct sheet_style *style);

/* The background, the logo, and the header's text; text that is too long for its line is shortened in its
 * middle. */
void sheet_page_begin(const struct sheet_style *style, cairo_t *cairo, const char *header);

/* In the middle of `line`. */
void sheet_page_caption(
	const struct sheet_style *style, cairo_t *cairo, const struct sheet_rect *line, const char *text);

#endif
