#include "image/mark_choice.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

#define WIDTH 400
#define HEIGHT 300
#define MARGIN 10

static struct colours *colours;
static uint8_t picture[HEIGHT][WIDTH];

static int begin(void **state)
{
	(void)state;
	colours = colours_new();
	return colours ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	colours_free(colours);
	return 0;
}

static void read_picture(void *data, int x, int y, int count, void *row)
{
	(void)data;
	memcpy(row, &picture[y][x], (size_t)count);
}

/* Quarters of the picture, as corners of it. */
static void fill(enum gravity corner, int level, int noise)
{
	int left = corner == GRAVITY_NE || corner == GRAVITY_SE ? WIDTH / 2 : 0;
	int top = corner == GRAVITY_SW || corner == GRAVITY_SE ? HEIGHT / 2 : 0;

	for (int y = top; y < top + HEIGHT / 2; y++)
		for (int x = left; x < left + WIDTH / 2; x++)
			picture[y][x] = (uint8_t)(level + (x / 6 + y / 6) % 2 * noise);
}

static void fill_all(int level)
{
	memset(picture, level, sizeof(picture));
}

/* A mark in the south-east; its first sample tells which one it is. */
static struct mark mark_of(const unsigned char *samples, int width_px, int height_px)
{
	return (struct mark){ .place = { WIDTH - MARGIN - width_px, HEIGHT - MARGIN - height_px, width_px,
				      height_px, .step_x_px = 0 },
		.samples = samples };
}

static void choose_all(const struct mark_choice *choices, size_t count, struct mark *marks)
{
	const struct pixels grey = { .model = MODEL_GREY, .bits = 8 };
	const struct ground ground = { .width_px = WIDTH,
		.height_px = HEIGHT,
		.pixels = grey,
		.background = "\xff",
		.lightness = colours_between(colours, &grey, &grey),
		.read = read_picture };
	struct err err;

	assert_int_equal(mark_choose(choices, count, &ground, marks, &err), 0);
}

static struct mark choose(const struct mark_choice *choice)
{
	struct mark mark;

	choose_all(choice, 1, &mark);
	return mark;
}

static const unsigned char light[] = "light", dark[] = "dark";

static const char *chosen_of(struct mark one, struct mark other)
{
	const struct mark_choice choice = { .versions = { one, other }, .count = 2 };

	return (const char *)choose(&choice).samples;
}

static void a_mark_that_has_no_choice_waits_for_no_picture(void **state)
{
	struct mark_choice choice = { .versions = { mark_of(light, 80, 40) }, .count = 1 };

	(void)state;
	assert_false(mark_choice_is_open(&choice));
	choice.calm = true;
	assert_true(mark_choice_is_open(&choice));
	choice = (struct mark_choice){ .count = 2 };
	assert_true(mark_choice_is_open(&choice));
}

static void the_light_version_is_for_the_dark(void **state)
{
	(void)state;
	fill_all(20);
	assert_string_equal(chosen_of(mark_of(light, 80, 40), mark_of(dark, 80, 40)), "light");
	/* what is elsewhere does not count */
	fill(GRAVITY_SE, 230, 0);
	assert_string_equal(chosen_of(mark_of(light, 80, 40), mark_of(dark, 80, 40)), "dark");
	fill_all(230);
	fill(GRAVITY_SE, 20, 0);
	assert_string_equal(chosen_of(mark_of(light, 80, 40), mark_of(dark, 80, 40)), "light");
}

static void in_doubt_it_is_the_light_version(void **state)
{
	(void)state;
	for (int level = 117; level <= 121; level++) {
		fill_all(level);
		assert_string_equal(chosen_of(mark_of(light, 80, 40), mark_of(dark, 80, 40)), "light");
	}
	fill_all(0);
	for (int y = 0; y < HEIGHT; y++)
		memset(picture[y], 255, WIDTH - MARGIN - 40);
	assert_string_equal(chosen_of(mark_of(light, 80, 40), mark_of(dark, 80, 40)), "light");
}

/* The small one alone lies on light, the box of both mostly on dark. */
static void versions_of_two_sizes_are_asked_about_as_one(void **state)
{
	struct mark small = mark_of(light, 40, 40), large = mark_of(dark, 160, 40);

	(void)state;
	fill_all(20);
	for (int y = 0; y < HEIGHT; y++)
		memset(&picture[y][WIDTH - MARGIN - 40], 240, 40 + MARGIN);
	assert_string_equal(chosen_of(small, large), "light");
	small.samples = dark;
	large.samples = light;
	assert_string_equal(chosen_of(large, small), "light");
}

static void of_tiles_the_whole_picture_counts(void **state)
{
	struct mark one = mark_of(light, 20, 20), other = mark_of(dark, 20, 20);

	(void)state;
	one.place.step_x_px = one.place.step_y_px = other.place.step_x_px = other.place.step_y_px = 30;
	fill_all(20);
	fill(GRAVITY_SE, 240, 0);
	assert_string_equal(chosen_of(one, other), "light");
	fill_all(240);
	fill(GRAVITY_SE, 20, 0);
	assert_string_equal(chosen_of(one, other), "dark");
}

static const enum gravity corners[] = { GRAVITY_SE, GRAVITY_SW, GRAVITY_NE, GRAVITY_NW };

static void check_corner(const struct mark *mark, enum gravity corner)
{
	bool west = corner == GRAVITY_NW || corner == GRAVITY_SW;
	bool north = corner == GRAVITY_NW || corner == GRAVITY_NE;

	assert_int_equal(mark->place.left_px, west ? MARGIN : WIDTH - MARGIN - mark->place.width_px);
	assert_int_equal(mark->place.top_px, north ? MARGIN : HEIGHT - MARGIN - mark->place.height_px);
}

static void calm_is_the_corner_without_detail(void **state)
{
	const struct mark_choice choice = {
		.versions = { mark_of(light, 100, 60) }, .count = 1, .calm = true
	};

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct mark mark;

		for (int k = 0; k < 4; k++)
			fill(corners[k], 80, k == i ? 0 : 100);
		mark = choose(&choice);
		check_corner(&mark, corners[i]);
	}
}

/* Of those that are as good as each other, in the order that is promised. */
static void among_equals_the_order_decides(void **state)
{
	const struct mark_choice choice = {
		.versions = { mark_of(light, 100, 60) }, .count = 1, .calm = true
	};

	(void)state;
	for (int calm_ones = 1; calm_ones < 16; calm_ones++) {
		struct mark mark;
		int first = 0;

		/* what is no clear gain: 40 levels of detail against 45 */
		for (int k = 0; k < 4; k++)
			fill(corners[k], 80, calm_ones & 1 << k ? 40 + k % 2 * 5 : 150);
		while (!(calm_ones & 1 << first))
			first++;
		mark = choose(&choice);
		check_corner(&mark, corners[first]);
	}
	for (int noise = 0; noise <= 150; noise += 30) {
		struct mark mark;

		for (int k = 0; k < 4; k++)
			fill(corners[k], 20 + k * 20, noise);
		mark = choose(&choice);
		check_corner(&mark, GRAVITY_SE);
	}
}

static void the_place_comes_first_and_then_the_version(void **state)
{
	const struct mark_choice choice = {
		.versions = { mark_of(light, 100, 60), mark_of(dark, 80, 70) }, .count = 2, .calm = true
	};

	(void)state;
	for (int i = 0; i < 8; i++) {
		struct mark mark;
		bool bright = i / 4;

		for (int k = 0; k < 4; k++)
			fill(corners[k], k == i % 4 ? (bright ? 220 : 30) : (bright ? 20 : 120),
				k == i % 4 ? 0 : 100);
		mark = choose(&choice);
		check_corner(&mark, corners[i % 4]);
		assert_string_equal((const char *)mark.samples, bright ? "dark" : "light");
	}
}

static void calm_marks_keep_off_the_others(void **state)
{
	struct mark_choice choices[5] = {
		{ .versions = { mark_of(light, 100, 60) }, .count = 1 },
		{ .versions = { mark_of(light, 120, 20) }, .count = 1, .calm = true },
		{ .versions = { mark_of(light, 90, 30) }, .count = 1, .calm = true },
		{ .versions = { mark_of(light, 20, 20) }, .count = 1 },
		{ .versions = { mark_of(light, 80, 80) }, .count = 1, .calm = true },
	};
	struct mark marks[5];

	(void)state;
	fill_all(90);
	/* tiles leave no room, and take none; where a mark with a place comes last it counts all the same */
	choices[3].versions[0].place.step_x_px = choices[3].versions[0].place.step_y_px = 30;
	for (int i = 0; i < 2; i++) {
		struct mark_choice first = choices[0];

		choose_all(choices, 5, marks);
		check_corner(&marks[i ? 4 : 0], GRAVITY_SE);
		check_corner(&marks[i ? 0 : 1], GRAVITY_SW);
		check_corner(&marks[i ? 1 : 2], GRAVITY_NE);
		check_corner(&marks[i ? 3 : 4], GRAVITY_NW);
		memmove(choices, choices + 1, 4 * sizeof(choices[0]));
		choices[4] = first;
	}
	/* the least detail of those that are left */
	fill(GRAVITY_SW, 90, 100);
	fill(GRAVITY_NE, 90, 60);
	choose_all(choices + 3, 2, marks); /* the one in the south-east, and a calm one */
	check_corner(&marks[1], GRAVITY_NW);
	/* as many calm ones as there are corners, and one more */
	choices[1] = choices[2] = choices[3] = choices[4] = choices[0];
	choose_all(choices, 5, marks);
	check_corner(&marks[0], GRAVITY_SE);
	check_corner(&marks[1], GRAVITY_NW);
	check_corner(&marks[2], GRAVITY_NE);
	check_corner(&marks[3], GRAVITY_SW);
	check_corner(&marks[4], GRAVITY_SE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mark_that_has_no_choice_waits_for_no_picture),
		cmocka_unit_test(the_light_version_is_for_the_dark),
		cmocka_unit_test(in_doubt_it_is_the_light_version),
		cmocka_unit_test(versions_of_two_sizes_are_asked_about_as_one),
		cmocka_unit_test(of_tiles_the_whole_picture_counts),
		cmocka_unit_test(calm_is_the_corner_without_detail),
		cmocka_unit_test(among_equals_the_order_decides),
		cmocka_unit_test(the_place_comes_first_and_then_the_version),
		cmocka_unit_test(calm_marks_keep_off_the_others),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
