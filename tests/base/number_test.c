#include "base/number.h"

#include <locale.h>

#include "check.h"

static void whole_numbers_are_digits_in_range(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "0x1", "1.0", "1e2", "11", "0",
		"99999999999999999999", "1k" };
	int64_t value = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(number_parse_whole(bad[i], 1, 10, &value));
	assert_int_equal(value, 7);
	assert_true(number_parse_whole("010", 1, 10, &value));
	assert_int_equal(value, 10);
	assert_true(number_parse_whole("0", 0, INT64_MAX, &value));
	assert_int_equal(value, 0);
	assert_true(number_parse_whole("999999999999999999", 0, INT64_MAX, &value));
	assert_int_equal(value, 999999999999999999);
}

static void decimals_have_a_point_in_every_locale(void **state)
{
	static const char *const bad[] = { "", ".", "-1", "+1", "1,5", "inf", "nan", "1e1", "0x1", "1.2.3",
		" 1", "1 ", "101", "1%" };
	double value = 7;

	(void)state;
	setlocale(LC_ALL, "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(number_parse_decimal(bad[i], 0, 100, &value));
	assert_float_equal(value, 7, 0);
	assert_true(number_parse_decimal("0.1", 0, 100, &value));
	assert_true(value == 0.1);
	assert_true(number_parse_decimal(".5", 0, 100, &value));
	assert_true(value == 0.5);
	assert_true(number_parse_decimal("2.", 0, 100, &value));
	assert_true(value == 2.0);
	assert_true(number_parse_decimal("100", 0, 100, &value));
	assert_true(value == 100.0);
}

static void units_are_powers_of_1000_or_1024(void **state)
{
	static const char *const bad[] = { "", "M", "1 M", "1m", "1K", "1KB", "1MiB", "1T", "-1k", "1kk" };
	int64_t value = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(number_parse_scaled(bad[i], true, 0, INT64_MAX, &value));
	assert_false(number_parse_scaled("1Ki", false, 0, INT64_MAX, &value));
	assert_false(number_parse_scaled("99999999999G", true, 0, INT64_MAX, &value));
	assert_false(number_parse_scaled("0.5", true, 1, 10, &value));
	assert_int_equal(value, 7);
	assert_true(number_parse_scaled("400M", false, 1, INT64_MAX, &value));
	assert_int_equal(value, 400000000);
	assert_true(number_parse_scaled("1.5G", false, 1, INT64_MAX, &value));
	assert_int_equal(value, 1500000000);
	assert_true(number_parse_scaled("512Ki", true, 1, INT64_MAX, &value));
	assert_int_equal(value, 524288);
	assert_true(number_parse_scaled("2Gi", true, 1, INT64_MAX, &value));
	assert_int_equal(value, INT64_C(2147483648));
	assert_true(number_parse_scaled("64", true, 1, INT64_MAX, &value));
	assert_int_equal(value, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers_are_digits_in_range),
		cmocka_unit_test(decimals_have_a_point_in_every_locale),
		cmocka_unit_test(units_are_powers_of_1000_or_1024),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
