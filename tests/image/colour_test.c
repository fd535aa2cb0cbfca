#include "image/colour.h"

#include "chart.h"
#include "image/attach.h"
#include "image/profile.h"

#define TOLERANCE 2

static struct workshop workshop;

static int begin(void **state)
{
	(void)state;
	workshop_init(&workshop);
	workshop_resize(&workshop, "50%");
	return 0;
}

static int end(void **state)
{
	(void)state;
	workshop_finish(&workshop);
	return 0;
}

static VipsInterpretation interpretation_of(int bands, int bits)
{
	if (bands == 1)
		return bits == 8 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_GREY16;
	if (bands == 4)
		return VIPS_INTERPRETATION_CMYK;
	return bits == 8 ? VIPS_INTERPRETATION_sRGB : VIPS_INTERPRETATION_RGB16;
}

/* A chart as a file; `icc` may be NULL. */
static int chart_file(int bands, int bits, const char *suffix, const struct icc *icc)
{
	struct raster chart = chart_new(bands, bits);
	VipsImage *image = raster_image(&chart, interpretation_of(bands, bits));
	int fd = image_file(image, suffix, icc ? icc->data : NULL, icc ? icc->size_bytes : 0);

	g_object_unref(image);
	free(chart.samples);
	return fd;
}

/* What is in the file, by libvips and without any thought for colour. */
static struct raster decode(int fd)
{
	char path[64];
	VipsImage *image;
	struct raster raster;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	image = vips_image_new_from_file(path, NULL);
	assert_non_null(image);
	raster = raster_of(image);
	g_object_unref(image);
	return raster;
}

/* Make the file with `icc` what it is meant in, and compare each patch with Little CMS's own conversion of
 * what the full-size file holds. */
static void check_chart(int fd, const struct icc *icc)
{
	struct raster whole = decode(fd), expected = to_srgb(chart_middles(&whole), icc), made;

	made = workshop_make(&workshop, fd, "chart.jpg", FORMAT_JPEG);
	for (int patch = 0; patch < PATCHES; patch++)
		for (int i = 0; i < 3; i++) {
			int is = chart_get(&made, patch, made.bands == 1 ? 0 : i);
			int should = raster_get(&expected, patch, 0, i);

			if (abs(is - should) > TOLERANCE)
				fail_msg("patch %d, band %d: %d, not %d", patch, i, is, should);
		}
	free(whole.samples);
	free(expected.samples);
	free(made.samples);
}

#define JPEG_CHART ".jpg[Q=95,no_subsample]"

static void check_profile(cmsHPROFILE profile, int bands, int bits, const char *suffix)
{
	struct icc icc = icc_of(profile);

	check_chart(chart_file(bands, bits, suffix, &icc), &icc);
	assert_string_equal(workshop.reply.warning, "");
	free(icc.data);
}

static void rgb_without_a_profile_is_srgb(void **state)
{
	struct icc srgb = icc_of(cmsCreate_sRGBProfile());

	(void)state;
	check_chart(chart_file(3, 8, JPEG_CHART, NULL), &srgb);
	check_chart(chart_file(3, 16, ".png", NULL), &srgb);
	free(srgb.data);
}

static void rgb_with_a_profile_is_converted(void **state)
{
	(void)state;
	check_profile(cmsCreate_sRGBProfile(), 3, 8, JPEG_CHART);
	check_profile(rgb_profile(adobe_primaries, 2.19921875), 3, 8, JPEG_CHART);
	check_profile(rgb_profile(p3_primaries, 0), 3, 8, JPEG_CHART);
	check_profile(rgb_profile(prophoto_primaries, 1.8), 3, 8, JPEG_CHART);
	check_profile(rgb_profile(swapped_primaries, 2.2), 3, 8, JPEG_CHART);
	check_profile(rgb_profile(adobe_primaries, 2.19921875), 3, 8, ".webp[lossless]");
	check_profile(rgb_profile(p3_primaries, 0), 3, 8, ".tif");
}

static void sixteen_bits_are_converted_as_finely(void **state)
{
	(void)state;
	check_profile(rgb_profile(adobe_primaries, 2.19921875), 3, 16, ".png");
	check_profile(rgb_profile(prophoto_primaries, 1.8), 3, 16, ".tif");
	check_profile(rgb_profile(p3_primaries, 1), 3, 16, ".png");
	check_profile(grey_profile(1.8), 1, 16, ".png");
}

static void grey_is_converted_by_its_tone_curve(void **state)
{
	struct raster made;

	(void)state;
	check_profile(grey_profile(1.8), 1, 8, JPEG_CHART);
	check_profile(grey_profile(2.2), 1, 8, ".png");
	check_profile(dot_gain_profile(), 1, 8, JPEG_CHART);
	made = workshop_make(&workshop, chart_file(1, 8, JPEG_CHART, NULL), "grey.jpg", FORMAT_JPEG);
	assert_int_equal(made.bands, 1);
	for (int patch = 0; patch < PATCHES; patch++)
		assert_in_range(chart_get(&made, patch, 0) + 2, patch * 255 / (PATCHES - 1),
			patch * 255 / (PATCHES - 1) + 4);
	free(made.samples);
}

static void cmyk_is_converted_by_its_profile_or_the_default_one(void **state)
{
	struct icc icc = default_cmyk();

	(void)state;
	check_chart(chart_file(4, 8, JPEG_CHART, &icc), &icc);
	check_chart(chart_file(4, 8, JPEG_CHART, NULL), &icc);
	check_chart(chart_file(4, 8, ".tif", &icc), &icc);
	check_chart(chart_file(4, 16, ".tif", NULL), &icc);
	free(icc.data);
}

/* The JPEG with more put in after its first marker. Closes `fd`. */
static int with_markers(int fd, const void *markers, size_t markers_bytes)
{
	char *data;
	struct stat status;
	int copy = memory_file("\xff\xd8", 2);

	assert_int_equal(fstat(fd, &status), 0);
	data = malloc((size_t)status.st_size);
	assert_int_equal(pread(fd, data, (size_t)status.st_size, 0), status.st_size);
	assert_int_equal(write(copy, markers, markers_bytes), markers_bytes);
	assert_int_equal(write(copy, data + 2, (size_t)status.st_size - 2), status.st_size - 2);
	free(data);
	close(fd);
	return copy;
}

/* A chart in JPEG with a profile that libvips would not write, since it is not for such pixels. */
static int mislabelled_file(int bands, const struct icc *icc)
{
	const struct metadata none = { .exif = { 0 } };
	struct attachments attachments = {
		.metadata = &none, .icc = icc->data, .icc_bytes = icc->size_bytes
	};
	GByteArray *markers = g_byte_array_new();
	int fd;

	attach_jpeg(&attachments, false, markers);
	fd = with_markers(chart_file(bands, 8, JPEG_CHART, NULL), markers->data, markers->len);
	g_byte_array_unref(markers);
	return fd;
}

static void grey_with_an_rgb_profile_has_that_profiles_greys(void **state)
{
	struct icc rgb = icc_of(rgb_profile(adobe_primaries, 1.8)), grey = icc_of(grey_profile(1.8));

	(void)state;
	check_chart(mislabelled_file(1, &rgb), &grey);
	assert_string_equal(workshop.reply.warning, "");
	free(rgb.data);
	free(grey.data);
}

/* EXIF that says nothing but Interoperability index R03: AdobeRGB in DCF's words. */
static const unsigned char adobe_exif[] = "\xff\xe1\0\x46"
					  "Exif\0\0"
					  "II*\0\x08\0\0\0"
					  "\x01\0\x69\x87\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0"
					  "\x01\0\x05\xa0\x04\0\x01\0\0\0\x2c\0\0\0\0\0\0\0"
					  "\x01\0\x01\0\x02\0\x04\0\0\0R03\0\0\0\0";

static int adobe_file(void)
{
	return with_markers(
		chart_file(3, 8, ".jpg[Q=95,no_subsample,strip]", NULL), adobe_exif, sizeof(adobe_exif));
}

static void adobergb_that_only_exif_tells_of_is_converted(void **state)
{
	struct icc icc = icc_of(rgb_profile(adobe_primaries, 2.19921875));

	(void)state;
	check_chart(adobe_file(), &icc);
	assert_true(workshop.request.facts.interop_adobe);
	free(icc.data);
}

static void lab_is_relative_to_d50(void **state)
{
	static const double patches[][3] = { { 50, 0, 0 }, { 70, 40, 30 }, { 30, -30, 20 }, { 60, 10, -50 },
		{ 0, 0, 0 }, { 100, 0, 0 } };
	cmsHPROFILE lab = cmsCreateLab4Profile(NULL), srgb = cmsCreate_sRGBProfile();
	cmsHTRANSFORM transform = cmsCreateTransform(lab, TYPE_Lab_DBL, srgb, TYPE_RGB_8,
		INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_BLACKPOINTCOMPENSATION);

	(void)state;
	for (size_t i = 0; i < sizeof(patches) / sizeof(patches[0]); i++) {
		VipsImage *black = NULL, *image = NULL;
		double one[] = { 1, 1, 1 };
		unsigned char rgb[3];
		struct raster made;

		vips_black(&black, 40, 40, "bands", 3, NULL);
		vips_linear(black, &image, one, patches[i], 3, NULL);
		image->Type = VIPS_INTERPRETATION_LAB;
		cmsDoTransform(transform, patches[i], rgb, 1);
		made = workshop_make(&workshop, image_file(image, ".tif", NULL, 0), "lab.png", FORMAT_PNG);
		check_pixel(&made, 10, 10, TOLERANCE, (const int[]){ rgb[0], rgb[1], rgb[2] });
		free(made.samples);
		g_object_unref(image);
		g_object_unref(black);
	}
	cmsDeleteTransform(transform);
	cmsCloseProfile(lab);
	cmsCloseProfile(srgb);
}

static void check_ignored(int bands, const struct icc *icc)
{
	struct profile *plain = profile_make(bands == 1 ? OWN_GREY : OWN_SRGB);
	const struct icc meant = { plain->icc, plain->icc_bytes };

	check_chart(mislabelled_file(bands, icc), &meant);
	assert_non_null(strstr(workshop.reply.warning, "profile"));
	profile_free(plain);
}

static void a_broken_profile_is_ignored_with_a_warning(void **state)
{
	struct icc icc = icc_of(rgb_profile(adobe_primaries, 2.2));

	(void)state;
	memset((char *)icc.data + 128, 0xff, 12); /* the number of tags, and the first of them */
	check_ignored(3, &icc);
	icc.size_bytes = 60;
	check_ignored(3, &icc);
	free(icc.data);
}

static void a_profile_for_other_pixels_is_ignored_with_a_warning(void **state)
{
	struct icc cmyk = default_cmyk(), grey = icc_of(grey_profile(1.8));

	(void)state;
	check_ignored(3, &cmyk);
	check_ignored(3, &grey);
	check_ignored(1, &cmyk);
	free(cmyk.data);
	free(grey.data);
}

/* The profile in an output; of no bytes where there is none. */
static struct icc attached(const char *name)
{
	VipsImage *image = workshop_open(&workshop, name);
	struct icc icc = { NULL, 0 };
	const void *data;

	if (vips_image_get_typeof(image, VIPS_META_ICC_NAME)) {
		assert_int_equal(vips_image_get_blob(image, VIPS_META_ICC_NAME, &data, &icc.size_bytes), 0);
		icc.data = malloc(icc.size_bytes);
		memcpy(icc.data, data, icc.size_bytes);
	}
	g_object_unref(image);
	return icc;
}

static const struct {
	enum format format;
	bool holds_grey;
} formats[] = {
	{ FORMAT_JPEG, true },
	{ FORMAT_PNG, true },
	{ FORMAT_TIFF, true },
	{ FORMAT_WEBP, false },
	{ FORMAT_AVIF, false },
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static bool is_writable(size_t i)
{
	return engine_writable() & FORMAT_BIT(formats[i].format);
}

static void outputs_carry_a_profile_that_is_true_to_them(void **state)
{
	struct icc wide = icc_of(rgb_profile(p3_primaries, 0)), dots = icc_of(dot_gain_profile());

	(void)state;
	for (size_t i = 0; i < FORMATS; i++)
		for (int bands = 1; bands <= 3 && is_writable(i); bands += 2) {
			struct raster made = workshop_make(&workshop,
				chart_file(bands, 8, ".png", bands == 1 ? &dots : &wide), "tagged",
				formats[i].format);
			struct icc icc = attached("tagged");
			struct profile *profile = profile_open(icc.data, icc.size_bytes);

			assert_non_null(profile);
			assert_true(profile->srgb);
			assert_int_equal(
				profile->model, bands == 1 && formats[i].holds_grey ? MODEL_GREY : MODEL_RGB);
			assert_in_range(icc.size_bytes, 200, 900);
			profile_free(profile);
			free(icc.data);
			free(made.samples);
		}
	free(wide.data);
	free(dots.data);
}

static void without_metadata_srgb_needs_no_profile(void **state)
{
	(void)state;
	workshop.output->metadata = METADATA_NONE;
	for (size_t i = 0; i < FORMATS; i++) {
		if (!is_writable(i))
			continue;
		assert_int_equal(workshop_try(&workshop, chart_file(3, 8, JPEG_CHART, NULL), "bare",
					 formats[i].format),
			0);
		assert_int_equal(attached("bare").size_bytes, 0);
	}
}

static void our_profiles_are_the_same_bytes_each_time(void **state)
{
	(void)state;
	for (int which = 0; which < OWN_COUNT; which++) {
		struct profile *one = profile_make((enum own_profile)which);
		struct profile *other = profile_make((enum own_profile)which);

		assert_int_equal(one->icc_bytes, other->icc_bytes);
		assert_memory_equal(one->icc, other->icc, one->icc_bytes);
		assert_int_not_equal(one->serial, other->serial);
		/* the year of making, which Little CMS takes from the clock */
		if (which != OWN_CMYK) /* libvips' */
			assert_memory_equal((char *)one->icc + 24, "\x07\xcf", 2);
		assert_true(one->srgb == (which == OWN_SRGB || which == OWN_GREY));
		profile_free(one);
		profile_free(other);
	}
}

static void check_kept(int bands, int bits, const char *suffix, const struct icc *icc, enum format format)
{
	int fd = chart_file(bands, bits, suffix, icc);
	struct raster whole = decode(fd), made;
	struct icc found;

	workshop.output->colour = COLOUR_KEEP;
	made = workshop_make(&workshop, fd, "kept", format);
	assert_int_equal(made.bands, bands);
	for (int patch = 0; patch < PATCHES; patch++)
		for (int i = 0; i < bands; i++) {
			int is = chart_get(&made, patch, i), should = chart_get(&whole, patch, i);

			if (abs(is * (made.bits == 8 ? 257 : 1) - should * (whole.bits == 8 ? 257 : 1)) >
				3 * 257)
				fail_msg("patch %d, band %d: %d, not %d", patch, i, is, should);
		}
	found = attached("kept");
	assert_int_equal(found.size_bytes, icc ? icc->size_bytes : 0);
	if (icc)
		assert_memory_equal(found.data, icc->data, icc->size_bytes);
	free(found.data);
	free(whole.samples);
	free(made.samples);
}

static void keep_keeps_samples_and_profile_together(void **state)
{
	struct icc wide = icc_of(rgb_profile(adobe_primaries, 2.19921875)), cmyk = default_cmyk();
	struct icc grey = icc_of(grey_profile(1.8));

	(void)state;
	for (size_t i = 0; i < FORMATS; i++)
		if (is_writable(i))
			check_kept(3, 8, JPEG_CHART, &wide, formats[i].format);
	check_kept(3, 8, JPEG_CHART, NULL, FORMAT_JPEG);
	check_kept(1, 8, JPEG_CHART, &grey, FORMAT_JPEG);
	check_kept(1, 8, JPEG_CHART, &grey, FORMAT_PNG);
	check_kept(1, 8, JPEG_CHART, NULL, FORMAT_TIFF);
	check_kept(4, 8, JPEG_CHART, &cmyk, FORMAT_JPEG);
	check_kept(4, 8, JPEG_CHART, NULL, FORMAT_JPEG);
	check_kept(4, 8, JPEG_CHART, &cmyk, FORMAT_TIFF);
	free(wide.data);
	free(cmyk.data);
	free(grey.data);
}

static void keep_keeps_sixteen_bits_where_the_format_has_them(void **state)
{
	struct icc wide = icc_of(rgb_profile(prophoto_primaries, 1.8));
	VipsImage *image;

	(void)state;
	check_kept(3, 16, ".png", &wide, FORMAT_TIFF);
	image = workshop_open(&workshop, "kept");
	assert_int_equal(image->BandFmt, VIPS_FORMAT_USHORT);
	g_object_unref(image);
	check_kept(3, 16, ".tif", &wide, FORMAT_PNG);
	check_kept(3, 16, ".png", &wide, FORMAT_JPEG);
	free(wide.data);
}

static void what_the_format_cannot_keep_is_converted(void **state)
{
	struct icc cmyk = default_cmyk(), grey = icc_of(dot_gain_profile());

	(void)state;
	workshop.output->colour = COLOUR_KEEP;
	for (int pass = 0; pass < 2; pass++) {
		int fd = chart_file(pass ? 1 : 4, 8, JPEG_CHART, pass ? &grey : &cmyk);
		struct raster whole = decode(fd), made;
		struct raster expected = to_srgb(chart_middles(&whole), pass ? &grey : &cmyk);
		struct icc icc;

		made = workshop_make(&workshop, fd, "kept", FORMAT_WEBP);
		assert_int_equal(made.bands, 3);
		for (int patch = 0; patch < PATCHES; patch++)
			assert_in_range(chart_get(&made, patch, 1) + 16, raster_get(&expected, patch, 0, 1),
				raster_get(&expected, patch, 0, 1) + 32);
		icc = attached("kept");
		assert_int_not_equal(icc.size_bytes, 0);
		free(icc.data);
		free(whole.samples);
		free(made.samples);
		free(expected.samples);
	}
	free(cmyk.data);
	free(grey.data);
}

static void adobergb_by_exif_is_kept_with_a_profile_that_says_so(void **state)
{
	struct profile *adobe = profile_make(OWN_ADOBE);
	struct icc found;

	(void)state;
	workshop.output->colour = COLOUR_KEEP;
	assert_int_equal(workshop_try(&workshop, adobe_file(), "kept.jpg", FORMAT_JPEG), 0);
	found = attached("kept.jpg");
	assert_int_equal(found.size_bytes, adobe->icc_bytes);
	assert_memory_equal(found.data, adobe->icc, adobe->icc_bytes);
	free(found.data);
	profile_free(adobe);
}

static void many_profiles_come_and_go(void **state)
{
	struct colours *colours = colours_new();
	struct colour_case c = { .model = MODEL_RGB, .bits = 8 };
	struct colour_choice choice;

	(void)state;
	for (int i = 0; i < 60; i++) {
		struct icc icc = icc_of(rgb_profile(p3_primaries, 1 + i % 20 * 0.1));
		unsigned char from[] = { 10, 120, 230 }, to[3];

		colours_trim(colours);
		c.icc = icc.data;
		c.icc_bytes = icc.size_bytes;
		assert_int_equal(colour_choose(colours, &c, &choice), 0);
		assert_false(choice.damaged);
		recolour_apply(colours_between(colours, &choice.from, &choice.to), from, to, 1);
		assert_int_not_equal(to[1], 0);
		free(icc.data);
	}
	colours_free(colours);
}

int main(void)
{
#define MAKE(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		MAKE(rgb_without_a_profile_is_srgb),
		MAKE(rgb_with_a_profile_is_converted),
		MAKE(sixteen_bits_are_converted_as_finely),
		MAKE(grey_is_converted_by_its_tone_curve),
		MAKE(grey_with_an_rgb_profile_has_that_profiles_greys),
		MAKE(cmyk_is_converted_by_its_profile_or_the_default_one),
		MAKE(adobergb_that_only_exif_tells_of_is_converted),
		MAKE(lab_is_relative_to_d50),
		MAKE(a_broken_profile_is_ignored_with_a_warning),
		MAKE(a_profile_for_other_pixels_is_ignored_with_a_warning),
		MAKE(outputs_carry_a_profile_that_is_true_to_them),
		MAKE(without_metadata_srgb_needs_no_profile),
		MAKE(our_profiles_are_the_same_bytes_each_time),
		MAKE(keep_keeps_samples_and_profile_together),
		MAKE(keep_keeps_sixteen_bits_where_the_format_has_them),
		MAKE(what_the_format_cannot_keep_is_converted),
		MAKE(adobergb_by_exif_is_kept_with_a_profile_that_says_so),
		MAKE(many_profiles_come_and_go),
	};

	return cmocka_run_group_tests(tests, start_engine, NULL);
}
