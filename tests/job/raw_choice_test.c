#include "job/raw_choice.h"

#include <string.h>

#include "check.h"

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

/* A sensor of 6020 x 4016 in landscape and a preview in it. */
static struct facts raw_with(int width_px, int height_px)
{
	struct facts facts = { .frames = 1 };

	facts.raw = (struct raw_facts){ .source = RAW_DEVELOPED,
		.width_px = 6020,
		.height_px = 4016,
		.orientation = 1,
		.preview = { .width_px = width_px,
			.height_px = height_px,
			.orientation = 1,
			.model = MODEL_RGB,
			.chroma_h = 2,
			.chroma_v = 2,
			.planes = true } };
	return facts;
}

static enum raw_source choice(struct facts facts, const char *resize)
{
	struct output_settings *output = &settings.outputs[0];

	output->resize = (struct size_spec){ .mode = SIZE_KEEP };
	if (resize)
		assert_true(size_spec_parse(resize, &output->resize));
	raw_choose(&facts, &settings);
	return facts.raw.source;
}

static void a_full_size_preview_is_taken_for_whatever_is_asked(void **state)
{
	static const char *const sizes[] = { NULL, "2048", "50%", "mp:12", "6000", "100x100:cover" };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		assert_int_equal(choice(raw_with(6000, 4000), sizes[i]), RAW_PREVIEW);
	settings.outputs[0].enlarge = true;
	assert_int_equal(choice(raw_with(6000, 4000), "8000"), RAW_PREVIEW);
}

static void a_camera_that_crops_to_a_shape_means_it(void **state)
{
	(void)state;
	assert_int_equal(choice(raw_with(6000, 3376), NULL), RAW_PREVIEW);
	assert_int_equal(choice(raw_with(4000, 4000), "2048"), RAW_PREVIEW);
}

static void a_smaller_one_is_taken_where_it_is_large_enough(void **state)
{
	(void)state;
	assert_int_equal(choice(raw_with(3200, 2136), "2048"), RAW_PREVIEW);
	assert_int_equal(choice(raw_with(3200, 2136), "x2136"), RAW_PREVIEW);
	assert_int_equal(choice(raw_with(3200, 2136), "1600x1600:cover"), RAW_PREVIEW);
	assert_int_equal(choice(raw_with(3200, 2136), "3300"), RAW_DEVELOPED);
	assert_int_equal(choice(raw_with(3200, 2136), "4096"), RAW_DEVELOPED);
	assert_int_equal(choice(raw_with(3200, 2136), "short:2400"), RAW_DEVELOPED);
	assert_int_equal(choice(raw_with(160, 120), "150"), RAW_DEVELOPED); /* with black bars */
}

static void shares_of_the_size_are_those_of_the_sensor(void **state)
{
	(void)state;
	assert_int_equal(choice(raw_with(3200, 2136), NULL), RAW_DEVELOPED);
	assert_int_equal(choice(raw_with(3200, 2136), "50%"), RAW_DEVELOPED);
	assert_int_equal(choice(raw_with(3200, 2136), "10%"), RAW_DEVELOPED);
}

static void a_preview_is_never_enlarged(void **state)
{
	(void)state;
	settings.outputs[0].enlarge = true;
	assert_int_equal(choice(raw_with(1620, 1080), "2048"), RAW_DEVELOPED);
	assert_int_equal(choice(raw_with(1620, 1080), "1600"), RAW_PREVIEW);
}

static void the_largest_of_several_outputs_decides(void **state)
{
	struct facts facts = raw_with(1620, 1080);

	(void)state;
	settings_name_outputs(&settings, (const char *const[]){ "thumb", "web" }, 2);
	assert_true(size_spec_parse("400", &settings.outputs[0].resize));
	assert_true(size_spec_parse("1600", &settings.outputs[1].resize));
	raw_choose(&facts, &settings);
	assert_int_equal(facts.raw.source, RAW_PREVIEW);
	assert_int_equal(facts.format, FORMAT_JPEG);
	assert_true(size_spec_parse("2048", &settings.outputs[1].resize));
	raw_choose(&facts, &settings);
	assert_int_equal(facts.raw.source, RAW_DEVELOPED);
	assert_int_equal(facts.raw.cause, RAW_SMALL_PREVIEW);
	assert_int_equal(facts.width_px, 6020);
}

static void turned_pictures_are_compared_as_they_are_seen(void **state)
{
	struct facts facts = raw_with(3200, 2136);

	(void)state;
	facts.raw.orientation = facts.raw.preview.orientation = 6;
	assert_int_equal(choice(facts, "x3000"), RAW_PREVIEW);
	assert_int_equal(choice(facts, "3000x"), RAW_DEVELOPED);
	facts = raw_with(2136, 3200); /* upright already */
	facts.raw.orientation = 6;
	assert_int_equal(choice(facts, "x3000"), RAW_PREVIEW);
}

static void who_asks_for_developing_gets_it(void **state)
{
	struct facts facts = raw_with(6000, 4000), other = { .format = FORMAT_JPEG, .width_px = 7 };

	(void)state;
	settings.run.raw = RAW_WISH_DEVELOP;
	raw_choose(&facts, &settings);
	assert_int_equal(facts.raw.source, RAW_DEVELOPED);
	assert_int_equal(facts.raw.cause, RAW_ASKED_FOR);
	assert_int_equal(facts.bits, 8);
	settings.outputs[0].format = FORMAT_TIFF;
	raw_choose(&facts, &settings);
	assert_int_equal(facts.bits, 8);
	settings.outputs[0].colour = COLOUR_KEEP;
	raw_choose(&facts, &settings);
	assert_int_equal(facts.bits, 16);
	settings.run.raw = RAW_WISH_PREVIEW;
	facts = raw_with(0, 0);
	raw_choose(&facts, &settings);
	assert_int_equal(facts.raw.cause, RAW_NO_PREVIEW);
	raw_choose(&other, &settings);
	assert_int_equal(other.format, FORMAT_JPEG);
	assert_int_equal(other.width_px, 7);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_full_size_preview_is_taken_for_whatever_is_asked),
		TEST(a_camera_that_crops_to_a_shape_means_it),
		TEST(a_smaller_one_is_taken_where_it_is_large_enough),
		TEST(shares_of_the_size_are_those_of_the_sensor),
		TEST(a_preview_is_never_enlarged),
		TEST(the_largest_of_several_outputs_decides),
		TEST(turned_pictures_are_compared_as_they_are_seen),
		TEST(who_asks_for_developing_gets_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
