/*
 * Marks that wait for the picture, through the whole of a maker: which version and which corner are seen in
 * what was made. JPEGs go through the planar lane, all else through the vips lane.
 */
#include "chart.h"

#define GREY(level) ((const int[]){ level, level, level, 255 })
#define DARK 20
#define BRIGHT 235

static struct workshop workshop;
static struct mark_settings *mark;

/* A mark of one colour and of so many pixels, as a file. */
static char *mark_file(const char *name, int width, int height, const int *colour)
{
	char *path = g_strdup(scratch_path(&workshop.scratch, "%s", name));
	struct raster raster = raster_plain(width, height, 3, colour);
	VipsImage *image = raster_image(&raster, VIPS_INTERPRETATION_sRGB);

	assert_int_equal(vips_pngsave(image, path, NULL), 0);
	g_object_unref(image);
	free(raster.samples);
	return path;
}

/* A white and a black one. */
static void use_pair(struct mark_settings *settings, int width, int height)
{
	char name[40];

	g_free(settings->light);
	g_free(settings->dark);
	snprintf(name, sizeof(name), "light-%d.png", width);
	settings->light = mark_file(name, width, height, GREY(255));
	snprintf(name, sizeof(name), "dark-%d.png", width);
	settings->dark = mark_file(name, width, height, GREY(0));
}

static int begin(void **state)
{
	(void)state;
	workshop_init(&workshop);
	mark = &workshop.output->mark;
	mark->margin = (struct length_spec){ LENGTH_PX, 10 };
	use_pair(mark, 40, 20);
	return 0;
}

static int end(void **state)
{
	(void)state;
	workshop_finish(&workshop);
	return 0;
}

static struct raster halves(int width, int height, int left, int right)
{
	struct raster raster = raster_new(width, height, 3, 8);

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			raster_set(&raster, x, y, x * 2 < width ? GREY(left) : GREY(right));
	return raster;
}

static const struct {
	const char *suffix, *name;
	enum format format;
	int tolerance;
} files[] = {
	{ ".png", "a.png", FORMAT_PNG, 0 },
	{ ".jpg[Q=98]", "a.jpg", FORMAT_JPEG, 24 },
};

static struct raster make(struct raster picture, size_t file)
{
	return workshop_make(
		&workshop, rgb_file(picture, files[file].suffix), files[file].name, files[file].format);
}

/* Whether what is `level` covers this middle of a mark. */
static bool is_at(const struct raster *made, int x, int y, int level)
{
	return abs(raster_get(made, x, y, 0) - level) <= 24;
}

static void each_place_has_the_version_for_what_lies_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4 * (GRAVITY_SE + 1) * G_N_ELEMENTS(files); i++) {
		int width = i & 1 ? 200 : 300, height = i & 1 ? 300 : 200;
		int left = i & 2 ? DARK : BRIGHT, right = i & 2 ? BRIGHT : DARK;
		enum gravity gravity = (enum gravity)(i / 4 % (GRAVITY_SE + 1));
		int across = (int)gravity % 3, down = (int)gravity / 3;
		int beneath = across == 0 ? left : right;
		/* in the middle it lies on both, and the light one is taken */
		int wanted = across == 1 || beneath == DARK ? 255 : 0;
		struct raster made;

		mark->position = gravity;
		made = make(halves(width, height, left, right), i / 4 / (GRAVITY_SE + 1));
		if (!is_at(&made, 30 + (width - 60) * across / 2, 20 + (height - 40) * down / 2, wanted))
			fail_msg("gravity %d on %dx%d, %d and %d: not %d", gravity, width, height, left,
				right, wanted);
		assert_true(workshop.reply.outputs[0].marked);
		free(made.samples);
	}
}

static void noise_in(const struct raster *raster, bool east, bool south)
{
	int left = east ? raster->width / 2 : 0, top = south ? raster->height / 2 : 0;
	uint32_t seed = 7;

	for (int y = top; y < top + raster->height / 2; y++)
		for (int x = left; x < left + raster->width / 2; x++) {
			int level = (int)((seed = seed * 1103515245u + 12345u) >> 16) % 200 + 20;

			raster_set(raster, x, y, GREY(level));
		}
}

/* Grey, with noise in three quarters. */
static struct raster noise_but(int width, int height, int level, int calm)
{
	struct raster raster = raster_plain(width, height, 3, GREY(level));

	for (int i = 0; i < 4; i++)
		if (i != calm)
			noise_in(&raster, i % 2, i / 2);
	return raster;
}

static void calm_is_the_corner_without_noise(void **state)
{
	(void)state;
	mark->position = GRAVITY_CALM;
	for (size_t i = 0; i < 16 * G_N_ELEMENTS(files); i++) {
		int width = i & 1 ? 200 : 300, height = i & 1 ? 300 : 200, level = i & 2 ? DARK : BRIGHT;
		int calm = (int)i / 4 % 4;
		struct raster made = make(noise_but(width, height, level, calm), i / 16);

		/* the place first, and then the version */
		if (!is_at(&made, calm % 2 ? width - 30 : 30, calm / 2 ? height - 20 : 20,
			    level == DARK ? 255 : 0))
			fail_msg("corner %d of %dx%d: it is not there", calm, width, height);
		free(made.samples);
	}
}

static void on_plain_ground_calm_is_the_south_east(void **state)
{
	(void)state;
	mark->position = GRAVITY_CALM;
	for (size_t i = 0; i < 2 * G_N_ELEMENTS(files); i++) {
		int level = i % 2 ? DARK : BRIGHT;
		struct raster made = make(raster_plain(300, 200, 3, GREY(level)), i / 2);

		check_pixel(&made, 270, 180, 24, i % 2 ? GREY(255) : GREY(0));
		check_pixel(&made, 30, 20, 24, GREY(level));
		free(made.samples);
	}
}

static void calm_is_found_on_the_upright_picture(void **state)
{
	(void)state;
	mark->position = GRAVITY_CALM;
	for (int orientation = 1; orientation <= 8; orientation++) {
		bool turned = orientation >= 5;
		struct raster picture = raster_plain(turned ? 200 : 300, turned ? 300 : 200, 3, GREY(200));
		/* the corner of the stored picture that is the upright one's north-west */
		static const int stored[] = { 0, 1, 3, 2, 0, 2, 3, 1 };
		struct raster made;

		for (int i = 0; i < 4; i++)
			if (i != stored[orientation - 1])
				noise_in(&picture, i % 2, i / 2);
		made = workshop_make(&workshop, turned_file(picture, orientation), "up.jpg", FORMAT_JPEG);
		if (!is_at(&made, 30, 20, 0))
			fail_msg("orientation %d: not in the north-west", orientation);
		free(made.samples);
	}
}

static void text_may_be_calm(void **state)
{
	(void)state;
	g_clear_pointer(&mark->light, g_free);
	g_clear_pointer(&mark->dark, g_free);
	workshop_text(&workshop, "\xe2\x96\x88\xe2\x96\x88", "DejaVu Sans Mono");
	mark->style.colour = (struct rgb){ 255, 255, 255 };
	mark->style.size = (struct length_spec){ LENGTH_PX, 30 };
	mark->position = GRAVITY_CALM;
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		struct raster made = make(noise_but(300, 200, DARK, 2), i);

		assert_true(is_at(&made, 20, 178, 255));
		free(made.samples);
	}
}

static int kind_file(
	int bands, int bits, VipsInterpretation interpretation, const struct icc *icc, const int *pixel)
{
	struct raster picture = raster_new(300, 200, bands, bits);
	VipsImage *image;
	int fd;

	raster_fill(&picture, pixel);
	image = raster_image(&picture, interpretation);
	fd = image_file(image, ".tif", icc ? icc->data : NULL, icc ? icc->size_bytes : 0);
	g_object_unref(image);
	free(picture.samples);
	return fd;
}

static void pictures_of_every_kind_are_looked_at(void **state)
{
	const struct icc prophoto = icc_of(rgb_profile(prophoto_primaries, 1.8)), cmyk = default_cmyk();
	/* the middle grey of ProPhoto is 98 */
	const struct {
		int bands, bits;
		VipsInterpretation interpretation;
		const struct icc *icc;
		enum format format;
		int dark[5], bright[5], white[5];
	} rows[] = {
		{ 1, 8, VIPS_INTERPRETATION_B_W, NULL, FORMAT_PNG, { 70 }, { 180 }, { 255 } },
		{ 1, 16, VIPS_INTERPRETATION_GREY16, NULL, FORMAT_PNG, { 18000 }, { 46000 }, { 65535 } },
		{ 2, 8, VIPS_INTERPRETATION_B_W, NULL, FORMAT_PNG, { 70, 255 }, { 180, 255 }, { 255, 255 } },
		{ 3, 8, VIPS_INTERPRETATION_sRGB, &prophoto, FORMAT_TIFF, { 75, 75, 75 }, { 125, 125, 125 },
			{ 255, 255, 255 } },
		{ 3, 16, VIPS_INTERPRETATION_RGB16, &prophoto, FORMAT_PNG, { 19300, 19300, 19300 },
			{ 32000, 32000, 32000 }, { 65535, 65535, 65535 } },
		{ 4, 8, VIPS_INTERPRETATION_sRGB, NULL, FORMAT_PNG, { 70, 70, 70, 255 },
			{ 180, 180, 180, 255 }, { 255, 255, 255, 255 } },
		{ 4, 16, VIPS_INTERPRETATION_RGB16, NULL, FORMAT_TIFF, { 18000, 18000, 18000, 65535 },
			{ 46000, 46000, 46000, 65535 }, { 65535, 65535, 65535, 65535 } },
		{ 4, 8, VIPS_INTERPRETATION_CMYK, &cmyk, FORMAT_TIFF, { 180, 150, 150, 120 },
			{ 40, 20, 20, 0 }, { 0, 0, 0, 0 } },
		{ 4, 8, VIPS_INTERPRETATION_CMYK, &cmyk, FORMAT_JPEG, { 180, 150, 150, 120 },
			{ 40, 20, 20, 0 }, { 0, 0, 0, 0 } },
	};

	(void)state;
	workshop.output->colour = COLOUR_KEEP;
	for (size_t i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
		bool bright = i % 2;
		struct raster made = workshop_make(&workshop,
			kind_file(rows[i / 2].bands, rows[i / 2].bits, rows[i / 2].interpretation,
				rows[i / 2].icc, bright ? rows[i / 2].bright : rows[i / 2].dark),
			"kind", rows[i / 2].format);
		int off = 0;

		assert_int_equal(made.bands, rows[i / 2].bands);
		assert_int_equal(made.bits, rows[i / 2].bits);
		for (int k = 0; k < made.bands; k++)
			off = MAX(off, abs(raster_get(&made, 270, 180, k) - rows[i / 2].white[k]));
		if (bright != (off > (1 << made.bits) / 8))
			fail_msg("row %zu, %s: %d", i / 2, bright ? "bright" : "dark",
				raster_get(&made, 270, 180, 0));
		free(made.samples);
	}
	free(prophoto.data);
	free(cmyk.data);
}

static void what_is_clear_counts_as_the_background(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct raster made;
		uint8_t level = i ? BRIGHT : DARK;

		workshop.output->background = (struct rgb){ level, level, level };
		made = workshop_make(&workshop,
			rgb_file(raster_plain(300, 200, 4, ((const int[]){ 128, 128, 128, 0 })), ".png"),
			"clear.png", FORMAT_PNG);
		check_pixel(&made, 270, 180, 0, i ? GREY(0) : GREY(255));
		free(made.samples);
	}
}

static void what_is_padded_counts_too(void **state)
{
	(void)state;
	workshop_resize(&workshop, "200x200:pad");
	for (size_t i = 0; i < 2 * G_N_ELEMENTS(files); i++) {
		struct raster made;
		uint8_t level = i % 2 ? BRIGHT : DARK;

		workshop.output->background = (struct rgb){ level, level, level };
		made = make(raster_plain(400, 200, 3, GREY(255 - level)), i / 2);
		check_pixel(&made, 170, 180, 24, i % 2 ? GREY(0) : GREY(255));
		free(made.samples);
	}
}

static void sharpened_and_fitted_pictures_are_stamped_last(void **state)
{
	static const struct sharpen_settings strong = { 0.6, 5, 24 };

	(void)state;
	mark->position = GRAVITY_CALM;
	workshop.output->sharpen = strong;
	workshop.output->max_bytes = 60000;
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		struct raster made;

		if (files[i].format != FORMAT_JPEG)
			workshop.output->max_bytes = 0;
		made = make(noise_but(300, 200, BRIGHT, 1), i);
		workshop.output->max_bytes = 60000;
		assert_true(is_at(&made, 270, 20, 0));
		free(made.samples);
	}
	/* the vips lane, more than once encoded */
	workshop.settings.run.lane = LANE_WISH_VIPS;
	{
		struct raster made = make(noise_but(300, 200, BRIGHT, 1), 1);

		assert_true(workshop.reply.outputs[0].size_bytes <= 60000);
		assert_true(is_at(&made, 270, 20, 0));
		free(made.samples);
	}
}

static void tiles_go_by_the_whole_picture(void **state)
{
	(void)state;
	mark->position = GRAVITY_TILE;
	for (size_t i = 0; i < 2 * G_N_ELEMENTS(files); i++) {
		int level = i % 2 ? BRIGHT : DARK;
		struct raster picture = raster_plain(300, 200, 3, GREY(level)), made;

		/* where its middle one lies it is the other way round */
		for (int y = 60; y < 140; y++)
			for (int x = 100; x < 200; x++)
				raster_set(&picture, x, y, GREY(255 - level));
		made = make(picture, i / 2);
		check_pixel(&made, 150, 100, 24, i % 2 ? GREY(0) : GREY(255));
		free(made.samples);
	}
}

static void a_version_in_colour_makes_grey_pictures_coloured(void **state)
{
	(void)state;
	g_free(mark->dark);
	mark->dark = mark_file("red.png", 40, 20, (const int[]){ 200, 30, 60 });
	for (int i = 0; i < 2; i++) {
		struct raster made = workshop_make(&workshop,
			raster_file(raster_plain(300, 200, 1, (const int[]){ i ? BRIGHT : DARK }),
				VIPS_INTERPRETATION_B_W, ".png"),
			"grey.png", FORMAT_PNG);

		/* all of a shoot alike */
		assert_int_equal(made.bands, 3);
		check_pixel(&made, 270, 180, 1, i ? ((const int[]){ 200, 30, 60 }) : GREY(255));
		free(made.samples);
	}
}

static void several_marks_each_decide_and_keep_their_order(void **state)
{
	static const char *const labels[] = { "fixed", "calm" };
	struct mark_settings *fixed, *calm;

	(void)state;
	settings_name_marks(&workshop.settings, labels, 2);
	workshop.output->marks = g_strsplit("fixed,calm", ",", -1);
	fixed = &workshop.settings.marks[0].mark;
	calm = &workshop.settings.marks[1].mark;
	/* over the output's own */
	fixed->file = mark_file("fixed.png", 20, 60, GREY(128));
	fixed->margin = calm->margin = mark->margin;
	use_pair(calm, 60, 10);
	calm->position = GRAVITY_CALM;
	mark->position = GRAVITY_SE;
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		struct raster made = make(halves(300, 200, BRIGHT, DARK), i);

		check_pixel(&made, 255, 175, 24, GREY(255)); /* its own */
		check_pixel(&made, 280, 150, 24, GREY(128));
		check_pixel(&made, 280, 185, 24, GREY(128));
		check_pixel(&made, 40, 185, 24, GREY(0)); /* calm, off the others */
		free(made.samples);
		made = make(noise_but(300, 200, BRIGHT, 0), i);
		check_pixel(&made, 40, 15, 24, GREY(0));
		check_pixel(&made, 280, 185, 24, GREY(128));
		free(made.samples);
	}
}

static void a_pair_of_which_one_does_not_fit_is_left_out_as_one(void **state)
{
	(void)state;
	g_free(mark->dark);
	mark->dark = mark_file("wide.png", 400, 20, GREY(0));
	mark->oversize = OVERSIZE_SKIP;
	for (int i = 0; i < 2; i++) {
		int level = i ? BRIGHT : DARK;
		struct raster made = make(raster_plain(300, 200, 3, GREY(level)), 0);

		check_pixel(&made, 270, 180, 0, GREY(level));
		assert_false(workshop.reply.outputs[0].marked);
		assert_non_null(strstr(workshop.reply.warning, "left out"));
		free(made.samples);
	}
	mark->oversize = OVERSIZE_FAIL;
	assert_int_equal(workshop_try(&workshop, rgb_file(raster_plain(300, 200, 3, GREY(DARK)), ".png"),
				 "a.png", FORMAT_PNG),
		-1);
	assert_non_null(strstr(workshop.reply.err.text, "wide.png: does not fit"));
}

static void both_versions_are_checked_before_any_picture(void **state)
{
	char **files_of[] = { &mark->light, &mark->dark };

	(void)state;
	assert_int_equal(maker_check_marks(workshop.maker, &workshop.reply.err), 0);
	for (size_t i = 0; i < G_N_ELEMENTS(files_of); i++) {
		char *good = *files_of[i];

		*files_of[i] = g_strdup("nowhere.png");
		assert_int_equal(maker_check_marks(workshop.maker, &workshop.reply.err), -1);
		assert_int_equal(workshop.reply.err.reason, REASON_WATERMARK);
		assert_non_null(strstr(workshop.reply.err.text, "nowhere.png"));
		g_free(*files_of[i]);
		*files_of[i] = good;
	}
}

/* Too large to be held, and so decoded while it is measured. */
static void a_large_picture_that_is_cut_short_fails_as_such(void **state)
{
	struct raster picture = raster_plain(4300, 4000, 3, GREY(90));
	int fd = rgb_file(picture, ".jpg[Q=95]");
	struct stat status;

	(void)state;
	mark->position = GRAVITY_CALM;
	workshop.settings.run.lane = LANE_WISH_VIPS;
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(ftruncate(fd, status.st_size / 2), 0);
	assert_int_equal(workshop_try(&workshop, fd, "cut.jpg", FORMAT_JPEG), -1);
	assert_int_equal(workshop.reply.err.reason, REASON_TRUNCATED);
}

int main(void)
{
#define CHOSEN(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		CHOSEN(each_place_has_the_version_for_what_lies_there),
		CHOSEN(calm_is_the_corner_without_noise),
		CHOSEN(on_plain_ground_calm_is_the_south_east),
		CHOSEN(calm_is_found_on_the_upright_picture),
		CHOSEN(text_may_be_calm),
		CHOSEN(pictures_of_every_kind_are_looked_at),
		CHOSEN(what_is_clear_counts_as_the_background),
		CHOSEN(what_is_padded_counts_too),
		CHOSEN(sharpened_and_fitted_pictures_are_stamped_last),
		CHOSEN(tiles_go_by_the_whole_picture),
		CHOSEN(a_version_in_colour_makes_grey_pictures_coloured),
		CHOSEN(several_marks_each_decide_and_keep_their_order),
		CHOSEN(a_pair_of_which_one_does_not_fit_is_left_out_as_one),
		CHOSEN(both_versions_are_checked_before_any_picture),
		CHOSEN(a_large_picture_that_is_cut_short_fails_as_such),
	};

	return cmocka_run_group_tests(tests, start_engine, NULL);
}
