#include "image/placement.h"

#include "check.h"

static struct mark_settings settings;

static int begin(void **state)
{
	struct settings all;

	(void)state;
	settings_init(&all);
	settings = all.outputs[0].mark;
	settings_finish(&all);
	return 0;
}

static struct placement place(int mark_width, int mark_height, int width, int height)
{
	struct placement placement;

	placement_compute(&placement, &settings, mark_width, mark_height, width, height);
	return placement;
}

static void check(int mark_width, int mark_height, int width, int height, const int *expected)
{
	struct placement is = place(mark_width, mark_height, width, height);

	if (is.left_px != expected[0] || is.top_px != expected[1] || is.width_px != expected[2] ||
		is.height_px != expected[3])
		fail_msg("%dx%d on %dx%d: %dx%d at %d, %d", mark_width, mark_height, width, height,
			is.width_px, is.height_px, is.left_px, is.top_px);
}

#define AT(left, top, width, height) ((const int[]){ left, top, width, height })

static void each_gravity_keeps_the_margin(void **state)
{
	static const struct {
		enum gravity gravity;
		int landscape[2], portrait[2];
	} rows[] = {
		{ GRAVITY_NW, { 8, 8 }, { 8, 8 } },
		{ GRAVITY_N, { 250, 8 }, { 150, 8 } },
		{ GRAVITY_NE, { 492, 8 }, { 292, 8 } },
		{ GRAVITY_W, { 8, 175 }, { 8, 275 } },
		{ GRAVITY_C, { 250, 175 }, { 150, 275 } },
		{ GRAVITY_E, { 492, 175 }, { 292, 275 } },
		{ GRAVITY_SW, { 8, 342 }, { 8, 542 } },
		{ GRAVITY_S, { 250, 342 }, { 150, 542 } },
		{ GRAVITY_SE, { 492, 342 }, { 292, 542 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		settings.position = rows[i].gravity;
		check(100, 50, 600, 400, AT(rows[i].landscape[0], rows[i].landscape[1], 100, 50));
		check(100, 50, 400, 600, AT(rows[i].portrait[0], rows[i].portrait[1], 100, 50));
	}
}

static void the_size_may_be_pixels_or_a_share_of_any_edge(void **state)
{
	(void)state;
	settings.position = GRAVITY_NW;
	settings.margin = (struct length_spec){ LENGTH_PX, 10 };
	settings.size = (struct length_spec){ LENGTH_PX, 60 };
	check(100, 50, 600, 400, AT(10, 10, 60, 30));
	settings.size = (struct length_spec){ LENGTH_PERCENT, 20 };
	check(100, 50, 600, 400, AT(10, 10, 80, 40));
	check(100, 50, 400, 600, AT(10, 10, 80, 40));
	settings.basis = BASIS_LONG;
	check(100, 50, 400, 600, AT(10, 10, 120, 60));
	settings.basis = BASIS_WIDTH;
	check(100, 50, 600, 400, AT(10, 10, 120, 60));
	settings.basis = BASIS_HEIGHT;
	check(100, 50, 600, 400, AT(10, 10, 80, 40));
	settings.size = (struct length_spec){ LENGTH_PX, 300 };
	check(100, 50, 600, 400, AT(10, 10, 300, 150));
}

static void a_mark_that_does_not_fit_is_shrunk(void **state)
{
	(void)state;
	settings.position = GRAVITY_SE;
	settings.margin = (struct length_spec){ LENGTH_PX, 10 };
	check(1000, 100, 220, 400, AT(10, 370, 200, 20));
	check(100, 1000, 400, 220, AT(370, 10, 20, 200));
	settings.size = (struct length_spec){ LENGTH_PERCENT, 500 };
	check(100, 100, 220, 400, AT(10, 190, 200, 200));
	check(1000, 1, 100, 100, AT(10, 89, 80, 1));
	check(10000, 10000, 1, 1, AT(0, 0, 1, 1));
}

static void a_margin_never_takes_more_than_half_of_a_side(void **state)
{
	(void)state;
	settings.margin = (struct length_spec){ LENGTH_PX, 100 };
	check(100, 100, 80, 40, AT(40, 10, 20, 20));
	settings.margin = (struct length_spec){ LENGTH_PERCENT, 90 };
	check(100, 100, 80, 80, AT(20, 20, 40, 40));
}

static void a_mark_always_lies_on_the_picture(void **state)
{
	static const int sides[] = { 1, 2, 3, 5, 17, 100, 333, 2048, 65535 };
	static const struct length_spec lengths[] = { { LENGTH_NATURAL, 0 }, { LENGTH_PX, 1 },
		{ LENGTH_PX, 500 }, { LENGTH_PERCENT, 0.01 }, { LENGTH_PERCENT, 33 },
		{ LENGTH_PERCENT, 1000 } };
	static const double turns[] = { 0, 90, -90, 180, 30, -12.5, 359 };
	size_t count = sizeof(sides) / sizeof(sides[0]);

	(void)state;
	for (size_t i = 0; i < count * count * count * count * 6; i++) {
		int width = sides[i % count], height = sides[i / count % count];
		int mark_width = sides[i / count / count % count];
		int mark_height = sides[i / count / count / count % count];
		struct placement is;

		settings.size = lengths[i % 6];
		settings.margin = lengths[1 + i % 5];
		settings.position = (enum gravity)(i % GRAVITY_TILE);
		settings.rotate_deg = turns[i % 7];
		is = place(mark_width, mark_height, width, height);
		assert_true(is.width_px >= 1 && is.height_px >= 1 && is.left_px >= 0 && is.top_px >= 0);
		assert_true(is.left_px + is.width_px <= width && is.top_px + is.height_px <= height);
		assert_int_equal(is.step_x_px + is.step_y_px, 0);
	}
}

static void tiles_cover_the_picture_with_one_in_the_centre(void **state)
{
	struct placement is;

	(void)state;
	settings.position = GRAVITY_TILE;
	settings.margin = (struct length_spec){ LENGTH_PX, 20 };
	is = place(100, 50, 600, 400);
	assert_int_equal(is.step_x_px, 120);
	assert_int_equal(is.step_y_px, 70);
	assert_in_range(is.left_px + 120, 1, 120);
	assert_in_range(is.top_px + 70, 1, 70);
	assert_int_equal((250 - is.left_px) % 120, 0);
	assert_int_equal((175 - is.top_px) % 70, 0);
	settings.margin = (struct length_spec){ LENGTH_PX, 0 };
	is = place(100, 50, 600, 400);
	assert_int_equal(is.step_x_px, 100);
	assert_int_equal(is.left_px, -50);
}

static void tiles_may_have_a_spacing_of_their_own(void **state)
{
	struct placement is;

	(void)state;
	settings.position = GRAVITY_TILE;
	settings.spacing = (struct length_spec){ LENGTH_PERCENT, 10 };
	is = place(100, 50, 600, 400);
	assert_int_equal(is.step_x_px, 140);
	assert_int_equal(is.step_y_px, 90);
	settings.spacing = (struct length_spec){ LENGTH_PX, 0 };
	is = place(100, 50, 600, 400);
	assert_int_equal(is.step_x_px, 100);
}

static void the_size_of_a_turned_mark_is_its_own_and_its_box_fits(void **state)
{
	struct placement is;

	(void)state;
	settings.position = GRAVITY_SE;
	settings.margin = (struct length_spec){ LENGTH_PX, 10 };
	settings.size = (struct length_spec){ LENGTH_PX, 60 };
	settings.rotate_deg = 90;
	check(100, 50, 600, 400, AT(560, 330, 30, 60));
	settings.rotate_deg = -180;
	check(100, 50, 600, 400, AT(530, 360, 60, 30));
	settings.rotate_deg = 30;
	is = place(100, 50, 600, 400);
	assert_int_equal(is.drawn_width_px, 60);
	assert_int_equal(is.drawn_height_px, 30);
	/* 60 cos 30 + 30 sin 30 = 66.96; 60 sin 30 + 30 cos 30 = 55.98 */
	check(100, 50, 600, 400, AT(523, 334, 67, 56));
	assert_false(is.oversize);
	/* 1000 x 100 at 90 degrees into 380 x 380 */
	settings.size.number = 1000;
	settings.rotate_deg = 90;
	check(1000, 100, 400, 400, AT(352, 10, 38, 380));
}

static void only_a_mark_that_had_to_be_shrunk_is_oversize(void **state)
{
	(void)state;
	settings.margin = (struct length_spec){ LENGTH_PX, 10 };
	assert_false(place(200, 100, 220, 120).oversize);
	assert_true(place(201, 100, 220, 120).oversize);
	assert_true(place(200, 101, 220, 120).oversize);
	settings.size = (struct length_spec){ LENGTH_PERCENT, 50 };
	assert_false(place(200, 101, 220, 120).oversize);
	settings.size = (struct length_spec){ LENGTH_PX, 200 };
	settings.rotate_deg = 45;
	assert_true(place(200, 100, 220, 220).oversize);
	assert_false(place(200, 80, 220, 220).oversize);
	settings.position = GRAVITY_TILE;
	assert_true(place(200, 100, 220, 220).oversize);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_gravity_keeps_the_margin, begin),
		cmocka_unit_test_setup(the_size_may_be_pixels_or_a_share_of_any_edge, begin),
		cmocka_unit_test_setup(a_mark_that_does_not_fit_is_shrunk, begin),
		cmocka_unit_test_setup(a_margin_never_takes_more_than_half_of_a_side, begin),
		cmocka_unit_test_setup(a_mark_always_lies_on_the_picture, begin),
		cmocka_unit_test_setup(tiles_may_have_a_spacing_of_their_own, begin),
		cmocka_unit_test_setup(the_size_of_a_turned_mark_is_its_own_and_its_box_fits, begin),
		cmocka_unit_test_setup(only_a_mark_that_had_to_be_shrunk_is_oversize, begin),
		cmocka_unit_test_setup(tiles_cover_the_picture_with_one_in_the_centre, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
