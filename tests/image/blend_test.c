#include "image/blend.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static const int levels[] = { 0, 1, 2, 127, 128, 200, 254, 255 };

#define LEVELS (sizeof(levels) / sizeof(levels[0]))

static void over_opaque_pixels_is_the_rounded_mixture(void **state)
{
	const struct pixels grey = { .model = MODEL_GREY, .bits = 8 };

	(void)state;
	for (int colour = 0; colour < 256; colour++)
		for (int alpha = 0; alpha < 256; alpha++)
			for (size_t i = 0; i < LEVELS; i++) {
				unsigned char over[] = { (unsigned char)colour, (unsigned char)alpha };
				unsigned char row[] = { (unsigned char)levels[i] };
				double exact = (colour * alpha + levels[i] * (255 - alpha)) / 255.0;

				blend_over(over, row, &grey, 1);
				assert_true(fabs(row[0] - exact) <= 0.5 + 1e-9);
			}
}

static void sixteen_bits_mix_alike(void **state)
{
	const struct pixels grey = { .model = MODEL_GREY, .bits = 16 };

	(void)state;
	for (size_t c = 0; c < LEVELS; c++)
		for (size_t a = 0; a < LEVELS; a++)
			for (size_t i = 0; i < LEVELS; i++) {
				unsigned char over[] = { (unsigned char)levels[c], (unsigned char)levels[a] };
				uint16_t row[] = { (uint16_t)(levels[i] * 257 - (levels[i] > 0) * 100) };
				double share = levels[a] / 255.0;
				double exact = levels[c] * 257 * share + row[0] * (1 - share);

				blend_over(over, row, &grey, 1);
				assert_true(fabs(row[0] - exact) <= 0.5 + 1e-6);
			}
}

/* Porter and Duff in doubles. */
static void check_over_alpha(int bits, int colour, int alpha, int beneath, int beneath_alpha)
{
	const struct pixels grey = { .model = MODEL_GREY, .bits = bits, .alpha = true };
	int most = bits == 8 ? 255 : 65535, unit = bits == 8 ? 1 : 257;
	unsigned char over[] = { (unsigned char)colour, (unsigned char)alpha };
	uint8_t row8[] = { (uint8_t)beneath, (uint8_t)beneath_alpha };
	uint16_t row16[] = { (uint16_t)(beneath * 257), (uint16_t)(beneath_alpha * 257) };
	double k = alpha / 255.0, b = beneath_alpha / 255.0, sum = k + b * (1 - k);
	double mixed = sum > 0 ? (colour * k + beneath * b * (1 - k)) / sum : beneath;

	blend_over(over, bits == 8 ? (void *)row8 : (void *)row16, &grey, 1);
	if (sum > 0)
		assert_true(fabs((bits == 8 ? row8[0] : row16[0]) - mixed * unit) <= 0.51);
	assert_true(fabs((bits == 8 ? row8[1] : row16[1]) - sum * most) <= 0.51);
}

static void over_transparent_pixels_the_marks_own_colour_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEVELS * LEVELS * LEVELS * LEVELS; i++) {
		int colour = levels[i % LEVELS], alpha = levels[i / LEVELS % LEVELS];
		int beneath = levels[i / LEVELS / LEVELS % LEVELS];
		int beneath_alpha = levels[i / LEVELS / LEVELS / LEVELS];

		check_over_alpha(8, colour, alpha, beneath, beneath_alpha);
		check_over_alpha(16, colour, alpha, beneath, beneath_alpha);
	}
}

static void a_clear_mark_changes_nothing(void **state)
{
	const struct pixels rgba = { .model = MODEL_RGB, .bits = 8, .alpha = true };
	unsigned char over[8] = { 255, 0, 9, 0, 1, 2, 3, 0 };
	unsigned char row[8] = { 10, 20, 30, 0, 40, 50, 60, 70 }, before[8];

	(void)state;
	memcpy(before, row, sizeof(row));
	blend_over(over, row, &rgba, 2);
	assert_memory_equal(row, before, sizeof(row));
}

static void flattening_works_in_place_and_leaves_alpha_out(void **state)
{
	const struct pixels rgba = { .model = MODEL_RGB, .bits = 8, .alpha = true };
	const struct pixels grey = { .model = MODEL_GREY, .bits = 16, .alpha = true };
	unsigned char row[12] = { 10, 20, 30, 255, 40, 50, 60, 0, 100, 100, 100, 128 };
	uint16_t wide[6] = { 1000, 65535, 2000, 0, 40000, 32768 };
	static const unsigned char white[3] = { 255, 255, 255 };
	static const uint16_t background[1] = { 60000 };

	(void)state;
	blend_flatten(row, row, &rgba, white, 3);
	assert_memory_equal(row, "\x0a\x14\x1e\xff\xff\xff\xb1\xb1\xb1", 9);
	blend_flatten(wide, wide, &grey, background, 3);
	assert_int_equal(wide[0], 1000);
	assert_int_equal(wide[1], 60000);
	assert_in_range(wide[2], 49999, 50000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(over_opaque_pixels_is_the_rounded_mixture),
		cmocka_unit_test(sixteen_bits_mix_alike),
		cmocka_unit_test(over_transparent_pixels_the_marks_own_colour_counts),
		cmocka_unit_test(a_clear_mark_changes_nothing),
		cmocka_unit_test(flattening_works_in_place_and_leaves_alpha_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
