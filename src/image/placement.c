#include "image/placement.h"

#include <math.h>

#include "image/mark_turn.h"

static int shorter(int one, int other)
{
	return one < other ? one : other;
}

static double basis_px(enum basis basis, int width_px, int height_px)
{
	switch (basis) {
	case BASIS_LONG:
		return width_px > height_px ? width_px : height_px;
	case BASIS_WIDTH:
		return width_px;
	case BASIS_HEIGHT:
		return height_px;
	default:
		return shorter(width_px, height_px);
	}
}

static double length_px(const struct length_spec *length, double whole_px)
{
	return length->unit == LENGTH_PERCENT ? whole_px * length->number / 100 : length->number;
}

static int margin_of(double wanted_px, int side_px)
{
	return (int)round(fmin(wanted_px, side_px / 4));
}

static int to_side(double side_px, int most_px)
{
	return side_px < 1 ? 1 : shorter((int)round(fmin(side_px, most_px)), most_px);
}

/* All that a turned mark touches; of one that is not turned, just that. */
static int to_box(double side_px, int most_px)
{
	return shorter((int)ceil(side_px - 1e-6), most_px);
}

/* The remainder that is never negative. */
static int modulo(int value, int step)
{
	return (value % step + step) % step;
}

/* Of a lattice that is not turned the first tile is told, which makes the numbers small. */
static void tile(struct placement *placement, int gap_px)
{
	placement->step_x_px = placement->drawn_width_px + gap_px;
	placement->step_y_px = placement->drawn_height_px + gap_px;
	if (placement->rotate_deg != 0)
		return;
	placement->left_px = modulo(placement->left_px, placement->step_x_px);
	placement->top_px = modulo(placement->top_px, placement->step_y_px);
	if (placement->left_px)
		placement->left_px -= placement->step_x_px;
	if (placement->top_px)
		placement->top_px -= placement->step_y_px;
}

static int tile_gap(const struct mark_settings *settings, double short_px)
{
	const struct length_spec *gap =
		settings->spacing.unit == LENGTH_NATURAL ? &settings->margin : &settings->spacing;

	return (int)round(fmin(length_px(gap, short_px), SIZE_LIMIT_PX));
}

/* By how much to scale the mark, `room_x_px` by `room_y_px` being free. */
static double scale(struct placement *placement, double wanted, int mark_width_px, int mark_height_px,
	int room_x_px, int room_y_px)
{
	double box_x_px, box_y_px, fits;

	mark_turn_box(placement->rotate_deg, mark_width_px, mark_height_px, &box_x_px, &box_y_px);
	fits = fmin(room_x_px / box_x_px, room_y_px / box_y_px);
	/* what rounding takes away is no shrinking */
	placement->oversize = round(box_x_px * wanted) > room_x_px || round(box_y_px * wanted) > room_y_px;
	return fmin(wanted, fits);
}

static void size_boxes(struct placement *placement, double mark_width_px, double mark_height_px,
	int room_x_px, int room_y_px)
{
	double box_x_px, box_y_px;
	bool across = mark_turn_of(placement->rotate_deg).cosine == 0;

	placement->drawn_width_px = to_side(mark_width_px, across ? room_y_px : room_x_px);
	placement->drawn_height_px = to_side(mark_height_px, across ? room_x_px : room_y_px);
	mark_turn_box(placement->rotate_deg, placement->drawn_width_px, placement->drawn_height_px, &box_x_px,
		&box_y_px);
	placement->width_px = to_box(box_x_px, room_x_px);
	placement->height_px = to_box(box_y_px, room_y_px);
}

/* Before it has to fit. */
static double wanted_scale(const struct mark_settings *settings, int mark_width_px, double edge_px)
{
	if (settings->size.unit != LENGTH_NATURAL)
		return length_px(&settings->size, edge_px) / mark_width_px;
	return settings->text ? length_px(&settings->style.size, edge_px) / TEXT_EM_PX : 1;
}

void placement_compute(struct placement *placement, const struct mark_settings *settings, int mark_width_px,
	int mark_height_px, int width_px, int height_px)
{
	/* each gravity as ninths: 0 before, 1 in the middle, 2 after */
	static const struct {
		int across, down;
	} ninths[] = {
		[GRAVITY_NW] = { 0, 0 },
		[GRAVITY_N] = { 1, 0 },
		[GRAVITY_NE] = { 2, 0 },
		[GRAVITY_W] = { 0, 1 },
		[GRAVITY_C] = { 1, 1 },
		[GRAVITY_E] = { 2, 1 },
		[GRAVITY_SW] = { 0, 2 },
		[GRAVITY_S] = { 1, 2 },
		[GRAVITY_SE] = { 2, 2 },
		[GRAVITY_TILE] = { 1, 1 },
		[GRAVITY_CALM] = { 2, 2 },
	};
	double short_px = shorter(width_px, height_px), margin_px = length_px(&settings->margin, short_px);
	int margin_x_px = margin_of(margin_px, width_px), margin_y_px = margin_of(margin_px, height_px);
	int room_x_px = width_px - 2 * margin_x_px, room_y_px = height_px - 2 * margin_y_px;
	double factor = wanted_scale(settings, mark_width_px, basis_px(settings->basis, width_px, height_px));

	*placement = (struct placement){ .rotate_deg = settings->rotate_deg };
	factor = scale(placement, factor, mark_width_px, mark_height_px, room_x_px, room_y_px);
	size_boxes(placement, mark_width_px * factor, mark_height_px * factor, room_x_px, room_y_px);
	placement->left_px =
		margin_x_px + (room_x_px - placement->width_px) * ninths[settings->position].across / 2;
	placement->top_px =
		margin_y_px + (room_y_px - placement->height_px) * ninths[settings->position].down / 2;
	if (settings->position == GRAVITY_TILE)
		tile(placement, tile_gap(settings, short_px));
}

void placement_move(struct placement *placement, enum gravity corner, int width_px, int height_px)
{
	if (corner == GRAVITY_NW || corner == GRAVITY_SW)
		placement->left_px = width_px - placement->width_px - placement->left_px;
	if (corner == GRAVITY_NW || corner == GRAVITY_NE)
		placement->top_px = height_px - placement->height_px - placement->top_px;
}

struct area placement_area(const struct placement *placement, int width_px, int height_px)
{
	if (placement->step_x_px)
		return (struct area){ 0, 0, width_px, height_px };
	return (struct area){ placement->left_px, placement->top_px, placement->width_px,
		placement->height_px };
}
