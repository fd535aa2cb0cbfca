#include "image/soften.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define SIZE 300 /* more than is softened down in one go */
#define PI 3.14159265358979323846

static double sinc(double x)
{
	return x == 0 ? 1 : sin(PI * x) / (PI * x);
}

static double lanczos(double x)
{
	return fabs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
}

static double sample_at(const uint8_t *row, int x)
{
	return row[x < 0 ? 0 : x >= SIZE ? SIZE - 1 : x];
}

/* The row at twice its length, as libjpeg shows it. */
static double shown_at(const uint8_t *row, int x)
{
	int near = x >> 1, far = x & 1 ? near + 1 : near - 1;

	return (3 * sample_at(row, near) + sample_at(row, far)) / 4;
}

/* Sample `i` of what is made of `scale` samples of the row each: of the row itself, or of it as it is shown.
 */
static double made(const uint8_t *row, bool shown, double scale, int i)
{
	double step = shown ? 2 * scale : scale, centre = (i + 0.5) * step, sum = 0, weights = 0;

	for (int x = (int)floor(centre - 3 * step); x <= (int)ceil(centre + 3 * step); x++) {
		double weight = lanczos((x + 0.5 - centre) / step);

		sum += weight * (shown ? shown_at(row, x) : sample_at(row, x));
		weights += weight;
	}
	return sum / weights;
}

/* Detail of all sizes, but little of the finest, as photographs have. */
static void paint(uint8_t *row)
{
	double last = 0;

	srand(1);
	for (int i = 0; i < SIZE; i++) {
		last = 0.6 * last + rand() % 61 - 30;
		row[i] = (uint8_t)lround(128 + fmin(100, fmax(-100, last)));
	}
}

static void check_scale(double scale, bool down)
{
	uint8_t row[SIZE], line[SIZE];
	double plain = 0, soft = 0;
	int count = (int)(SIZE / scale);
	struct plane plane = { line, down ? 1 : SIZE, down ? 1 : count, down ? count : 1 };

	paint(row);
	for (int i = 0; i < count; i++)
		line[i] = (uint8_t)lround(fmin(255, fmax(0, made(row, false, scale, i))));
	for (int i = 4; i < count - 4; i++)
		plain += pow(line[i] - made(row, true, scale, i), 2);
	if (down)
		soften_down(&plane, scale);
	else
		soften_across(&plane, scale);
	for (int i = 4; i < count - 4; i++)
		soft += pow(line[i] - made(row, true, scale, i), 2);
	if (soft > plain / 4)
		fail_msg("scale %.2f: %.1f, was %.1f", scale, soft, plain);
}

static void chroma_comes_out_as_a_viewer_shows_it(void **state)
{
	(void)state;
	for (double scale = 1; scale < 2; scale += 0.13) {
		check_scale(scale, false);
		check_scale(scale, true);
	}
}

static void plain_areas_and_what_lies_beside_the_plane_stay_as_they_are(void **state)
{
	uint8_t data[5][SIZE + 2];
	struct plane plane = { data[1] + 1, SIZE + 2, SIZE, 3 };

	(void)state;
	memset(data, 7, sizeof(data));
	for (int y = 0; y < plane.height; y++)
		memset(data[1 + y] + 1, 200, SIZE);
	soften_across(&plane, 1);
	soften_down(&plane, 1);
	for (int y = 0; y < 5; y++)
		for (int x = 0; x < SIZE + 2; x++)
			assert_int_equal(data[y][x], y >= 1 && y <= 3 && x >= 1 && x <= SIZE ? 200 : 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chroma_comes_out_as_a_viewer_shows_it),
		cmocka_unit_test(plain_areas_and_what_lies_beside_the_plane_stay_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
