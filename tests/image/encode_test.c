#include "image/encode.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include "encoding.h"
#include "image/tiff_tags.h"
#include "image/tiff_view.h"

/* Little-endian EXIF: Artist "J\xc3\xb6rg", a private tag 0xc000 that no library knows, and an Exif directory
 * with DateTimeOriginal and ColorSpace. */
static const unsigned char exif[] = "Exif\0\0"
				    "II*\0\x08\0\0\0"
				    "\x03\0"
				    "\x3b\x01\x02\0\x06\0\0\0\x32\0\0\0"
				    "\x69\x87\x04\0\x01\0\0\0\x38\0\0\0"
				    "\x00\xc0\x01\0\x02\0\0\0\x07\x08\0\0"
				    "\0\0\0\0"
				    "J\xc3\xb6rg\0"
				    "\x02\0"
				    "\x03\x90\x02\0\x14\0\0\0\x56\0\0\0"
				    "\x01\xa0\x03\0\x01\0\0\0\x01\0\0\0"
				    "\0\0\0\0"
				    "2024:06:07 08:09:10";

#define EXIF_BYTES sizeof(exif)

static const char xmp[] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'>\xc3\xa9</x:xmpmeta>";
static const char iptc[] = "Photoshop 3.0\0"
			   "8BIM\4\4\0\0\0\0\0\x0a\x1c\2\x74\0\5(c) J";

#define XMP_BYTES (sizeof(xmp) - 1)
#define IPTC_BYTES (sizeof(iptc) - 1)

static struct metadata all_of_it(void)
{
	return (struct metadata){
		.exif = { (unsigned char *)(uintptr_t)exif, EXIF_BYTES },
		.xmp = { (unsigned char *)(uintptr_t)xmp, XMP_BYTES },
		.iptc = { (unsigned char *)(uintptr_t)iptc, IPTC_BYTES },
	};
}

static struct metadata metadata; /* of the order, where it has any */

static int begin(void **state)
{
	metadata = all_of_it();
	return encoding_begin(state);
}

static void check_field(VipsImage *image, const char *field, const void *expected, size_t size_bytes)
{
	const void *data;
	size_t found_bytes;

	if (!size_bytes) {
		assert_int_equal(vips_image_get_typeof(image, field), 0);
		return;
	}
	assert_int_equal(vips_image_get_blob(image, field, &data, &found_bytes), 0);
	assert_int_equal(found_bytes, size_bytes);
	assert_memory_equal(data, expected, size_bytes);
}

static const enum format formats[] = { FORMAT_JPEG, FORMAT_PNG, FORMAT_WEBP, FORMAT_TIFF, FORMAT_AVIF };

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static void metadata_arrive_byte_for_byte(void **state)
{

	(void)state;
	order.metadata = &metadata;
	for (size_t i = 0; i < 3; i++) {
		bool jpeg = formats[i] == FORMAT_JPEG;
		VipsImage *image;

		assert_false(encode(formats[i]));
		image = reopen();
		check_field(image, VIPS_META_EXIF_NAME, exif + (jpeg ? 0 : 6), EXIF_BYTES - (jpeg ? 0 : 6));
		check_field(image, VIPS_META_XMP_NAME, xmp, XMP_BYTES);
		check_field(image, VIPS_META_IPTC_NAME, iptc, jpeg ? IPTC_BYTES : 0);
		assert_int_equal(image->Xsize, 200);
		g_object_unref(image);
	}
}

static void nothing_is_added_where_there_is_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < FORMATS; i++) {
		VipsImage *image;

		if (!is_writable(formats[i]))
			continue;
		assert_false(encode(formats[i]));
		image = reopen();
		check_field(image, VIPS_META_EXIF_NAME, NULL, 0);
		check_field(image, VIPS_META_XMP_NAME, NULL, 0);
		check_field(image, VIPS_META_IPTC_NAME, NULL, 0);
		check_field(image, VIPS_META_ICC_NAME, NULL, 0);
		assert_null(memmem(file.data, file.size, "Exif", 4));
		assert_null(memmem(file.data, file.size, "EXIF", 4));
		g_object_unref(image);
	}
}

/* The entry of the first directory, or of the one that `pointer` (0: none) leads to. */
static bool find_tag(const struct blob *block, uint16_t pointer, uint16_t tag, struct tiff_entry *entry)
{
	struct tiff_view view;
	struct tiff_dir dir;

	return tiff_view_init(&view, block->data, block->size_bytes) &&
	       tiff_view_dir(&view, view.first_dir, &dir) &&
	       (!pointer || tiff_view_subdir(&view, &dir, pointer, &dir)) &&
	       tiff_view_find(&view, &dir, tag, entry);
}

static void tiff_gets_its_tags_in_its_own_directories(void **state)
{
	struct blob found;
	struct tiff_entry entry;
	VipsImage *image;
	int fd;

	(void)state;
	order.metadata = &metadata;
	assert_false(encode(FORMAT_TIFF));
	image = reopen();
	check_field(image, VIPS_META_XMP_NAME, xmp, XMP_BYTES);
	check_field(image, VIPS_META_IPTC_NAME, iptc, IPTC_BYTES);
	assert_int_equal(image->Ysize, 150);
	g_object_unref(image);
	fd = memory_file(file.data, file.size);
	tiff_tags_read(fd, &found);
	close(fd);
	assert_true(find_tag(&found, 0, 0x013b, &entry));
	assert_memory_equal(entry.value, "J\xc3\xb6rg", 6);
	assert_true(find_tag(&found, 0x8769, 0x9003, &entry));
	assert_memory_equal(entry.value, "2024:06:07 08:09:10", 20);
	assert_true(find_tag(&found, 0x8769, 0xa001, &entry));
	/* not a tag for a picture's directory */
	assert_false(find_tag(&found, 0, 0xc000, &entry));
	free(found.data);
}

static void avif_keeps_what_libvips_lets_through(void **state)
{
	struct tiff_entry entry;
	struct blob found;
	VipsImage *image;
	const void *data;

	(void)state;
	if (!is_writable(FORMAT_AVIF))
		skip();
	order.metadata = &metadata;
	encode(FORMAT_AVIF);
	image = reopen();
	check_field(image, VIPS_META_XMP_NAME, xmp, XMP_BYTES);
	assert_int_equal(vips_image_get_blob(image, VIPS_META_EXIF_NAME, &data, &found.size_bytes), 0);
	found.data = (unsigned char *)(uintptr_t)data;
	assert_true(find_tag(&found, 0, 0x013b, &entry));
	assert_memory_equal(entry.value, "J\xc3\xb6rg", 6);
	assert_true(find_tag(&found, 0x8769, 0x9003, &entry));
	g_object_unref(image);
}

static void avif_never_calls_srgb_uncalibrated(void **state)
{
	struct tiff_view view;
	struct tiff_dir dir;
	struct tiff_entry entry;
	struct blob found;
	VipsImage *image;
	uint32_t space;
	const void *data;

	(void)state;
	if (!is_writable(FORMAT_AVIF))
		skip();
	metadata = (struct metadata){ .xmp = { (unsigned char *)(uintptr_t)xmp, XMP_BYTES } };
	order.metadata = &metadata;
	encode(FORMAT_AVIF);
	image = reopen();
	if (vips_image_get_typeof(image, VIPS_META_EXIF_NAME)) {
		assert_int_equal(
			vips_image_get_blob(image, VIPS_META_EXIF_NAME, &data, &found.size_bytes), 0);
		found.data = (unsigned char *)(uintptr_t)data;
		assert_true(find_tag(&found, 0x8769, 0xa001, &entry));
		assert_true(tiff_view_init(&view, found.data, found.size_bytes));
		assert_true(tiff_view_dir(&view, view.first_dir, &dir));
		assert_true(tiff_view_number(&view, &entry, &space));
		assert_int_equal(space, 1);
	}
	g_object_unref(image);
}

static void a_big_profile_takes_several_markers(void **state)
{
	unsigned char *icc = malloc(150000);
	VipsImage *image;

	(void)state;
	for (int i = 0; i < 150000; i++)
		icc[i] = (unsigned char)(i * 7 + i / 999);
	order.icc = icc;
	order.icc_bytes = 150000;
	assert_false(encode(FORMAT_JPEG));
	image = reopen();
	check_field(image, VIPS_META_ICC_NAME, icc, 150000);
	g_object_unref(image);
	free(icc);
}

static void what_is_too_big_for_a_marker_is_dropped_and_told(void **state)
{
	VipsImage *image;

	(void)state;
	metadata.xmp.size_bytes = 70000;
	metadata.xmp.data = malloc(70000);
	memset(metadata.xmp.data, ' ', 70000);
	order.metadata = &metadata;
	assert_true(encode(FORMAT_JPEG));
	image = reopen();
	check_field(image, VIPS_META_XMP_NAME, NULL, 0);
	check_field(image, VIPS_META_EXIF_NAME, exif, EXIF_BYTES);
	g_object_unref(image);
	assert_false(encode(FORMAT_PNG));
	image = reopen();
	check_field(image, VIPS_META_XMP_NAME, metadata.xmp.data, 70000);
	g_object_unref(image);
	free(metadata.xmp.data);
}

static const char *subsampling(void)
{
	VipsImage *image = reopen();
	static char text[16];
	const char *found;

	assert_int_equal(vips_image_get_string(image, "jpeg-chroma-subsample", &found), 0);
	snprintf(text, sizeof(text), "%s", found);
	g_object_unref(image);
	return text;
}

static void chroma_is_subsampled_below_quality_90(void **state)
{
	size_t low;

	(void)state;
	output->quality = 89;
	encode(FORMAT_JPEG);
	assert_string_equal(subsampling(), "4:2:0");
	low = file.size;
	output->quality = 90;
	encode(FORMAT_JPEG);
	assert_string_equal(subsampling(), "4:4:4");
	assert_true(file.size > low);
}

static void chroma_is_subsampled_as_asked(void **state)
{
	(void)state;
	output->quality = 40;
	output->chroma = CHROMA_444;
	encode(FORMAT_JPEG);
	assert_string_equal(subsampling(), "4:4:4");
	output->quality = 100;
	output->chroma = CHROMA_420;
	encode(FORMAT_JPEG);
	assert_string_equal(subsampling(), "4:2:0");
}

/* Whether an AVIF has fewer samples of chroma than of luma, as its decoder's configuration says (AV1 in
 * ISOBMFF, 2.3.3). */
static bool avif_is_subsampled(void)
{
	const unsigned char *config = memmem(file.data, file.size, "av1C", 4);

	assert_non_null(config);
	assert_int_equal(config[4], 0x81);
	return config[6] >> 3 & 1;
}

static void chroma_of_avif_is_as_asked_too(void **state)
{
	static const struct {
		enum chroma chroma;
		int quality, lower_quality;
		bool subsampled;
	} rows[] = {
		{ CHROMA_AUTO, 89, 0, true },
		{ CHROMA_AUTO, 90, 0, false },
		{ CHROMA_AUTO, 90, 50, false }, /* --max-bytes leaves it as it was */
		{ CHROMA_444, 50, 0, false },
		{ CHROMA_420, 95, 0, true },
	};

	(void)state;
	if (!is_writable(FORMAT_AVIF))
		skip();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		output->chroma = rows[i].chroma;
		output->quality = rows[i].quality;
		order.lower_quality = rows[i].lower_quality;
		encode(FORMAT_AVIF);
		assert_int_equal(avif_is_subsampled(), rows[i].subsampled);
	}
}

static void progressive_and_optimize_do_what_they_say(void **state)
{
	VipsImage *image;
	size_t plain;

	(void)state;
	encode(FORMAT_JPEG);
	plain = file.size;
	image = reopen();
	assert_int_equal(vips_image_get_typeof(image, "interlaced"), 0);
	g_object_unref(image);
	output->progressive = true;
	encode(FORMAT_JPEG);
	image = reopen();
	assert_int_not_equal(vips_image_get_typeof(image, "interlaced"), 0);
	g_object_unref(image);
	output->progressive = false;
	output->optimize = true;
	encode(FORMAT_JPEG);
	assert_true(file.size < plain);
}

static void the_density_stays(void **state)
{
	static const enum format with_density[] = { FORMAT_JPEG, FORMAT_PNG, FORMAT_TIFF };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		VipsImage *image;

		encode(with_density[i]);
		image = reopen();
		assert_true(fabs(image->Xres * 25.4 - 300) < 0.1);
		assert_true(fabs(image->Yres * 25.4 - 300) < 0.1);
		g_object_unref(image);
	}
}

/* Each model that a format is given by colour_choose() survives in it, alpha included. */
static void every_model_that_a_format_holds_is_written(void **state)
{
	static const struct {
		enum format format;
		int bands, bits;
		VipsInterpretation interpretation;
	} rows[] = {
		{ FORMAT_JPEG, 1, 8, VIPS_INTERPRETATION_B_W },
		{ FORMAT_JPEG, 4, 8, VIPS_INTERPRETATION_CMYK },
		{ FORMAT_PNG, 1, 8, VIPS_INTERPRETATION_B_W },
		{ FORMAT_PNG, 2, 8, VIPS_INTERPRETATION_B_W },
		{ FORMAT_PNG, 4, 8, VIPS_INTERPRETATION_sRGB },
		{ FORMAT_PNG, 3, 16, VIPS_INTERPRETATION_RGB16 },
		{ FORMAT_PNG, 2, 16, VIPS_INTERPRETATION_GREY16 },
		{ FORMAT_TIFF, 1, 8, VIPS_INTERPRETATION_B_W },
		{ FORMAT_TIFF, 2, 8, VIPS_INTERPRETATION_B_W },
		{ FORMAT_TIFF, 4, 8, VIPS_INTERPRETATION_sRGB },
		{ FORMAT_TIFF, 4, 8, VIPS_INTERPRETATION_CMYK },
		{ FORMAT_TIFF, 4, 16, VIPS_INTERPRETATION_CMYK },
		{ FORMAT_TIFF, 4, 16, VIPS_INTERPRETATION_RGB16 },
		{ FORMAT_WEBP, 4, 8, VIPS_INTERPRETATION_sRGB },
		{ FORMAT_AVIF, 4, 8, VIPS_INTERPRETATION_sRGB },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct raster raster = raster_new(60, 40, rows[i].bands, rows[i].bits), back;
		int pixel[4] = { 180, 90, 60, 120 };
		VipsImage *image;

		if (!is_writable(rows[i].format))
			continue;
		for (int k = 0; k < 4 && rows[i].bits == 16; k++)
			pixel[k] *= 257;
		raster_fill(&raster, pixel);
		use_image(raster, rows[i].interpretation);
		encode(rows[i].format);
		image = reopen();
		assert_int_equal(image->Bands, rows[i].bands);
		assert_int_equal(image->Type == VIPS_INTERPRETATION_CMYK,
			rows[i].interpretation == VIPS_INTERPRETATION_CMYK);
		back = raster_of(image);
		assert_int_equal(back.bits, rows[i].bits);
		check_pixel(&back, 30, 20, 6, pixel);
		free(back.samples);
		g_object_unref(image);
	}
}

static void webp_with_alpha_and_metadata_is_sound(void **state)
{
	struct raster raster = raster_new(60, 40, 4, 8);
	VipsImage *image;
	struct raster back;

	(void)state;
	for (int y = 0; y < 40; y++)
		for (int x = 0; x < 60; x++)
			raster_set(&raster, x, y, (const int[]){ 10, 200, 10, x < 30 ? 255 : 0 });
	use_image(raster, VIPS_INTERPRETATION_sRGB);
	order.metadata = &metadata;
	encode(FORMAT_WEBP);
	assert_int_equal(file.size % 2, 0);
	assert_int_equal(file.data[4] | file.data[5] << 8 | file.data[6] << 16, file.size - 8);
	image = reopen();
	assert_int_equal(image->Bands, 4);
	back = raster_of(image);
	assert_int_equal(raster_get(&back, 10, 20, 3), 255);
	assert_int_equal(raster_get(&back, 50, 20, 3), 0);
	check_field(image, VIPS_META_XMP_NAME, xmp, XMP_BYTES);
	free(back.samples);
	g_object_unref(image);
}

static void a_full_disk_is_called_that(void **state)
{
	(void)state;
	for (size_t i = 0; i < FORMATS; i++) {
		int fd = open("/dev/full", O_RDWR | O_CLOEXEC);
		bool dropped = false;
		struct err err;

		assert_true(fd >= 0);
		order.format = formats[i];
		if (is_writable(formats[i])) {
			assert_int_equal(encode_to(fd, &order, &dropped, &err), -1);
			if (err.reason != REASON_DISK_FULL)
				fail_msg("%s: %s: %s", format_name(formats[i]), reason_name(err.reason),
					err.text);
		}
		close(fd);
	}
}

/* Stands in for the C library's, for libvips and libtiff too, so that a single write can be made to fail as
 * it does when somebody else frees room right after it. */
static struct {
	bool in_use;
	int writes, fails; /* so far; the one that fails */
} disk;

__attribute__((visibility("default"))) ssize_t write(int fd, const void *data, size_t size)
{
	if (disk.in_use && fd > STDERR_FILENO && ++disk.writes == disk.fails) {
		errno = ENOSPC;
		return -1;
	}
	return syscall(SYS_write, fd, data, size);
}

/* Write number `fails` fails. Returns encode_to()'s result. */
static int encode_on_full_disk(int fails, struct err *err)
{
	bool dropped = false;
	int fd = memfd_create("encoded", MFD_CLOEXEC), result;

	assert_true(fd >= 0);
	disk.in_use = true;
	disk.writes = 0;
	disk.fails = fails;
	result = encode_to(fd, &order, &dropped, err);
	disk.in_use = false;
	close(fd);
	return result;
}

static void no_write_that_fails_is_overlooked(void **state)
{
	struct err err;

	(void)state;
	order.metadata = &metadata;
	for (size_t i = 0; i < FORMATS; i++) {
		int writes;

		order.format = formats[i];
		if (!is_writable(formats[i]))
			continue;
		assert_int_equal(encode_on_full_disk(0, &err), 0);
		writes = disk.writes;
		assert_true(writes > 0);
		for (int fails = 1; fails <= writes; fails++)
			if (encode_on_full_disk(fails, &err) == 0 || err.reason != REASON_DISK_FULL)
				fail_msg("%s: write %d of %d failed, and was overlooked",
					format_name(formats[i]), fails, writes);
	}
}

static void sizes_beyond_a_format_are_refused_beforehand(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(encode_check_size(FORMAT_JPEG, 65535, 65535, &err), 0);
	assert_int_equal(encode_check_size(FORMAT_JPEG, 10, 65536, &err), -1);
	assert_int_equal(err.reason, REASON_UNSUPPORTED);
	assert_int_equal(encode_check_size(FORMAT_WEBP, 16384, 1, &err), -1);
	assert_int_equal(encode_check_size(FORMAT_PNG, 1000000, 1, &err), 0);
}

int main(void)
{
#define MAKE(test) cmocka_unit_test_setup_teardown(test, begin, encoding_end)
	const struct CMUnitTest tests[] = {
		MAKE(metadata_arrive_byte_for_byte),
		MAKE(nothing_is_added_where_there_is_nothing),
		MAKE(tiff_gets_its_tags_in_its_own_directories),
		MAKE(avif_keeps_what_libvips_lets_through),
		MAKE(avif_never_calls_srgb_uncalibrated),
		MAKE(a_big_profile_takes_several_markers),
		MAKE(what_is_too_big_for_a_marker_is_dropped_and_told),
		MAKE(chroma_is_subsampled_below_quality_90),
		MAKE(chroma_is_subsampled_as_asked),
		MAKE(chroma_of_avif_is_as_asked_too),
		MAKE(progressive_and_optimize_do_what_they_say),
		MAKE(the_density_stays),
		MAKE(every_model_that_a_format_holds_is_written),
		MAKE(webp_with_alpha_and_metadata_is_sound),
		MAKE(a_full_disk_is_called_that),
		MAKE(no_write_that_fails_is_overlooked),
		MAKE(sizes_beyond_a_format_are_refused_beforehand),
	};

	return cmocka_run_group_tests(tests, start_engine, NULL);
}
