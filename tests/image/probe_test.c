#include "image/probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vips/vips.h>

#include "bytes.h"
#include "check.h"
#include "image/engine.h"
#include "image/jpeg_header.h"
#include "image/raw.h"

#define WIDTH 120
#define HEIGHT 80

static const struct probe_limits limits = { .max_pixels = 400000000 };
static const struct probe_limits all_limits = { .max_pixels = 400000000, .allow_untrusted = true };

/* Little endian: orientation 6, and an Interoperability index of R03. */
static const unsigned char exif[] = "Exif\0\0"
				    "II*\0\x08\0\0\0"
				    "\2\0"
				    "\x12\1\3\0\1\0\0\0\6\0\0\0"
				    "\x69\x87\4\0\1\0\0\0\x26\0\0\0"
				    "\0\0\0\0"
				    "\1\0"
				    "\x05\xa0\4\0\1\0\0\0\x38\0\0\0"
				    "\0\0\0\0"
				    "\1\0"
				    "\1\0\2\0\4\0\0\0R03\0"
				    "\0\0\0\0";
#define EXIF_BYTES (sizeof(exif) - 1)

static int start(void **state)
{
	struct err err;

	(void)state;
	return engine_start("probe_test", false, &err);
}

/* Smooth noise in `bands` bands of `format`; the caller's to unref. */
static VipsImage *picture(int bands, VipsInterpretation interpretation, VipsBandFormat format)
{
	VipsImage *all[5], *noise = NULL, *scaled = NULL, *cast = NULL, *joined = NULL;

	assert_int_equal(vips_gaussnoise(&noise, WIDTH, HEIGHT, "mean", 128.0, "sigma", 20.0, NULL), 0);
	assert_int_equal(
		vips_linear1(noise, &scaled, format == VIPS_FORMAT_USHORT ? 257.0 : 1.0, 0.0, NULL), 0);
	assert_int_equal(vips_cast(scaled, &cast, format, NULL), 0);
	for (int i = 0; i < bands; i++)
		all[i] = cast;
	assert_int_equal(vips_bandjoin(all, &joined, bands, NULL), 0);
	joined->Type = interpretation;
	g_object_unref(cast);
	g_object_unref(scaled);
	g_object_unref(noise);
	return joined;
}

static VipsImage *rgb(void)
{
	return picture(3, VIPS_INTERPRETATION_sRGB, VIPS_FORMAT_UCHAR);
}

/* Takes `image` over. */
static void save(struct bytes *bytes, VipsImage *image, const char *suffix)
{
	void *data = NULL;
	size_t size;

	if (vips_image_write_to_buffer(image, suffix, &data, &size, NULL))
		fail_msg("%s: %s", suffix, vips_error_buffer());
	bytes->size = 0;
	assert_true(size <= sizeof(bytes->data));
	put(bytes, data, size);
	g_free(data);
	g_object_unref(image);
}

static void insert(struct bytes *bytes, size_t at, const void *data, size_t size)
{
	assert_true(bytes->size + size <= sizeof(bytes->data));
	memmove(bytes->data + at + size, bytes->data + at, bytes->size - at);
	memcpy(bytes->data + at, data, size);
	bytes->size += size;
}

static void insert_jpeg_segment(struct bytes *jpeg, unsigned char marker, const void *data, size_t size)
{
	unsigned char head[4] = { 0xff, marker, (unsigned char)((size + 2) >> 8), (unsigned char)(size + 2) };

	insert(jpeg, 2, data, size);
	insert(jpeg, 2, head, sizeof(head));
}

static uint32_t checksum(const unsigned char *data, size_t size)
{
	uint32_t sum = 0xffffffff;

	for (size_t i = 0; i < size; i++) {
		sum ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
	}
	return ~sum;
}

/* Right behind the header. */
static void insert_png_chunk(struct bytes *png, const char *type, const void *data, size_t size)
{
	static struct bytes chunk;

	chunk.size = 0;
	put_number(&chunk, size, 4, 1);
	put(&chunk, type, 4);
	put(&chunk, data, size);
	put_number(&chunk, checksum(chunk.data + 4, size + 4), 4, 1);
	insert(png, 8 + 25, chunk.data, chunk.size);
}

static int probe(
	const struct bytes *bytes, const struct probe_limits *within, struct facts *facts, struct err *err)
{
	int fd = file_with(bytes->data, bytes->size);
	int result;

	*err = (struct err){ .reason = REASON_NONE };
	lseek(fd, 0, SEEK_SET);
	result = probe_file(fd, within, facts, err);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC); /* still open */
	close(fd);
	return result;
}

static struct facts facts_of(const struct bytes *bytes)
{
	struct facts facts;
	struct err err;

	if (probe(bytes, &limits, &facts, &err))
		fail_msg("%s: %s", reason_name(err.reason), err.text);
	return facts;
}

static struct err refusal_of(const struct bytes *bytes)
{
	struct facts facts;
	struct err err;

	assert_int_equal(probe(bytes, &limits, &facts, &err), -1);
	assert_true(err.text[0]);
	return err;
}

static void assert_plain(const struct facts *facts, enum format format)
{
	assert_int_equal(facts->format, format);
	assert_int_equal(facts->width_px, WIDTH);
	assert_int_equal(facts->height_px, HEIGHT);
	assert_int_equal(facts->orientation, 1);
	assert_int_equal(facts->frames, 1);
	assert_int_equal(facts->model, MODEL_RGB);
	assert_int_equal(facts->bits, 8);
	assert_false(facts->alpha);
	assert_false(facts->progressive);
	assert_false(facts->profile);
	assert_false(facts->interop_adobe);
}

static void plain_pictures_of_every_format_are_known(void **state)
{
	static const struct {
		const char *suffix;
		enum format format;
	} rows[] = {
		{ ".jpg", FORMAT_JPEG },
		{ ".png[strip]", FORMAT_PNG },
		{ ".tif[strip]", FORMAT_TIFF },
		{ ".tif[strip,bigtiff]", FORMAT_TIFF },
		{ ".webp", FORMAT_WEBP },
		{ ".avif", FORMAT_AVIF },
	};
	static struct bytes bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct facts facts;

		if (rows[i].format == FORMAT_AVIF && !(engine_writable() & FORMAT_BIT(FORMAT_AVIF)))
			continue;
		save(&bytes, rgb(), rows[i].suffix);
		facts = facts_of(&bytes);
		assert_plain(&facts, rows[i].format);
	}
}

static void a_jpegs_sampling_scans_and_colours_are_told(void **state)
{
	static struct bytes bytes;
	struct facts facts;

	(void)state;
	save(&bytes, rgb(), ".jpg[Q=80,subsample_mode=on]");
	facts = facts_of(&bytes);
	assert_int_equal(facts.chroma_h, 2);
	assert_int_equal(facts.chroma_v, 2);
	assert_true(facts.planes);
	save(&bytes, rgb(), ".jpg[Q=80,subsample_mode=off,interlace]");
	facts = facts_of(&bytes);
	assert_int_equal(facts.chroma_h, 1);
	assert_true(facts.progressive);
	save(&bytes, picture(1, VIPS_INTERPRETATION_B_W, VIPS_FORMAT_UCHAR), ".jpg");
	assert_int_equal(facts_of(&bytes).model, MODEL_GREY);
	assert_true(facts_of(&bytes).planes);
	save(&bytes, picture(4, VIPS_INTERPRETATION_CMYK, VIPS_FORMAT_UCHAR), ".jpg");
	facts = facts_of(&bytes);
	assert_int_equal(facts.model, MODEL_CMYK);
	assert_false(facts.planes);
	assert_false(facts.alpha);
}

static void a_jpegs_markers_are_read(void **state)
{
	static struct bytes bytes;
	struct facts facts;

	(void)state;
	save(&bytes, rgb(), ".jpg[strip]");
	insert_jpeg_segment(&bytes, 0xe2, "ICC_PROFILE\0\1\1abc", 17);
	insert_jpeg_segment(&bytes, 0xe1, exif, EXIF_BYTES);
	insert_jpeg_segment(&bytes, 0xe1, "http://ns.adobe.com/xap/1.0/", 29);
	facts = facts_of(&bytes);
	assert_int_equal(facts.orientation, 6);
	assert_int_equal(facts.width_px, WIDTH);
	assert_int_equal(facts_upright_width(&facts), HEIGHT);
	assert_true(facts.interop_adobe);
	assert_true(facts.profile);
}

static void a_pngs_depth_interlacing_alpha_exif_and_frames_are_told(void **state)
{
	static struct bytes bytes;
	struct facts facts;

	(void)state;
	save(&bytes, picture(2, VIPS_INTERPRETATION_B_W, VIPS_FORMAT_UCHAR), ".png[interlace]");
	facts = facts_of(&bytes);
	assert_int_equal(facts.model, MODEL_GREY);
	assert_true(facts.alpha);
	assert_true(facts.progressive);
	save(&bytes, picture(1, VIPS_INTERPRETATION_GREY16, VIPS_FORMAT_USHORT), ".png[compression=9]");
	assert_int_equal(facts_of(&bytes).bits, 16);
	save(&bytes, picture(1, VIPS_INTERPRETATION_B_W, VIPS_FORMAT_UCHAR), ".png[strip]");
	insert_png_chunk(&bytes, "eXIf", exif + 6, EXIF_BYTES - 6);
	insert_png_chunk(&bytes, "acTL", "\0\0\0\3\0\0\0\0", 8);
	facts = facts_of(&bytes);
	assert_int_equal(facts.orientation, 6);
	assert_true(facts.interop_adobe);
	assert_int_equal(facts.frames, 3);
	assert_int_equal(facts.width_px, WIDTH);
}

static void a_tiffs_orientation_pages_and_depth_are_told(void **state)
{
	static struct bytes bytes;
	VipsImage *image = picture(4, VIPS_INTERPRETATION_sRGB, VIPS_FORMAT_UCHAR);
	struct facts facts;

	(void)state;
	vips_image_set_int(image, VIPS_META_ORIENTATION, 8);
	save(&bytes, image, ".tif");
	facts = facts_of(&bytes);
	assert_int_equal(facts.orientation, 8);
	assert_true(facts.alpha);
	image = picture(1, VIPS_INTERPRETATION_GREY16, VIPS_FORMAT_USHORT);
	vips_image_set_int(image, VIPS_META_PAGE_HEIGHT, HEIGHT / 4);
	save(&bytes, image, ".tif[compression=deflate]");
	facts = facts_of(&bytes);
	assert_int_equal(facts.frames, 4);
	assert_int_equal(facts.height_px, HEIGHT / 4);
	assert_int_equal(facts.bits, 16);
	assert_int_equal(facts.model, MODEL_GREY);
}

static void a_webps_exif_and_alpha_are_told(void **state)
{
	static struct bytes bytes;
	VipsImage *image = picture(4, VIPS_INTERPRETATION_sRGB, VIPS_FORMAT_UCHAR);
	struct facts facts;

	(void)state;
	vips_image_set_blob_copy(image, VIPS_META_EXIF_NAME, exif, EXIF_BYTES);
	save(&bytes, image, ".webp[Q=50]");
	facts = facts_of(&bytes);
	assert_int_equal(facts.orientation, 6);
	assert_true(facts.alpha);
}

static void frames_of_an_animation_are_counted(void **state)
{
	static struct bytes bytes;
	VipsImage *image = picture(3, VIPS_INTERPRETATION_sRGB, VIPS_FORMAT_UCHAR);
	struct facts facts;

	(void)state;
	vips_image_set_int(image, VIPS_META_PAGE_HEIGHT, HEIGHT / 5);
	save(&bytes, image, ".gif");
	facts = facts_of(&bytes);
	assert_int_equal(facts.format, FORMAT_GIF);
	assert_int_equal(facts.frames, 5);
	assert_int_equal(facts.height_px, HEIGHT / 5);
}

static void a_rotation_of_the_formats_own_is_not_told_twice(void **state)
{
	static const struct {
		const char *name;
		enum format format;
	} rows[] = { { "rotated.heic", FORMAT_HEIC }, { "rotated.avif", FORMAT_AVIF } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char path[4096];
		struct facts facts;
		struct err err;
		int fd;

		if (!(engine_readable() & FORMAT_BIT(rows[i].format)))
			continue;
		snprintf(path, sizeof(path), "%s/heif/%s", getenv("TESTDATA"), rows[i].name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0);
		assert_int_equal(probe_file(fd, &limits, &facts, &err), 0);
		close(fd);
		assert_int_equal(facts.format, rows[i].format);
		assert_int_equal(facts.width_px, 64);
		assert_int_equal(facts.height_px, 128);
		assert_int_equal(facts.orientation, 1);
	}
}

static void what_is_no_picture_is_left_alone(void **state)
{
	static struct bytes bytes;

	(void)state;
	bytes.size = 0;
	assert_int_equal(refusal_of(&bytes).reason, REASON_NOT_A_PICTURE);
	put(&bytes, "shopping list", 13);
	assert_int_equal(refusal_of(&bytes).reason, REASON_NOT_A_PICTURE);
}

static void a_raw_file_is_told_even_where_its_pages_lie_far_behind(void **state)
{
	static struct bytes bytes;
	struct err err;

	(void)state;
	bytes.size = 0;
	put(&bytes, "II*\0", 4);
	put_number(&bytes, 20000, 4, 0);
	while (bytes.size < 20000)
		put(&bytes, "", 1);
	put(&bytes, "\1\0\x12\xc6\1\0\4\0\0\0\1\4\0\0\0\0\0\0", 18); /* DNGVersion */
	err = refusal_of(&bytes);
	assert_int_equal(err.reason, REASON_CAMERA_RAW);
	bytes.size = 0;
	put(&bytes, "FUJIFILMCCD-RAW 0201", 20);
	err = refusal_of(&bytes);
	if (raw_is_built()) {
		assert_int_equal(err.reason, REASON_CORRUPT);
		return;
	}
	assert_int_equal(err.reason, REASON_CAMERA_RAW);
	assert_non_null(strstr(err.text, "Fujifilm RAF"));
}

static void untrusted_kinds_need_leave(void **state)
{
	static const char svg[] = "<svg xmlns='http://www.w3.org/2000/svg' width='30' height='20'/>";
	static const unsigned char svgz[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03,
		0xb3, 0x29, 0x2e, 0x4b, 0x57, 0xa8, 0xc8, 0xcd, 0xc9, 0x2b, 0xb6, 0x55, 0xcf, 0x28, 0x29,
		0x29, 0xb0, 0xd2, 0xd7, 0x2f, 0x2f, 0x2f, 0xd7, 0x2b, 0x37, 0xd6, 0xcb, 0x2f, 0x4a, 0xd7,
		0x37, 0x32, 0x30, 0x30, 0xd0, 0x07, 0xaa, 0x50, 0x57, 0x28, 0xcf, 0x4c, 0x29, 0xc9, 0xb0,
		0x55, 0x37, 0x36, 0x50, 0x57, 0xc8, 0x48, 0xcd, 0x4c, 0xcf, 0x28, 0xb1, 0x55, 0x37, 0x32,
		0x50, 0xd7, 0xb7, 0x03, 0x00, 0xd6, 0xd0, 0xcf, 0xaf, 0x40, 0x00, 0x00, 0x00 };
	static struct bytes bytes;
	struct facts facts;
	struct err err;

	(void)state;
	bytes.size = 0;
	put(&bytes, svg, sizeof(svg) - 1);
	err = refusal_of(&bytes);
	assert_int_equal(err.reason, REASON_UNSUPPORTED);
	assert_non_null(strstr(err.text, "SVG"));
	assert_non_null(strstr(err.text, "--allow-untrusted"));
	assert_int_equal(engine_start("probe_test", true, &err), 0);
	assert_int_equal(probe(&bytes, &all_limits, &facts, &err), 0);
	assert_int_equal(facts.format, FORMAT_OTHER);
	assert_int_equal(facts.width_px, 30);
	assert_true(facts.alpha);
	bytes.size = 0;
	put(&bytes, svgz, sizeof(svgz));
	assert_int_equal(probe(&bytes, &all_limits, &facts, &err), 0);
	assert_int_equal(facts.height_px, 20);
	save(&bytes, rgb(), ".ppm");
	assert_int_equal(probe(&bytes, &all_limits, &facts, &err), 0);
	assert_plain(&facts, FORMAT_OTHER);
	assert_int_equal(engine_start("probe_test", false, &err), 0);
}

static void too_many_pixels_are_told_with_both_numbers(void **state)
{
	static const struct probe_limits tight = { .max_pixels = 5000 };
	static const char *const suffixes[] = { ".jpg", ".png", ".tif", ".webp" };
	static struct bytes bytes;
	struct facts facts;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		save(&bytes, picture(1, VIPS_INTERPRETATION_B_W, VIPS_FORMAT_UCHAR), suffixes[i]);
		assert_int_equal(probe(&bytes, &tight, &facts, &err), -1);
		assert_int_equal(err.reason, REASON_TOO_MANY_PIXELS);
		assert_string_equal(err.text,
			"120 x 80 are 0.0096 megapixels, more than the 0.005 that --max-pixels allows");
	}
}

static size_t find_jpeg_marker(const struct bytes *jpeg, unsigned char marker)
{
	for (size_t at = 2; at + 1 < jpeg->size; at++)
		if (jpeg->data[at] == 0xff && jpeg->data[at + 1] == marker)
			return at;
	fail_msg("no marker 0x%02x", marker);
	return 0;
}

static void kinds_of_jpeg_that_libjpeg_lacks_are_unsupported(void **state)
{
	static struct bytes bytes;
	struct err err;

	(void)state;
	save(&bytes, rgb(), ".jpg");
	bytes.data[find_jpeg_marker(&bytes, 0xc0) + 4] = 12;
	err = refusal_of(&bytes);
	assert_int_equal(err.reason, REASON_UNSUPPORTED);
	save(&bytes, rgb(), ".jpg");
	bytes.data[find_jpeg_marker(&bytes, 0xc0) + 1] = 0xcb;
	err = refusal_of(&bytes);
	assert_int_equal(err.reason, REASON_UNSUPPORTED);
}

static void a_header_cut_short_is_truncated(void **state)
{
	static const char *const suffixes[] = { ".jpg", ".png", ".tif", ".webp", ".gif" };
	static struct bytes bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		struct err err;

		save(&bytes, picture(1, VIPS_INTERPRETATION_B_W, VIPS_FORMAT_UCHAR), suffixes[i]);
		bytes.size = 20;
		err = refusal_of(&bytes);
		if (err.reason != REASON_TRUNCATED)
			fail_msg("%s: %s: %s", suffixes[i], reason_name(err.reason), err.text);
	}
}

static void a_damaged_jpeg_header_does_no_harm(void **state)
{
	static struct bytes sound, jpeg;
	uint32_t random = 3;

	(void)state;
	save(&sound, picture(1, VIPS_INTERPRETATION_B_W, VIPS_FORMAT_UCHAR), ".jpg[strip]");
	sound.size = find_jpeg_marker(&sound, 0xda) + 12;
	insert_jpeg_segment(&sound, 0xe2, "ICC_PROFILE\0\1\1abc", 17);
	insert_jpeg_segment(&sound, 0xe1, exif, EXIF_BYTES);
	for (int i = 0; i < 5000; i++) {
		struct facts facts;
		struct err err = { .reason = REASON_NONE };
		int fd;

		jpeg = sound;
		damage(&jpeg, &random);
		fd = file_with(jpeg.data, jpeg.size);
		if (jpeg_header_read(fd, &facts, &err))
			assert_true(err.reason != REASON_NONE && err.text[0]);
		close(fd);
	}
}

static int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void nothing_stays_open(void **state)
{
	static const char *const suffixes[] = { ".jpg", ".png", ".tif", ".webp", ".gif" };
	static struct bytes bytes;
	int before = count_descriptors();

	(void)state;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		save(&bytes, picture(1, VIPS_INTERPRETATION_B_W, VIPS_FORMAT_UCHAR), suffixes[i]);
		facts_of(&bytes);
		bytes.size = 30;
		refusal_of(&bytes);
	}
	assert_int_equal(count_descriptors(), before);
}

static void a_file_that_cannot_be_read_says_why(void **state)
{
	struct facts facts;
	struct err err;
	int fd = open("/", O_RDONLY | O_CLOEXEC | O_DIRECTORY);

	(void)state;
	assert_int_equal(probe_file(fd, &limits, &facts, &err), -1);
	assert_int_equal(err.reason, REASON_INTERNAL);
	assert_non_null(strstr(err.text, strerror(EISDIR)));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_pictures_of_every_format_are_known),
		cmocka_unit_test(a_jpegs_sampling_scans_and_colours_are_told),
		cmocka_unit_test(a_jpegs_markers_are_read),
		cmocka_unit_test(a_pngs_depth_interlacing_alpha_exif_and_frames_are_told),
		cmocka_unit_test(a_tiffs_orientation_pages_and_depth_are_told),
		cmocka_unit_test(a_webps_exif_and_alpha_are_told),
		cmocka_unit_test(frames_of_an_animation_are_counted),
		cmocka_unit_test(a_rotation_of_the_formats_own_is_not_told_twice),
		cmocka_unit_test(what_is_no_picture_is_left_alone),
		cmocka_unit_test(a_raw_file_is_told_even_where_its_pages_lie_far_behind),
		cmocka_unit_test(untrusted_kinds_need_leave),
		cmocka_unit_test(too_many_pixels_are_told_with_both_numbers),
		cmocka_unit_test(kinds_of_jpeg_that_libjpeg_lacks_are_unsupported),
		cmocka_unit_test(a_header_cut_short_is_truncated),
		cmocka_unit_test(a_damaged_jpeg_header_does_no_harm),
		cmocka_unit_test(nothing_stays_open),
		cmocka_unit_test(a_file_that_cannot_be_read_says_why),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
