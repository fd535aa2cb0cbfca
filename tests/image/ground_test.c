#include "image/ground.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

/* A picture by what each of its pixels is. */
struct scene {
	void (*paint)(int x, int y, int *samples);
	struct pixels pixels;
	struct area asked; /* nothing else may be read */
	long read;         /* pixels */
};

static struct colours *colours;

static int begin(void **state)
{
	(void)state;
	colours = colours_new();
	return colours ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	colours_free(colours);
	return 0;
}

static void read_scene(void *data, int x, int y, int count, void *row)
{
	struct scene *scene = data;
	const struct area *asked = &scene->asked;
	int samples = pixels_samples(&scene->pixels);

	assert_true(x >= asked->left_px && x + count <= asked->left_px + asked->width_px);
	assert_true(y >= asked->top_px && y < asked->top_px + asked->height_px);
	scene->read += count;
	for (int i = 0; i < count; i++) {
		int pixel[5];

		scene->paint(x + i, y, pixel);
		for (int k = 0; k < samples; k++)
			if (scene->pixels.bits == 8)
				((uint8_t *)row)[i * samples + k] = (uint8_t)pixel[k];
			else
				((uint16_t *)row)[i * samples + k] = (uint16_t)(pixel[k] * 257);
	}
}

/* What is measured in `area` of a large picture. */
static struct ground_measures measure_as(
	struct pixels pixels, void (*paint)(int x, int y, int *samples), struct area area)
{
	static const uint16_t white[] = { 65535, 65535, 65535, 65535 };
	const struct pixels grey = { .model = MODEL_GREY, .bits = 8 };
	struct scene scene = { paint, pixels, area, 0 };
	struct ground ground = { .width_px = 65535,
		.height_px = 65535,
		.pixels = pixels,
		.background = white,
		.read = read_scene,
		.data = &scene };
	struct ground_measures measures;
	struct err err;

	pixels.alpha = false;
	ground.lightness = colours_between(colours, &pixels, &grey);
	assert_non_null(ground.lightness);
	assert_int_equal(ground_measure(&ground, &area, &measures, &err), 0);
	assert_true(scene.read > 0);
	return measures;
}

static struct ground_measures measure(void (*paint)(int x, int y, int *samples), int width_px, int height_px)
{
	return measure_as((struct pixels){ MODEL_RGB, NULL, 8, false }, paint,
		(struct area){ 1000, 500, width_px, height_px });
}

static void check_near(double is, double wanted, double tolerance)
{
	if (!(is >= wanted - tolerance && is <= wanted + tolerance))
		fail_msg("%g is not %g", is, wanted);
}

static void set(int *samples, int red, int green, int blue)
{
	samples[0] = red;
	samples[1] = green;
	samples[2] = blue;
	samples[3] = 255;
}

static int level;

static void paint_plain(int x, int y, int *samples)
{
	(void)x;
	(void)y;
	set(samples, level, level, level);
}

/* L* of 39.9 is 94, 60.2 is 145, 50.0 is 119 (CIE 15; IEC 61966-2-1). */
static void what_is_light_goes_by_cie_lightness(void **state)
{
	static const struct {
		int level;
		double light;
	} rows[] = { { 0, 0 }, { 94, 0 }, { 119, 0.5 }, { 106, 0.25 }, { 132, 0.75 }, { 145, 1 },
		{ 255, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ground_measures measures;

		level = rows[i].level;
		measures = measure(paint_plain, 200, 60);
		check_near(measures.light, rows[i].light, 0.02);
		check_near(measures.detail, 0, 0);
	}
}

static int hue[3];

static void paint_hue(int x, int y, int *samples)
{
	(void)x;
	(void)y;
	set(samples, hue[0], hue[1], hue[2]);
}

/* The red of sRGB has an L* of 54.3, relative to the D50 of profiles. */
static void colours_are_as_light_as_they_are_seen(void **state)
{
	static const struct {
		int hue[3];
		double light;
	} rows[] = { { { 0, 0, 255 }, 0 }, { { 255, 0, 0 }, 0.71 }, { { 0, 255, 0 }, 1 },
		{ { 255, 255, 0 }, 1 }, { { 120, 0, 120 }, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memcpy(hue, rows[i].hue, sizeof(hue));
		check_near(measure(paint_hue, 90, 30).light, rows[i].light, 0.04);
	}
}

/* A lamp in each block of 100 pixels, a fifth of its side. */
static void paint_lamps(int x, int y, int *samples)
{
	bool lamp = x % 100 < 20 && y % 100 < 20;

	set(samples, lamp ? 255 : 8, lamp ? 255 : 8, lamp ? 255 : 8);
}

static void lamps_in_the_night_count_for_what_they_cover(void **state)
{
	(void)state;
	check_near(measure(paint_lamps, 500, 300).light, 0.04, 0.02);
}

/* Light in the left half. */
static void paint_halves(int x, int y, int *samples)
{
	(void)y;
	level = x < 1150 ? 240 : 20;
	set(samples, level, level, level);
}

static void half_of_it_is_half(void **state)
{
	(void)state;
	check_near(measure(paint_halves, 300, 100).light, 0.5, 0.02);
	check_near(measure(paint_halves, 150, 100).light, 1, 0);
	/* one edge is little detail, but some */
	check_near(measure(paint_halves, 300, 100).detail, 0.9, 0.4);
}

static void paint_ramp(int x, int y, int *samples)
{
	(void)y;
	level = 60 + (x - 1000) / 3;
	set(samples, level, level, level);
}

static uint32_t noise(int x, int y)
{
	uint32_t hash = (uint32_t)x * 0x9e3779b1u ^ (uint32_t)y * 0x85ebca77u;

	hash = (hash ^ (hash >> 15)) * 0x2c1b3c6du;
	return (hash ^ (hash >> 12)) * 0x297a2d39u >> 24;
}

/* Blocks of 12 pixels, which leaves might be. */
static void paint_leaves(int x, int y, int *samples)
{
	level = (int)noise(x / 12, y / 12) / 2;
	set(samples, level, level + 30, level);
}

static void paint_grain(int x, int y, int *samples)
{
	level = 120 + (int)noise(x, y) % 7 - 3;
	set(samples, level, level, level);
}

static void leaves_have_detail_and_skies_and_grain_hardly(void **state)
{
	(void)state;
	assert_true(measure(paint_ramp, 360, 120).detail < 0.6);
	assert_true(measure(paint_grain, 360, 120).detail < 0.4);
	assert_true(measure(paint_leaves, 360, 120).detail > 3);
}

static void paint_leaves_twice(int x, int y, int *samples)
{
	paint_leaves(1000 + (x - 1000) / 2, 500 + (y - 500) / 2, samples);
}

static void a_picture_measures_the_same_in_two_sizes(void **state)
{
	struct ground_measures one, two;

	(void)state;
	one = measure(paint_leaves, 300, 100);
	two = measure(paint_leaves_twice, 600, 200);
	check_near(two.light, one.light, 0.01);
	check_near(two.detail, one.detail, 0.15 * one.detail);
}

/* Clear on the right, whatever the colour says. */
static void paint_clear(int x, int y, int *samples)
{
	(void)y;
	set(samples, 10, 10, 10);
	samples[3] = x < 1150 ? 255 : 0;
}

static void depth_alpha_and_grey_make_no_difference(void **state)
{
	const struct area area = { 1000, 500, 300, 100 };
	const struct pixels deep = { MODEL_RGB, NULL, 16, false }, clear = { MODEL_RGB, NULL, 8, true };
	const struct pixels both = { MODEL_RGB, NULL, 16, true }, grey = { MODEL_GREY, NULL, 8, false };

	(void)state;
	check_near(measure_as(deep, paint_halves, area).light, 0.5, 0.02);
	check_near(measure_as(grey, paint_halves, area).light, 0.5, 0.02);
	/* the background is white */
	check_near(measure_as(clear, paint_clear, area).light, 0.5, 0.02);
	check_near(measure_as(both, paint_clear, area).light, 0.5, 0.02);
}

static void areas_of_every_shape_are_measured(void **state)
{
	static const struct area areas[] = { { 0, 0, 1, 1 }, { 1, 0, 2, 1 }, { 0, 5, 1, 2 }, { 3, 4, 31, 33 },
		{ 3, 4, 32, 32 }, { 3, 4, 33, 31 }, { 0, 0, 60000, 1 }, { 0, 0, 1, 60000 }, { 0, 7, 5000, 3 },
		{ 9, 0, 3, 5000 }, { 0, 0, 1100, 1100 } };
	const struct pixels pixels = { MODEL_RGB, NULL, 8, false };

	(void)state;
	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
		level = 132;
		check_near(measure_as(pixels, paint_plain, areas[i]).light, 0.75, 0.02);
		assert_true(measure_as(pixels, paint_leaves, areas[i]).detail >= 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_light_goes_by_cie_lightness),
		cmocka_unit_test(colours_are_as_light_as_they_are_seen),
		cmocka_unit_test(lamps_in_the_night_count_for_what_they_cover),
		cmocka_unit_test(half_of_it_is_half),
		cmocka_unit_test(leaves_have_detail_and_skies_and_grain_hardly),
		cmocka_unit_test(a_picture_measures_the_same_in_two_sizes),
		cmocka_unit_test(depth_alpha_and_grey_make_no_difference),
		cmocka_unit_test(areas_of_every_shape_are_measured),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
