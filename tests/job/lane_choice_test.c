#include "job/lane_choice.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static struct make_request *request_of(enum format format, enum format out, int edge_px)
{
	struct make_request *request = calloc(1, sizeof(*request));

	request->facts = (struct facts){ .format = format,
		.width_px = 6000,
		.height_px = 4000,
		.orientation = 1,
		.frames = 1,
		.model = MODEL_RGB,
		.bits = 8,
		.chroma_h = 2,
		.chroma_v = 2,
		.planes = true };
	request->outputs_count = 1;
	request->outputs[0].format = out;
	request->outputs[0].geometry = (struct geometry){ .scaled_width_px = edge_px,
		.scaled_height_px = edge_px,
		.crop_width_px = edge_px,
		.crop_height_px = edge_px,
		.out_width_px = edge_px,
		.out_height_px = edge_px };
	return request;
}

static struct settings settings;

static int begin(void **state)
{
	(void)state;
	settings_init(&settings);
	return 0;
}

static int end(void **state)
{
	(void)state;
	settings_finish(&settings);
	return 0;
}

static struct lane_choice choose(const struct make_request *request, enum lane_wish wish, bool built)
{
	settings.run.lane = wish;
	return lane_choose(request, &settings, built);
}

static void jpeg_to_jpeg_takes_the_planar_lane(void **state)
{
	struct make_request *request = request_of(FORMAT_JPEG, FORMAT_JPEG, 2048);
	struct lane_choice choice = choose(request, LANE_WISH_AUTO, true);

	assert_true(choice.planar);
	assert_null(choice.why);
	request->facts.model = MODEL_GREY;
	request->facts.progressive = true;
	request->facts.orientation = 6;
	request->facts.profile = true;
	assert_true(choose(request, LANE_WISH_PLANAR, true).planar);
	free(request);
}

static void what_it_cannot_do_goes_the_other_way_with_a_reason(void **state)
{
	struct make_request *request = request_of(FORMAT_PNG, FORMAT_JPEG, 2048);
	struct lane_choice choice = choose(request, LANE_WISH_AUTO, true);

	assert_false(choice.planar);
	assert_string_equal(choice.why, "the picture is not a JPEG");
	request->facts.format = FORMAT_JPEG;
	request->outputs_count = 2;
	request->outputs[1] = request->outputs[0];
	request->outputs[1].format = FORMAT_WEBP;
	choice = choose(request, LANE_WISH_AUTO, true);
	assert_false(choice.planar);
	assert_string_equal(choice.why, "an output is not a JPEG");
	request->outputs_count = 1;
	request->facts.chroma_h = 4;
	assert_string_equal(choose(request, LANE_WISH_AUTO, true).why,
		"the picture's chroma is stored at less than half size");
	request->facts.planes = false;
	assert_false(choose(request, LANE_WISH_AUTO, true).planar);
	request->facts.model = MODEL_CMYK;
	assert_string_equal(choose(request, LANE_WISH_AUTO, true).why, "the picture is CMYK");
	free(request);
}

static void a_raw_file_says_why_it_is_developed(void **state)
{
	struct make_request *request = request_of(FORMAT_RAW, FORMAT_JPEG, 2048);

	request->facts.raw.source = RAW_DEVELOPED;
	assert_string_equal(choose(request, LANE_WISH_AUTO, true).why, "the raw file is developed");
	request->facts.raw.cause = RAW_NO_PREVIEW;
	assert_string_equal(choose(request, LANE_WISH_AUTO, true).why,
		"the raw file is developed, as there is no preview in it");
	request->facts.raw.cause = RAW_SMALL_PREVIEW;
	assert_string_equal(choose(request, LANE_WISH_AUTO, true).why,
		"the raw file is developed, as its preview is too small for what is asked for");
	request->facts.raw.source = RAW_PREVIEW;
	request->facts.format = FORMAT_JPEG;
	assert_true(choose(request, LANE_WISH_AUTO, true).planar);
	free(request);
}

static void a_build_without_it_says_so(void **state)
{
	struct make_request *request = request_of(FORMAT_JPEG, FORMAT_JPEG, 2048);
	struct lane_choice choice = choose(request, LANE_WISH_PLANAR, false);

	assert_false(choice.planar);
	assert_non_null(choice.why);
	free(request);
}

static void who_wishes_for_vips_needs_no_reason(void **state)
{
	struct make_request *request = request_of(FORMAT_JPEG, FORMAT_JPEG, 2048);
	struct lane_choice choice = choose(request, LANE_WISH_VIPS, true);

	assert_false(choice.planar);
	assert_null(choice.why);
	free(request);
}

static void pictures_too_large_to_be_held_stay_out(void **state)
{
	struct make_request *request = request_of(FORMAT_JPEG, FORMAT_JPEG, 20000);

	assert_false(choose(request, LANE_WISH_AUTO, true).planar);
	/* 100 megapixels are, unless they are resized */
	request->facts.width_px = request->facts.height_px = 10000;
	request->outputs[0].geometry.scaled_width_px = request->outputs[0].geometry.out_width_px = 10000;
	request->outputs[0].geometry.scaled_height_px = request->outputs[0].geometry.out_height_px = 10000;
	assert_false(choose(request, LANE_WISH_AUTO, true).planar);
	request->outputs[0].geometry.scaled_width_px = request->outputs[0].geometry.out_width_px = 2048;
	request->outputs[0].geometry.scaled_height_px = request->outputs[0].geometry.out_height_px = 2048;
	assert_true(choose(request, LANE_WISH_AUTO, true).planar);
	free(request);
}

static void inks_that_are_asked_for_are_not_planes(void **state)
{
	struct make_request *request = request_of(FORMAT_JPEG, FORMAT_JPEG, 2048);

	(void)state;
	settings.outputs[0].colour = COLOUR_PROFILE;
	settings.outputs[0].colour_profile = g_new0(struct icc_file, 1);
	settings.outputs[0].colour_profile->model = MODEL_RGB;
	assert_true(choose(request, LANE_WISH_AUTO, true).planar);
	settings.outputs[0].colour_profile->model = MODEL_CMYK;
	assert_string_equal(choose(request, LANE_WISH_AUTO, true).why, "an output is to be CMYK");
	free(request);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(jpeg_to_jpeg_takes_the_planar_lane),
		TEST(what_it_cannot_do_goes_the_other_way_with_a_reason),
		TEST(a_raw_file_says_why_it_is_developed),
		TEST(a_build_without_it_says_so),
		TEST(who_wishes_for_vips_needs_no_reason),
		TEST(pictures_too_large_to_be_held_stay_out),
		TEST(inks_that_are_asked_for_are_not_planes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
