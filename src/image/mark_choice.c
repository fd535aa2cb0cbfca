#include "image/mark_choice.h"

#include <assert.h>
#include <math.h>

/* How much of the area has to be light for the dark version. */
#define LIGHT_ENOUGH 0.55
/* What more detail is no clear disadvantage: in part, and in L*. */
#define MORE_DETAIL 1.25
#define SOME_DETAIL 0.4

static const enum gravity corners[] = { GRAVITY_SE, GRAVITY_SW, GRAVITY_NE, GRAVITY_NW };

enum {
	CORNERS = sizeof(corners) / sizeof(corners[0])
};

bool mark_choice_is_open(const struct mark_choice *choice)
{
	return choice->calm || choice->count > 1;
}

static void move(struct mark *mark, enum gravity corner, const struct ground *ground)
{
	placement_move(&mark->place, corner, ground->width_px, ground->height_px);
}

static int lesser(int one, int other)
{
	return one < other ? one : other;
}

static int greater(int one, int other)
{
	return one > other ? one : other;
}

static struct area box_around(const struct area *one, const struct area *other)
{
	int left = lesser(one->left_px, other->left_px), top = lesser(one->top_px, other->top_px);
	int right = greater(one->left_px + one->width_px, other->left_px + other->width_px);
	int bottom = greater(one->top_px + one->height_px, other->top_px + other->height_px);

	return (struct area){ left, top, right - left, bottom - top };
}

static bool overlap(const struct area *one, const struct area *other)
{
	return one->left_px < other->left_px + other->width_px &&
	       other->left_px < one->left_px + one->width_px &&
	       one->top_px < other->top_px + other->height_px && other->top_px < one->top_px + one->height_px;
}

/* What all versions cover in `corner`, or, without calm, where they lie. */
static struct area cover(const struct mark_choice *choice, enum gravity corner, const struct ground *ground)
{
	struct area all = { 0 };

	for (size_t i = 0; i < choice->count; i++) {
		struct mark mark = choice->versions[i];
		struct area area;

		if (choice->calm)
			move(&mark, corner, ground);
		area = placement_area(&mark.place, ground->width_px, ground->height_px);
		all = i ? box_around(&all, &area) : area;
	}
	return all;
}

/* Where other marks stand. */
struct taken {
	struct area areas[MARKS_MAX];
	size_t count;
};

static bool is_taken(const struct taken *taken, const struct area *area)
{
	for (size_t i = 0; i < taken->count; i++)
		if (overlap(&taken->areas[i], area))
			return true;
	return false;
}

/* The corners that are free of other marks, or all, where none is; in their order. Returns how many. */
static int list_corners(const struct mark_choice *choice, const struct ground *ground,
	const struct taken *taken, enum gravity *list)
{
	int count = 0;

	for (int i = 0; i < CORNERS; i++) {
		struct area area = cover(choice, corners[i], ground);

		if (!is_taken(taken, &area))
			list[count++] = corners[i];
	}
	if (count)
		return count;
	for (int i = 0; i < CORNERS; i++)
		list[i] = corners[i];
	return CORNERS;
}

static int find_corner(const struct mark_choice *choice, const struct ground *ground,
	const struct taken *taken, enum gravity *corner, struct err *err)
{
	enum gravity list[CORNERS];
	struct ground_measures measures[CORNERS];
	int count = list_corners(choice, ground, taken, list), i = 0;
	double least = INFINITY;

	for (int k = 0; k < count; k++) {
		struct area area = cover(choice, list[k], ground);

		if (ground_measure(ground, &area, &measures[k], err))
			return -1;
		least = fmin(least, measures[k].detail);
	}
	while (measures[i].detail > least * MORE_DETAIL + SOME_DETAIL)
		i++;
	*corner = list[i];
	return 0;
}

static int choose(const struct mark_choice *choice, const struct ground *ground, struct taken *taken,
	struct mark *mark, struct err *err)
{
	enum gravity corner = GRAVITY_SE;
	struct ground_measures measures = { 0 };
	struct area area;

	if (choice->calm && find_corner(choice, ground, taken, &corner, err))
		return -1;
	area = cover(choice, corner, ground);
	if (choice->count > 1 && ground_measure(ground, &area, &measures, err))
		return -1;
	*mark = choice->versions[choice->count > 1 && measures.light > LIGHT_ENOUGH];
	if (!choice->calm)
		return 0;
	move(mark, corner, ground);
	taken->areas[taken->count++] = area;
	return 0;
}

int mark_choose(const struct mark_choice *choices, size_t count, const struct ground *ground,
	struct mark *marks, struct err *err)
{
	struct taken taken = { .count = 0 };

	assert(count <= MARKS_MAX);
	for (size_t i = 0; i < count; i++)
		if (!choices[i].calm && !choices[i].versions[0].place.step_x_px)
			taken.areas[taken.count++] = cover(&choices[i], GRAVITY_SE, ground);
	for (size_t i = 0; i < count; i++)
		if (choose(&choices[i], ground, &taken, &marks[i], err))
			return -1;
	return 0;
}
