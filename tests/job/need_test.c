#include "job/need.h"

#include "check.h"

static const struct geometry web = { .out_width_px = 2048, .out_height_px = 1365 };

static struct facts picture(enum format format)
{
	return (struct facts){ .format = format,
		.width_px = 6000,
		.height_px = 4000,
		.orientation = 1,
		.frames = 1,
		.model = MODEL_RGB,
		.bits = 8,
		.chroma_h = 2,
		.chroma_v = 2 };
}

static int64_t need(struct facts facts)
{
	return need_of_picture(&facts, &web, 1);
}

static void a_plain_jpeg_costs_rows_only(void **state)
{
	(void)state;
	assert_in_range(need(picture(FORMAT_JPEG)), NEED_OF_WORKER, 120000000);
}

static void a_progressive_jpeg_costs_its_coefficients(void **state)
{
	struct facts facts = picture(FORMAT_JPEG);
	int64_t plain = need(facts), subsampled;

	(void)state;
	facts.progressive = true;
	subsampled = need(facts);
	assert_int_equal(subsampled - plain, 24000000 * 3);
	facts.chroma_h = facts.chroma_v = 1;
	assert_int_equal(need(facts) - plain, 24000000 * 6);
}

static void wider_samples_and_whole_formats_cost_more(void **state)
{
	struct facts tiff = picture(FORMAT_TIFF), wide = tiff;

	(void)state;
	wide.bits = 16;
	assert_true(need(tiff) > need(picture(FORMAT_PNG)));
	assert_true(need(wide) > need(tiff) + 24000000 * 3 - 1);
	assert_true(need(picture(FORMAT_AVIF)) > 24000000 * 9);
}

static void each_output_counts(void **state)
{
	const struct geometry three[] = { web, web, web };
	struct facts facts = picture(FORMAT_JPEG);

	(void)state;
	assert_int_equal(
		need_of_picture(&facts, three, 3) - need_of_picture(&facts, three, 2), 9 * 2048 * 1365);
	/* the second brings the decoded picture along, up to a limit */
	assert_int_equal(need_of_picture(&facts, three, 2) - need_of_picture(&facts, three, 1),
		9 * 2048 * 1365 + 3 * 24000000);
	facts.width_px = facts.height_px = 20000;
	assert_int_equal(need_of_picture(&facts, three, 2) - need_of_picture(&facts, three, 1),
		9 * 2048 * 1365 + NEED_HELD_BYTES_MAX);
}

static void a_jpeg_that_becomes_wide_and_low_costs_its_rows(void **state)
{
	const struct geometry wide = { .scaled_width_px = 4000, .out_width_px = 4000, .out_height_px = 100 };
	struct facts facts = picture(FORMAT_JPEG);

	(void)state;
	facts.width_px = 1000;
	facts.height_px = 60000;
	assert_true(need_of_picture(&facts, &wide, 1) > 4000 * 60000 * INT64_C(3) / 2);
}

static void a_developed_picture_costs_the_sensor_and_a_preview_its_jpeg(void **state)
{
	struct facts developed = picture(FORMAT_RAW), preview = picture(FORMAT_JPEG);

	(void)state;
	assert_in_range(need(developed) - need(picture(FORMAT_JPEG)), 24000000 * 18, 24000000 * 20);
	preview.raw.source = RAW_PREVIEW;
	assert_int_equal(need(preview) - need(picture(FORMAT_JPEG)), 24000000 * 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_jpeg_costs_rows_only),
		cmocka_unit_test(a_progressive_jpeg_costs_its_coefficients),
		cmocka_unit_test(wider_samples_and_whole_formats_cost_more),
		cmocka_unit_test(each_output_counts),
		cmocka_unit_test(a_developed_picture_costs_the_sensor_and_a_preview_its_jpeg),
		cmocka_unit_test(a_jpeg_that_becomes_wide_and_low_costs_its_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
