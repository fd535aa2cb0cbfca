#include "image/lettering.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "image/engine.h"
#include "image/placement.h"

/* Its block fills a whole box, so that every pixel of it is known. */
#define FONT "DejaVu Sans Mono"
#define BLOCK "\xe2\x96\x88"

static char font[] = FONT;

static const struct text_style plain = { .font = font, .colour = { 200, 30, 60 } };

static int start(void **state)
{
	struct err err;

	(void)state;
	return engine_start("lettering_test", false, &err);
}

static int end(void **state)
{
	(void)state;
	lettering_forget_fonts();
	return 0;
}

static struct lettering *lay(const char *text, const struct text_style *style)
{
	struct err err = { REASON_NONE, "" };
	struct lettering *lettering = lettering_new(text, style, &err);

	assert_string_equal(err.text, "");
	assert_non_null(lettering);
	return lettering;
}

static int width_of(const char *text)
{
	struct lettering *lettering = lay(text, &plain);
	int width = lettering_width(lettering);

	lettering_free(lettering);
	return width;
}

static unsigned char *draw(const struct lettering *lettering, int width, int height)
{
	unsigned char *samples = malloc((size_t)width * (size_t)height * 4);
	struct err err;

	assert_int_equal(lettering_draw(lettering, width, height, samples, &err), 0);
	return samples;
}

static void it_fills_its_box_with_its_colour(void **state)
{
	struct lettering *lettering = lay(BLOCK, &plain);
	unsigned char *samples = draw(lettering, 50, 90);

	(void)state;
	/* the em is the size, of which this font's block is 0.602 wide */
	assert_in_range(lettering_width(lettering), TEXT_EM_PX * 60 / 100, TEXT_EM_PX * 64 / 100);
	for (int y = 1; y < 89; y++)
		for (int x = 1; x < 49; x++)
			assert_memory_equal(samples + 4 * (y * 50 + x), "\xc8\x1e\x3c\xff", 4);
	free(samples);
	lettering_free(lettering);
}

static void nothing_in_it_is_markup(void **state)
{
	(void)state;
	/* letters of one width */
	assert_in_range(width_of("<b>M</b>"), 7.5 * width_of("M"), 9.8 * width_of("M"));
	assert_in_range(width_of("M&amp;M"), 6.5 * width_of("M"), 8.6 * width_of("M"));
}

static void an_outline_runs_around_the_letters(void **state)
{
	struct text_style style = plain;
	struct lettering *lettering;
	unsigned char *samples;
	int width, height;

	(void)state;
	style.outline = (struct edge){ true, { 10, 20, 250 } };
	lettering = lay(BLOCK, &style);
	width = lettering_width(lettering);
	height = lettering_height(lettering);
	/* 5 % of the em on either side */
	assert_in_range(width - width_of(BLOCK), 9, 11);
	samples = draw(lettering, width, height);
	assert_memory_equal(samples + 4 * (height / 2 * width + 2), "\x0a\x14\xfa\xff", 4);
	assert_memory_equal(samples + 4 * (height / 2 * width + width - 3), "\x0a\x14\xfa\xff", 4);
	assert_memory_equal(samples + 4 * (2 * width + width / 2), "\x0a\x14\xfa\xff", 4);
	assert_memory_equal(samples + 4 * (height / 2 * width + width / 2), "\xc8\x1e\x3c\xff", 4);
	/* round at its corners */
	assert_int_equal(samples[3], 0);
	free(samples);
	lettering_free(lettering);
}

static void a_shadow_lies_below_to_the_right_and_is_soft(void **state)
{
	struct text_style style = plain;
	struct lettering *lettering;
	unsigned char *samples, *right;
	int width, height, falling = 0;

	(void)state;
	style.shadow = (struct edge){ true, { 0, 0, 0 } };
	lettering = lay(BLOCK, &style);
	width = lettering_width(lettering);
	height = lettering_height(lettering);
	samples = draw(lettering, width, height);
	assert_memory_equal(samples + 4 * (height / 2 * width + width / 2), "\xc8\x1e\x3c\xff", 4);
	/* right of the letter it fades out */
	right = samples + 4 * (height / 2 * width + width - 12);
	for (int i = 1; i < 12; i++)
		falling += right[4 * i + 3] < right[4 * i - 1];
	assert_true(falling >= 8);
	assert_in_range(right[3], 60, 200);
	assert_in_range(right[4 * 11 + 3], 0, 8);
	assert_in_range(right[0], 0, 3);
	/* hardly any on the left */
	assert_in_range(samples[4 * (height / 2 * width) + 3], 0, 8);
	free(samples);
	lettering_free(lettering);
}

static void check_refused(const char *text, const char *wanted, const char *words)
{
	struct text_style style = { .font = (char *)(uintptr_t)wanted };
	struct err err;

	assert_null(lettering_new(text, &style, &err));
	assert_int_equal(err.reason, REASON_WATERMARK);
	if (!strstr(err.text, words))
		fail_msg("%s", err.text);
}

static void a_font_that_is_not_here_is_an_error(void **state)
{
	struct text_style style = { .font = font };
	struct err err;

	(void)state;
	check_refused("x", "Dejavu Sanz Mono Bold", "the nearest name is 'DejaVu Sans Mono'");
	check_refused("x", "No such font at all", "--watermark-font 'No such font at all'");
	check_refused("x", FONT " 12", "without a size");
	assert_int_equal(lettering_check_font(&style, &err), 0);
	style.font = NULL;
	assert_int_equal(lettering_check_font(&style, &err), 0);
	style.font = (char *)(uintptr_t) "dejavu sans mono bold oblique";
	assert_int_equal(lettering_check_font(&style, &err), 0);
	style.font = (char *)(uintptr_t) "Bold";
	assert_int_equal(lettering_check_font(&style, &err), 0);
}

static void no_other_font_stands_in_for_a_letter(void **state)
{
	(void)state;
	/* alef is in DejaVu Sans and not in its Mono */
	check_refused("a \xd7\x90", FONT, "has no '\xd7\x90' (U+05D0)");
	lettering_free(lay("\xd7\x90", &(struct text_style){ .font = (char *)(uintptr_t) "DejaVu Sans" }));
	/* of private use: in no font */
	check_refused("\xf4\x8f\xbf\xbd", NULL, "(U+10FFFD)");
}

static void what_cannot_be_seen_is_an_error(void **state)
{
	(void)state;
	check_refused("\xe2\x80\x83", FONT, "nothing in it can be seen");
}

static void weights_and_slants_are_drawn(void **state)
{
	struct text_style bold = { .font = (char *)(uintptr_t) "DejaVu Sans Bold" };
	struct text_style regular = { .font = (char *)(uintptr_t) "DejaVu Sans" };
	struct lettering *one = lay("mmmm", &bold), *other = lay("mmmm", &regular);

	(void)state;
	assert_true(lettering_width(one) > lettering_width(other) * 105 / 100);
	lettering_free(one);
	lettering_free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_fills_its_box_with_its_colour),
		cmocka_unit_test(nothing_in_it_is_markup),
		cmocka_unit_test(an_outline_runs_around_the_letters),
		cmocka_unit_test(a_shadow_lies_below_to_the_right_and_is_soft),
		cmocka_unit_test(a_font_that_is_not_here_is_an_error),
		cmocka_unit_test(no_other_font_stands_in_for_a_letter),
		cmocka_unit_test(what_cannot_be_seen_is_an_error),
		cmocka_unit_test(weights_and_slants_are_drawn),
	};

	return cmocka_run_group_tests(tests, start, end);
}
