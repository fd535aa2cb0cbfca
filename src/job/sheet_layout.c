#include "job/sheet_layout.h"

#include <math.h>

#define MM_PER_INCH 25.4
#define PT_PER_INCH 72.0

/* In ems of the letters that a line holds. */
#define LINE_EMS 1.35
#define CAPTION_GAP_EMS 0.45
#define HEADER_EMS 1.7 /* of a header's letters, in those of captions */
#define LOGO_EMS 3.0   /* of a line with a logo, in those of the header */

/* Below this nothing is to be seen. */
#define BOX_LEAST_PX 16

static double to_px(const struct length_spec *length, int dpi, double short_px)
{
	switch (length->unit) {
	case LENGTH_PERCENT:
		return length->number / 100 * short_px;
	case LENGTH_MM:
		return length->number / MM_PER_INCH * dpi;
	case LENGTH_PT:
		return length->number / PT_PER_INCH * dpi;
	default:
		return length->number;
	}
}

static int side_px(const struct sheet_settings *settings, double side)
{
	return (int)fmin(round(settings->page.is_mm ? side / MM_PER_INCH * settings->dpi : side), 1e9);
}

static int check_page(const struct sheet_layout *layout, struct err *err)
{
	if (layout->width_px >= 1 && layout->height_px >= 1 && layout->width_px <= SHEET_SIDE_MAX_PX &&
		layout->height_px <= SHEET_SIDE_MAX_PX &&
		(double)layout->width_px * layout->height_px <= SHEET_PIXELS_MAX)
		return 0;
	return err_set(err, REASON_UNSUPPORTED,
		"a page of %d x %d pixels: expected at most %d on a side and %d million in all; a smaller "
		"page or dpi",
		layout->width_px, layout->height_px, SHEET_SIDE_MAX_PX, SHEET_PIXELS_MAX / 1000000);
}

/* More pictures across where the page is wider than it is high. */
static void choose_grid(const struct sheet_settings *settings, struct sheet_layout *layout)
{
	bool landscape = layout->width_px > layout->height_px;

	layout->columns = settings->columns ? settings->columns : landscape ? 6 : 4;
	layout->rows = settings->rows ? settings->rows : landscape ? 4 : 5;
}

static int header_height(
	const struct sheet_settings *settings, const struct sheet_layout *layout, double short_px)
{
	if (!settings->header && !settings->logo)
		return 0;
	if (settings->header_height.unit != LENGTH_NATURAL)
		return (int)round(to_px(&settings->header_height, settings->dpi, short_px));
	return (int)round(layout->header_em_px * (settings->logo ? LOGO_EMS : LINE_EMS));
}

/* Header and grid within the margins. */
static void divide(
	const struct sheet_settings *settings, struct sheet_layout *layout, int margin_px, double short_px)
{
	int space_px;

	layout->header = (struct sheet_rect){ margin_px, margin_px, layout->width_px - 2 * margin_px,
		header_height(settings, layout, short_px) };
	space_px = layout->header.height_px ? (int)round(fmax(layout->gap_px, layout->header_em_px)) : 0;
	layout->grid = layout->header;
	layout->grid.top_px += layout->header.height_px + space_px;
	layout->grid.height_px = layout->height_px - margin_px - layout->grid.top_px;
}

static int check_boxes(const struct sheet_layout *layout, struct err *err)
{
	double width_px = (layout->grid.width_px - (layout->columns - 1) * layout->gap_px) / layout->columns;
	double height_px = (layout->grid.height_px - (layout->rows - 1) * layout->gap_px) / layout->rows -
			   layout->caption_px - layout->caption_gap_px;

	if (layout->header.height_px <= layout->height_px && width_px >= BOX_LEAST_PX &&
		height_px >= BOX_LEAST_PX)
		return 0;
	return err_set(err, REASON_UNSUPPORTED,
		"a page of %d x %d pixels has no room for %d x %d pictures: expected fewer of them, or a "
		"smaller margin, gap, font-size or header-height",
		layout->width_px, layout->height_px, layout->columns, layout->rows);
}

int sheet_layout_compute(const struct sheet_settings *settings, struct sheet_layout *layout, struct err *err)
{
	double short_px;

	*layout = (struct sheet_layout){ .width_px = side_px(settings, settings->page.width),
		.height_px = side_px(settings, settings->page.height) };
	if (check_page(layout, err) < 0)
		return -1;
	short_px = fmin(layout->width_px, layout->height_px);
	choose_grid(settings, layout);
	/* letters too small to be read are still letters to the font's library */
	layout->em_px = fmax(1, to_px(&settings->font_size, settings->dpi, short_px));
	layout->header_em_px = layout->em_px * HEADER_EMS;
	layout->gap_px = fmin(to_px(&settings->gap, settings->dpi, short_px), SHEET_SIDE_MAX_PX);
	if (settings->caption) {
		layout->caption_px = (int)fmin(ceil(layout->em_px * LINE_EMS), SHEET_SIDE_MAX_PX);
		layout->caption_gap_px = (int)fmin(round(layout->em_px * CAPTION_GAP_EMS), SHEET_SIDE_MAX_PX);
	}
	divide(settings, layout,
		(int)fmin(round(to_px(&settings->margin, settings->dpi, short_px)), SHEET_SIDE_MAX_PX),
		short_px);
	return check_boxes(layout, err);
}

/* Where the part `i` of `count` equal ones begins, and where it ends. */
static void cut(int whole_px, double gap_px, int count, int i, int *from_px, int *length_px)
{
	double part_px = (whole_px - (count - 1) * gap_px) / count;
	double from = i * (part_px + gap_px);

	*from_px = (int)round(from);
	*length_px = (int)round(from + part_px) - *from_px;
}

/* A cell's room for its picture. */
static struct sheet_rect find_box(const struct sheet_layout *layout, int index)
{
	int column = index % layout->columns, row = index / layout->columns;
	struct sheet_rect box;

	cut(layout->grid.width_px, layout->gap_px, layout->columns, column, &box.left_px, &box.width_px);
	cut(layout->grid.height_px, layout->gap_px, layout->rows, row, &box.top_px, &box.height_px);
	box.left_px += layout->grid.left_px;
	box.top_px += layout->grid.top_px;
	box.height_px -= layout->caption_px + layout->caption_gap_px;
	return box;
}

struct sheet_cell sheet_layout_cell(
	const struct sheet_layout *layout, int index, int picture_width_px, int picture_height_px)
{
	struct sheet_rect box = find_box(layout, index);
	struct sheet_cell cell = { .picture = sheet_layout_fit(&box, picture_width_px, picture_height_px),
		.caption = box };

	cell.caption.top_px = cell.picture.top_px + cell.picture.height_px + layout->caption_gap_px;
	cell.caption.height_px = layout->caption_px;
	return cell;
}

struct sheet_rect sheet_layout_fit(const struct sheet_rect *box, int width_px, int height_px)
{
	double scale = fmin((double)box->width_px / width_px, (double)box->height_px / height_px);
	struct sheet_rect rect = { .width_px = (int)fmax(1, round(width_px * scale)),
		.height_px = (int)fmax(1, round(height_px * scale)) };

	rect.left_px = box->left_px + (box->width_px - rect.width_px) / 2;
	rect.top_px = box->top_px + (box->height_px - rect.height_px) / 2;
	return rect;
}

size_t sheet_layout_pages(const struct sheet_layout *layout, size_t pictures)
{
	size_t places = (size_t)layout->columns * (size_t)layout->rows;

	return (pictures + places - 1) / places;
}
