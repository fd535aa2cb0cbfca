#include "image/planes_turn.h"

#include <string.h>

#include "check.h"

/* Grey planes of the letters in `rows`, which are of one length and end with a slash. */
static void planes_of(struct planes *planes, const char *rows)
{
	int width = (int)(strchr(rows, '/') - rows), height = (int)strlen(rows) / (width + 1);

	assert_int_equal(planes_reserve(planes, width, height, 1, 1, 1), 0);
	for (int y = 0; y < height; y++)
		memcpy(planes->plane[0].data + (size_t)y * planes->plane[0].stride_bytes,
			rows + y * (width + 1), (size_t)width);
}

static void letters_of(const struct plane *plane, char *letters)
{
	for (int y = 0; y < plane->height; y++) {
		memcpy(letters, plane->data + (size_t)y * plane->stride_bytes, (size_t)plane->width);
		letters += plane->width;
		*letters++ = '/';
	}
	*letters = '\0';
}

static void each_orientation_is_turned_as_exif_means_it(void **state)
{
	static const char *const upright[] = { "abc/def/", "cba/fed/", "fed/cba/", "def/abc/", "ad/be/cf/",
		"da/eb/fc/", "fc/eb/da/", "cf/be/ad/" };
	struct planes in = { 0 }, out = { 0 };
	char letters[32];

	planes_of(&in, "abc/def/");
	for (int orientation = 1; orientation <= 8; orientation++) {
		assert_int_equal(planes_turn(&in, orientation, &out), 0);
		letters_of(&out.plane[0], letters);
		assert_string_equal(letters, upright[orientation - 1]);
	}
	planes_finish(&in);
	planes_finish(&out);
}

static uint8_t sample_at(const struct plane *plane, int x, int y)
{
	return plane->data[(size_t)y * plane->stride_bytes + x];
}

static void large_planes_are_turned_in_blocks_without_seams(void **state)
{
	struct planes in = { 0 }, out = { 0 };

	assert_int_equal(planes_reserve(&in, 101, 67, 3, 2, 1), 0);
	for (int i = 0; i < 3; i++)
		for (int y = 0; y < in.plane[i].height; y++)
			for (int x = 0; x < in.plane[i].width; x++)
				in.plane[i].data[(size_t)y * in.plane[i].stride_bytes + x] =
					(uint8_t)(x * 7 + y * 13 + i);
	assert_int_equal(planes_turn(&in, 6, &out), 0);
	assert_int_equal(out.width_px, 67);
	assert_int_equal(out.height_px, 101);
	assert_int_equal(out.chroma_h, 1);
	assert_int_equal(out.chroma_v, 2);
	for (int i = 0; i < 3; i++)
		for (int y = 0; y < out.plane[i].height; y++)
			for (int x = 0; x < out.plane[i].width; x++)
				assert_int_equal(sample_at(&out.plane[i], x, y),
					sample_at(&in.plane[i], y, in.plane[i].height - 1 - x));
	planes_finish(&in);
	planes_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_orientation_is_turned_as_exif_means_it),
		cmocka_unit_test(large_planes_are_turned_in_blocks_without_seams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
