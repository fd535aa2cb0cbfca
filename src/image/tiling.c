#include "image/tiling.h"

#include <math.h>

#include "image/mark_turn.h"

/* Rounding moves a copy by half a pixel at most. */
#define SLACK 1.0

struct span {
	double least, most;
};

static struct span span_add(struct span span, double value)
{
	return (struct span){ fmin(span.least, value), fmax(span.most, value) };
}

/* How far from the first copy others may lie that touch the columns, and the row. */
static struct span wanted_x(const struct tiling *tiling)
{
	double from = tiling->x - tiling->place->left_px;

	return (struct span){ from - tiling->place->width_px - SLACK, from + tiling->count + SLACK };
}

static struct span wanted_y(const struct tiling *tiling)
{
	double from = tiling->y - tiling->place->top_px;

	return (struct span){ from - tiling->place->height_px - SLACK, from + SLACK };
}

/* The lattice's own coordinate across, of the corners of what is wanted. */
static void find_across(struct tiling *tiling)
{
	struct span x = wanted_x(tiling), y = wanted_y(tiling), steps = { INFINITY, -INFINITY };
	double area = tiling->across_x * tiling->down_y - tiling->across_y * tiling->down_x;

	for (int corner = 0; corner < 4; corner++) {
		double u = corner & 1 ? x.most : x.least, v = corner & 2 ? y.most : y.least;

		steps = span_add(steps, (u * tiling->down_y - v * tiling->down_x) / area);
	}
	tiling->i = (int)floor(steps.least);
	tiling->last_i = (int)ceil(steps.most);
}

/* Of the copies `i` steps across, those that may touch: by whichever edge of the picture runs more across
 * the way down. */
static void find_down(struct tiling *tiling)
{
	bool by_row = fabs(tiling->down_y) >= fabs(tiling->down_x);
	struct span wanted = by_row ? wanted_y(tiling) : wanted_x(tiling), steps = { INFINITY, -INFINITY };
	double gone = tiling->i * (by_row ? tiling->across_y : tiling->across_x);
	double step = by_row ? tiling->down_y : tiling->down_x;

	steps = span_add(steps, (wanted.least - gone) / step);
	steps = span_add(steps, (wanted.most - gone) / step);
	tiling->j = (int)floor(steps.least);
	tiling->last_j = (int)ceil(steps.most);
}

void tiling_begin(struct tiling *tiling, const struct placement *place, int x, int y, int count)
{
	struct mark_turn turn = mark_turn_of(place->step_x_px ? place->rotate_deg : 0);

	*tiling = (struct tiling){
		.place = place,
		.x = x,
		.y = y,
		.count = count,
		.across_x = place->step_x_px * turn.cosine,
		.across_y = place->step_x_px * turn.sine,
		.down_x = -place->step_y_px * turn.sine,
		.down_y = place->step_y_px * turn.cosine,
	};
	if (!place->step_x_px)
		return;
	find_across(tiling);
	find_down(tiling);
}

static bool touches(const struct tiling *tiling, int left_px, int mark_row)
{
	return mark_row >= 0 && mark_row < tiling->place->height_px && left_px < tiling->x + tiling->count &&
	       left_px + tiling->place->width_px > tiling->x;
}

static void step(struct tiling *tiling)
{
	if (tiling->j < tiling->last_j) {
		tiling->j++;
		return;
	}
	tiling->i++;
	if (tiling->place->step_x_px)
		find_down(tiling);
}

bool tiling_next(struct tiling *tiling, int *left_px, int *mark_row)
{
	while (tiling->i <= tiling->last_i) {
		int left = tiling->place->left_px +
			   (int)lround(tiling->i * tiling->across_x + tiling->j * tiling->down_x);
		int top = tiling->place->top_px +
			  (int)lround(tiling->i * tiling->across_y + tiling->j * tiling->down_y);

		step(tiling);
		if (!touches(tiling, left, tiling->y - top))
			continue;
		*left_px = left;
		*mark_row = tiling->y - top;
		return true;
	}
	return false;
}
