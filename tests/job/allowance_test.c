#include "job/allowance.h"

#include <math.h>
#include <stddef.h>

#include "check.h"

static struct settings settings;
static const struct facts ten_megapixels = { .format = FORMAT_JPEG, .width_px = 4000, .height_px = 2500 };

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

static void check(double seconds)
{
	assert_true(fabs(allowance_s(&settings, &ten_megapixels) - seconds) < 1e-6);
}

static void it_grows_with_the_pixels_and_the_outputs(void **state)
{
	static const char *const labels[] = { "web", "print" };

	(void)state;
	assert_true(allowance_s(&settings, NULL) == 60);
	check(80);
	settings_name_outputs(&settings, labels, 2);
	check(100);
}

static void avif_takes_longer_the_harder_it_tries(void **state)
{
	struct facts avif = ten_megapixels;

	(void)state;
	settings.outputs[0].avif_effort = 9;
	check(80); /* it becomes a JPEG */
	avif.format = FORMAT_AVIF;
	assert_true(allowance_s(&settings, &avif) > 200);
	settings.outputs[0].format = FORMAT_AVIF;
	check(260);
	settings.outputs[0].max_bytes = 100000;
	check(60 + 7 * 200);
	settings.outputs[0].avif_effort = EFFORT_DEFAULT;
	check(60 + 7 * 20);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(it_grows_with_the_pixels_and_the_outputs),
		TEST(avif_takes_longer_the_harder_it_tries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
