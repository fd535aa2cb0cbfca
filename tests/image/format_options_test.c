/* The options that begin with a format's name, seen in the file. */
#include "chart.h"
#include "encoding.h"
#include "image/palette.h"
#include "image/tiff_view.h"

static const char xmp[] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'>mine</x:xmpmeta>";

/* How far the pixels of the file are from those of the order, of 255, at most. */
static int worst_difference(void)
{
	VipsImage *image = reopen();
	struct raster found = raster_of(image), given = raster_of(order.image);
	int worst = 0;

	assert_int_equal(found.bands, given.bands);
	for (int y = 0; y < given.height; y++)
		for (int x = 0; x < given.width; x++)
			for (int i = 0; i < given.bands; i++)
				worst = MAX(worst,
					abs(raster_get(&found, x, y, i) - raster_get(&given, x, y, i)));
	free(found.samples);
	free(given.samples);
	g_object_unref(image);
	return worst;
}

static void lossless_webp_has_the_very_pixels(void **state)
{
	(void)state;
	encode(FORMAT_WEBP);
	assert_true(worst_difference() > 8);
	output->webp_lossless = true;
	encode(FORMAT_WEBP);
	assert_int_equal(worst_difference(), 0);
}

static void lossless_webp_has_no_quality(void **state)
{
	g_autofree unsigned char *high = NULL;
	size_t high_bytes;

	(void)state;
	output->webp_lossless = true;
	output->quality = 100;
	encode(FORMAT_WEBP);
	high = g_memdup2(file.data, file.size);
	high_bytes = file.size;
	output->quality = 10;
	encode(FORMAT_WEBP);
	assert_int_equal(file.size, high_bytes);
	assert_memory_equal(file.data, high, high_bytes);
}

static size_t size_at(enum format format, int *effort, int level)
{
	*effort = level;
	encode(format);
	return file.size;
}

static void more_effort_gives_smaller_files(void **state)
{
	(void)state;
	assert_true(size_at(FORMAT_WEBP, &output->webp_effort, 6) <
		    size_at(FORMAT_WEBP, &output->webp_effort, 0));
	if (is_writable(FORMAT_AVIF))
		assert_true(size_at(FORMAT_AVIF, &output->avif_effort, 8) <
			    size_at(FORMAT_AVIF, &output->avif_effort, 0));
	assert_true(size_at(FORMAT_PNG, &output->png_compression, 9) <
		    size_at(FORMAT_PNG, &output->png_compression, 1));
	/* the rows and a byte each, in stored blocks, and little more */
	assert_in_range(size_at(FORMAT_PNG, &output->png_compression, 0), 150 * 601, 150 * 601 + 200);
	assert_int_equal(worst_difference(), 0);
}

#define PNG_DEPTH_AT 24
#define PNG_COLOUR_TYPE_AT 25

static int count_colours(void)
{
	const unsigned char *chunk = memmem(file.data, file.size, "PLTE", 4);

	return chunk ? (chunk[-2] << 8 | chunk[-1]) / 3 : 0;
}

static void a_palette_has_256_colours_at_most(void **state)
{
	(void)state;
	assert_true(palette_can_be_written());
	output->png_palette = true;
	encode(FORMAT_PNG);
	assert_int_equal(file.data[PNG_DEPTH_AT], 8);
	assert_int_equal(file.data[PNG_COLOUR_TYPE_AT], 3);
	assert_in_range(count_colours(), 2, 256);
	assert_true(file.size < 200 * 150 + 256 * 3 + 1000);
	/* grey is one byte a pixel already, and its profile would not fit a palette's colours */
	use_image(encoding_waves(200, 150, 1), VIPS_INTERPRETATION_B_W);
	encode(FORMAT_PNG);
	assert_int_equal(file.data[PNG_COLOUR_TYPE_AT], 0);
	assert_int_equal(worst_difference(), 0);
}

static void a_palette_keeps_few_colours_metadata_and_profile_as_they_are(void **state)
{
	static const int colours[3][3] = { { 200, 30, 40 }, { 20, 180, 70 }, { 240, 240, 230 } };
	struct icc wide = icc_of(rgb_profile(adobe_primaries, 2.2));
	struct raster raster = raster_new(90, 60, 3, 8);
	const void *icc;
	size_t icc_bytes;
	VipsImage *image;

	(void)state;
	assert_true(palette_can_be_written());
	for (int y = 0; y < raster.height; y++)
		for (int x = 0; x < raster.width; x++)
			raster_set(&raster, x, y, colours[x / 30]);
	use_image(raster, VIPS_INTERPRETATION_sRGB);
	order.metadata =
		&(const struct metadata){ .xmp = { (unsigned char *)(uintptr_t)xmp, sizeof(xmp) - 1 } };
	order.icc = wide.data;
	order.icc_bytes = wide.size_bytes;
	output->png_palette = true;
	encode(FORMAT_PNG);
	assert_int_equal(file.data[PNG_COLOUR_TYPE_AT], 3);
	assert_true(worst_difference() <= 1);
	assert_non_null(memmem(file.data, file.size, xmp, sizeof(xmp) - 1));
	image = reopen();
	assert_int_equal(vips_image_get_blob(image, VIPS_META_ICC_NAME, &icc, &icc_bytes), 0);
	assert_int_equal(icc_bytes, wide.size_bytes);
	assert_memory_equal(icc, wide.data, icc_bytes);
	g_object_unref(image);
	free(wide.data);
}

#define TAG_COMPRESSION 259

static uint32_t tiff_number(uint16_t tag)
{
	struct tiff_view view;
	struct tiff_entry entry;
	struct tiff_dir dir;
	uint32_t number;

	assert_true(tiff_view_init(&view, file.data, file.size));
	assert_true(tiff_view_dir(&view, view.first_dir, &dir));
	assert_true(tiff_view_find(&view, &dir, tag, &entry));
	assert_true(tiff_view_number(&view, &entry, &number));
	return number;
}

static void tiffs_are_compressed_as_asked(void **state)
{
	/* the numbers: TIFF 6.0, its Technical Note 2, and Adobe's for deflate */
	static const struct {
		enum tiff_compression compression;
		uint32_t number;
		bool exact;
	} rows[] = {
		{ TIFF_LZW, 5, true },
		{ TIFF_NONE, 1, true },
		{ TIFF_DEFLATE, 8, true },
		{ TIFF_JPEG, 7, false },
	};

	(void)state;
	output->quality = 95;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		output->tiff_compression = rows[i].compression;
		encode(FORMAT_TIFF);
		assert_int_equal(tiff_number(TAG_COMPRESSION), rows[i].number);
		assert_true(rows[i].exact == (worst_difference() == 0));
		assert_true(worst_difference() < 60);
	}
}

static void jpeg_in_tiff_has_a_quality_and_its_tags(void **state)
{
	size_t high;
	VipsImage *image;

	(void)state;
	order.metadata =
		&(const struct metadata){ .xmp = { (unsigned char *)(uintptr_t)xmp, sizeof(xmp) - 1 } };
	output->tiff_compression = TIFF_JPEG;
	output->quality = 95;
	encode(FORMAT_TIFF);
	high = file.size;
	order.lower_quality = 40;
	encode(FORMAT_TIFF);
	assert_true(file.size < high / 2);
	image = reopen();
	assert_true(vips_image_get_typeof(image, VIPS_META_XMP_NAME) != 0);
	g_object_unref(image);
	/* inks, and grey */
	use_image(encoding_waves(200, 150, 4), VIPS_INTERPRETATION_CMYK);
	order.lower_quality = 0;
	encode(FORMAT_TIFF);
	assert_true(worst_difference() < 60);
	use_image(encoding_waves(200, 150, 1), VIPS_INTERPRETATION_B_W);
	encode(FORMAT_TIFF);
	assert_true(worst_difference() < 30);
}

static int begin(void **state)
{
	(void)state;
	engine_enter_worker();
	return encoding_begin(state);
}

int main(void)
{
#define MAKE(test) cmocka_unit_test_setup_teardown(test, begin, encoding_end)
	const struct CMUnitTest tests[] = {
		MAKE(lossless_webp_has_the_very_pixels),
		MAKE(lossless_webp_has_no_quality),
		MAKE(more_effort_gives_smaller_files),
		MAKE(a_palette_has_256_colours_at_most),
		MAKE(a_palette_keeps_few_colours_metadata_and_profile_as_they_are),
		MAKE(tiffs_are_compressed_as_asked),
		MAKE(jpeg_in_tiff_has_a_quality_and_its_tags),
	};

	return cmocka_run_group_tests(tests, start_engine, NULL);
}
