#include "job/geometry.h"

#include <math.h>
#include <stdlib.h>

#include "check.h"

#define SIDE_LIMIT_PX 10000000

static const int sides[] = { 1, 2, 3, 7, 100, 399, 400, 401, 640, 1365, 1600, 2048, 2049, 3999, 4000, 6000,
	30000, 65535, 10000000 };

#define SIDES (sizeof(sides) / sizeof(sides[0]))

static struct geometry compute(const char *spec_text, bool enlarge, int width_px, int height_px)
{
	struct size_spec spec;

	assert_true(size_spec_parse(spec_text, &spec));
	return geometry_compute(&spec, enlarge, width_px, height_px);
}

static void check_out(
	const char *spec, bool enlarge, int width_px, int height_px, int out_width_px, int out_height_px)
{
	struct geometry geometry = compute(spec, enlarge, width_px, height_px);

	if (geometry.out_width_px != out_width_px || geometry.out_height_px != out_height_px)
		fail_msg("%s%s of %dx%d gave %dx%d, not %dx%d", spec, enlarge ? ", enlarged," : "", width_px,
			height_px, geometry.out_width_px, geometry.out_height_px, out_width_px,
			out_height_px);
}

static void each_form_of_size_gives_the_size_that_it_says(void **state)
{
	(void)state;
	check_out("2048", false, 6000, 4000, 2048, 1365);
	check_out("2048", false, 4000, 6000, 1365, 2048);
	check_out("2048", false, 5184, 3456, 2048, 1365);
	check_out("1600x1200", false, 6000, 4000, 1600, 1067);
	check_out("1600x1200", false, 4000, 6000, 800, 1200);
	check_out("1600x", false, 6000, 4000, 1600, 1067);
	check_out("x1200", false, 6000, 4000, 1800, 1200);
	check_out("short:1080", false, 6000, 4000, 1620, 1080);
	check_out("short:1080", false, 4000, 6000, 1080, 1620);
	check_out("mp:6", false, 6000, 4000, 3000, 2000);
	check_out("50%", false, 6001, 4000, 3001, 2000);
	check_out("1600x1200:cover", false, 6000, 4000, 1600, 1200);
	check_out("1600x1200:pad", false, 6000, 4000, 1600, 1200);
	check_out("1600x1200:stretch", false, 6000, 4000, 1600, 1200);
}

static void a_size_not_given_keeps_every_pixel(void **state)
{
	struct size_spec keep = { .mode = SIZE_KEEP };
	struct geometry geometry = geometry_compute(&keep, true, 4001, 2999);

	(void)state;
	assert_int_equal(geometry.scaled_width_px, 4001);
	assert_int_equal(geometry.scaled_height_px, 2999);
	assert_int_equal(geometry.out_width_px, 4001);
	assert_int_equal(geometry.out_height_px, 2999);
}

static void small_pictures_stay_small_unless_asked(void **state)
{
	(void)state;
	check_out("2048", false, 640, 480, 640, 480);
	check_out("2048", true, 640, 480, 2048, 1536);
	check_out("1600x1200", false, 640, 480, 640, 480);
	check_out("1600x", false, 640, 4800, 640, 4800);
	check_out("short:1080", false, 640, 480, 640, 480);
	check_out("short:1080", true, 640, 480, 1440, 1080);
	check_out("mp:2.5", false, 640, 480, 640, 480);
	check_out("200%", false, 640, 480, 640, 480);
	check_out("200%", true, 640, 480, 1280, 960);
	check_out("1600x1200:stretch", false, 640, 4800, 640, 1200);
	check_out("1600x1200:stretch", true, 640, 4800, 1600, 1200);
	check_out("1600x1200:pad", false, 640, 480, 1600, 1200);
	check_out("1600x1200:cover", true, 640, 480, 1600, 1200);
}

static void cover_of_a_small_picture_is_its_largest_part_of_that_aspect(void **state)
{
	(void)state;
	check_out("1600x1200:cover", false, 640, 480, 640, 480);
	check_out("1600x1200:cover", false, 640, 640, 640, 480);
	check_out("1600x1200:cover", false, 3000, 1000, 1333, 1000);
	check_out("1200x1200:cover", false, 1000, 4000, 1000, 1000);
	check_out("100x100:cover", false, 1, 30000, 1, 1);
}

static void what_is_cropped_and_what_is_padded_is_centred(void **state)
{
	struct geometry cover = compute("1600x1200:cover", false, 6000, 4000);
	struct geometry pad = compute("1600x1200:pad", false, 6000, 4000);
	struct geometry small = compute("1600x1200:pad", false, 641, 480);

	(void)state;
	assert_int_equal(cover.scaled_width_px, 1800);
	assert_int_equal(cover.scaled_height_px, 1200);
	assert_int_equal(cover.crop_left_px, 100);
	assert_int_equal(cover.crop_top_px, 0);
	assert_int_equal(pad.scaled_height_px, 1067);
	assert_int_equal(pad.pad_left_px, 0);
	assert_int_equal(pad.pad_top_px, 66);
	assert_int_equal(small.pad_left_px, 479);
	assert_int_equal(small.pad_top_px, 360);
}

static void extreme_aspects_keep_at_least_one_pixel(void **state)
{
	(void)state;
	check_out("2048", false, 30000, 1, 2048, 1);
	check_out("2048", false, 1, 30000, 1, 2048);
	check_out("short:1080", true, 1, 30000, 333, SIDE_LIMIT_PX);
	check_out("0.001%", false, 6000, 4000, 1, 1);
	check_out("1", false, 65535, 3, 1, 1);
	check_out("mp:0.000001", false, 30000, 30000, 1, 1);
}

static bool is_inside(const struct geometry *geometry)
{
	return geometry->crop_left_px >= 0 && geometry->crop_top_px >= 0 && geometry->pad_left_px >= 0 &&
	       geometry->pad_top_px >= 0 && geometry->crop_width_px >= 1 && geometry->crop_height_px >= 1 &&
	       geometry->scaled_width_px <= SIDE_LIMIT_PX && geometry->scaled_height_px <= SIDE_LIMIT_PX &&
	       geometry->crop_left_px + geometry->crop_width_px <= geometry->scaled_width_px &&
	       geometry->crop_top_px + geometry->crop_height_px <= geometry->scaled_height_px &&
	       geometry->pad_left_px + geometry->crop_width_px <= geometry->out_width_px &&
	       geometry->pad_top_px + geometry->crop_height_px <= geometry->out_height_px;
}

/* The sides of the scaled picture are, each within half a pixel, one factor of the picture's. */
static bool keeps_aspect(const struct geometry *geometry, int width_px, int height_px)
{
	double across = geometry->scaled_width_px, down = geometry->scaled_height_px;
	double least_x = (across - 0.5) / width_px, most_x = (across + 0.5) / width_px;
	double least_y = (down - 0.5) / height_px, most_y = (down + 0.5) / height_px;

	if (across <= 1)
		least_x = 0;
	if (down <= 1)
		least_y = 0;
	return least_x <= most_y * (1 + 1e-12) && least_y <= most_x * (1 + 1e-12);
}

static const char *const specs[] = { "2048", "1", "65535", "1600x1200", "1600x", "x1200", "1x1", "short:1080",
	"mp:2.5", "50%", "33.3%", "150%", "10000%", "1600x1200:cover", "1x65535:cover", "1600x1200:pad",
	"3x2:pad", "1600x1200:stretch" };

static void check_laws(const char *text, bool enlarge, int width_px, int height_px)
{
	struct size_spec spec;
	struct geometry geometry;
	bool stretch;

	assert_true(size_spec_parse(text, &spec));
	geometry = geometry_compute(&spec, enlarge, width_px, height_px);
	stretch = spec.mode == SIZE_BOX && spec.fit == BOX_STRETCH;
	if (!is_inside(&geometry))
		fail_msg("%s of %dx%d: parts do not lie within each other", text, width_px, height_px);
	if (!stretch && !keeps_aspect(&geometry, width_px, height_px))
		fail_msg("%s of %dx%d gave %dx%d: another aspect", text, width_px, height_px,
			geometry.scaled_width_px, geometry.scaled_height_px);
	if (!enlarge && (geometry.scaled_width_px > width_px || geometry.scaled_height_px > height_px))
		fail_msg("%s of %dx%d was enlarged", text, width_px, height_px);
	if (spec.mode == SIZE_BOX && spec.fit == BOX_INSIDE && (spec.width_px && spec.height_px))
		assert_true(
			geometry.out_width_px <= spec.width_px && geometry.out_height_px <= spec.height_px);
	if (spec.mode == SIZE_BOX && spec.fit == BOX_PAD)
		assert_true(
			geometry.out_width_px == spec.width_px && geometry.out_height_px == spec.height_px);
}

static void the_laws_hold_for_every_mode_and_shape(void **state)
{
	(void)state;
	for (size_t s = 0; s < sizeof(specs) / sizeof(specs[0]); s++)
		for (size_t w = 0; w < SIDES; w++)
			for (size_t h = 0; h < SIDES; h++) {
				check_laws(specs[s], false, sides[w], sides[h]);
				check_laws(specs[s], true, sides[w], sides[h]);
			}
}

static void the_edge_that_is_asked_for_comes_out_exactly(void **state)
{
	(void)state;
	for (int edge = 1; edge <= 65535; edge += edge < 5000 ? 1 : 997) {
		struct size_spec long_edge = { .mode = SIZE_LONG_EDGE, .width_px = edge };
		struct size_spec short_edge = { .mode = SIZE_SHORT_EDGE, .width_px = edge };
		struct size_spec cover = { .mode = SIZE_BOX, .fit = BOX_COVER, edge, 1 + edge / 3, 0 };

		for (size_t i = 0; i < SIDES - 1; i++) {
			int width_px = sides[i], height_px = 1 + sides[i] * 2 / 3;
			struct geometry geometry = geometry_compute(&long_edge, true, width_px, height_px);

			assert_true(geometry.out_width_px == edge || geometry.out_height_px == edge);
			geometry = geometry_compute(&short_edge, true, width_px, height_px);
			assert_true(geometry.out_width_px == edge || geometry.out_height_px == edge);
			geometry = geometry_compute(&cover, true, width_px, height_px);
			assert_int_equal(geometry.out_width_px, edge);
			assert_int_equal(geometry.out_height_px, 1 + edge / 3);
		}
	}
}

static void a_turned_picture_gets_the_turned_size(void **state)
{
	(void)state;
	for (size_t w = 0; w < SIDES; w++)
		for (size_t h = 0; h < SIDES; h++) {
			struct geometry one = compute("1111", false, sides[w], sides[h]);
			struct geometry turned = compute("1111", false, sides[h], sides[w]);

			assert_int_equal(one.out_width_px, turned.out_height_px);
			assert_int_equal(one.out_height_px, turned.out_width_px);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_of_size_gives_the_size_that_it_says),
		cmocka_unit_test(a_size_not_given_keeps_every_pixel),
		cmocka_unit_test(small_pictures_stay_small_unless_asked),
		cmocka_unit_test(cover_of_a_small_picture_is_its_largest_part_of_that_aspect),
		cmocka_unit_test(what_is_cropped_and_what_is_padded_is_centred),
		cmocka_unit_test(extreme_aspects_keep_at_least_one_pixel),
		cmocka_unit_test(the_laws_hold_for_every_mode_and_shape),
		cmocka_unit_test(the_edge_that_is_asked_for_comes_out_exactly),
		cmocka_unit_test(a_turned_picture_gets_the_turned_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
