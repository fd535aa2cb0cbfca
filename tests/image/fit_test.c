#include "image/fit.h"

#include "check.h"

/* What comes out when everything up to `limit` fits. */
static struct fit search(int quality, int limit)
{
	struct fit fit;

	fit_begin(&fit, quality);
	while (fit_next(&fit)) {
		assert_in_range(fit.quality, 1, quality);
		fit_tell(&fit, fit.quality <= limit);
	}
	return fit;
}

static void one_attempt_is_enough_where_it_fits(void **state)
{
	(void)state;
	assert_int_equal(search(82, 100).best, 82);
	assert_int_equal(search(82, 82).attempts, 1);
	assert_int_equal(search(1, 1).attempts, 1);
}

static void the_best_is_found_or_missed_by_one_step(void **state)
{
	(void)state;
	for (int quality = 1; quality <= 100; quality++)
		for (int limit = 1; limit <= quality; limit++) {
			struct fit fit = search(quality, limit);

			assert_in_range(fit.best, limit > 1 ? limit - 1 : 1, limit);
			assert_true(fit.attempts <= FIT_ATTEMPTS_MAX);
		}
}

static void nothing_fits_where_the_lowest_does_not(void **state)
{
	(void)state;
	for (int quality = 1; quality <= 100; quality++) {
		struct fit fit = search(quality, 0);

		assert_int_equal(fit.best, 0);
		assert_int_equal(fit.quality, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_attempt_is_enough_where_it_fits),
		cmocka_unit_test(the_best_is_found_or_missed_by_one_step),
		cmocka_unit_test(nothing_fits_where_the_lowest_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
