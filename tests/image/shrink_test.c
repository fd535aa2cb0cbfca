#include "image/shrink.h"

#include "check.h"

static void what_is_left_to_the_resize_is_what_was_asked_for(void **state)
{
	static const struct {
		int width, height, to_width, to_height;
		int shrink[SAMPLING_BEST + 1];
	} rows[] = {
		{ 6000, 4000, 2048, 1365, { 2, 1, 1 } },
		{ 6000, 4000, 1500, 1000, { 4, 2, 1 } },
		{ 6000, 4000, 1501, 1001, { 2, 1, 1 } },
		{ 6000, 4000, 750, 500, { 8, 4, 1 } },
		{ 6000, 4000, 400, 267, { 8, 4, 1 } },
		{ 6000, 4000, 375, 250, { 8, 8, 1 } },
		{ 6000, 4000, 10, 7, { 8, 8, 1 } },
		{ 6000, 4000, 6000, 4000, { 1, 1, 1 } },
		{ 6000, 4000, 12000, 8000, { 1, 1, 1 } },
		{ 6000, 4000, 100, 4000, { 1, 1, 1 } },
		{ 6000, 3, 60, 1, { 2, 1, 1 } },
		{ 1, 1, 1, 1, { 1, 1, 1 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (enum sampling sampling = SAMPLING_FAST; sampling <= SAMPLING_BEST; sampling++)
			assert_int_equal(shrink_jpeg(sampling, shrink_factor(rows[i].width, rows[i].height,
								       rows[i].to_width, rows[i].to_height)),
				rows[i].shrink[sampling]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_to_the_resize_is_what_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
