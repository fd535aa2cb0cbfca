#include "image/png_writer.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "image/png_filter.h"

enum {
	FILTERS_TRIED = 200
};

/* What a reader does, as the standard has it (table 9.1). */
static void unfilter(uint8_t *row, const uint8_t *above, int filter, size_t count, size_t step)
{
	for (size_t i = 0; i < count; i++) {
		int left = i < step ? 0 : row[i - step], up = above[i],
		    corner = i < step ? 0 : above[i - step];
		int p = left + up - corner, by_left = abs(p - left), by_up = abs(p - up),
		    by_corner = abs(p - corner);
		int paeth = by_left <= by_up && by_left <= by_corner ? left
			    : by_up <= by_corner                     ? up
								     : corner;
		const int guesses[PNG_FILTERS] = { 0, left, up, (left + up) / 2, paeth };

		row[i] = (uint8_t)(row[i] + guesses[filter]);
	}
}

/* Rows for which one way to guess after the other is best, and rows of noise. */
static void fill_rows(uint8_t *above, uint8_t *row, size_t count, size_t step, int round)
{
	for (size_t i = 0; i < count; i++)
		above[i] = (uint8_t)rand();
	for (size_t i = 0; i < count; i++) {
		int left = i < step ? 0 : row[i - step], up = above[i],
		    corner = i < step ? 0 : above[i - step];
		const int rows[] = { rand() % 3, left, up, (left + up) / 2, left + up - corner, rand() };

		row[i] = (uint8_t)rows[round % 6];
	}
}

static void every_filter_is_used_and_can_be_undone(void **state)
{
	int used[PNG_FILTERS] = { 0 };

	(void)state;
	srand(11);
	for (int round = 0; round < FILTERS_TRIED; round++) {
		int step = 1 + rand() % 8, width = 1 + rand() % 90;
		size_t count = (size_t)step * (size_t)width;
		uint8_t above[720], row[720], out[721];
		struct png_filter filter;

		fill_rows(above, row, count, (size_t)step, round);
		assert_int_equal(png_filter_init(&filter, width, step), 0);
		png_filter_row(&filter, row, above, out);
		assert_in_range(out[0], 0, PNG_FILTERS - 1);
		used[out[0]]++;
		unfilter(out + 1, above, out[0], count, (size_t)step);
		assert_memory_equal(out + 1, row, count);
		png_filter_finish(&filter);
	}
	for (int i = 0; i < PNG_FILTERS; i++)
		assert_true(used[i] > 0);
}

static VipsImage *picture_of(int width, int height, int bands, VipsBandFormat format)
{
	size_t size_bytes =
		(size_t)width * (size_t)height * (size_t)bands * (format == VIPS_FORMAT_UCHAR ? 1 : 2);
	uint8_t *pixels = malloc(size_bytes);
	VipsImage *image;

	for (size_t i = 0; i < size_bytes; i++)
		pixels[i] = (uint8_t)(i / 3 + (size_t)rand() % 9);
	image = vips_image_new_from_memory_copy(pixels, size_bytes, width, height, bands, format);
	free(pixels);
	assert_non_null(image);
	image->Type = bands < 3 ? (format == VIPS_FORMAT_UCHAR ? VIPS_INTERPRETATION_B_W
							       : VIPS_INTERPRETATION_GREY16)
				: (format == VIPS_FORMAT_UCHAR ? VIPS_INTERPRETATION_sRGB
							       : VIPS_INTERPRETATION_RGB16);
	return image;
}

static VipsImage *write_and_read(VipsImage *image)
{
	VipsTarget *target = vips_target_new_to_memory();
	VipsImage *read = NULL, *held;
	VipsBlob *blob;
	const void *data;
	size_t size_bytes;

	assert_int_equal(png_write(image, 4, target), 0);
	g_object_get(target, "blob", &blob, NULL);
	data = vips_blob_get(blob, &size_bytes);
	assert_int_equal(
		vips_pngload_buffer((void *)data, size_bytes, &read, "fail_on", VIPS_FAIL_ON_WARNING, NULL),
		0);
	held = vips_image_copy_memory(read);
	assert_non_null(held);
	g_object_unref(read);
	vips_area_unref(VIPS_AREA(blob));
	g_object_unref(target);
	return held;
}

static void assert_same_pixels(VipsImage *one, VipsImage *other)
{
	assert_int_equal(one->Xsize, other->Xsize);
	assert_int_equal(one->Ysize, other->Ysize);
	assert_int_equal(one->Bands, other->Bands);
	assert_int_equal(one->BandFmt, other->BandFmt);
	assert_memory_equal(
		VIPS_IMAGE_ADDR(one, 0, 0), VIPS_IMAGE_ADDR(other, 0, 0), VIPS_IMAGE_SIZEOF_IMAGE(one));
}

static void libpng_reads_back_every_form(void **state)
{
	static const int sizes[][2] = { { 1, 1 }, { 1, 40 }, { 53, 1 }, { 7, 5 }, { 300, 201 } };

	(void)state;
	for (int bands = 1; bands <= 4; bands++)
		for (size_t i = 0; i < 2 * G_N_ELEMENTS(sizes); i++) {
			VipsImage *image = picture_of(sizes[i / 2][0], sizes[i / 2][1], bands,
				i % 2 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
			VipsImage *read;

			assert_true(png_writer_takes(image));
			read = write_and_read(image);
			assert_same_pixels(image, read);
			g_object_unref(read);
			g_object_unref(image);
		}
}

static void density_and_profile_are_kept(void **state)
{
	VipsImage *image = picture_of(20, 10, 3, VIPS_FORMAT_UCHAR), *read;
	VipsBlob *srgb;
	const void *icc, *found;
	size_t icc_bytes, found_bytes;

	(void)state;
	assert_int_equal(vips_profile_load("srgb", &srgb, NULL), 0);
	icc = vips_blob_get(srgb, &icc_bytes);
	vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, icc, icc_bytes);
	image->Xres = 11.811;
	image->Yres = 5.905;
	read = write_and_read(image);
	assert_int_equal(vips_image_get_blob(read, VIPS_META_ICC_NAME, &found, &found_bytes), 0);
	assert_int_equal(found_bytes, icc_bytes);
	assert_memory_equal(found, icc, icc_bytes);
	assert_true(read->Xres > 11.8105 && read->Xres < 11.8115);
	assert_true(read->Yres > 5.9045 && read->Yres < 5.9055);
	vips_area_unref(VIPS_AREA(srgb));
	g_object_unref(read);
	g_object_unref(image);
}

static void what_is_too_much_to_hold_is_left_to_libpng(void **state)
{
	VipsImage *image = NULL;

	(void)state;
	assert_int_equal(vips_black(&image, 6000, 4000, "bands", 3, NULL), 0);
	assert_false(png_writer_takes(image));
	g_object_unref(image);
}

static void a_picture_that_cannot_be_made_is_a_failure(void **state)
{
	VipsImage *image = picture_of(100, 100, 3, VIPS_FORMAT_UCHAR), *half = NULL;
	VipsTarget *target = vips_target_new_to_memory();
	void *png = NULL;
	size_t size_bytes;

	(void)state;
	assert_int_equal(vips_pngsave_buffer(image, &png, &size_bytes, NULL), 0);
	assert_int_equal(
		vips_pngload_buffer(png, size_bytes / 2, &half, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL), 0);
	assert_int_equal(png_write(half, 4, target), -1);
	vips_error_clear();
	g_object_unref(half);
	g_object_unref(image);
	g_object_unref(target);
	g_free(png);
}

static int start(void **state)
{
	(void)state;
	return vips_init("png_writer_test");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_filter_is_used_and_can_be_undone),
		cmocka_unit_test(libpng_reads_back_every_form),
		cmocka_unit_test(density_and_profile_are_kept),
		cmocka_unit_test(what_is_too_much_to_hold_is_left_to_libpng),
		cmocka_unit_test(a_picture_that_cannot_be_made_is_a_failure),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
