#include "image/raw.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "image/engine.h"
#include "image/jpeg_header.h"
#include "image/metadata.h"
#include "image/read_at.h"

#define FILE_MAX_BYTES 40000

static int start(void **state)
{
	struct err err;

	(void)state;
	if (engine_start("test", false, &err))
		return -1;
	engine_enter_worker();
	return 0;
}

/* One of testdata/raw; generate.py says what is in them. */
static int open_raw(const char *name)
{
	char path[400];
	int fd;

	assert_non_null(getenv("TESTDATA"));
	snprintf(path, sizeof(path), "%s/raw/%s", getenv("TESTDATA"), name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

/* Its first `share` only; `patch` (NULL: none) replaces the byte at `at`. */
static int open_cut(const char *name, double share, const unsigned char *patch, size_t at)
{
	static unsigned char bytes[FILE_MAX_BYTES];
	int from = open_raw(name), fd = memfd_create("raw", MFD_CLOEXEC);
	ssize_t size = read_at(from, bytes, sizeof(bytes), 0);

	assert_in_range(size, 1000, FILE_MAX_BYTES - 1);
	if (patch)
		bytes[at] = *patch;
	size = (ssize_t)((double)size * share);
	assert_int_equal(write(fd, bytes, (size_t)size), size);
	close(from);
	return fd;
}

static struct facts probe(const char *name)
{
	struct facts facts;
	struct err err = { .text = "" };
	int fd = open_raw(name);

	if (raw_probe(fd, &facts, &err))
		fail_msg("%s: %s", name, err.text);
	close(fd);
	return facts;
}

static void both_pictures_of_a_file_are_told(void **state)
{
	struct facts facts = probe("turned.dng");

	(void)state;
	assert_int_equal(facts.format, FORMAT_RAW);
	assert_int_equal(facts.raw.source, RAW_DEVELOPED);
	assert_int_equal(facts.width_px, 120);
	assert_int_equal(facts.height_px, 80);
	assert_int_equal(facts.orientation, 6);
	assert_int_equal(facts.raw.preview.width_px, 120);
	assert_int_equal(facts.raw.preview.height_px, 80);
	assert_int_equal(facts.raw.preview.orientation, 6);
	assert_true(facts.raw.preview.planes);
	assert_false(facts.raw.preview.interop_adobe || facts.interop_adobe);
	facts = probe("small-preview.dng");
	assert_int_equal(facts.raw.preview.width_px, 60);
	facts = probe("without-preview.dng");
	assert_int_equal(facts.raw.preview.width_px, 0);
	assert_true(probe("adobe.dng").raw.preview.interop_adobe);
	assert_false(probe("adobe-with-srgb-preview.dng").raw.preview.interop_adobe);
}

static void camera_and_time_are_told(void **state)
{
	struct facts facts = probe("full-preview.dng");

	(void)state;
	assert_string_equal(facts.exif.make, "Example");
	assert_string_equal(facts.exif.model, "E-1");
	assert_string_equal(facts.exif.lens, "Example 85mm");
	assert_string_equal(facts.exif.exposure, "1/250");
	assert_int_equal(facts.taken_s, 1707660138); /* 2024-02-11 14:02:18 */
	facts = probe("minolta.mrw");
	assert_string_equal(facts.exif.make, "Minolta");
	assert_string_equal(facts.exif.artist, "Ada Example");
	assert_string_equal(facts.exif.iso, "64");
	assert_string_equal(facts.exif.exposure, "1/125");
	assert_string_equal(facts.exif.f_number, "4");
	assert_string_equal(facts.exif.focal_length, "50");
	assert_int_equal(facts.taken_s, 1083827289); /* 2004-05-06 07:08:09, wherever this machine is */
}

static void a_preview_is_a_jpeg_with_the_tags_of_its_file(void **state)
{
	int raw = open_raw("adobe.dng"), fd;
	struct facts facts;
	struct err err;

	(void)state;
	fd = raw_preview(raw, FAIL_ON_TRUNCATED, &err);
	assert_true(fd >= 0);
	assert_int_equal(jpeg_header_read(fd, &facts, &err), 0);
	assert_int_equal(facts.width_px, 120);
	assert_string_equal(facts.exif.model, "E-1");
	assert_true(facts.interop_adobe);
	assert_int_equal(facts.orientation, 1); /* which the raw file's own takes the place of */
	close(fd);
	close(raw);
	raw = open_raw("without-preview.dng");
	assert_int_equal(raw_preview(raw, FAIL_ON_TRUNCATED, &err), -1);
	assert_int_equal(err.reason, REASON_CORRUPT);
	close(raw);
}

static struct open_options options_for(int bits, int shrink)
{
	return (struct open_options){
		.format = FORMAT_RAW, .fail_on = FAIL_ON_TRUNCATED, .shrink = shrink, .scale = 1, .bits = bits
	};
}

static VipsImage *develop(const char *name, int bits, int shrink)
{
	const struct open_options options = options_for(bits, shrink);
	struct err err = { .text = "" };
	int fd = open_raw(name);
	VipsImage *image = open_picture(fd, &options, &err);

	if (!image)
		fail_msg("%s: %s", name, err.text);
	close(fd);
	return image;
}

static void check_pixel(VipsImage *image, int x, int y, const int expected[3])
{
	double *found;
	int count;

	assert_int_equal(vips_getpoint(image, &found, &count, x, y, NULL), 0);
	assert_int_equal(count, 3);
	for (int i = 0; i < 3; i++) {
		int level = (int)(image->BandFmt == VIPS_FORMAT_USHORT ? found[i] / 257 + 0.5 : found[i]);

		assert_in_range(level + 2, expected[i], expected[i] + 4);
	}
	g_free(found);
}

static void check_quarters(VipsImage *image)
{
	int right = image->Xsize * 3 / 4, low = image->Ysize * 3 / 4;
	int left = image->Xsize / 4, high = image->Ysize / 4;

	check_pixel(image, left, high, (const int[]){ 188, 60, 60 });
	check_pixel(image, right, high, (const int[]){ 60, 150, 60 });
	check_pixel(image, left, low, (const int[]){ 60, 60, 170 });
	check_pixel(image, right, low, (const int[]){ 255, 255, 255 });
}

static void colours_are_developed_to_srgb(void **state)
{
	static const int depths[] = { 8, 16 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		VipsImage *image = develop("turned.dng", depths[i], 1);

		assert_int_equal(image->Xsize, 120); /* as stored */
		assert_int_equal(image->Ysize, 80);
		assert_int_equal(vips_format_sizeof(image->BandFmt) * 8, depths[i]);
		check_quarters(image);
		assert_int_equal(vips_image_get_typeof(image, VIPS_META_ICC_NAME), 0);
		assert_int_equal(vips_image_get_typeof(image, VIPS_META_EXIF_NAME), VIPS_TYPE_BLOB);
		assert_int_equal(vips_image_get_typeof(image, VIPS_META_XMP_NAME), VIPS_TYPE_BLOB);
		g_object_unref(image);
	}
}

static void half_the_size_has_the_same_colours(void **state)
{
	VipsImage *image = develop("full-preview.dng", 8, 2);

	(void)state;
	assert_int_equal(image->Xsize, 60);
	assert_int_equal(image->Ysize, 40);
	check_quarters(image);
	g_object_unref(image);
}

/* The sensor's values are the last 120 x 80 x 2 bytes. */
static void a_dark_picture_is_brightened_by_one_stop_at_most(void **state)
{
	static unsigned char bytes[FILE_MAX_BYTES];
	const struct open_options options = options_for(8, 1);
	int from = open_raw("without-preview.dng"), fd = memfd_create("raw", MFD_CLOEXEC);
	ssize_t size = read_at(from, bytes, sizeof(bytes), 0);
	struct err err;
	VipsImage *image;

	(void)state;
	for (ssize_t at = size - 120 * 80 * 2; at < size; at += 2)
		bytes[at] = 0, bytes[at + 1] = 0x20; /* an eighth */
	assert_int_equal(write(fd, bytes, (size_t)size), size);
	image = raw_develop(fd, &options, &err);
	assert_non_null(image);
	check_pixel(image, 60, 40, (const int[]){ 137, 137, 137 }); /* a quarter */
	g_object_unref(image);
	close(from);
	close(fd);
}

static void a_file_cut_short_is_truncated_whichever_picture_is_wanted(void **state)
{
	static const double shares[] = { 0.99, 0.5, 0.2 };
	struct open_options options = options_for(8, 1);
	struct facts facts;
	struct err err;

	(void)state;
	for (int i = 0; i < 3; i++) {
		int fd = open_cut("full-preview.dng", shares[i], NULL, 0), preview;

		assert_int_equal(raw_probe(fd, &facts, &err), 0);
		assert_null(raw_develop(fd, &options, &err));
		assert_int_equal(err.reason, REASON_TRUNCATED);
		assert_int_equal(raw_preview(fd, FAIL_ON_TRUNCATED, &err), -1);
		assert_int_equal(err.reason, REASON_TRUNCATED);
		preview = raw_preview(fd, FAIL_ON_NONE, &err);
		assert_true(preview >= 0); /* it lies before the sensor's values */
		close(preview);
		close(fd);
	}
}

static void what_libraw_does_not_know_is_told(void **state)
{
	const unsigned char odd = 99;
	struct facts facts;
	struct err err;
	int fd = open_cut("full-preview.dng", 0.02, NULL, 0);

	(void)state;
	assert_int_equal(raw_probe(fd, &facts, &err), -1);
	assert_true(err.text[0] && !strchr(err.text, '\n'));
	close(fd);
	fd = open_cut("full-preview.dng", 1, &odd, 0); /* no TIFF any more */
	assert_int_equal(raw_probe(fd, &facts, &err), -1);
	assert_true(err.reason == REASON_UNSUPPORTED || err.reason == REASON_CORRUPT);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_pictures_of_a_file_are_told),
		cmocka_unit_test(camera_and_time_are_told),
		cmocka_unit_test(a_preview_is_a_jpeg_with_the_tags_of_its_file),
		cmocka_unit_test(colours_are_developed_to_srgb),
		cmocka_unit_test(half_the_size_has_the_same_colours),
		cmocka_unit_test(a_dark_picture_is_brightened_by_one_stop_at_most),
		cmocka_unit_test(a_file_cut_short_is_truncated_whichever_picture_is_wanted),
		cmocka_unit_test(what_libraw_does_not_know_is_told),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
