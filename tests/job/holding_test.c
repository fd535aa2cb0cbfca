#include "job/holding.h"

#include <stddef.h>

#include "check.h"

static struct settings settings;
static struct output_settings *output;

static int begin(void **state)
{
	(void)state;
	settings_init(&settings);
	output = &settings.outputs[0];
	return 0;
}

static int end(void **state)
{
	(void)state;
	settings_finish(&settings);
	return 0;
}

static void each_format_holds_what_it_can(void **state)
{
	static const struct {
		enum format format;
		struct holding holding;
	} rows[] = {
		{ FORMAT_JPEG, { .grey = true, .cmyk = true, .quality = true } },
		{ FORMAT_PNG, { .grey = true, .alpha = true, .wide = true } },
		{ FORMAT_TIFF, { .grey = true, .cmyk = true, .alpha = true, .wide = true } },
		{ FORMAT_WEBP, { .alpha = true, .quality = true } },
		{ FORMAT_AVIF, { .alpha = true, .quality = true } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct holding holding = holding_of(output, rows[i].format);

		assert_memory_equal(&holding, &rows[i].holding, sizeof(holding));
		assert_true(holding_has(&holding, MODEL_RGB));
		assert_int_equal(holding_has(&holding, MODEL_GREY), holding.grey);
		assert_int_equal(holding_has(&holding, MODEL_CMYK), holding.cmyk);
		assert_false(holding_has(&holding, MODEL_OTHER));
	}
}

static void options_change_what_it_holds(void **state)
{
	(void)state;
	output->png_palette = true;
	assert_false(holding_of(output, FORMAT_PNG).wide);
	assert_true(holding_of(output, FORMAT_PNG).alpha);
	output->webp_lossless = true;
	assert_false(holding_of(output, FORMAT_WEBP).quality);
	assert_true(holding_of(output, FORMAT_AVIF).quality);
	output->tiff_compression = TIFF_JPEG;
	assert_true(holding_of(output, FORMAT_TIFF).quality);
	assert_true(holding_of(output, FORMAT_TIFF).cmyk);
	assert_false(holding_of(output, FORMAT_TIFF).wide);
	assert_false(holding_of(output, FORMAT_TIFF).alpha);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(each_format_holds_what_it_can),
		TEST(options_change_what_it_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
