/* Pictures in a profile that was asked for (--colour FILE). */
#include <math.h>

#include "chart.h"
#include "image/colour.h"
#include "image/profile.h"

#define TOLERANCE 2

static struct workshop workshop;

static int begin(void **state)
{
	(void)state;
	workshop_init(&workshop);
	workshop_resize(&workshop, "50%");
	workshop.output->webp_lossless = true;
	return 0;
}

static int end(void **state)
{
	(void)state;
	workshop_finish(&workshop);
	return 0;
}

/* Ask for it; takes over `icc`. */
static void use_target(struct icc icc, enum colour_model model)
{
	struct icc_file *file = g_new0(struct icc_file, 1);

	file->data = g_memdup2(icc.data, icc.size_bytes);
	file->size_bytes = icc.size_bytes;
	file->model = model;
	icc_file_free(workshop.output->colour_profile);
	workshop.output->colour = COLOUR_PROFILE;
	workshop.output->colour_profile = file;
	free(icc.data);
}

/* A chart in sRGB, or in `icc`. */
static int chart_file(int bands, const char *suffix, const struct icc *icc)
{
	struct raster chart = chart_new(bands, 8);
	VipsImage *image = raster_image(&chart, bands == 1   ? VIPS_INTERPRETATION_B_W
						: bands == 4 ? VIPS_INTERPRETATION_CMYK
							     : VIPS_INTERPRETATION_sRGB);
	int fd = image_file(image, suffix, icc ? icc->data : NULL, icc ? icc->size_bytes : 0);

	g_object_unref(image);
	free(chart.samples);
	return fd;
}

static double srgb_decode(double level)
{
	return level <= 0.04045 ? level / 12.92 : pow((level + 0.055) / 1.055, 2.4);
}

/* A space that has sRGB's white: one matrix leads there in linear light, and then there is its tone curve. */
struct space {
	double matrix[3][3];
	double gamma; /* 0: the curve of sRGB */
};

/* Computed from the primaries in the two standards. */
static const struct space adobe = { { { 0.7151256, 0.2848744, 0 }, { 0, 1, 0 }, { 0, 0.0411619, 0.9588381 } },
	2.19921875 };
static const struct space display_p3 = {
	{ { 0.8224621, 0.1775380, 0 }, { 0.0331941, 0.9668058, 0 }, { 0.0170827, 0.0723974, 0.9105199 } }, 0
};

static int convert(const struct space *space, const int *rgb, int band)
{
	double light = 0;

	for (int i = 0; i < 3; i++)
		light += space->matrix[band][i] * srgb_decode(rgb[i] / 255.0);
	if (space->gamma > 0)
		return (int)lround(255 * pow(light, 1 / space->gamma));
	return (int)lround(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055));
}

/* Make the sRGB chart and compare each patch with what is computed by hand. */
static void check_by_hand(enum format format, const struct space *space, int tolerance)
{
	struct raster made = workshop_make(&workshop, chart_file(3, ".png", NULL), "target", format);

	assert_int_equal(made.bands, 3);
	for (int patch = 0; patch < PATCHES; patch++) {
		int rgb[4];

		patch_samples(patch, 3, rgb);
		for (int i = 0; i < 3; i++)
			if (abs(chart_get(&made, patch, i) - convert(space, rgb, i)) > tolerance)
				fail_msg("%s, patch %d, band %d: %d, not %d", format_name(format), patch, i,
					chart_get(&made, patch, i), convert(space, rgb, i));
	}
	free(made.samples);
}

static const struct {
	enum format format;
	int tolerance;
} formats[] = {
	{ FORMAT_JPEG, 3 },
	{ FORMAT_PNG, 1 },
	{ FORMAT_TIFF, 1 },
	{ FORMAT_WEBP, 1 },
	{ FORMAT_AVIF, 6 },
};

static void rgb_comes_out_as_the_standards_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
		if (!(engine_writable() & FORMAT_BIT(formats[i].format)))
			continue;
		use_target(icc_of(rgb_profile(adobe_primaries, 2.19921875)), MODEL_RGB);
		check_by_hand(formats[i].format, &adobe, formats[i].tolerance);
		use_target(icc_of(rgb_profile(p3_primaries, 0)), MODEL_RGB);
		check_by_hand(formats[i].format, &display_p3, formats[i].tolerance);
	}
}

/* What Little CMS makes of a row of samples in floating point, with nothing precomputed. */
static void convert_exactly(
	const struct raster *from, const struct icc *source, const struct icc *target, int bands, double *to)
{
	static const cmsUInt32Number forms[] = {
		[1] = TYPE_GRAY_DBL, [3] = TYPE_RGB_DBL, [4] = TYPE_CMYK_DBL
	};
	cmsHPROFILE in = cmsOpenProfileFromMem(source->data, (cmsUInt32Number)source->size_bytes);
	cmsHPROFILE out = cmsOpenProfileFromMem(target->data, (cmsUInt32Number)target->size_bytes);
	cmsHTRANSFORM transform = cmsCreateTransform(in, cms_form(from), out, forms[bands],
		INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_NOOPTIMIZE);

	assert_non_null(transform);
	cmsDoTransform(transform, from->samples, to, (cmsUInt32Number)from->width);
	cmsDeleteTransform(transform);
	cmsCloseProfile(in);
	cmsCloseProfile(out);
}

/* Make the chart, which is in `source`, and compare each patch of it. */
static void check_by_cms(int bands, const struct icc *source, struct icc target, enum colour_model model,
	enum format format, int tolerance)
{
	int made_bands = model == MODEL_GREY ? 1 : model == MODEL_CMYK ? 4 : 3;
	struct raster chart = chart_new(bands, 8), middles = chart_middles(&chart), made;
	double exact[PATCHES * 4], most = model == MODEL_CMYK ? 100 : 1;

	convert_exactly(&middles, source, &target, made_bands, exact);
	use_target(target, model);
	made = workshop_make(&workshop, chart_file(bands, ".tif", source), "target", format);
	assert_int_equal(made.bands, made_bands);
	assert_int_equal(made.bits, 8);
	for (int patch = 0; patch < PATCHES; patch++)
		for (int i = 0; i < made_bands; i++) {
			double should = fmin(fmax(exact[patch * made_bands + i] / most, 0), 1) * 255;

			if (fabs(chart_get(&made, patch, i) - should) > tolerance)
				fail_msg("%s, patch %d, band %d: %d, not %.1f", format_name(format), patch, i,
					chart_get(&made, patch, i), should);
		}
	free(chart.samples);
	free(middles.samples);
	free(made.samples);
}

static void any_model_is_brought_into_any_other(void **state)
{
	struct icc srgb = icc_of(cmsCreate_sRGBProfile()),
		   wide = icc_of(rgb_profile(prophoto_primaries, 1.8));
	struct icc inks = default_cmyk(), dots = icc_of(dot_gain_profile());
	const struct {
		int bands;
		const struct icc *icc;
	} sources[] = { { 3, &srgb }, { 3, &wide }, { 4, &inks }, { 1, &dots } };

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
		int bands = sources[i].bands;
		const struct icc *source = sources[i].icc;

		check_by_cms(bands, source, icc_of(rgb_profile(p3_primaries, 0)), MODEL_RGB, FORMAT_PNG,
			TOLERANCE);
		check_by_cms(bands, source, icc_of(grey_profile(1.8)), MODEL_GREY, FORMAT_PNG, TOLERANCE);
		check_by_cms(bands, source, icc_of(grey_profile(1.8)), MODEL_GREY, FORMAT_JPEG, 3);
		if (bands == 4)
			continue;
		check_by_cms(bands, source, default_cmyk(), MODEL_CMYK, FORMAT_TIFF, 4);
		check_by_cms(bands, source, default_cmyk(), MODEL_CMYK, FORMAT_JPEG, 6);
	}
	free(srgb.data);
	free(wide.data);
	free(inks.data);
	free(dots.data);
}

static void what_is_in_it_already_is_not_converted(void **state)
{
	struct icc inks = default_cmyk();
	struct raster made;

	(void)state;
	use_target(default_cmyk(), MODEL_CMYK);
	made = workshop_make(&workshop, chart_file(4, ".tif", &inks), "target", FORMAT_TIFF);
	for (int patch = 0; patch < PATCHES; patch++) {
		int samples[4];

		patch_samples(patch, 4, samples);
		for (int i = 0; i < 4; i++)
			assert_int_equal(chart_get(&made, patch, i), samples[i]);
	}
	free(made.samples);
	free(inks.data);
}

/* Whether the output has exactly these bytes for its profile. */
static void check_attached(const void *icc, size_t icc_bytes)
{
	VipsImage *image = workshop_open(&workshop, "target");
	const void *found;
	size_t found_bytes;

	assert_int_equal(vips_image_get_blob(image, VIPS_META_ICC_NAME, &found, &found_bytes), 0);
	assert_int_equal(found_bytes, icc_bytes);
	assert_memory_equal(found, icc, icc_bytes);
	g_object_unref(image);
}

static void the_profile_is_embedded_under_every_policy(void **state)
{
	(void)state;
	use_target(icc_of(rgb_profile(p3_primaries, 0)), MODEL_RGB);
	for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
		for (enum metadata_policy policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
			if (!(engine_writable() & FORMAT_BIT(formats[i].format)))
				continue;
			workshop.output->metadata = policy;
			assert_int_equal(workshop_try(&workshop, chart_file(3, ".png", NULL), "target",
						 formats[i].format),
				0);
			check_attached(workshop.output->colour_profile->data,
				workshop.output->colour_profile->size_bytes);
		}
}

/* A studio's own sRGB: nothing is to be converted. */
static void an_srgb_of_ones_own_leaves_the_pixels(void **state)
{
	struct raster made;

	(void)state;
	use_target(icc_of(cmsCreate_sRGBProfile()), MODEL_RGB);
	made = workshop_make(&workshop, chart_file(3, ".png", NULL), "target", FORMAT_PNG);
	for (int patch = 0; patch < PATCHES; patch++) {
		int rgb[4];

		patch_samples(patch, 3, rgb);
		for (int i = 0; i < 3; i++)
			assert_int_equal(chart_get(&made, patch, i), rgb[i]);
	}
	check_attached(workshop.output->colour_profile->data, workshop.output->colour_profile->size_bytes);
	free(made.samples);
}

static int half_transparent_file(void)
{
	return rgb_file(raster_plain(60, 40, 4, (const int[]){ 0, 0, 0, 128 }), ".png");
}

static void alpha_stays_or_lies_on_the_background_in_its_colours(void **state)
{
	struct raster made;

	(void)state;
	use_target(icc_of(rgb_profile(adobe_primaries, 2.19921875)), MODEL_RGB);
	made = workshop_make(&workshop, half_transparent_file(), "target", FORMAT_PNG);
	check_pixel(&made, 10, 10, 0, (const int[]){ 0, 0, 0, 128 });
	free(made.samples);
	workshop.output->background = (struct rgb){ 255, 0, 0 };
	made = workshop_make(&workshop, half_transparent_file(), "target", FORMAT_JPEG);
	/* red has 219 of 255 in AdobeRGB */
	check_pixel(&made, 10, 10, 3, (const int[]){ 109, 0, 0 });
	free(made.samples);
	workshop.output->background = (struct rgb){ 255, 255, 255 };
	use_target(default_cmyk(), MODEL_CMYK);
	made = workshop_make(&workshop,
		rgb_file(raster_plain(60, 40, 4, (const int[]){ 0, 0, 0, 0 }), ".png"), "target",
		FORMAT_TIFF);
	check_pixel(&made, 10, 10, 2, (const int[]){ 0, 0, 0, 0 });
	free(made.samples);
}

/* A mark of one colour over a grey picture, in the middle. */
static void check_mark(enum format format, int tolerance, const int *expected)
{
	const char *path = scratch_path(&workshop.scratch, "mark.png");
	struct raster red = raster_plain(20, 20, 4, (const int[]){ 255, 0, 0, 255 }), made;
	VipsImage *image = raster_image(&red, VIPS_INTERPRETATION_sRGB);

	assert_int_equal(vips_pngsave(image, path, NULL), 0);
	g_object_unref(image);
	free(red.samples);
	workshop_mark(&workshop, path);
	workshop.output->mark.position = GRAVITY_C;
	made = workshop_make(&workshop,
		rgb_file(raster_plain(120, 80, 3, (const int[]){ 90, 90, 90 }), ".jpg[Q=95]"), "target",
		format);
	check_pixel(&made, 30, 20, tolerance, expected);
	free(made.samples);
}

static void marks_have_their_colours_there(void **state)
{
	struct icc srgb = icc_of(cmsCreate_sRGBProfile()), inks = default_cmyk();
	struct raster red = raster_plain(1, 1, 3, (const int[]){ 255, 0, 0 });
	double exact[4];

	(void)state;
	use_target(icc_of(rgb_profile(adobe_primaries, 2.19921875)), MODEL_RGB);
	check_mark(FORMAT_JPEG, 3, (const int[]){ 219, 0, 0 });
	use_target(icc_of(rgb_profile(p3_primaries, 0)), MODEL_RGB);
	check_mark(FORMAT_PNG, 1, (const int[]){ 234, 51, 35 });
	convert_exactly(&red, &srgb, &inks, 4, exact);
	use_target(inks, MODEL_CMYK);
	check_mark(FORMAT_TIFF, 3,
		(const int[]){ (int)lround(exact[0] * 2.55), (int)lround(exact[1] * 2.55),
			(int)lround(exact[2] * 2.55), (int)lround(exact[3] * 2.55) });
	/* grey is what was asked for, whatever the mark's colour: red has 0.2126 of the light */
	use_target(icc_of(grey_profile(2.2)), MODEL_GREY);
	check_mark(FORMAT_PNG, 6, (const int[]){ (int)lround(255 * pow(0.2225, 1 / 2.2)) });
	free(red.samples);
	free(srgb.data);
}

/* Half dark, half light. */
static int edge_file(void)
{
	struct raster raster = raster_new(120, 80, 3, 8);

	for (int y = 0; y < 80; y++)
		for (int x = 0; x < 120; x++)
			raster_set(&raster, x, y,
				x < 60 ? (const int[]){ 90, 90, 90 } : (const int[]){ 170, 170, 170 });
	return rgb_file(raster, ".png");
}

static void what_becomes_inks_is_sharpened_before(void **state)
{
	struct raster plain, sharp;

	(void)state;
	use_target(default_cmyk(), MODEL_CMYK);
	workshop.output->resize.mode = SIZE_KEEP;
	plain = workshop_make(&workshop, edge_file(), "target", FORMAT_TIFF);
	workshop.output->sharpen = (struct sharpen_settings){ 0.6, 1, 16 };
	sharp = workshop_make(&workshop, edge_file(), "target", FORMAT_TIFF);
	assert_string_equal(workshop.reply.warning, "");
	assert_int_equal(raster_get(&sharp, 10, 40, 3), raster_get(&plain, 10, 40, 3));
	assert_true(raster_get(&sharp, 59, 40, 3) > raster_get(&plain, 59, 40, 3));
	free(plain.samples);
	free(sharp.samples);
}

/* A scanner's: it says what its numbers are, and no more. */
static struct icc scanner_profile(void)
{
	cmsHPROFILE rgb = rgb_profile(adobe_primaries, 2.2), lab = cmsCreateLab4Profile(NULL);
	cmsHTRANSFORM transform =
		cmsCreateTransform(rgb, TYPE_RGB_16, lab, TYPE_Lab_16, INTENT_RELATIVE_COLORIMETRIC, 0);
	cmsHPROFILE link = cmsTransform2DeviceLink(transform, 4.3, cmsFLAGS_FORCE_CLUT);

	cmsSetDeviceClass(link, cmsSigInputClass);
	cmsSetColorSpace(link, cmsSigRgbData);
	cmsSetPCS(link, cmsSigLabData);
	cmsDeleteTransform(transform);
	cmsCloseProfile(rgb);
	cmsCloseProfile(lab);
	return icc_of(link);
}

static void what_colours_cannot_be_brought_into_is_refused(void **state)
{
	struct err err = { 0 };

	(void)state;
	workshop.output->colour_file = g_strdup("x.icc");
	use_target(icc_of(rgb_profile(adobe_primaries, 2.2)), MODEL_RGB);
	assert_int_equal(maker_check(workshop.maker, &err), 0);
	memset(workshop.output->colour_profile->data + 128, 0xff, 12); /* the number of tags, and the first */
	assert_int_equal(maker_check(workshop.maker, &err), -1);
	assert_string_equal(
		err.text, "--colour 'x.icc': is damaged, or of a kind that Little CMS does not know");
	use_target(scanner_profile(), MODEL_RGB);
	assert_int_equal(maker_check(workshop.maker, &err), -1);
	assert_non_null(strstr(err.text, "--colour 'x.icc': colours cannot be converted into it"));
}

static void adobergb_is_known_by_what_it_does(void **state)
{
	static const struct {
		const double *primaries;
		double gamma;
		bool adobe;
	} rows[] = {
		{ adobe_primaries, 2.19921875, true },
		{ adobe_primaries, 2.2, true },
		{ adobe_primaries, 1.8, false },
		{ p3_primaries, 2.2, false },
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct icc icc = icc_of(rgb_profile(rows[i].primaries, rows[i].gamma));
		struct profile *profile = profile_open(icc.data, icc.size_bytes);

		assert_int_equal(profile_is_adobe(profile), rows[i].adobe);
		profile_free(profile);
		free(icc.data);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(rgb_comes_out_as_the_standards_say),
		TEST(any_model_is_brought_into_any_other),
		TEST(what_is_in_it_already_is_not_converted),
		TEST(the_profile_is_embedded_under_every_policy),
		TEST(an_srgb_of_ones_own_leaves_the_pixels),
		TEST(alpha_stays_or_lies_on_the_background_in_its_colours),
		TEST(marks_have_their_colours_there),
		TEST(what_becomes_inks_is_sharpened_before),
		TEST(what_colours_cannot_be_brought_into_is_refused),
		TEST(adobergb_is_known_by_what_it_does),
	};

	return cmocka_run_group_tests(tests, start_engine, NULL);
}
