#include "image/sharpen.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

enum {
	WIDTH = 40,
	HEIGHT = 30
};

static float before[HEIGHT][WIDTH], after[HEIGHT][WIDTH];
static int width = WIDTH;
static int added; /* rows, in turn */

static void read_row(void *data, int y, float *lightness)
{
	(void)data;
	/* what is asked for has not been written over */
	assert_true(y >= added);
	memcpy(lightness, before[y], (size_t)width * sizeof(float));
}

static void add_row(void *data, int y, const float *addition)
{
	(void)data;
	assert_int_equal(y, added++);
	for (int x = 0; x < width; x++)
		after[y][x] = before[y][x] + addition[x];
}

static void sharpen(double radius_px, double amount, double limit)
{
	const struct sharpen_picture picture = { WIDTH, HEIGHT, read_row, add_row, NULL };
	const struct sharpen_settings settings = { radius_px, amount, limit };

	added = 0;
	assert_true(sharpen_picture(&picture, &settings));
	assert_int_equal(added, HEIGHT);
}

static void paint(float (*value)(int x, int y))
{
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			before[y][x] = value(x, y);
}

static float plain(int x, int y)
{
	(void)x;
	(void)y;
	return 77;
}

static float edge(int x, int y)
{
	(void)y;
	return x < WIDTH / 2 ? 60 : 180;
}

static float dot(int x, int y)
{
	return x == WIDTH / 2 && y == HEIGHT / 2 ? 200 : 100;
}

static void an_even_picture_stays_to_its_borders(void **state)
{
	(void)state;
	paint(plain);
	sharpen(1, 3, 50);
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			assert_true(after[y][x] > 76.99f && after[y][x] < 77.01f);
}

static void an_edge_gets_a_halo_within_the_limit_and_nothing_far_off(void **state)
{
	(void)state;
	paint(edge);
	sharpen(0.8, 1, 12);
	for (int y = 0; y < HEIGHT; y++) {
		assert_true(after[y][WIDTH / 2] > 185 && after[y][WIDTH / 2] <= 192.001f);
		assert_true(after[y][WIDTH / 2 - 1] < 55 && after[y][WIDTH / 2 - 1] >= 47.999f);
		assert_true(after[y][WIDTH / 2 + 5] < 180.01f && after[y][WIDTH / 2 - 6] > 59.99f);
	}
	/* more of it where the limit allows */
	sharpen(0.8, 1, 100);
	assert_true(after[0][WIDTH / 2] > 195);
}

static void it_is_the_same_across_and_down(void **state)
{
	(void)state;
	paint(dot);
	sharpen(1, 1, 100);
	assert_true(after[HEIGHT / 2][WIDTH / 2] > 250);
	for (int i = 1; i < 6; i++) {
		float right = after[HEIGHT / 2][WIDTH / 2 + i], below = after[HEIGHT / 2 + i][WIDTH / 2];

		assert_true(right - below < 0.001f && below - right < 0.001f);
		assert_true(right == after[HEIGHT / 2][WIDTH / 2 - i]);
	}
}

static void a_picture_smaller_than_the_neighbourhood_is_sharpened(void **state)
{
	const struct sharpen_picture picture = { 1, 1, read_row, add_row, NULL };
	const struct sharpen_settings settings = { 5, 1, 10 };

	(void)state;
	paint(plain);
	added = 0;
	width = 1;
	assert_true(sharpen_picture(&picture, &settings));
	assert_int_equal(added, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_even_picture_stays_to_its_borders),
		cmocka_unit_test(an_edge_gets_a_halo_within_the_limit_and_nothing_far_off),
		cmocka_unit_test(it_is_the_same_across_and_down),
		cmocka_unit_test(a_picture_smaller_than_the_neighbourhood_is_sharpened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
