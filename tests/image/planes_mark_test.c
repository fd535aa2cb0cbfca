#include "image/planes_mark.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "image/ycc.h"

#define WIDTH 61
#define HEIGHT 43
#define MARK_WIDTH 17
#define MARK_HEIGHT 12

/* A mark with soft edges, in strong colours. */
static void draw(uint8_t *samples)
{
	for (int y = 0; y < MARK_HEIGHT; y++)
		for (int x = 0; x < MARK_WIDTH; x++) {
			uint8_t *pixel = samples + 4 * (y * MARK_WIDTH + x);

			pixel[0] = x < 8 ? 255 : 0;
			pixel[1] = y < 6 ? 255 : 20;
			pixel[2] = (uint8_t)(x * 15);
			pixel[3] = (uint8_t)((x + y) * 9);
		}
}

static void colour_at(int x, int y, double *rgb)
{
	rgb[0] = 128 + 100 * sin(x / 7.0);
	rgb[1] = 128 + 100 * cos(y / 5.0);
	rgb[2] = 128 + 100 * sin((x + y) / 9.0);
}

static void to_ycc(const double *rgb, double *ycc)
{
	ycc[0] = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
	ycc[1] = 128 + (rgb[2] - ycc[0]) / 1.772;
	ycc[2] = 128 + (rgb[0] - ycc[0]) / 1.402;
}

/* One pixel of the picture, marked, in plain arithmetic. */
static void marked_at(const struct mark *mark, bool with, int x, int y, double *ycc)
{
	const struct placement *place = &mark->place;
	int u = x - place->left_px, v = y - place->top_px;
	double rgb[3];

	colour_at(x, y, rgb);
	if (place->step_x_px)
		u = (u + 100 * place->step_x_px) % place->step_x_px;
	if (place->step_y_px)
		v = (v + 100 * place->step_y_px) % place->step_y_px;
	if (with && u >= 0 && u < MARK_WIDTH && v >= 0 && v < MARK_HEIGHT) {
		const uint8_t *pixel = mark->samples + 4 * (v * MARK_WIDTH + u);

		for (int i = 0; i < 3; i++)
			rgb[i] += (pixel[i] - rgb[i]) * pixel[3] / 255.0;
	}
	to_ycc(rgb, ycc);
}

static double sample_of(
	const struct mark *mark, bool with, const struct planes *planes, int plane, int x, int y)
{
	int step_x = plane ? planes->chroma_h : 1, step_y = plane ? planes->chroma_v : 1;
	double sum = 0, count = 0, ycc[3];

	for (int v = y * step_y; v < (y + 1) * step_y && v < HEIGHT; v++)
		for (int u = x * step_x; u < (x + 1) * step_x && u < WIDTH; u++, count++) {
			marked_at(mark, with, u, v, ycc);
			sum += ycc[plane];
		}
	return sum / count;
}

static void check(int chroma_h, int chroma_v, struct placement place)
{
	uint8_t samples[4 * MARK_WIDTH * MARK_HEIGHT];
	struct mark mark = { place, { MODEL_RGB, NULL, 8, true }, true, samples };
	struct planes planes = { 0 };
	double worst = 0;

	draw(samples);
	assert_int_equal(planes_reserve(&planes, WIDTH, HEIGHT, 3, chroma_h, chroma_v), 0);
	for (int i = 0; i < 3; i++)
		for (int y = 0; y < planes.plane[i].height; y++)
			for (int x = 0; x < planes.plane[i].width; x++)
				planes.plane[i].data[(size_t)y * planes.plane[i].stride_bytes + x] =
					(uint8_t)lround(sample_of(&mark, false, &planes, i, x, y));
	assert_int_equal(planes_mark(&planes, &mark), 0);
	for (int i = 0; i < 3; i++)
		for (int y = 0; y < planes.plane[i].height; y++)
			for (int x = 0; x < planes.plane[i].width; x++)
				worst = fmax(worst,
					fabs(planes.plane[i]
							.data[(size_t)y * planes.plane[i].stride_bytes + x] -
						sample_of(&mark, true, &planes, i, x, y)));
	planes_finish(&planes);
	/* half a level each for the picture, the mark and the result */
	if (chroma_h * chroma_v == 1)
		assert_true(worst < 1.5);
	/* chroma is blended by the mean of alpha: right only where the picture is even within a sample */
	assert_true(worst < 8);
}

static const struct placement places[] = {
	{ 5, 7, MARK_WIDTH, MARK_HEIGHT, .step_x_px = 0 },
	{ WIDTH - MARK_WIDTH, HEIGHT - MARK_HEIGHT, MARK_WIDTH, MARK_HEIGHT, .step_x_px = 0 },
	{ 0, 0, MARK_WIDTH, MARK_HEIGHT, .step_x_px = 0 },
	{ -8, -5, MARK_WIDTH, MARK_HEIGHT, 19, 15, .rotate_deg = 0 },
};

static void each_sampling_gets_what_blending_the_colours_gives(void **state)
{
	static const int samplings[][2] = { { 1, 1 }, { 2, 2 }, { 2, 1 }, { 1, 2 } };

	for (size_t i = 0; i < sizeof(samplings) / sizeof(samplings[0]); i++)
		for (size_t j = 0; j < sizeof(places) / sizeof(places[0]); j++)
			check(samplings[i][0], samplings[i][1], places[j]);
}

/* Boxes of turned tiles overlap: what is laid twice on a chroma sample still covers it once. */
static void tiles_that_overlap_are_laid_over_each_other(void **state)
{
	static uint8_t samples[4 * MARK_WIDTH * MARK_HEIGHT];
	struct mark mark = { { 20, 12, MARK_WIDTH, MARK_HEIGHT, 8, 7, .rotate_deg = 30 },
		{ MODEL_RGB, NULL, 8, true }, true, samples };
	struct planes planes = { 0 };
	uint8_t ycc[3];
	int twice = 0;

	for (int i = 0; i < MARK_WIDTH * MARK_HEIGHT; i++)
		memcpy(samples + 4 * i, (const uint8_t[]){ 255, 20, 60, 180 }, 4);
	ycc_from_rgb(samples, ycc);
	assert_int_equal(planes_reserve(&planes, WIDTH, HEIGHT, 3, 2, 2), 0);
	memset(planes.memory.data, 128, planes.memory.capacity_bytes);
	assert_int_equal(planes_mark(&planes, &mark), 0);
	for (int i = 0; i < 3; i++)
		for (int y = 0; y < planes.plane[i].height; y++)
			for (int x = 0; x < planes.plane[i].width; x++) {
				int sample =
					planes.plane[i].data[(size_t)y * planes.plane[i].stride_bytes + x];
				int once = abs(ycc[i] - 128) * 180 / 255;
				int moved = ycc[i] > 128 ? sample - 128 : 128 - sample;

				/* under one copy at least: 71 % of the way, and never past it */
				assert_in_range(moved + 2, once, abs(ycc[i] - 128) + 3);
				twice += moved > once + 3;
			}
	assert_true(twice > 100);
	planes_finish(&planes);
}

/* A white mark with soft edges on a grey picture, at every alignment to the chroma samples. */
static void a_neutral_mark_leaves_no_colour_at_its_edges(void **state)
{
	uint8_t samples[4 * MARK_WIDTH * MARK_HEIGHT];
	struct planes planes = { 0 };

	draw(samples);
	for (int i = 0; i < MARK_WIDTH * MARK_HEIGHT; i++)
		memset(samples + 4 * i, 255, 3);
	for (int shift = 0; shift < 4; shift++) {
		struct mark mark = { { 4 + shift % 2, 6 + shift / 2, MARK_WIDTH, MARK_HEIGHT,
					     .step_x_px = 0 },
			{ MODEL_RGB, NULL, 8, true }, false, samples };

		assert_int_equal(planes_reserve(&planes, WIDTH, HEIGHT, 3, 2, 2), 0);
		memset(planes.memory.data, 128, planes.memory.capacity_bytes);
		assert_int_equal(planes_mark(&planes, &mark), 0);
		for (int i = 1; i < 3; i++)
			for (int y = 0; y < planes.plane[i].height; y++)
				for (int x = 0; x < planes.plane[i].width; x++)
					assert_int_equal(
						planes.plane[i]
							.data[(size_t)y * planes.plane[i].stride_bytes + x],
						128);
		assert_int_not_equal(planes.plane[0].data[14 * planes.plane[0].stride_bytes + 16], 128);
	}
	planes_finish(&planes);
}

static void a_grey_picture_takes_a_grey_mark(void **state)
{
	static const uint8_t samples[] = { 200, 255, 100, 128, 50, 0 };
	struct mark mark = { { 1, 1, 3, 1, .step_x_px = 0 }, { MODEL_GREY, NULL, 8, true }, false, samples };
	struct planes planes = { 0 };
	const uint8_t *row;

	assert_int_equal(planes_reserve(&planes, 5, 3, 1, 1, 1), 0);
	memset(planes.memory.data, 10, planes.memory.capacity_bytes);
	assert_int_equal(planes_mark(&planes, &mark), 0);
	row = planes.plane[0].data + planes.plane[0].stride_bytes;
	assert_int_equal(row[0], 10);
	assert_int_equal(row[1], 200);
	assert_int_equal(row[2], 55);
	assert_int_equal(row[3], 10);
	assert_int_equal(planes.plane[0].data[1], 10);
	planes_finish(&planes);
}

static void colours_go_to_planes_and_back(void **state)
{
	uint8_t rgb[3], back[3], y, cb, cr;
	double ycc[3];

	for (int i = 0; i < 17 * 17 * 17; i++) {
		double exact[3];

		rgb[0] = (uint8_t)(i % 17 * 15);
		rgb[1] = (uint8_t)(i / 17 % 17 * 15);
		rgb[2] = (uint8_t)(i / 289 * 15);
		for (int c = 0; c < 3; c++)
			exact[c] = rgb[c];
		to_ycc(exact, ycc);
		ycc_row_from_rgb(rgb, &y, &cb, &cr, 1);
		assert_true(fabs(y - ycc[0]) < 0.51 && fabs(cb - ycc[1]) < 0.51 && fabs(cr - ycc[2]) < 0.51);
		ycc_row_to_rgb(&y, &cb, &cr, back, 1);
		for (int c = 0; c < 3; c++)
			assert_in_range(back[c] - rgb[c] + 2, 0, 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sampling_gets_what_blending_the_colours_gives),
		cmocka_unit_test(tiles_that_overlap_are_laid_over_each_other),
		cmocka_unit_test(a_neutral_mark_leaves_no_colour_at_its_edges),
		cmocka_unit_test(a_grey_picture_takes_a_grey_mark),
		cmocka_unit_test(colours_go_to_planes_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
