#include "image/vips_plan.h"

#include "check.h"

enum {
	WIDTH = 6000,
	HEIGHT = 4000
};

static struct geometry size(const char *spec, bool enlarge)
{
	struct size_spec parsed;

	assert_true(size_spec_parse(spec, &parsed));
	return geometry_compute(&parsed, enlarge, WIDTH, HEIGHT);
}

#define D VIPS_PLAN_FROM_DECODER

/* `specs` ends with NULL; `from` is what each is to be made from. */
static void assert_plan(enum sampling sampling, const char *const *specs, const int *from)
{
	struct geometry geometries[8] = { 0 };
	struct vips_plan plan;
	size_t count = 0, decoded = 0;

	for (; specs[count]; count++)
		geometries[count] = size(specs[count], true);
	vips_plan(&plan, geometries, count, WIDTH, HEIGHT, sampling);
	for (size_t i = 0; i < count; i++) {
		if (plan.from[i] != from[i])
			fail_msg("%s is made from %d, not from %d", specs[i], plan.from[i], from[i]);
		if (from[i] == D)
			assert_int_equal(plan.decoded[decoded++], i);
		else
			assert_true(plan.is_source[from[i]]);
	}
	assert_int_equal(plan.decoded_count, decoded);
}

#define ASSERT_PLAN(sampling, from, ...) \
	assert_plan(sampling, (const char *const[]){ __VA_ARGS__, NULL }, (const int[])from)
#define FROM(...)           \
	{                   \
		__VA_ARGS__ \
	}

static void smaller_outputs_come_from_the_smallest_that_is_twice_their_size(void **state)
{
	(void)state;
	ASSERT_PLAN(SAMPLING_GOOD, FROM(D, 0, 1), "2048", "1024", "400");
	ASSERT_PLAN(SAMPLING_GOOD, FROM(1, 2, D), "400", "1024", "2048");
	ASSERT_PLAN(SAMPLING_GOOD, FROM(D, D, D, 1, 3), "2048", "1600", "1080x1350:cover", "600", "300");
	ASSERT_PLAN(SAMPLING_FAST, FROM(D, 0), "2048", "1600");
}

static void the_best_sampling_takes_all_from_the_decoder(void **state)
{
	(void)state;
	ASSERT_PLAN(SAMPLING_BEST, FROM(D, D, D), "2048", "1024", "400");
}

static void parts_and_enlargements_are_no_source(void **state)
{
	(void)state;
	ASSERT_PLAN(SAMPLING_GOOD, FROM(D, D), "2048x1000:cover", "400");
	ASSERT_PLAN(SAMPLING_GOOD, FROM(D, D), "9000", "2048");
	ASSERT_PLAN(SAMPLING_GOOD, FROM(D, 0), "2048x1000:stretch", "400");
	ASSERT_PLAN(SAMPLING_GOOD, FROM(D, D), "2048x700:stretch", "800");
}

static void outputs_of_one_size_are_resized_once(void **state)
{
	(void)state;
	ASSERT_PLAN(SAMPLING_GOOD, FROM(D, 0, 0), "2048", "2048", "2048x2048:pad");
	ASSERT_PLAN(SAMPLING_BEST, FROM(D, 0), "2048", "2048");
	/* the crop of a square is one of a picture that is as high */
	ASSERT_PLAN(SAMPLING_GOOD, FROM(1, D), "1000x1000:cover", "1500");
}

static void a_plan_never_goes_in_a_circle(void **state)
{
	static const char *const specs[] = { "2048", "1024", "2048", "1000x1000:cover", "1500",
		"1500x1500:pad", "9000", "50%" };
	struct geometry geometries[8];
	struct vips_plan plan;

	(void)state;
	for (unsigned order = 0; order < 8; order++)
		for (enum sampling sampling = SAMPLING_FAST; sampling <= SAMPLING_BEST; sampling++) {
			for (unsigned i = 0; i < 8; i++)
				geometries[i] = size(specs[i ^ order], true);
			vips_plan(&plan, geometries, 8, WIDTH, HEIGHT, sampling);
			for (int i = 0; i < 8; i++) {
				int at = i, steps = 0;

				while (plan.from[at] >= 0 && steps++ < 8)
					at = plan.from[at];
				assert_true(steps < 8);
			}
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(smaller_outputs_come_from_the_smallest_that_is_twice_their_size),
		cmocka_unit_test(the_best_sampling_takes_all_from_the_decoder),
		cmocka_unit_test(parts_and_enlargements_are_no_source),
		cmocka_unit_test(outputs_of_one_size_are_resized_once),
		cmocka_unit_test(a_plan_never_goes_in_a_circle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
