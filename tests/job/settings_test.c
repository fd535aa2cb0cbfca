#include "job/settings.h"

#include "check.h"

static void the_defaults_are_the_contracts(void **state)
{
	struct settings settings;
	const struct output_settings *output;

	(void)state;
	settings_init(&settings);
	output = &settings.outputs[0];
	assert_true(settings.input.recurse);
	assert_false(settings.input.follow_symlinks);
	assert_false(settings.input.allow_untrusted);
	assert_int_equal(settings.outputs_count, 1);
	assert_int_equal(output->resize.mode, SIZE_KEEP);
	assert_false(output->enlarge);
	assert_null(output->mark.file);
	assert_int_equal(output->mark.position, GRAVITY_SE);
	assert_int_equal(output->mark.size.unit, LENGTH_NATURAL);
	assert_int_equal(output->mark.basis, BASIS_SHORT);
	assert_int_equal(output->mark.margin.unit, LENGTH_PERCENT);
	assert_true(output->mark.margin.number == 2);
	assert_true(output->mark.opacity == 1);
	assert_int_equal(output->format, FORMAT_NONE);
	assert_int_equal(output->quality, 82);
	assert_int_equal(output->background.red + output->background.green + output->background.blue, 765);
	assert_int_equal(output->colour, COLOUR_SRGB);
	assert_int_equal(output->chroma, CHROMA_AUTO);
	assert_int_equal(output->png_compression, 4);
	assert_int_equal(output->webp_effort, 4);
	assert_int_equal(output->avif_effort, 4);
	assert_int_equal(output->tiff_compression, TIFF_LZW);
	assert_false(output->png_palette || output->webp_lossless);
	assert_int_equal(output->metadata, METADATA_SAFE);
	assert_string_equal(output->name, "{dir}/{stem}.{ext}");
	assert_int_equal(settings.run.jobs, 0);
	assert_int_equal(settings.run.retries, 1);
	assert_int_equal(settings.run.max_pixels, 400000000);
	assert_int_equal(settings.run.fail_on, FAIL_ON_TRUNCATED);
	assert_int_equal(settings.run.on_collision, COLLISION_FAIL);
	assert_true(settings.run.sync);
	assert_int_equal(settings.run.progress, PROGRESS_AUTO);
	assert_int_equal(settings.run.log_level, LOG_WARNING);
	settings_finish(&settings);
	settings_finish(&settings);
}

static void sizes_of_every_form_are_read(void **state)
{
	static const struct {
		const char *text;
		struct size_spec spec;
	} good[] = {
		{ "2048", { SIZE_LONG_EDGE, BOX_INSIDE, 2048, 0, 0 } },
		{ "1", { SIZE_LONG_EDGE, BOX_INSIDE, 1, 0, 0 } },
		{ "65535", { SIZE_LONG_EDGE, BOX_INSIDE, 65535, 0, 0 } },
		{ "1600x1200", { SIZE_BOX, BOX_INSIDE, 1600, 1200, 0 } },
		{ "1600x", { SIZE_BOX, BOX_INSIDE, 1600, 0, 0 } },
		{ "x1200", { SIZE_BOX, BOX_INSIDE, 0, 1200, 0 } },
		{ "800x600:cover", { SIZE_BOX, BOX_COVER, 800, 600, 0 } },
		{ "800x600:pad", { SIZE_BOX, BOX_PAD, 800, 600, 0 } },
		{ "800x600:stretch", { SIZE_BOX, BOX_STRETCH, 800, 600, 0 } },
		{ "short:1080", { SIZE_SHORT_EDGE, BOX_INSIDE, 1080, 0, 0 } },
		{ "mp:2.5", { SIZE_MEGAPIXELS, BOX_INSIDE, 0, 0, 2.5 } },
		{ "50%", { SIZE_PERCENT, BOX_INSIDE, 0, 0, 50 } },
		{ "12.5%", { SIZE_PERCENT, BOX_INSIDE, 0, 0, 12.5 } },
	};
	struct size_spec spec;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(size_spec_parse(good[i].text, &spec));
		assert_int_equal(spec.mode, good[i].spec.mode);
		assert_int_equal(spec.fit, good[i].spec.fit);
		assert_int_equal(spec.width_px, good[i].spec.width_px);
		assert_int_equal(spec.height_px, good[i].spec.height_px);
		assert_true(spec.number == good[i].spec.number);
	}
}

static void what_is_no_size_is_refused_and_changes_nothing(void **state)
{
	static const char *const bad[] = { "", "x", "0", "0x10", "10x0", "65536", "-1", "+1", " 1", "1 ",
		"1.5", "1600X1200", "1x2x3", "1x2:", "1x2:crop", "1x:cover", "x1:pad", "2048:cover", "10:x5",
		"1x2:cover:pad", "short:", "short:0", "short:1x2", "short:50%", "mp:", "mp:0", "mp:-1",
		"mp:5000", "mp:inf", "%", "0%", "-5%", "50%%", "10001%", "50 %", "nan%", "long", "keep" };
	struct size_spec spec = { SIZE_BOX, BOX_PAD, 3, 4, 5 }, before = spec;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(size_spec_parse(bad[i], &spec));
		assert_memory_equal(&spec, &before, sizeof(spec));
	}
}

static void lengths_are_percent_or_pixels(void **state)
{
	static const char *const bad[] = { "", "20", "%", "px", "-1%", "-1px", "1.5px", "20px%", "20%px",
		"20 %", "20em", "1e3px", "10001%", "65536px" };
	struct length_spec spec = { LENGTH_NATURAL, 9 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(length_spec_parse(bad[i], &spec));
	assert_int_equal(spec.unit, LENGTH_NATURAL);
	assert_true(spec.number == 9);
	assert_true(length_spec_parse("20%", &spec));
	assert_int_equal(spec.unit, LENGTH_PERCENT);
	assert_true(spec.number == 20);
	assert_true(length_spec_parse("0px", &spec));
	assert_int_equal(spec.unit, LENGTH_PX);
	assert_true(spec.number == 0);
	assert_true(length_spec_parse("2.5%", &spec));
	assert_true(spec.number == 2.5);
}

/* Every form that is read gives numbers in the ranges that the header names, whatever the text is. */
static void random_text_gives_nothing_out_of_range(void **state)
{
	static const char letters[] = "0123456789x:%.mphortcvepadslic -";
	uint32_t seed = 1;
	char text[24];

	(void)state;
	for (int round = 0; round < 200000; round++) {
		struct size_spec size;
		struct length_spec length;
		size_t count = (seed >> 8) % (sizeof(text) - 1);

		for (size_t i = 0; i < count; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = letters[(seed >> 16) % (sizeof(letters) - 1)];
		}
		text[count] = '\0';
		seed = seed * 1664525 + 1013904223;
		if (size_spec_parse(text, &size)) {
			assert_in_range(size.mode, SIZE_LONG_EDGE, SIZE_PERCENT);
			assert_in_range(size.width_px, 0, SIZE_LIMIT_PX);
			assert_in_range(size.height_px, 0, SIZE_LIMIT_PX);
			assert_true(size.number >= 0 && size.number <= 10000);
			assert_true(size.width_px + size.height_px > 0 || size.number > 0);
		}
		if (length_spec_parse(text, &length))
			assert_true(length.number >= 0 && length.number <= SIZE_LIMIT_PX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_defaults_are_the_contracts),
		cmocka_unit_test(sizes_of_every_form_are_read),
		cmocka_unit_test(what_is_no_size_is_refused_and_changes_nothing),
		cmocka_unit_test(lengths_are_percent_or_pixels),
		cmocka_unit_test(random_text_gives_nothing_out_of_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
