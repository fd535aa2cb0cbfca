#include "image/tiling.h"

#include <math.h>
#include <string.h>

#include "check.h"
#include "image/mark_turn.h"

#define WIDTH 97
#define HEIGHT 71

/* How often each pixel of the picture is under the mark's box: by every copy that there could be, and by what
 * the tiling tells. */
static void count_all(const struct placement *place, int *counts)
{
	struct mark_turn turn = mark_turn_of(place->rotate_deg);

	memset(counts, 0, sizeof(*counts) * WIDTH * HEIGHT);
	for (int i = -60; i <= 60; i++)
		for (int j = -60; j <= 60; j++) {
			double across = i * place->step_x_px, down = j * place->step_y_px;
			int left = place->left_px + (int)lround(across * turn.cosine - down * turn.sine);
			int top = place->top_px + (int)lround(across * turn.sine + down * turn.cosine);

			for (int y = top < 0 ? 0 : top; y < top + place->height_px && y < HEIGHT; y++)
				for (int x = left < 0 ? 0 : left; x < left + place->width_px && x < WIDTH;
					x++)
					counts[y * WIDTH + x]++;
		}
}

static void count_told(const struct placement *place, int from, int to, int *counts)
{
	for (int y = 0; y < HEIGHT; y++) {
		struct tiling tiling;
		int left, mark_row;

		tiling_begin(&tiling, place, from, y, to - from);
		while (tiling_next(&tiling, &left, &mark_row)) {
			assert_in_range(mark_row, 0, place->height_px - 1);
			for (int x = left < from ? from : left; x < left + place->width_px && x < to; x++)
				counts[y * WIDTH + x]++;
		}
	}
}

static void check(const struct placement *place)
{
	static int expected[WIDTH * HEIGHT], whole[WIDTH * HEIGHT], parts[WIDTH * HEIGHT];

	count_all(place, expected);
	memset(whole, 0, sizeof(whole));
	memset(parts, 0, sizeof(parts));
	count_told(place, 0, WIDTH, whole);
	count_told(place, 0, 31, parts);
	count_told(place, 31, WIDTH, parts);
	assert_memory_equal(whole, expected, sizeof(whole));
	assert_memory_equal(parts, expected, sizeof(parts));
}

static void every_copy_is_told_once_whatever_the_angle(void **state)
{
	static const double turns[] = { 0, 90, 180, -90, 30, -30, 45, 1, 89.5, 135, 211.25, -359 };

	(void)state;
	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++)
		for (int step = 3; step < 50; step += 9) {
			struct placement place = { 40, 20, 11, 7, step, step / 2 + 2,
				.rotate_deg = turns[i] };

			check(&place);
			place.left_px = -5;
			place.top_px = -3;
			check(&place);
		}
}

static void a_mark_that_is_not_tiled_is_told_on_its_own_rows(void **state)
{
	struct placement place = { 40, 20, 11, 7, 0, 0, .rotate_deg = 30 };
	struct tiling tiling;
	int left, mark_row;

	(void)state;
	for (int y = 0; y < HEIGHT; y++) {
		tiling_begin(&tiling, &place, 0, y, WIDTH);
		assert_int_equal(tiling_next(&tiling, &left, &mark_row), y >= 20 && y < 27);
		if (y < 20 || y >= 27)
			continue;
		assert_int_equal(left, 40);
		assert_int_equal(mark_row, y - 20);
		assert_false(tiling_next(&tiling, &left, &mark_row));
	}
	tiling_begin(&tiling, &place, 0, 22, 40);
	assert_false(tiling_next(&tiling, &left, &mark_row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_copy_is_told_once_whatever_the_angle),
		cmocka_unit_test(a_mark_that_is_not_tiled_is_told_on_its_own_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
