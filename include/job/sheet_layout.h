/*
 * sheet_layout.h: where everything stands on the pages of a contact sheet. Pure arithmetic, in whole pixels.
 *
 *     margin ┌──────────────────────────────┐
 *            │ header text             logo │  header, where there is one of them
 *            ├──────┬─gap─┬──────┬─gap─┬────┤
 *            │      │     │      │     │    │  the cells, all of one size but for a pixel of rounding, so
 *            │ pic  │     │      │     │    │  that the last one ends where the margin begins
 *            │ ture │     │      │     │    │
 *            │ name │     │      │     │    │  caption, where there is one
 *            └──────┴─────┴──────┴─────┴────┘
 *
 * Pictures stand in the middle of their boxes, whole, so that portrait and landscape ones can share a page;
 * each with its caption right below it, so that nobody takes it for the next one's.
 */
#ifndef STAMPMILL_JOB_SHEET_LAYOUT_H
#define STAMPMILL_JOB_SHEET_LAYOUT_H

#include "base/err.h"
#include "job/sheet_settings.h"

/* A side of a page, as Cairo can hold it; and what a worker may be asked to hold. */
#define SHEET_SIDE_MAX_PX 32000
#define SHEET_PIXELS_MAX 100000000

struct sheet_rect {
	int left_px, top_px, width_px, height_px;
};

struct sheet_layout {
	int width_px, height_px; /* of the page */
	int columns, rows;
	double em_px, header_em_px; /* of letters */
	struct sheet_rect header;   /* height 0: none */
	struct sheet_rect grid;     /* all cells */
	double gap_px;
	int caption_px, caption_gap_px; /* its line, and the space above it; 0: none */
};

/* A picture in its place, and the line below it. */
struct sheet_cell {
	struct sheet_rect picture, caption;
};

/* 0, or -1 with `err`: a page too large, or without room for so many pictures. */
int sheet_layout_compute(const struct sheet_settings *settings, struct sheet_layout *layout, struct err *err);

/* Where the page's picture `index` stands, row by row from the left; below columns * rows. */
struct sheet_cell sheet_layout_cell(
	const struct sheet_layout *layout, int index, int picture_width_px, int picture_height_px);

/* A picture of that size, as large as it can be in the middle of `box`. */
struct sheet_rect sheet_layout_fit(const struct sheet_rect *box, int width_px, int height_px);

/* How many pages so many pictures take; 0 for none. */
size_t sheet_layout_pages(const struct sheet_layout *layout, size_t pictures);

#endif
