#include "image/planar_plan.h"

#include "check.h"

static struct sizer_target whole(int width_px, int height_px, int chroma)
{
	return (struct sizer_target){ width_px, height_px, 0, 0, width_px, height_px, chroma, chroma, false,
		false };
}

static struct planar_plan plan_of(
	const struct sizer_target *targets, size_t count, int width_px, int height_px, enum sampling sampling)
{
	struct planar_plan plan;

	planar_plan(&plan, targets, count, width_px, height_px, sampling);
	return plan;
}

static void check_step(const struct planar_plan *plan, size_t step, size_t output, int from)
{
	assert_int_equal(plan->steps[step].output, output);
	assert_int_equal(plan->steps[step].from, from);
}

static void smaller_outputs_come_from_larger_ones(void **state)
{
	const struct sizer_target targets[] = { whole(400, 267, 2), whole(2048, 1365, 2),
		whole(1024, 683, 2) };
	struct planar_plan plan = plan_of(targets, 3, 6000, 4000, SAMPLING_GOOD);

	assert_int_equal(plan.denominator, 1);
	assert_int_equal(plan.count, 3);
	check_step(&plan, 0, 1, PLANAR_FROM_DECODER);
	check_step(&plan, 1, 2, 1);
	check_step(&plan, 2, 0, 2);
	plan = plan_of(targets, 3, 6000, 4000, SAMPLING_FAST);
	assert_int_equal(plan.denominator, 2);
	check_step(&plan, 2, 0, 2);
	plan = plan_of(targets, 3, 6000, 4000, SAMPLING_BEST);
	assert_int_equal(plan.denominator, 1);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(plan.steps[i].from, PLANAR_FROM_DECODER);
}

static void what_is_not_twice_as_large_is_no_source(void **state)
{
	const struct sizer_target near[] = { whole(2048, 1365, 2), whole(1100, 733, 2) };
	/* full chroma from subsampled chroma of no more than its size */
	const struct sizer_target chroma[] = { whole(2048, 1365, 2), whole(1000, 667, 1) };
	struct planar_plan plan = plan_of(near, 2, 6000, 4000, SAMPLING_GOOD);

	check_step(&plan, 1, 1, PLANAR_FROM_DECODER);
	plan = plan_of(chroma, 2, 6000, 4000, SAMPLING_GOOD);
	check_step(&plan, 1, 1, PLANAR_FROM_DECODER);
	plan = plan_of(near, 2, 6000, 4000, SAMPLING_FAST);
	check_step(&plan, 1, 1, 0);
}

static void a_part_of_the_picture_is_no_source(void **state)
{
	struct sizer_target targets[] = { whole(2048, 1365, 2), whole(400, 267, 2) };
	struct planar_plan plan;

	targets[0].width_px = 1365;
	plan = plan_of(targets, 2, 6000, 4000, SAMPLING_GOOD);
	check_step(&plan, 0, 0, PLANAR_FROM_DECODER);
	check_step(&plan, 1, 1, PLANAR_FROM_DECODER);
}

static void the_decoder_shrinks_no_more_than_its_largest_output_allows(void **state)
{
	struct sizer_target targets[] = { whole(400, 267, 2), whole(700, 467, 1) };
	struct planar_plan plan = plan_of(targets, 1, 6000, 4000, SAMPLING_GOOD);

	assert_int_equal(plan.denominator, 4);
	plan = plan_of(targets, 2, 6000, 4000, SAMPLING_GOOD);
	assert_int_equal(plan.denominator, 4);
	targets[1] = whole(1000, 500, 1);
	plan = plan_of(targets, 2, 6000, 4000, SAMPLING_GOOD);
	assert_int_equal(plan.denominator, 2);
	plan = plan_of(targets, 2, 500, 400, SAMPLING_GOOD);
	assert_int_equal(plan.denominator, 1);
}

static void windows_and_chroma_turn_with_the_picture(void **state)
{
	const struct geometry geometry = {
		.scaled_width_px = 300,
		.scaled_height_px = 200,
		.crop_left_px = 10,
		.crop_top_px = 20,
		.crop_width_px = 100,
		.crop_height_px = 50,
	};
	static const struct {
		int orientation, width, height, left, top;
		bool from_right, from_bottom;
	} rows[] = {
		{ 1, 300, 200, 10, 20, false, false },
		{ 2, 300, 200, 190, 20, true, false },
		{ 3, 300, 200, 190, 130, true, true },
		{ 4, 300, 200, 10, 130, false, true },
		{ 5, 200, 300, 20, 10, false, false },
		{ 6, 200, 300, 20, 190, false, true },
		{ 7, 200, 300, 130, 190, true, true },
		{ 8, 200, 300, 130, 10, true, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sizer_target target = planar_target(&geometry, rows[i].orientation, 2, 2);

		assert_int_equal(target.scaled_width_px, rows[i].width);
		assert_int_equal(target.scaled_height_px, rows[i].height);
		assert_int_equal(target.left_px, rows[i].left);
		assert_int_equal(target.top_px, rows[i].top);
		assert_int_equal(target.width_px, rows[i].orientation >= 5 ? 50 : 100);
		assert_int_equal(target.chroma_from_right, rows[i].from_right);
		assert_int_equal(target.chroma_from_bottom, rows[i].from_bottom);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(smaller_outputs_come_from_larger_ones),
		cmocka_unit_test(what_is_not_twice_as_large_is_no_source),
		cmocka_unit_test(a_part_of_the_picture_is_no_source),
		cmocka_unit_test(the_decoder_shrinks_no_more_than_its_largest_output_allows),
		cmocka_unit_test(windows_and_chroma_turn_with_the_picture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
