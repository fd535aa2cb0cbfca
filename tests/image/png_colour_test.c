#include "image/png_colour.h"

#include "bytes.h"
#include "chart.h"

static struct workshop workshop;
static struct bytes chunks;

static int begin(void **state)
{
	(void)state;
	workshop_init(&workshop);
	chunks.size = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	workshop_finish(&workshop);
	return 0;
}

static void chunk(const char *type, const void *data, uint32_t size)
{
	size_t start = chunks.size + 4;
	uint32_t crc = 0xffffffff;

	put_number(&chunks, size, 4, 1);
	put(&chunks, type, 4);
	put(&chunks, data, size);
	for (size_t i = start; i < chunks.size; i++) {
		crc ^= chunks.data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	put_number(&chunks, ~crc, 4, 1);
}

static void number_chunk(const char *type, const uint32_t *numbers, int count)
{
	struct bytes data = { .size = 0 };

	for (int i = 0; i < count; i++)
		put_number(&data, numbers[i], 4, 1);
	chunk(type, data.data, (uint32_t)data.size);
}

static void gamma_chunk(uint32_t gamma)
{
	number_chunk("gAMA", &gamma, 1);
}

/* White, and the primaries of that list. */
static void points_chunk(const double primaries[6])
{
	uint32_t numbers[8] = { 31270, 32900 };

	for (int i = 0; i < 6; i++)
		numbers[2 + i] = (uint32_t)(primaries[i] * 1e5 + 0.5);
	number_chunk("cHRM", numbers, 8);
}

/* A chart with the chunks behind its header. */
static int chart_file(int bands, int bits)
{
	struct raster chart = chart_new(bands, bits);
	VipsImage *image = raster_image(&chart, bands == 1   ? VIPS_INTERPRETATION_B_W
						: bits == 16 ? VIPS_INTERPRETATION_RGB16
							     : VIPS_INTERPRETATION_sRGB);
	int plain = image_file(image, ".png[strip]", NULL, 0), fd = memory_file("", 0);
	char buffer[65536];
	ssize_t got = pread(plain, buffer, sizeof(buffer), 0);

	assert_in_range(got, 34, sizeof(buffer) - 1);
	assert_int_equal(write(fd, buffer, 33), 33);
	assert_int_equal(write(fd, chunks.data, chunks.size), chunks.size);
	assert_int_equal(write(fd, buffer + 33, (size_t)got - 33), got - 33);
	close(plain);
	g_object_unref(image);
	free(chart.samples);
	return fd;
}

static void check_like(int bands, int bits, cmsHPROFILE profile)
{
	struct icc icc = icc_of(profile);
	struct raster chart = chart_new(bands, bits), expected = to_srgb(chart_middles(&chart), &icc), made;

	made = workshop_make(&workshop, chart_file(bands, bits), "chart.png", FORMAT_PNG);
	for (int patch = 0; patch < PATCHES; patch++)
		for (int i = 0; i < made.bands; i++)
			if (abs(chart_get(&made, patch, i) - raster_get(&expected, patch, 0, i)) > 2)
				fail_msg("patch %d, band %d: %d, not %d", patch, i,
					chart_get(&made, patch, i), raster_get(&expected, patch, 0, i));
	assert_string_equal(workshop.reply.warning, "");
	free(chart.samples);
	free(expected.samples);
	free(made.samples);
	free(icc.data);
	chunks.size = 0;
}

static const double srgb_primaries[] = { 0.64, 0.33, 0.30, 0.60, 0.15, 0.06 };

static void a_gamma_is_a_tone_curve(void **state)
{
	(void)state;
	gamma_chunk(100000);
	check_like(3, 8, rgb_profile(srgb_primaries, 1));
	gamma_chunk(100000);
	check_like(3, 16, rgb_profile(srgb_primaries, 1));
	gamma_chunk(55556);
	check_like(3, 8, rgb_profile(srgb_primaries, 1e5 / 55556));
	gamma_chunk(55556);
	check_like(1, 8, grey_profile(1e5 / 55556));
}

static void points_are_primaries(void **state)
{
	(void)state;
	points_chunk(p3_primaries);
	check_like(3, 8, rgb_profile(p3_primaries, 0));
	points_chunk(swapped_primaries);
	gamma_chunk(45455);
	check_like(3, 8, rgb_profile(swapped_primaries, 0));
	points_chunk(adobe_primaries);
	gamma_chunk(62500);
	check_like(3, 8, rgb_profile(adobe_primaries, 1.6));
}

static void cicp_outranks_them(void **state)
{
	(void)state;
	gamma_chunk(100000);
	chunk("sRGB", "\0", 1);
	chunk("cICP", "\x0c\x0d\0\1", 4);
	check_like(3, 8, rgb_profile(p3_primaries, 0));
}

static void check_plain(void)
{
	check_like(3, 8, cmsCreate_sRGBProfile());
}

static void srgb_outranks_gamma_and_points(void **state)
{
	(void)state;
	gamma_chunk(100000);
	points_chunk(p3_primaries);
	chunk("sRGB", "\0", 1);
	check_plain();
}

static void what_means_srgb_costs_nothing(void **state)
{
	struct blob icc;
	int fd;

	(void)state;
	gamma_chunk(45455);
	points_chunk(srgb_primaries);
	fd = chart_file(3, 8);
	png_colour_read(fd, &icc);
	assert_null(icc.data);
	close(fd);
	check_plain();
}

static void what_makes_no_sense_is_left_out_of_account(void **state)
{
	static const uint32_t flat[8] = { 31270, 32900 }, far[8] = { 31270, 0, 1, 1, 1, 1, 1, 1 };

	(void)state;
	gamma_chunk(0);
	check_plain();
	gamma_chunk(0xffffffff);
	check_plain();
	number_chunk("cHRM", flat, 8);
	check_plain();
	number_chunk("cHRM", far, 8);
	check_plain();
	chunk("cICP", "\x09\x10\0\1", 4); /* PQ */
	check_plain();
	chunk("gAMA", "\0\1", 2);
	check_plain();
}

static void keep_writes_it_as_a_profile(void **state)
{
	struct blob icc;
	VipsImage *image;
	const void *data;
	size_t size_bytes;
	int fd;

	(void)state;
	workshop.output->colour = COLOUR_KEEP;
	points_chunk(p3_primaries);
	fd = chart_file(3, 8);
	png_colour_read(fd, &icc);
	assert_int_equal(workshop_try(&workshop, fd, "kept.png", FORMAT_PNG), 0);
	image = workshop_open(&workshop, "kept.png");
	assert_int_equal(vips_image_get_blob(image, VIPS_META_ICC_NAME, &data, &size_bytes), 0);
	assert_int_equal(size_bytes, icc.size_bytes);
	assert_memory_equal(data, icc.data, size_bytes);
	free(icc.data);
	g_object_unref(image);
}

static void every_cut_is_survived(void **state)
{
	struct blob icc;
	int fd;

	(void)state;
	points_chunk(p3_primaries);
	gamma_chunk(70000);
	fd = chart_file(3, 8);
	for (off_t size = 33 + (off_t)chunks.size + 20; size >= 0; size--) {
		assert_int_equal(ftruncate(fd, size), 0);
		png_colour_read(fd, &icc);
		free(icc.data);
	}
	close(fd);
}

int main(void)
{
#define MAKE(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		MAKE(a_gamma_is_a_tone_curve),
		MAKE(points_are_primaries),
		MAKE(cicp_outranks_them),
		MAKE(srgb_outranks_gamma_and_points),
		MAKE(what_means_srgb_costs_nothing),
		MAKE(what_makes_no_sense_is_left_out_of_account),
		MAKE(keep_writes_it_as_a_profile),
		MAKE(every_cut_is_survived),
	};

	return cmocka_run_group_tests(tests, start_engine, NULL);
}
