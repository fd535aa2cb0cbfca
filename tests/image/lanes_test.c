/* The planar lane against the vips lane: nobody can tell but by the clock. */
#include "lanes.h"

#include "image/attach.h"
#include "image/jpeg_encoder.h"
#include "image/planes_paint.h"
#include "image/profile.h"
#include "image/ycc.h"

static struct lanes lanes;
static struct workshop *const workshop = &lanes.workshop;
static struct jpeg_encoder *encoder;
static struct planes photo, even, waves; /* chroma at full size; `even` is in steps of 8 pixels */
static char *logo;

/* A picture from samples/, as planes. */
static void load(const char *name, int width_px, int height_px, struct planes *planes)
{
	g_autofree char *path = g_build_filename(g_getenv("TESTDATA"), "..", "samples", name, NULL);
	VipsImage *file = vips_image_new_from_file(path, NULL), *part = NULL;
	struct raster raster;

	assert_non_null(file);
	assert_int_equal(vips_crop(file, &part, 0, 0, width_px, height_px, NULL), 0);
	raster = raster_of(part);
	assert_int_equal(planes_reserve(planes, width_px, height_px, 3, 1, 1), 0);
	for (int y = 0; y < height_px; y++) {
		size_t at = (size_t)y * planes->plane[0].stride_bytes;

		ycc_row_from_rgb(raster.samples + (size_t)y * (size_t)width_px * 3,
			planes->plane[0].data + at, planes->plane[1].data + at, planes->plane[2].data + at,
			width_px);
	}
	free(raster.samples);
	g_object_unref(part);
	g_object_unref(file);
}

/* A zone plate: all frequencies up to the finest, which is what aliases. */
static void paint_waves(struct planes *planes, int size_px)
{
	assert_int_equal(planes_reserve(planes, size_px, size_px, 3, 1, 1), 0);
	for (int y = 0; y < size_px; y++)
		for (int x = 0; x < size_px; x++) {
			double r2 = (double)x * x + (double)y * y;
			size_t at = (size_t)y * planes->plane[0].stride_bytes + (size_t)x;

			planes->plane[0].data[at] =
				(uint8_t)lround(128 + 90 * cos(r2 * G_PI / (2.0 * size_px)));
			planes->plane[1].data[at] = (uint8_t)(118 + x * 20 / size_px);
			planes->plane[2].data[at] = (uint8_t)(138 - y * 20 / size_px);
		}
}

static int begin(void **state)
{
	(void)state;
	if (start_engine(state))
		return -1;
	lanes_init(&lanes);
	encoder = jpeg_encoder_new();
	load("photos/milky-way.jpg", 1001, 667, &photo);
	load("photos/milky-way.jpg", 1000, 664, &even);
	paint_waves(&waves, 700);
	logo = g_build_filename(g_getenv("TESTDATA"), "..", "samples", "logo.png", NULL);
	return encoder ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	g_free(logo);
	planes_finish(&photo);
	planes_finish(&even);
	planes_finish(&waves);
	jpeg_encoder_free(encoder);
	lanes_finish(&lanes);
	return 0;
}

/* The settings as they are at first, and a mark. */
static int reset(void **state)
{
	(void)state;
	lanes_reset(&lanes);
	workshop_mark(workshop, logo);
	workshop_resize(workshop, "500");
	return 0;
}

/* How a picture is stored. */
struct kind {
	int count, chroma_h, chroma_v;
	bool progressive;
	int orientation;
	const struct profile *profile;
};

static const struct kind usual = { 3, 2, 2, false, 1, NULL };

static void put_orientation(int orientation, struct blob *exif)
{
	static const uint8_t block[] = "Exif\0\0II*\0\10\0\0\0\1\0\22\1\3\0\1\0\0\0\0\0\0\0\0\0\0";

	exif->data = g_memdup2(block, sizeof(block));
	exif->data[24] = (uint8_t)orientation;
	exif->size_bytes = sizeof(block);
}

/* The picture as a JPEG of that kind. */
static int store(const struct planes *picture, const struct kind *kind)
{
	const struct jpeg_encode_options options = { .quality = 97, .progressive = kind->progressive };
	struct metadata metadata = { 0 };
	struct attachments attachments = { .metadata = &metadata, .density_x = 8, .density_y = 8 };
	GByteArray *file = g_byte_array_new();
	struct planes planes = { 0 };
	struct jpeg_file plain;
	struct err err;
	int fd;

	assert_int_equal(planes_subsample(picture, kind->chroma_h, kind->chroma_v, &planes), 0);
	planes.count = kind->count;
	if (kind->count == 1)
		planes.chroma_h = planes.chroma_v = 1;
	assert_int_equal(jpeg_encoder_encode(encoder, &planes, &options, &plain, &err), 0);
	if (kind->orientation)
		put_orientation(kind->orientation, &metadata.exif);
	if (kind->profile) {
		attachments.icc = kind->profile->icc;
		attachments.icc_bytes = kind->profile->icc_bytes;
	}
	g_byte_array_append(file, plain.data, 2);
	attach_jpeg(&attachments, true, file);
	g_byte_array_append(file, plain.data + 2, (guint)plain.size_bytes - 2);
	fd = memory_file(file->data, file->len);
	g_byte_array_unref(file);
	g_free(metadata.exif.data);
	planes_finish(&planes);
	return fd;
}

/* Make the picture on `fd` in both lanes, with the settings as they are, and compare. Closes `fd`. */
static void check_file(const char *what, int fd)
{
	bool made;
	const char *difference = lanes_compare(&lanes, what, fd, &made);

	if (difference || !made)
		fail_msg("%s: %s", what, difference ? difference : workshop->reply.err.text);
	close(fd);
}

static void check(const char *what, const struct planes *picture, const struct kind *kind)
{
	check_file(what, store(picture, kind));
}

static void every_sampling_is_equal(void **state)
{
	static const struct {
		const char *name;
		struct kind kind;
	} rows[] = {
		{ "4:2:0", { 3, 2, 2, false, 1, NULL } },
		{ "4:2:2", { 3, 2, 1, false, 1, NULL } },
		{ "4:4:0", { 3, 1, 2, false, 1, NULL } },
		{ "4:4:4", { 3, 1, 1, false, 1, NULL } },
		{ "grey", { 1, 1, 1, false, 1, NULL } },
		{ "progressive", { 3, 2, 2, true, 1, NULL } },
		{ "grey, progressive", { 1, 1, 1, true, 1, NULL } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		workshop->output->quality = 95;
		check(rows[i].name, &photo, &rows[i].kind);
		workshop->output->quality = 89; /* the best with less chroma */
		check(rows[i].name, &photo, &rows[i].kind);
	}
}

static void every_size_is_equal(void **state)
{
	static const char *const specs[] = { "1000", "999", "700", "501", "334", "200", "101", "64", "x300",
		"400x400:cover", "301x501:cover", "500x200:stretch", "401x401:pad", "402x300:pad", "50%",
		"mp:0.1", "short:250" };

	for (size_t i = 0; i < G_N_ELEMENTS(specs); i++) {
		workshop_resize(workshop, specs[i]);
		workshop->output->quality = 95;
		check(specs[i], &photo, &usual);
		workshop->output->quality = 89;
		check(specs[i], &photo, &usual);
	}
}

/* What little differs is sharpened too: print:high comes to 39.9 dB on this noisy picture. */
static void sharpened_pictures_are_equal(void **state)
{
	static const struct kind turned = { 3, 2, 2, false, 6, NULL }, grey = { 1, 1, 1, false, 1, NULL };
	static const struct sharpen_settings how[] = { { 0.6, 1, 16 }, { 1, 1.2, 24 } };

	for (size_t i = 0; i < G_N_ELEMENTS(how); i++) {
		workshop->output->sharpen = how[i];
		workshop->output->quality = 95;
		workshop_resize(workshop, "500");
		check("sharpened", &photo, &usual);
		check("sharpened, turned", &photo, &turned);
		check("sharpened, grey", &photo, &grey);
		workshop_resize(workshop, "401x401:pad");
		check("sharpened, on a canvas", &photo, &usual);
	}
}

static void pictures_that_keep_their_size_or_grow_are_equal(void **state)
{
	workshop->output->resize.mode = SIZE_KEEP;
	check("size kept", &photo, &usual);
	workshop->output->enlarge = true;
	workshop_resize(workshop, "1500");
	check("enlarged", &photo, &usual);
	workshop_resize(workshop, "1500x300:stretch");
	check("stretched", &photo, &usual);
}

static void every_orientation_is_equal(void **state)
{
	struct kind kind = usual;
	char what[40];

	for (kind.orientation = 1; kind.orientation <= 8; kind.orientation++) {
		snprintf(what, sizeof(what), "orientation %d", kind.orientation);
		workshop_resize(workshop, "501");
		workshop->output->quality = 95;
		check(what, &photo, &kind);
		workshop->output->quality = 89;
		check(what, &photo, &kind);
		workshop_resize(workshop, "301x401:cover");
		check(what, &photo, &kind);
	}
}

static void every_place_of_the_mark_is_equal(void **state)
{
	static const struct {
		const char *name;
		enum gravity position;
		double opacity, width_px, rotate_deg;
	} rows[] = {
		{ "nw", GRAVITY_NW, 1, 151, 0 },
		{ "ne", GRAVITY_NE, 0.5, 150, 0 },
		{ "c", GRAVITY_C, 1, 333, 0 },
		{ "sw", GRAVITY_SW, 0.25, 90, 0 },
		{ "se", GRAVITY_SE, 1, 40, 0 },
		{ "tile", GRAVITY_TILE, 0.5, 77, 0 },
		{ "turned", GRAVITY_SW, 0.5, 77, -30 },
		{ "upside down", GRAVITY_SE, 1, 77, 180 },
		{ "turned tiles", GRAVITY_TILE, 0.5, 77, -30 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		workshop->output->mark.position = rows[i].position;
		workshop->output->mark.opacity = rows[i].opacity;
		workshop->output->mark.rotate_deg = rows[i].rotate_deg;
		workshop->output->mark.size = (struct length_spec){ LENGTH_PX, rows[i].width_px };
		workshop->output->quality = 95;
		check(rows[i].name, &photo, &usual);
		workshop->output->quality = 89;
		check(rows[i].name, &photo, &usual);
	}
}

static void several_marks_are_equal(void **state)
{
	static const char *const labels[] = { "text" };
	struct output_settings *text;

	settings_name_marks(&workshop->settings, labels, 1);
	workshop->output->marks = g_strsplit("text", ",", -1);
	text = &workshop->settings.marks[0];
	text->mark.text = g_strdup("\xc2\xa9 {width} & <b>");
	text->mark.style.shadow.is_on = true;
	text->mark.style.size.number = 12;
	text->mark.rotate_deg = 15;
	text->mark.position = GRAVITY_C;
	workshop->output->quality = 95;
	check("two", &photo, &usual);
	workshop->output->quality = 89;
	check("two", &photo, &usual);
}

/* The same corner, and the same version of the mark: a part of the picture is made plain. */
static void marks_that_wait_for_the_picture_are_equal(void **state)
{
	static const struct kind turned = { 3, 2, 2, false, 6, NULL }, grey = { 1, 1, 1, false, 1, NULL };
	static const char *const specs[] = { "500", "99", "401x401:pad", "1000" };
	struct planes calm = { 0 };

	lanes_use_pair(&lanes);
	workshop->output->mark.position = GRAVITY_CALM;
	workshop->output->mark.size = (struct length_spec){ LENGTH_PERCENT, 30 };
	assert_int_equal(planes_subsample(&photo, 1, 1, &calm), 0);
	for (size_t i = 0; i < 4 * G_N_ELEMENTS(specs); i++) {
		struct plane *luma = &calm.plane[0];
		int left = i % 2 ? luma->width / 2 : 0, level = i % 4 / 2 ? 200 : 30;

		for (int y = 0; y < luma->height / 2; y++)
			memset(luma->data + (size_t)y * luma->stride_bytes + (size_t)left, level,
				(size_t)luma->width / 2);
		workshop_resize(workshop, specs[i / 4]);
		check("calm", &calm, &usual);
		check("calm, turned", &calm, &turned);
		check("calm, grey", &calm, &grey);
	}
	workshop_resize(workshop, "500");
	workshop->output->sharpen = (struct sharpen_settings){ 0.6, 1, 16 };
	check("calm, sharpened", &photo, &usual);
	workshop->output->mark.position = GRAVITY_TILE;
	check("tiled", &photo, &usual);
	planes_finish(&calm);
}

static void wide_gamuts_are_equal(void **state)
{
	struct profile *adobe = profile_make(OWN_ADOBE), *srgb = profile_make(OWN_SRGB);
	struct profile *grey = profile_make(OWN_GREY);
	const struct kind kinds[] = { { 3, 2, 2, false, 1, adobe }, { 3, 2, 2, false, 6, adobe },
		{ 3, 1, 1, false, 1, srgb }, { 1, 1, 1, false, 1, grey }, { 1, 1, 1, false, 1, adobe } };

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		workshop->output->quality = 95;
		workshop->output->colour = COLOUR_SRGB;
		check("to sRGB", &photo, &kinds[i]);
		workshop->output->quality = 89;
		check("to sRGB", &photo, &kinds[i]);
		workshop->output->colour = COLOUR_KEEP;
		check("kept", &photo, &kinds[i]);
	}
	profile_free(adobe);
	profile_free(srgb);
	profile_free(grey);
}

static void ask_for(const struct profile *profile)
{
	struct icc_file *file = g_new0(struct icc_file, 1);

	file->data = g_memdup2(profile->icc, profile->icc_bytes);
	file->size_bytes = profile->icc_bytes;
	file->model = profile->model;
	icc_file_free(workshop->output->colour_profile);
	workshop->output->colour = COLOUR_PROFILE;
	workshop->output->colour_profile = file;
}

static void profiles_that_are_asked_for_are_equal(void **state)
{
	struct profile *const profiles[] = { profile_make(OWN_ADOBE), profile_make(OWN_SRGB),
		profile_make(OWN_GREY) };
	const struct kind kinds[] = { usual, { 3, 1, 1, false, 6, profiles[0] },
		{ 1, 1, 1, false, 1, NULL } };

	for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++)
		for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
			ask_for(profiles[i]);
			workshop->output->sharpen = k == 0 ? (struct sharpen_settings){ 0.6, 1, 16 }
							   : (struct sharpen_settings){ 0 };
			workshop->output->quality = k == 0 ? 95 : 89;
			workshop_resize(workshop, k == 0 ? "500" : "401x401:pad");
			check("asked for", &photo, &kinds[k]);
		}
	for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++)
		profile_free(profiles[i]);
}

static void coloured_borders_are_equal(void **state)
{
	const struct kind grey = { 1, 1, 1, false, 1, NULL };

	workshop->output->background = (struct rgb){ 200, 30, 60 };
	workshop_resize(workshop, "401x401:pad");
	check("colour", &photo, &usual);
	check("grey", &photo, &grey);
}

static void a_zone_plate_is_equal(void **state)
{
	static const char *const specs[] = { "500", "350", "233", "100" };

	for (size_t i = 0; i < G_N_ELEMENTS(specs); i++) {
		workshop_resize(workshop, specs[i]);
		check(specs[i], &waves, &usual);
	}
}

/* How far a plane is from a value, at most and on average, over a rectangle in its own samples. */
struct swing {
	int most;
	double root_mean_square;
};

static struct swing swing_of(const struct plane *plane, int value, const VipsRect *area)
{
	struct swing swing = { 0, 0 };
	double squares = 0;

	for (int y = area->top; y < area->top + area->height; y++)
		for (int x = area->left; x < area->left + area->width; x++) {
			int off = abs(plane->data[(size_t)y * plane->stride_bytes + (size_t)x] - value);

			swing.most = MAX(swing.most, off);
			squares += off * off;
		}
	swing.root_mean_square = sqrt(squares / area->width / area->height);
	return swing;
}

/* Make `picture` in that lane, with the settings as they are. */
static void make_product(const struct planes *picture, enum lane_wish lane, struct product *product)
{
	int fd = store(picture, &usual);

	assert_true(lanes_make(&lanes, lane, fd, "product.jpg"));
	product_open(&lanes, "product.jpg", product);
	close(fd);
}

/* All frequencies that the result cannot hold lie in that corner: what is seen there is aliased. */
static void a_zone_plate_is_no_more_aliased(void **state)
{
	static const int sizes[] = { 350, 233, 175, 100 };

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		const int edge = sizes[i] * 3 / 4;
		const VipsRect corner = { edge, edge, sizes[i] - edge, sizes[i] - edge };
		struct product planar, vips;
		struct swing by_planar, by_vips;
		char spec[16];

		workshop_mark(workshop, NULL);
		snprintf(spec, sizeof(spec), "%d", sizes[i]);
		workshop_resize(workshop, spec);
		make_product(&waves, LANE_WISH_PLANAR, &planar);
		make_product(&waves, LANE_WISH_VIPS, &vips);
		by_planar = swing_of(&planar.planes.plane[0], 128, &corner);
		by_vips = swing_of(&vips.planes.plane[0], 128, &corner);
		if (by_planar.root_mean_square > 1.05 * by_vips.root_mean_square + 0.2)
			fail_msg("%d: planar %.2f, vips %.2f", sizes[i], by_planar.root_mean_square,
				by_vips.root_mean_square);
		product_close(&planar);
		product_close(&vips);
	}
}

/* Black and white in turns, with edges of all kinds of alpha. */
static char *make_grey_mark(void)
{
	const char *path = scratch_path(&workshop->scratch, "mark.png");
	struct raster raster = raster_new(97, 61, 4, 8);
	VipsImage *image;

	for (int y = 0; y < raster.height; y++)
		for (int x = 0; x < raster.width; x++) {
			int ink = (x / 5 + y / 7) % 2 ? 255 : 0, alpha = (x + y) % 3 ? 255 : (x * 37) % 256;
			const int pixel[] = { ink, ink, ink, alpha };

			raster_set(&raster, x, y, pixel);
		}
	image = raster_image(&raster, VIPS_INTERPRETATION_sRGB);
	assert_int_equal(vips_pngsave(image, path, NULL), 0);
	g_object_unref(image);
	free(raster.samples);
	return g_strdup(path);
}

/* A mark without colour on a picture without colour: whatever chroma shows is a fringe. */
static void the_marks_edges_have_no_fringes(void **state)
{
	const uint8_t grey[] = { 90, 128, 128 };
	struct planes plain = { 0 };
	char *mark = make_grey_mark();

	assert_int_equal(planes_reserve(&plain, 301, 203, 3, 1, 1), 0);
	planes_fill(&plain, grey);
	workshop->output->resize.mode = SIZE_KEEP;
	workshop_mark(workshop, mark);
	workshop->output->mark.margin = (struct length_spec){ LENGTH_PX, 7 };
	for (workshop->output->quality = 89; workshop->output->quality <= 95;
		workshop->output->quality += 6) {
		struct product planar, vips;

		make_product(&plain, LANE_WISH_PLANAR, &planar);
		make_product(&plain, LANE_WISH_VIPS, &vips);
		for (int i = 1; i < PLANES_MAX; i++) {
			const VipsRect all = { 0, 0, planar.planes.plane[i].width,
				planar.planes.plane[i].height };

			assert_true(swing_of(&planar.planes.plane[i], 128, &all).most <=
				    swing_of(&vips.planes.plane[i], 128, &all).most);
		}
		assert_true(planes_decibel(&planar.planes, &vips.planes, 0, 0) >= LANES_LEAST_DB);
		product_close(&planar);
		product_close(&vips);
	}
	planes_finish(&plain);
	g_free(mark);
}

/* On sides that the vips lane may shrink too: see DRIFT_PX in vips_lane.c. */
static void every_sampling_rule_is_equal(void **state)
{
	for (enum sampling sampling = SAMPLING_FAST; sampling <= SAMPLING_BEST; sampling++) {
		workshop->settings.run.sampling = sampling;
		workshop_resize(workshop, "240");
		check("240", &even, &usual);
		workshop_resize(workshop, "100");
		check("100", &even, &usual);
	}
}

static void every_encoding_is_equal(void **state)
{
	workshop->output->progressive = true;
	check("progressive", &photo, &usual);
	workshop->output->progressive = false;
	workshop->output->optimize = true;
	check("optimised", &photo, &usual);
	workshop->output->metadata = METADATA_NONE;
	check("without metadata", &photo, &usual);
	workshop->output->metadata = METADATA_ALL;
	workshop->output->copyright = g_strdup("Studio");
	check("with all metadata", &photo, &usual);
}

static int chroma_of_product(void)
{
	struct product product;
	int chroma;

	product_open(&lanes, "planar.jpg", &product);
	chroma = product.header.chroma_h * product.header.chroma_v;
	product_close(&product);
	return chroma;
}

static void chroma_that_is_asked_for_is_equal(void **state)
{
	static const struct {
		const char *name;
		enum chroma chroma;
		int quality, samples;
		int64_t max_bytes;
	} rows[] = {
		{ "4:2:0 at 95", CHROMA_420, 95, 4, 0 },
		{ "4:4:4 at 80", CHROMA_444, 80, 1, 0 },
		{ "4:4:4 at 95, to fit", CHROMA_AUTO, 95, 1, 40000 },
		{ "4:2:0 at 95, to fit", CHROMA_420, 95, 4, 40000 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		workshop->output->chroma = rows[i].chroma;
		workshop->output->quality = rows[i].quality;
		workshop->output->max_bytes = rows[i].max_bytes;
		check(rows[i].name, &photo, &usual);
		assert_int_equal(chroma_of_product(), rows[i].samples);
	}
}

int main(void)
{
#define LANES_TEST(test) cmocka_unit_test_setup(test, reset)
	const struct CMUnitTest tests[] = {
		LANES_TEST(every_sampling_is_equal),
		LANES_TEST(every_size_is_equal),
		LANES_TEST(sharpened_pictures_are_equal),
		LANES_TEST(pictures_that_keep_their_size_or_grow_are_equal),
		LANES_TEST(every_orientation_is_equal),
		LANES_TEST(every_place_of_the_mark_is_equal),
		LANES_TEST(several_marks_are_equal),
		LANES_TEST(marks_that_wait_for_the_picture_are_equal),
		LANES_TEST(wide_gamuts_are_equal),
		LANES_TEST(profiles_that_are_asked_for_are_equal),
		LANES_TEST(coloured_borders_are_equal),
		LANES_TEST(a_zone_plate_is_equal),
		LANES_TEST(a_zone_plate_is_no_more_aliased),
		LANES_TEST(the_marks_edges_have_no_fringes),
		LANES_TEST(every_sampling_rule_is_equal),
		LANES_TEST(every_encoding_is_equal),
		LANES_TEST(chroma_that_is_asked_for_is_equal),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
