#include "image/maker.h"

#include <time.h>

#include "check.h"
#include "workshop.h"

#define RGB(red, green, blue) ((const int[]){ red, green, blue })
#define RGBA(red, green, blue, alpha) ((const int[]){ red, green, blue, alpha })

static struct workshop workshop;

static int begin(void **state)
{
	(void)state;
	workshop_init(&workshop);
	return 0;
}

static int end(void **state)
{
	(void)state;
	workshop_finish(&workshop);
	return 0;
}

static bool was_made(const char *name)
{
	return access(scratch_path(&workshop.scratch, "%s", name), F_OK) == 0;
}

/* A file that libvips saves, or one that it made before, with its end cut off. */
static int cut_file(int fd, double keep)
{
	struct stat status;

	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(ftruncate(fd, (off_t)((double)status.st_size * keep)), 0);
	return fd;
}

/* Upright, as raster_quarters(); stored so that `orientation` turns it upright. */
static struct raster stored_quarters(int width, int height, int orientation)
{
	struct raster upright = raster_quarters(width, height);
	bool turned = orientation >= 5;
	struct raster stored = raster_new(turned ? height : width, turned ? width : height, 3, 8);

	for (int y = 0; y < stored.height; y++)
		for (int x = 0; x < stored.width; x++) {
			int right = stored.width - 1 - x, below = stored.height - 1 - y;
			/* where row y, column x is seen: Exif 2.32, 4.6.4, Orientation */
			int seen[9][2] = { { 0, 0 }, { x, y }, { right, y }, { right, below }, { x, below },
				{ y, x }, { below, x }, { below, right }, { y, right } };
			int pixel[3];

			for (int i = 0; i < 3; i++)
				pixel[i] =
					raster_get(&upright, seen[orientation][0], seen[orientation][1], i);
			raster_set(&stored, x, y, pixel);
		}
	free(upright.samples);
	return stored;
}

static void check_quarters(const struct raster *made)
{
	int right = made->width * 3 / 4, left = made->width / 4;
	int bottom = made->height * 3 / 4, top = made->height / 4;

	check_pixel(made, left, top, 6, RGB(220, 30, 30));
	check_pixel(made, right, top, 6, RGB(30, 180, 40));
	check_pixel(made, left, bottom, 6, RGB(40, 50, 200));
	check_pixel(made, right, bottom, 6, RGB(230, 220, 40));
}

static void every_orientation_comes_out_upright(void **state)
{
	(void)state;
	workshop_resize(&workshop, "60");
	for (int orientation = 1; orientation <= 8; orientation++) {
		struct raster made = workshop_make(&workshop,
			turned_file(stored_quarters(240, 160, orientation), orientation), "turned.jpg",
			FORMAT_JPEG);
		VipsImage *image;

		assert_int_equal(made.width, 60);
		assert_int_equal(made.height, 40);
		check_quarters(&made);
		free(made.samples);
		image = workshop_open(&workshop, "turned.jpg");
		assert_int_equal(vips_image_get_orientation(image), 1);
		g_object_unref(image);
	}
}

/* A picture of 300 x 200 with a red left third and a blue right third, in that orientation. */
static int thirds_file(int orientation)
{
	struct raster upright = raster_plain(300, 200, 3, RGB(60, 200, 60));
	bool turned = orientation >= 5;
	struct raster stored = raster_new(turned ? 200 : 300, turned ? 300 : 200, 3, 8);

	for (int y = 0; y < stored.height; y++)
		for (int x = 0; x < stored.width; x++) {
			int right = stored.width - 1 - x, below = stored.height - 1 - y;
			int seen_x[9] = { 0, x, right, right, x, y, below, below, y };
			int at = seen_x[orientation];

			raster_set(&stored, x, y,
				at < 100    ? RGB(200, 40, 40)
				: at >= 200 ? RGB(40, 40, 200)
					    : RGB(60, 200, 60));
		}
	free(upright.samples);
	return turned_file(stored, orientation);
}

static void the_crop_is_of_the_upright_picture(void **state)
{
	(void)state;
	workshop_resize(&workshop, "50x100:cover");
	for (int orientation = 1; orientation <= 8; orientation++) {
		struct raster made =
			workshop_make(&workshop, thirds_file(orientation), "crop.jpg", FORMAT_JPEG);

		assert_int_equal(made.width, 50);
		assert_int_equal(made.height, 100);
		check_pixel(&made, 10, 50, 12, RGB(60, 200, 60));
		check_pixel(&made, 40, 50, 12, RGB(60, 200, 60));
		free(made.samples);
	}
}

static const struct {
	const char *spec;
	bool enlarge;
	int width, height;
} sizes[] = {
	{ "100", false, 100, 66 },
	{ "90x90", false, 90, 60 },
	{ "31x", false, 31, 21 },
	{ "x31", false, 47, 31 },
	{ "50x50:cover", false, 50, 50 },
	{ "50x50:pad", false, 50, 50 },
	{ "70x20:stretch", false, 70, 20 },
	{ "short:77", false, 116, 77 },
	{ "mp:0.006", false, 95, 63 },
	{ "12.5%", false, 38, 25 },
	{ "1000", false, 301, 200 },
	{ "1000", true, 1000, 664 },
	{ "400x100:stretch", true, 400, 100 },
	{ "500x400:cover", true, 500, 400 },
	{ "1", false, 1, 1 },
};

static void every_form_of_size_is_made_exactly_and_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (int orientation = 1; orientation <= 6; orientation += 5) {
			struct raster made;

			workshop_resize(&workshop, sizes[i].spec);
			workshop.output->enlarge = sizes[i].enlarge;
			made = workshop_make(&workshop,
				turned_file(stored_quarters(301, 200, orientation), orientation), "size.jpg",
				FORMAT_JPEG);
			assert_int_equal(made.width, sizes[i].width);
			assert_int_equal(made.height, sizes[i].height);
			if (made.width > 12 && !strstr(sizes[i].spec, ":pad"))
				check_quarters(&made);
			free(made.samples);
		}
}

static void without_a_size_every_pixel_stays(void **state)
{
	struct raster picture = raster_quarters(33, 17), made;

	(void)state;
	made = workshop_make(&workshop, rgb_file(raster_quarters(33, 17), ".png"), "same.png", FORMAT_PNG);
	assert_memory_equal(made.samples, picture.samples, 33 * 17 * 3);
	free(made.samples);
	free(picture.samples);
}

static void an_enlarged_picture_stays_in_its_place(void **state)
{
	struct raster raster = raster_new(20, 16, 1, 8), made;

	(void)state;
	for (int y = 0; y < raster.height; y++)
		for (int x = 0; x < raster.width; x++)
			raster_set(&raster, x, y, (const int[]){ 6 * x + 5 * y });
	workshop_resize(&workshop, "80");
	workshop.output->enlarge = true;
	made = workshop_make(
		&workshop, raster_file(raster, VIPS_INTERPRETATION_B_W, ".png"), "large.png", FORMAT_PNG);
	workshop.output->enlarge = false;
	for (int y = 12; y < 50; y++)
		for (int x = 12; x < 66; x++) {
			/* the centre of the sample, in samples of the original */
			double u = (x + 0.5) / 4 - 0.5, v = (y + 0.5) / 4 - 0.5;

			check_pixel(&made, x, y, 1, (const int[]){ (int)(6 * u + 5 * v + 0.5) });
		}
	free(made.samples);
}

static void padding_is_of_the_background(void **state)
{
	struct raster made;

	(void)state;
	workshop_resize(&workshop, "90x90:pad");
	workshop.output->background = (struct rgb){ 10, 130, 250 };
	made = workshop_make(&workshop, rgb_file(raster_quarters(180, 90), ".png"), "pad.png", FORMAT_PNG);
	check_pixel(&made, 45, 10, 0, RGB(10, 130, 250));
	check_pixel(&made, 0, 21, 0, RGB(10, 130, 250));
	check_pixel(&made, 89, 89, 0, RGB(10, 130, 250));
	check_pixel(&made, 20, 30, 1, RGB(220, 30, 30));
	check_pixel(&made, 70, 60, 1, RGB(230, 220, 40));
	free(made.samples);
}

static void padding_a_grey_picture_in_colour_gives_colour(void **state)
{
	struct raster made;

	(void)state;
	workshop_resize(&workshop, "40x60:pad");
	workshop.output->background = (struct rgb){ 200, 20, 20 };
	made = workshop_make(&workshop,
		raster_file(raster_plain(80, 80, 1, (const int[]){ 90 }), VIPS_INTERPRETATION_B_W, ".jpg"),
		"pad.png", FORMAT_PNG);
	assert_int_equal(made.bands, 3);
	check_pixel(&made, 20, 3, 0, RGB(200, 20, 20));
	check_pixel(&made, 20, 30, 1, RGB(90, 90, 90));
	free(made.samples);
}

/* Half of it opaque red, half wholly transparent over a black that must not be seen. */
static int half_transparent_file(const char *suffix)
{
	struct raster raster = raster_new(80, 40, 4, 8);

	for (int y = 0; y < 40; y++)
		for (int x = 0; x < 80; x++)
			raster_set(&raster, x, y, x < 40 ? RGBA(200, 40, 40, 255) : RGBA(0, 0, 0, 0));
	return rgb_file(raster, suffix);
}

static void transparency_becomes_the_background_where_the_format_has_none(void **state)
{
	struct raster made = workshop_make(&workshop, half_transparent_file(".png"), "flat.jpg", FORMAT_JPEG);

	(void)state;
	assert_int_equal(made.bands, 3);
	check_pixel(&made, 10, 20, 3, RGB(200, 40, 40));
	check_pixel(&made, 70, 20, 3, RGB(255, 255, 255));
	free(made.samples);
	workshop.output->background = (struct rgb){ 20, 40, 160 };
	made = workshop_make(&workshop, half_transparent_file(".webp[lossless]"), "flat.jpg", FORMAT_JPEG);
	check_pixel(&made, 70, 20, 3, RGB(20, 40, 160));
	free(made.samples);
}

static void no_dark_fringe_grows_where_transparency_begins(void **state)
{
	struct raster made;

	(void)state;
	workshop_resize(&workshop, "25");
	made = workshop_make(&workshop, half_transparent_file(".png"), "fringe.png", FORMAT_PNG);
	assert_int_equal(made.bands, 4);
	for (int x = 0; x < made.width; x++)
		if (raster_get(&made, x, 5, 3) > 8)
			for (int i = 0; i < 3; i++)
				assert_in_range(raster_get(&made, x, 5, i), i ? 36 : 196, i ? 44 : 204);
	assert_int_equal(raster_get(&made, 2, 5, 3), 255);
	assert_int_equal(raster_get(&made, 22, 5, 3), 0);
	free(made.samples);
}

static void opaque_alpha_changes_no_sample(void **state)
{
	struct raster picture = raster_new(64, 64, 4, 8), made;

	(void)state;
	for (int y = 0; y < 64; y++)
		for (int x = 0; x < 64; x++)
			raster_set(&picture, x, y, RGBA(x * 4, y * 4, 255 - x * 2, 255));
	workshop_resize(&workshop, "64x32:stretch");
	made = workshop_make(&workshop, rgb_file(picture, ".png"), "opaque.png", FORMAT_PNG);
	for (int x = 8; x < 56; x++)
		check_pixel(&made, x, 16, 1, RGBA(x * 4, 130, 255 - x * 2, 255));
	free(made.samples);
}

static void tiny_and_thin_pictures_are_made(void **state)
{
	static const int shapes[][4] = { { 1, 1, 1, 1 }, { 1, 3000, 1, 64 }, { 3000, 1, 64, 1 },
		{ 2, 1, 2, 1 }, { 5000, 2, 64, 1 } };
	struct raster logo = raster_plain(20, 10, 3, RGB(9, 9, 9));
	int fd = rgb_file(logo, ".png");
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	workshop_mark(&workshop, path);
	workshop_resize(&workshop, "64");
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		for (int format = FORMAT_JPEG; format <= FORMAT_TIFF; format++) {
			struct raster made = workshop_make(&workshop,
				rgb_file(raster_plain(shapes[i][0], shapes[i][1], 3, RGB(90, 100, 110)),
					".png"),
				"thin.out", (enum format)format);

			assert_int_equal(made.width, shapes[i][2]);
			assert_int_equal(made.height, shapes[i][3]);
			free(made.samples);
		}
	close(fd);
}

static void check_fails(int fd, const char *name, enum format format, enum reason reason)
{
	assert_int_equal(workshop_try(&workshop, fd, name, format), -1);
	if (workshop.reply.err.reason != reason)
		fail_msg("%s: %s: %s", name, reason_name(workshop.reply.err.reason), workshop.reply.err.text);
	assert_true(strlen(workshop.reply.err.text) > 5);
	assert_int_equal(workshop.reply.outputs_count, 0);
	assert_false(was_made(name));
}

static struct raster noise(int width, int height)
{
	struct raster raster = raster_new(width, height, 3, 8);
	uint32_t seed = 1;

	for (size_t i = 0; i < (size_t)width * (size_t)height * 3; i++) {
		seed = seed * 1664525 + 1013904223;
		raster.samples[i] = (uint8_t)(seed >> 24);
	}
	return raster;
}

static void a_file_that_is_cut_short_gives_nothing(void **state)
{
	static const char *const kinds[] = { ".jpg", ".jpg[interlace]", ".png", ".webp", ".tif" };

	(void)state;
	workshop_resize(&workshop, "100");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (double keep = 0.5; keep < 1; keep += 0.4) {
			int fd = cut_file(rgb_file(noise(400, 300), kinds[i]), keep);
			const struct probe_limits limits = { .max_pixels = 1000000 };
			struct facts facts;
			struct err err;

			/* some are known for what they are by their header */
			if (probe_file(fd, &limits, &facts, &err)) {
				close(fd);
				continue;
			}
			check_fails(fd, "cut.jpg", FORMAT_JPEG, REASON_TRUNCATED);
		}
}

static void a_cut_that_the_crop_leaves_out_is_noticed_too(void **state)
{
	(void)state;
	workshop_resize(&workshop, "200x20:cover");
	check_fails(
		cut_file(rgb_file(noise(400, 300), ".jpg"), 0.9), "cut.jpg", FORMAT_JPEG, REASON_TRUNCATED);
}

static void what_fail_on_allows_is_made(void **state)
{
	(void)state;
	workshop.settings.run.fail_on = FAIL_ON_NONE;
	assert_int_equal(workshop_try(&workshop, cut_file(rgb_file(noise(400, 300), ".jpg"), 0.9), "cut.jpg",
				 FORMAT_JPEG),
		0);
	assert_true(was_made("cut.jpg"));
}

/* More than is held in memory: decoded while it is encoded. */
static int big_file(double keep)
{
	return cut_file(rgb_file(raster_quarters(4400, 4000), ".jpg"), keep);
}

static void big_pictures_pass_through_without_being_held(void **state)
{
	struct raster made = workshop_make(&workshop, big_file(1), "big.jpg", FORMAT_JPEG);

	(void)state;
	assert_int_equal(made.width, 4400);
	assert_int_equal(made.height, 4000);
	check_quarters(&made);
	free(made.samples);
}

static void a_big_file_that_is_cut_short_gives_nothing_either(void **state)
{
	(void)state;
	check_fails(big_file(0.8), "big.jpg", FORMAT_JPEG, REASON_TRUNCATED);
}

static void a_big_picture_is_turned(void **state)
{
	struct raster made;

	(void)state;
	made = workshop_make(
		&workshop, turned_file(stored_quarters(4400, 4000, 6), 6), "big.jpg", FORMAT_JPEG);
	assert_int_equal(made.width, 4400);
	check_quarters(&made);
	free(made.samples);
}

static void a_file_that_changed_since_it_was_listed_is_not_made(void **state)
{
	struct timespec earlier[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	int fd = rgb_file(raster_quarters(60, 40), ".jpg");

	(void)state;
	workshop_ask(&workshop, fd, "changed.jpg", FORMAT_JPEG);
	assert_int_equal(futimens(fd, earlier), 0);
	assert_int_equal(maker_make(workshop.maker, fd, &workshop.request, &workshop.reply), -1);
	assert_int_equal(workshop.reply.err.reason, REASON_VANISHED);
	assert_non_null(strstr(workshop.reply.err.text, "changed"));
	assert_false(was_made("changed.jpg"));
	close(fd);
}

static void another_picture_in_its_place_is_not_made(void **state)
{
	int fd = rgb_file(raster_quarters(60, 40), ".jpg");

	(void)state;
	workshop_ask(&workshop, fd, "other.jpg", FORMAT_JPEG);
	workshop.request.facts.width_px = 61;
	assert_int_equal(maker_make(workshop.maker, fd, &workshop.request, &workshop.reply), -1);
	assert_int_equal(workshop.reply.err.reason, REASON_VANISHED);
	close(fd);
}

static void more_than_a_format_can_hold_is_said(void **state)
{
	(void)state;
	check_fails(rgb_file(raster_plain(17000, 2, 3, RGB(1, 2, 3)), ".png"), "wide.webp", FORMAT_WEBP,
		REASON_UNSUPPORTED);
	assert_non_null(strstr(workshop.reply.err.text, "17000x2"));
}

static void a_name_outside_the_folder_is_refused(void **state)
{
	(void)state;
	assert_int_equal(
		workshop_try(&workshop, rgb_file(raster_quarters(8, 8), ".jpg"), "../out.jpg", FORMAT_JPEG),
		-1);
	assert_false(was_made("../out.jpg"));
}

static int animated_file(void)
{
	struct raster frames = raster_quarters(40, 120);
	VipsImage *image = raster_image(&frames, VIPS_INTERPRETATION_sRGB);
	int fd;

	vips_image_set_int(image, VIPS_META_PAGE_HEIGHT, 40);
	fd = image_file(image, ".webp[lossless]", NULL, 0);
	g_object_unref(image);
	free(frames.samples);
	return fd;
}

static void the_first_frame_of_several_is_taken_with_a_warning(void **state)
{
	struct raster made = workshop_make(&workshop, animated_file(), "first.png", FORMAT_PNG);

	(void)state;
	assert_int_equal(made.height, 40);
	check_pixel(&made, 5, 5, 0, RGBA(220, 30, 30, 255));
	assert_string_equal(workshop.reply.warning, "only the first of 3 frames was taken");
	free(made.samples);
}

static void the_same_picture_gives_the_same_bytes(void **state)
{
	static const enum format formats[] = { FORMAT_JPEG, FORMAT_PNG, FORMAT_WEBP, FORMAT_TIFF };
	struct workshop other;

	(void)state;
	workshop_init(&other);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		char *one, *two;
		gsize one_bytes, two_bytes;

		workshop_resize(&workshop, "120");
		workshop_resize(&other, "120");
		assert_int_equal(
			workshop_try(&workshop, rgb_file(noise(300, 200), ".jpg"), "same", formats[i]), 0);
		assert_int_equal(
			workshop_try(&other, rgb_file(noise(300, 200), ".jpg"), "same", formats[i]), 0);
		assert_true(
			g_file_get_contents(scratch_path(&workshop.scratch, "same"), &one, &one_bytes, NULL));
		assert_true(
			g_file_get_contents(scratch_path(&other.scratch, "same"), &two, &two_bytes, NULL));
		assert_int_equal(one_bytes, two_bytes);
		assert_int_equal(one_bytes, workshop.reply.outputs[0].size_bytes);
		assert_memory_equal(one, two, one_bytes);
		g_free(one);
		g_free(two);
	}
	workshop_finish(&other);
}

static enum stage reached[16];
static size_t reached_count;

static void note_stage(void *data, enum stage stage)
{
	assert_ptr_equal(data, reached);
	assert_true(reached_count < 16);
	reached[reached_count++] = stage;
}

static void the_stages_are_told_in_order(void **state)
{
	static const enum stage expected[] = { STAGE_OPEN, STAGE_DECODE, STAGE_STAMP, STAGE_ENCODE,
		STAGE_SYNC, STAGE_PUBLISH, STAGE_IDLE };
	const struct maker_hooks hooks = { note_stage, reached };

	(void)state;
	maker_free(workshop.maker);
	workshop.settings.run.sync = true;
	workshop.maker = maker_new(&workshop.settings, workshop.scratch.fd, &hooks);
	reached_count = 0;
	assert_int_equal(
		workshop_try(&workshop, rgb_file(raster_quarters(60, 40), ".jpg"), "a.jpg", FORMAT_JPEG), 0);
	assert_int_equal(reached_count, sizeof(expected) / sizeof(expected[0]));
	assert_memory_equal(reached, expected, sizeof(expected));
	for (int stage = STAGE_IDLE; stage < STAGE_COUNT; stage++)
		assert_true(strlen(stage_name((enum stage)stage)) > 3);
}

static void the_reply_says_what_it_took(void **state)
{
	const struct make_reply *reply = &workshop.reply;

	(void)state;
	workshop_resize(&workshop, "300");
	assert_int_equal(
		workshop_try(&workshop, rgb_file(noise(1200, 900), ".jpg"), "times.jpg", FORMAT_JPEG), 0);
	assert_string_equal(reply->lane,
		maker_has_planar() && workshop.settings.run.lane != LANE_WISH_VIPS ? "planar" : "vips");
	assert_int_equal(reply->read_bytes, workshop.request.input.size_bytes);
	assert_true(reply->decode_ms > 0 && reply->resize_ms > 0 && reply->encode_ms > 0);
	assert_true(reply->decode_ms + reply->resize_ms + reply->encode_ms <= reply->total_ms + 0.01);
	assert_int_equal(reply->outputs_count, 1);
	assert_int_equal(reply->outputs[0].width_px, 300);
	assert_int_equal(reply->outputs[0].height_px, 225);
	assert_string_equal(reply->warning, "");
}

int main(void)
{
#define MAKE(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		MAKE(every_orientation_comes_out_upright),
		MAKE(the_crop_is_of_the_upright_picture),
		MAKE(every_form_of_size_is_made_exactly_and_whole),
		MAKE(without_a_size_every_pixel_stays),
		MAKE(an_enlarged_picture_stays_in_its_place),
		MAKE(padding_is_of_the_background),
		MAKE(padding_a_grey_picture_in_colour_gives_colour),
		MAKE(transparency_becomes_the_background_where_the_format_has_none),
		MAKE(no_dark_fringe_grows_where_transparency_begins),
		MAKE(opaque_alpha_changes_no_sample),
		MAKE(tiny_and_thin_pictures_are_made),
		MAKE(a_file_that_is_cut_short_gives_nothing),
		MAKE(a_cut_that_the_crop_leaves_out_is_noticed_too),
		MAKE(what_fail_on_allows_is_made),
		MAKE(big_pictures_pass_through_without_being_held),
		MAKE(a_big_file_that_is_cut_short_gives_nothing_either),
		MAKE(a_big_picture_is_turned),
		MAKE(a_file_that_changed_since_it_was_listed_is_not_made),
		MAKE(another_picture_in_its_place_is_not_made),
		MAKE(more_than_a_format_can_hold_is_said),
		MAKE(a_name_outside_the_folder_is_refused),
		MAKE(the_first_frame_of_several_is_taken_with_a_warning),
		MAKE(the_same_picture_gives_the_same_bytes),
		MAKE(the_stages_are_told_in_order),
		MAKE(the_reply_says_what_it_took),
	};

	return cmocka_run_group_tests(tests, start_engine, NULL);
}
