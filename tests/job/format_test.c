#include "job/format.h"

#include <string.h>

#include "check.h"

static void every_format_has_a_name(void **state)
{
	(void)state;
	for (enum format format = FORMAT_NONE; format < FORMAT_COUNT; format++) {
		assert_non_null(format_name(format));
		assert_true(strlen(format_name(format)) > 0);
		assert_true(format_max_side_px(format) >= 16383);
	}
	assert_string_equal(format_name(FORMAT_JPEG), "jpeg");
}

static void new_names_get_the_usual_extension(void **state)
{
	(void)state;
	assert_string_equal(format_extension(FORMAT_JPEG), "jpg");
	assert_string_equal(format_extension(FORMAT_PNG), "png");
	assert_string_equal(format_extension(FORMAT_WEBP), "webp");
	assert_string_equal(format_extension(FORMAT_TIFF), "tif");
	assert_string_equal(format_extension(FORMAT_AVIF), "avif");
	assert_string_equal(format_extension(FORMAT_GIF), "");
	assert_string_equal(format_extension(FORMAT_HEIC), "");
	assert_string_equal(format_extension(FORMAT_RAW), "");
	assert_string_equal(format_extension(FORMAT_OTHER), "");
	assert_string_equal(format_extension(FORMAT_NONE), "");
}

static void other_spellings_fit_in_any_case(void **state)
{
	(void)state;
	assert_true(format_has_extension(FORMAT_JPEG, "JPG"));
	assert_true(format_has_extension(FORMAT_JPEG, "jpeg"));
	assert_true(format_has_extension(FORMAT_JPEG, "jfif"));
	assert_true(format_has_extension(FORMAT_TIFF, "Tiff"));
	assert_true(format_has_extension(FORMAT_HEIC, "hif"));
	assert_false(format_has_extension(FORMAT_JPEG, "png"));
	assert_false(format_has_extension(FORMAT_JPEG, "jp"));
	assert_false(format_has_extension(FORMAT_JPEG, ""));
	assert_false(format_has_extension(FORMAT_RAW, "jpg"));
}

static void transparency_is_kept_where_it_can_be(void **state)
{
	(void)state;
	assert_true(format_has_quality(FORMAT_JPEG) && format_has_quality(FORMAT_WEBP));
	assert_false(format_has_quality(FORMAT_PNG) || format_has_quality(FORMAT_TIFF));
	assert_false(format_has_alpha(FORMAT_JPEG));
	assert_true(format_has_alpha(FORMAT_PNG));
	assert_true(format_has_alpha(FORMAT_WEBP));
	assert_true(format_has_alpha(FORMAT_TIFF));
	assert_true(format_has_alpha(FORMAT_AVIF));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_has_a_name),
		cmocka_unit_test(new_names_get_the_usual_extension),
		cmocka_unit_test(other_spellings_fit_in_any_case),
		cmocka_unit_test(transparency_is_kept_where_it_can_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
