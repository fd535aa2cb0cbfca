#include "image/planes_paint.h"

#include "check.h"

static uint8_t *at(const struct planes *planes, int i, int x, int y)
{
	return planes->plane[i].data + (size_t)y * planes->plane[i].stride_bytes + x;
}

static void a_picture_lies_where_it_is_placed(void **state)
{
	struct planes picture = { 0 }, canvas = { 0 };

	assert_int_equal(planes_reserve(&picture, 3, 2, 3, 1, 1), 0);
	assert_int_equal(planes_reserve(&canvas, 8, 7, 3, 1, 1), 0);
	planes_fill(&picture, (const uint8_t[]){ 200, 90, 30 });
	planes_fill(&canvas, (const uint8_t[]){ 10, 128, 129 });
	planes_place(&picture, &canvas, 5, 1);
	assert_int_equal(*at(&canvas, 0, 4, 1), 10);
	assert_int_equal(*at(&canvas, 0, 5, 0), 10);
	assert_int_equal(*at(&canvas, 0, 5, 1), 200);
	assert_int_equal(*at(&canvas, 1, 7, 2), 90);
	assert_int_equal(*at(&canvas, 2, 6, 2), 30);
	assert_int_equal(*at(&canvas, 2, 6, 3), 129);
	planes_finish(&picture);
	planes_finish(&canvas);
}

static void a_chroma_sample_is_the_mean_of_its_pixels(void **state)
{
	struct planes in = { 0 }, out = { 0 };

	assert_int_equal(planes_reserve(&in, 5, 3, 3, 1, 1), 0);
	for (int i = 0; i < 3; i++)
		for (int y = 0; y < 3; y++)
			for (int x = 0; x < 5; x++)
				*at(&in, i, x, y) = (uint8_t)(100 + 10 * x + 20 * y + i);
	assert_int_equal(planes_subsample(&in, 2, 2, &out), 0);
	assert_int_equal(out.plane[1].width, 3);
	assert_int_equal(out.plane[1].height, 2);
	assert_int_equal(*at(&out, 0, 4, 2), 180);
	assert_int_equal(*at(&out, 1, 0, 0), 116);
	/* at the edges, of those that there are */
	assert_int_equal(*at(&out, 1, 2, 0), 151);
	assert_int_equal(*at(&out, 2, 0, 1), 147);
	assert_int_equal(*at(&out, 2, 2, 1), 182);
	planes_finish(&in);
	planes_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_picture_lies_where_it_is_placed),
		cmocka_unit_test(a_chroma_sample_is_the_mean_of_its_pixels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
