#include "image/open.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "image/engine.h"
#include "image/source.h"

static int start(void **state)
{
	struct err err;

	(void)state;
	return engine_start("open_test", true, &err);
}

/* A picture of width x height with smooth noise in it, saved with the saver for `suffix` ("", or as
 * ".jpg[Q=90]"), cut to `keep` of its bytes, as an open file. */
static int file_of(int width, int height, const char *suffix, double keep)
{
	VipsImage *noise = NULL, *smooth = NULL, *bytes = NULL, *colours = NULL, *all[3];
	void *data = NULL;
	size_t size_bytes;
	int fd = memfd_create("picture", MFD_CLOEXEC);

	assert_int_equal(vips_gaussnoise(&noise, width, height, "mean", 128.0, "sigma", 60.0, NULL), 0);
	assert_int_equal(vips_gaussblur(noise, &smooth, 2.0, NULL), 0);
	assert_int_equal(vips_cast_uchar(smooth, &bytes, NULL), 0);
	all[0] = all[1] = all[2] = bytes;
	assert_int_equal(vips_bandjoin(all, &colours, 3, NULL), 0);
	colours->Type = VIPS_INTERPRETATION_sRGB;
	assert_int_equal(vips_image_write_to_buffer(colours, suffix, &data, &size_bytes, NULL), 0);
	size_bytes = (size_t)((double)size_bytes * keep);
	assert_int_equal(write(fd, data, size_bytes), size_bytes);
	g_free(data);
	g_object_unref(colours);
	g_object_unref(bytes);
	g_object_unref(smooth);
	g_object_unref(noise);
	return fd;
}

static struct open_options options_for(enum format format)
{
	return (struct open_options){
		.format = format, .fail_on = FAIL_ON_TRUNCATED, .shrink = 1, .scale = 1
	};
}

static const struct {
	const char *suffix;
	enum format format;
} kinds[] = {
	{ ".jpg", FORMAT_JPEG },
	{ ".jpg[interlace]", FORMAT_JPEG },
	{ ".png", FORMAT_PNG },
	{ ".png[interlace]", FORMAT_PNG },
	{ ".webp", FORMAT_WEBP },
	{ ".tif", FORMAT_TIFF },
	{ ".tif[tile,compression=lzw]", FORMAT_TIFF },
	{ ".gif", FORMAT_GIF },
	{ ".avif", FORMAT_AVIF },
	{ ".ppm", FORMAT_OTHER }, /* read by a loader from a source */
	{ ".bmp", FORMAT_OTHER }, /* from memory */
	{ ".jp2", FORMAT_OTHER },
};

/* The encoder behind AVIF is a library that may be missing. */
static bool can_be_saved(enum format format)
{
	return format != FORMAT_AVIF || engine_writable() & FORMAT_BIT(FORMAT_AVIF);
}

static void every_format_opens_and_decodes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (int random = 0; random < 2; random++) {
			struct open_options options = options_for(kinds[i].format);
			VipsImage *image;
			double average = 0;
			struct err err = { .text = "" };
			int fd;

			if (!can_be_saved(kinds[i].format))
				continue;
			options.random = random;
			fd = file_of(300, 200, kinds[i].suffix, 1);
			image = open_picture(fd, &options, &err);
			if (!image)
				fail_msg("%s: %s", kinds[i].suffix, err.text);
			assert_int_equal(image->Xsize, 300);
			assert_int_equal(image->Ysize, 200);
			if (vips_avg(image, &average, NULL))
				fail_msg("%s: %s", kinds[i].suffix, vips_error_buffer());
			assert_true(average > 100 && average < 200);
			g_object_unref(image);
			assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
			close(fd);
		}
}

static void a_picture_cut_short_fails_as_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct open_options options = options_for(kinds[i].format);
		VipsImage *image;
		double average;
		struct err err = { .reason = REASON_NONE };
		int fd;

		if (!can_be_saved(kinds[i].format) || kinds[i].format == FORMAT_OTHER)
			continue;
		fd = file_of(600, 400, kinds[i].suffix, 0.5);
		image = open_picture(fd, &options, &err);
		if (image) {
			assert_int_equal(vips_avg(image, &average, NULL), -1);
			err_set_vips(&err, REASON_CORRUPT);
			g_object_unref(image);
		}
		if (err.reason != REASON_TRUNCATED)
			fail_msg("%s: %s: %s", kinds[i].suffix, reason_name(err.reason), err.text);
		assert_true(err.text[0]);
		assert_string_equal(vips_error_buffer(), "");
		close(fd);
	}
}

static void a_flaw_that_is_allowed_is_overlooked(void **state)
{
	struct open_options options = options_for(FORMAT_JPEG);
	struct err err;
	double average;
	int fd = file_of(600, 400, ".jpg", 0.5);
	VipsImage *image;

	(void)state;
	options.fail_on = FAIL_ON_NONE;
	image = open_picture(fd, &options, &err);
	assert_non_null(image);
	assert_int_equal(vips_avg(image, &average, NULL), 0);
	g_object_unref(image);
	close(fd);
	vips_error_clear();
}

static void the_decoder_shrinks_on_request(void **state)
{
	struct open_options options = options_for(FORMAT_JPEG);
	struct err err;
	int fd = file_of(640, 480, ".jpg", 1);
	VipsImage *image;

	(void)state;
	options.shrink = 4;
	image = open_picture(fd, &options, &err);
	assert_non_null(image);
	assert_int_equal(image->Xsize, 160);
	g_object_unref(image);
	close(fd);
	fd = file_of(640, 480, ".webp", 1);
	options = options_for(FORMAT_WEBP);
	options.scale = 0.5;
	image = open_picture(fd, &options, &err);
	assert_non_null(image);
	assert_int_equal(image->Xsize, 320);
	g_object_unref(image);
	close(fd);
}

static void two_pictures_share_a_descriptor(void **state)
{
	struct open_options options = options_for(FORMAT_PNG);
	struct err err;
	int fd = file_of(640, 480, ".png", 1);
	VipsImage *one, *other;
	double first, second;

	(void)state;
	lseek(fd, 77, SEEK_SET);
	one = open_picture(fd, &options, &err);
	other = open_picture(fd, &options, &err);
	assert_non_null(one);
	assert_non_null(other);
	assert_int_equal(vips_avg(one, &first, NULL), 0);
	assert_int_equal(vips_avg(other, &second, NULL), 0);
	assert_true(first >= second && first <= second);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 77);
	g_object_unref(one);
	g_object_unref(other);
	close(fd);
}

static void a_loader_is_never_guessed(void **state)
{
	struct open_options options = options_for(FORMAT_JPEG);
	struct err err;
	int fd = file_of(64, 48, ".png", 1);

	(void)state;
	assert_null(open_picture(fd, &options, &err));
	assert_int_equal(err.reason, REASON_CORRUPT);
	options.format = FORMAT_RAW;
	assert_null(open_picture(fd, &options, &err));
	assert_int_equal(err.reason, REASON_UNSUPPORTED);
	options.format = FORMAT_NONE;
	assert_null(open_picture(fd, &options, &err));
	close(fd);
}

static void a_big_random_access_picture_stays_out_of_the_temporary_folder(void **state)
{
	struct open_options options = options_for(FORMAT_PNG);
	struct err err;
	VipsImage *image, *black = NULL;
	void *data;
	size_t size_bytes;
	double average;
	int fd = memfd_create("picture", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(vips_black(&black, 7000, 5100, "bands", 3, NULL), 0);
	assert_int_equal(vips_pngsave_buffer(black, &data, &size_bytes, "compression", 1, NULL), 0);
	assert_int_equal(write(fd, data, size_bytes), size_bytes);
	g_free(data);
	g_object_unref(black);
	setenv("TMPDIR", "/nowhere", 1);
	options.random = true;
	image = open_picture(fd, &options, &err);
	assert_non_null(image);
	assert_int_equal(vips_avg(image, &average, NULL), 0);
	g_object_unref(image);
	close(fd);
}

static void the_source_reads_what_is_there(void **state)
{
	unsigned char bytes[200000], got[200000];
	int fd = memfd_create("bytes", MFD_CLOEXEC);
	VipsSource *source = picture_source_new(fd);
	uint32_t random = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7 + i / 251);
	assert_int_equal(write(fd, bytes, sizeof(bytes)), sizeof(bytes));
	assert_int_equal(vips_source_length(source), sizeof(bytes));
	for (int i = 0; i < 2000; i++) {
		size_t offset, length, want;

		random = random * 1664525u + 1013904223u;
		offset = (random >> 8) % (sizeof(bytes) + 1);
		random = random * 1664525u + 1013904223u;
		length = (random >> 8) % (i % 10 ? 5000 : sizeof(bytes));
		want = length < sizeof(bytes) - offset ? length : sizeof(bytes) - offset;
		assert_int_equal(vips_source_seek(source, (gint64)offset, SEEK_SET), offset);
		assert_int_equal(vips_source_read(source, got, length), want);
		assert_memory_equal(got, bytes + offset, want);
	}
	assert_int_equal(vips_source_seek(source, 0, SEEK_END), sizeof(bytes));
	assert_int_equal(vips_source_read(source, got, 10), 0);
	g_object_unref(source);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_opens_and_decodes),
		cmocka_unit_test(a_picture_cut_short_fails_as_truncated),
		cmocka_unit_test(a_flaw_that_is_allowed_is_overlooked),
		cmocka_unit_test(the_decoder_shrinks_on_request),
		cmocka_unit_test(two_pictures_share_a_descriptor),
		cmocka_unit_test(a_loader_is_never_guessed),
		cmocka_unit_test(the_source_reads_what_is_there),
		cmocka_unit_test(a_big_random_access_picture_stays_out_of_the_temporary_folder),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
