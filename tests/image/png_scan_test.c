#include "image/png_scan.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "check.h"

static void put_chunk(struct bytes *png, const char *type, const void *data, size_t size, uint32_t claimed)
{
	put_number(png, claimed, 4, 1);
	put(png, type, 4);
	put(png, data, size);
	put_number(png, 0, 4, 1); /* the walk does not check sums */
}

static void begin(struct bytes *png, unsigned char bits, unsigned char colour, unsigned char interlace)
{
	unsigned char header[13] = { 0, 0, 2, 128, 0, 0, 1, 224, bits, colour, 0, 0, interlace };

	png->size = 0;
	put(png, "\x89PNG\r\n\x1a\n", 8);
	put_chunk(png, "IHDR", header, sizeof(header), sizeof(header));
}

static int scan(const struct bytes *png, struct png_scan *found, struct err *err)
{
	int fd = file_with(png->data, png->size);
	int result = png_scan(fd, found, err);

	close(fd);
	return result;
}

static void a_header_is_read(void **state)
{
	static struct bytes png;
	struct png_scan found;
	struct err err;

	(void)state;
	begin(&png, 16, 2, 1);
	put_chunk(&png, "IDAT", "x", 1, 1);
	put_chunk(&png, "IEND", "", 0, 0);
	assert_int_equal(scan(&png, &found, &err), 0);
	assert_int_equal(found.width_px, 640);
	assert_int_equal(found.height_px, 480);
	assert_int_equal(found.bits, 16);
	assert_true(found.interlaced);
	assert_int_equal(found.frames, 1);
	assert_null(found.exif.data);
	png_scan_finish(&found);
	begin(&png, 2, 3, 0); /* a palette's entries have eight bits */
	put_chunk(&png, "IDAT", "x", 1, 1);
	assert_int_equal(scan(&png, &found, &err), 0);
	assert_int_equal(found.bits, 8);
}

static void exif_is_found_before_and_behind_the_pixels(void **state)
{
	static struct bytes png;
	struct png_scan found;
	struct err err;

	(void)state;
	for (int behind = 0; behind < 2; behind++) {
		begin(&png, 8, 2, 0);
		if (!behind)
			put_chunk(&png, "eXIf", "II*\0abcd", 8, 8);
		put_chunk(&png, "acTL", "\0\0\0\3\0\0\0\0", 8, 8);
		put_chunk(&png, "IDAT", "x", 1, 1);
		put_chunk(&png, "IDAT", "y", 1, 1);
		if (behind)
			put_chunk(&png, "eXIf", "II*\0abcd", 8, 8);
		put_chunk(&png, "IEND", "", 0, 0);
		assert_int_equal(scan(&png, &found, &err), 0);
		assert_int_equal(found.frames, 3);
		assert_int_equal(found.exif.size_bytes, 8);
		assert_memory_equal(found.exif.data, "II*\0abcd", 8);
		png_scan_finish(&found);
	}
}

static void a_chunk_bigger_than_its_file_is_refused(void **state)
{
	static struct bytes png;
	struct png_scan found;
	struct err err;

	(void)state;
	begin(&png, 8, 2, 0);
	put_chunk(&png, "iTXt", "abcd", 4, 1 << 30);
	assert_int_equal(scan(&png, &found, &err), -1);
	assert_int_equal(err.reason, REASON_TRUNCATED);
	assert_string_equal(err.text, "PNG chunk iTXt claims 1073741824 bytes, of which there are 8");
	begin(&png, 8, 2, 0);
	put_chunk(&png, "iTXt", "abcd", 4, 0x80000000);
	assert_int_equal(scan(&png, &found, &err), -1);
	assert_int_equal(err.reason, REASON_CORRUPT);
}

static void pixels_cut_short_are_for_the_decoder_to_judge(void **state)
{
	static struct bytes png;
	struct png_scan found;
	struct err err;

	(void)state;
	begin(&png, 8, 2, 0);
	put_chunk(&png, "IDAT", "abc", 3, 100000);
	assert_int_equal(scan(&png, &found, &err), 0);
	png_scan_finish(&found);
}

static void a_depth_that_its_colour_type_may_not_have_is_refused(void **state)
{
	static const unsigned char bad[][2] = { { 0, 0 }, { 3, 0 }, { 32, 2 }, { 4, 2 }, { 16, 3 }, { 8, 5 },
		{ 8, 7 }, { 227, 0 } };
	static struct bytes png;
	struct png_scan found;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin(&png, bad[i][0], bad[i][1], 0);
		put_chunk(&png, "IDAT", "x", 1, 1);
		assert_int_equal(scan(&png, &found, &err), -1);
		assert_int_equal(err.reason, REASON_CORRUPT);
	}
	assert_string_equal(err.text, "PNG header says 227 bits and colour type 0");
}

static void damage_before_the_pixels_is_told(void **state)
{
	static struct bytes png;
	struct png_scan found;
	struct err err;

	(void)state;
	begin(&png, 8, 2, 0);
	assert_int_equal(scan(&png, &found, &err), -1);
	assert_int_equal(err.reason, REASON_TRUNCATED);
	put_chunk(&png, "IEND", "", 0, 0);
	assert_int_equal(scan(&png, &found, &err), -1);
	assert_int_equal(err.reason, REASON_CORRUPT);
	png.data[4] = '\n'; /* as if sent as text */
	assert_int_equal(scan(&png, &found, &err), -1);
	assert_int_equal(err.reason, REASON_CORRUPT);
	assert_non_null(strstr(err.text, "signature"));
	begin(&png, 8, 2, 0);
	memset(png.data + 16, 0, 4); /* no width */
	assert_int_equal(scan(&png, &found, &err), -1);
	assert_int_equal(err.reason, REASON_CORRUPT);
	begin(&png, 8, 2, 0);
	png.size = 0;
	put(&png, "\x89PNG\r\n\x1a\n", 8);
	put_chunk(&png, "IDAT", "", 0, 0);
	assert_int_equal(scan(&png, &found, &err), -1);
	assert_int_equal(err.reason, REASON_CORRUPT);
	for (size_t size = 0; size < 8; size++) {
		png.size = size;
		assert_int_equal(scan(&png, &found, &err), -1);
		assert_int_equal(err.reason, REASON_TRUNCATED);
	}
}

static void damage_does_no_harm(void **state)
{
	static struct bytes sound, png;
	uint32_t random = 5;
	struct png_scan found;
	struct err err;

	(void)state;
	begin(&sound, 8, 2, 0);
	put_chunk(&sound, "eXIf", "II*\0abcd", 8, 8);
	put_chunk(&sound, "acTL", "\0\0\0\3\0\0\0\0", 8, 8);
	put_chunk(&sound, "IDAT", "x", 1, 1);
	put_chunk(&sound, "IEND", "", 0, 0);
	for (int i = 0; i < 5000; i++) {
		png = sound;
		damage(&png, &random);
		if (scan(&png, &found, &err) == 0)
			png_scan_finish(&found);
		else
			assert_true(err.text[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_is_read),
		cmocka_unit_test(exif_is_found_before_and_behind_the_pixels),
		cmocka_unit_test(a_chunk_bigger_than_its_file_is_refused),
		cmocka_unit_test(pixels_cut_short_are_for_the_decoder_to_judge),
		cmocka_unit_test(a_depth_that_its_colour_type_may_not_have_is_refused),
		cmocka_unit_test(damage_before_the_pixels_is_told),
		cmocka_unit_test(damage_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
