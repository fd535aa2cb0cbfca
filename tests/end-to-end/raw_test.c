/* Cameras' raw files: testdata/raw/generate.py says what is in those used here. Their sensors' values and
 * their previews have different colours, so that a pixel tells which of the two a picture was made of. */
#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vips/vips.h>

#include "check.h"
#include "end-to-end/events.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/program.h"

enum {
	WORDS_MAX = 20
};

static void put_raw(struct place *place, const char *name, const char *as)
{
	g_autofree char *from = g_build_filename(getenv("TESTDATA"), "raw", name, NULL);

	folder_make(place_path(place, "in"));
	file_copy(from, place_path(place, "in/%s", as));
}

/* Run on PLACE/in into PLACE/out with the options in `line`, which must end with `status`. Its events. */
static json_t *run_with(struct place *place, const char *line, int status)
{
	const char *arguments[WORDS_MAX + 8] = { "run", "in", "out", "--events", "events" };
	g_auto(GStrv) words = g_strsplit(line, " ", WORDS_MAX);
	struct ended ended;
	int count = 5;
	json_t *events;

	unlink(place_path(place, "events"));
	for (char **word = words; *word; word++)
		if (**word)
			arguments[count++] = *word;
	program_run(&(struct program_options){ .arguments = arguments, .folder = place->folder }, &ended);
	ASSERT_EXIT(&ended, status);
	events = events_read(place_path(place, "events"));
	events_assert_sound(events, status);
	return events;
}

static void make(struct place *place, const char *line)
{
	json_decref(run_with(place, line, 0));
}

static void assert_quarters(const char *path, const int colours[4][3], int tolerance)
{
	struct picture_facts facts;

	picture_read(path, &facts);
	for (int i = 0; i < 4; i++)
		assert_pixel(path, facts.width_px * (i % 2 ? 3 : 1) / 4,
			facts.height_px * (i / 2 ? 3 : 1) / 4, colours[i], tolerance, __FILE__, __LINE__);
}

/* From the upper left to the lower right; turned, what lies lower left as it is stored is seen upper left. */
static const int sensor[4][3] = { { 188, 60, 60 }, { 60, 150, 60 }, { 60, 60, 170 }, { 255, 255, 255 } };
static const int preview[4][3] = { { 200, 40, 200 }, { 40, 200, 200 }, { 200, 200, 40 }, { 90, 90, 90 } };
static const int turned_sensor[4][3] = { { 60, 60, 170 }, { 188, 60, 60 }, { 255, 255, 255 },
	{ 60, 150, 60 } };
static const int turned_preview[4][3] = { { 200, 200, 40 }, { 200, 40, 200 }, { 90, 90, 90 },
	{ 40, 200, 200 } };

static void the_preview_is_taken_and_upright(void **state)
{
	struct place *place = *state;

	put_raw(place, "turned.dng", "a.DNG");
	make(place, "--quality 95");
	ASSERT_SIZE(place_path(place, "out/a.jpg"), 80, 120);
	assert_quarters(place_path(place, "out/a.jpg"), turned_preview, 6);
	make(place, "--resize 60 --quality 95 --force");
	ASSERT_SIZE(place_path(place, "out/a.jpg"), 40, 60);
	assert_quarters(place_path(place, "out/a.jpg"), turned_preview, 6);
}

static void both_lanes_make_the_same_of_a_preview(void **state)
{
	struct place *place = *state;
	json_t *events;

	if (!getenv("PLANAR"))
		skip();
	put_raw(place, "adobe.dng", "a.dng");
	events = run_with(place, "--quality 95 --resize 60", 0);
	assert_string_equal(events_text(events_picture(events, "a.dng"), "lane"), "planar");
	json_decref(events);
	/* of AdobeRGB, by the file's EXIF: (200, 40, 200) in sRGB */
	ASSERT_PIXEL(place_path(place, "out/a.jpg"), 15, 10, 233, 35, 206, 4);
	events = run_with(place, "--quality 95 --resize 60 --lane vips --force", 0);
	assert_string_equal(events_text(events_picture(events, "a.dng"), "lane"), "vips");
	json_decref(events);
	ASSERT_PIXEL(place_path(place, "out/a.jpg"), 15, 10, 233, 35, 206, 4);
}

static void developing_gives_the_sensors_colours(void **state)
{
	static const char *const options[] = { "--raw develop", "--raw develop --resize 60",
		"--raw develop --resize 60 --sampling best", "--raw develop --colour keep" };
	struct place *place = *state;

	put_raw(place, "full-preview.dng", "a.dng");
	put_raw(place, "turned.dng", "b.dng");
	put_raw(place, "adobe.dng", "c.dng"); /* which is of its preview only */
	for (unsigned i = 0; i < G_N_ELEMENTS(options); i++) {
		g_autofree char *line = g_strconcat(options[i], " --quality 95", NULL);
		bool small = strstr(options[i], "60");

		make(place, line);
		ASSERT_SIZE(place_path(place, "out/a.jpg"), small ? 60 : 120, small ? 40 : 80);
		ASSERT_SIZE(place_path(place, "out/b.jpg"), small ? 40 : 80, small ? 60 : 120);
		assert_quarters(place_path(place, "out/a.jpg"), sensor, 6);
		assert_quarters(place_path(place, "out/b.jpg"), turned_sensor, 6);
		assert_quarters(place_path(place, "out/c.jpg"), sensor, 6);
	}
}

static void sixteen_bits_are_kept_where_an_output_holds_them(void **state)
{
	struct place *place = *state;
	VipsImage *image;
	double *pixel;
	int count;

	put_raw(place, "full-preview.dng", "a.dng");
	make(place, "--raw develop --format tiff --colour keep");
	assert_quarters(place_path(place, "out/a.tif"), sensor, 1);
	image = vips_image_new_from_file(place_path(place, "out/a.tif"), NULL);
	assert_non_null(image);
	assert_int_equal(image->BandFmt, VIPS_FORMAT_USHORT);
	assert_int_equal(vips_getpoint(image, &pixel, &count, 30, 20, NULL), 0);
	assert_true(pixel[0] > 187.5 * 257 && pixel[0] < 188.5 * 257);
	g_free(pixel);
	g_object_unref(image);
}

static void a_preview_too_small_gives_way_to_developing_and_says_so(void **state)
{
	struct place *place = *state;
	json_t *events;

	put_raw(place, "small-preview.dng", "a.dng");
	put_raw(place, "without-preview.dng", "b.dng");
	events = run_with(place, "--quality 95", 0);
	assert_quarters(place_path(place, "out/a.jpg"), sensor, 6);
	assert_quarters(place_path(place, "out/b.jpg"), sensor, 6);
	assert_string_equal(events_text(events_picture(events, "a.dng"), "lane_why"),
		"the raw file is developed, as its preview is too small for what is asked for");
	assert_string_equal(events_text(events_picture(events, "b.dng"), "lane_why"),
		"the raw file is developed, as there is no preview in it");
	json_decref(events);
	make(place, "--quality 95 --resize 60");
	assert_quarters(place_path(place, "out/a.jpg"), preview, 8);
	make(place, "--quality 95 --resize 50%");
	assert_quarters(place_path(place, "out/a.jpg"), sensor, 8);
}

/* What the ledger knows of a raw file serves every choice that a later run makes. */
static void another_wish_makes_it_again_and_the_same_does_not(void **state)
{
	struct place *place = *state;
	json_t *events;

	put_raw(place, "full-preview.dng", "a.dng");
	make(place, "--quality 95");
	events = run_with(place, "--quality 95", 0);
	assert_string_equal(events_text(events_picture(events, "a.dng"), "status"), "up-to-date");
	json_decref(events);
	events = run_with(place, "--quality 95 --raw develop", 0);
	assert_string_equal(events_text(events_picture(events, "a.dng"), "status"), "done");
	json_decref(events);
	assert_quarters(place_path(place, "out/a.jpg"), sensor, 6);
	events = run_with(place, "--quality 95 --raw develop", 0);
	assert_string_equal(events_text(events_picture(events, "a.dng"), "status"), "up-to-date");
	json_decref(events);
	make(place, "--quality 95");
	assert_quarters(place_path(place, "out/a.jpg"), preview, 6);
}

static void names_say_what_the_camera_wrote(void **state)
{
	struct place *place = *state;
	g_autofree char *list = NULL;

	put_raw(place, "turned.dng", "a.dng");
	make(place, "--name {date:%Y-%m-%d}_{exif:Model}_{exif:LensModel}_{width}x{height}.{ext}");
	list = tree_list(place_path(place, "out"));
	assert_string_equal(list, "2024-02-11_E-1_Example 85mm_80x120.jpg");
}

/* What exiftool finds in `path`: one line "Tag: value" for each. */
static char *ask_exiftool(const char *path)
{
	const char *arguments[] = { "exiftool", "-s2", "-a", "-u", path, NULL };
	char *out = NULL;

	assert_true(g_spawn_sync(
		NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL, NULL));
	return out;
}

static void check_tags(const char *path, bool all)
{
	static const char *const kept[] = { "\nMake: Example\n", "\nModel: E-1\n", "\nArtist: Ada Example\n",
		"\nCopyright: (c) Example\n", "\nDateTimeOriginal: 2024:02:11 14:02:18\n", "\nISO: 400\n",
		"\nExposureTime: 1/250\n", "\nLensModel: Example 85mm\n", "\nTitle: Four quarters\n",
		"\nColorSpace: sRGB\n" };
	static const char *const private[] = { "\nGPSLatitude: ", "\nSerialNumber: SN12345\n" };
	g_autofree char *tags = ask_exiftool(path);

	for (unsigned i = 0; i < G_N_ELEMENTS(kept); i++)
		ASSERT_SAYS(tags, kept[i]);
	for (unsigned i = 0; i < G_N_ELEMENTS(private); i++)
		assert_int_equal(strstr(tags, private[i]) != NULL, all);
	if (strstr(tags, "\nOrientation: "))
		ASSERT_SAYS(tags, "\nOrientation: Horizontal");
	assert_null(strstr(tags, "ThumbnailImage"));
	assert_null(strstr(tags, "PreviewImage"));
	assert_null(strstr(tags, "CFA"));
}

static void the_files_own_tags_come_along_as_the_policy_says(void **state)
{
	static const char *const options[] = { "", "--raw develop", "--lane vips --force" };
	struct place *place = *state;
	g_autofree char *exiftool = g_find_program_in_path("exiftool");

	if (!exiftool)
		skip();
	put_raw(place, "turned.dng", "a.dng");
	for (unsigned i = 0; i < G_N_ELEMENTS(options); i++) {
		g_autofree char *all = g_strconcat(options[i], " --metadata all", NULL), *tags = NULL;
		g_autofree char *none = g_strconcat(options[i], " --metadata none", NULL);

		make(place, options[i]);
		check_tags(place_path(place, "out/a.jpg"), false);
		make(place, all);
		check_tags(place_path(place, "out/a.jpg"), true);
		make(place, none);
		tags = ask_exiftool(place_path(place, "out/a.jpg"));
		assert_null(strstr(tags, "Example"));
	}
}

static void a_raw_file_cut_short_fails_though_its_preview_is_whole(void **state)
{
	static const char *const options[] = { "", "--raw develop" };
	struct place *place = *state;

	put_raw(place, "full-preview.dng", "a.dng");
	file_cut(place_path(place, "in/a.dng"), 0.6);
	picture_write_plain(place_path(place, "in/b.jpg"), 60, 40);
	for (unsigned i = 0; i < G_N_ELEMENTS(options); i++) {
		json_t *events = run_with(place, options[i], 1);

		assert_string_equal(events_text(events_picture(events, "a.dng"), "reason"), "truncated");
		json_decref(events);
	}
	make(place, "--fail-on none --quality 95");
	assert_quarters(place_path(place, "out/a.jpg"), preview, 6);
}

static void a_sensor_of_too_many_pixels_is_refused(void **state)
{
	struct place *place = *state;
	json_t *events;

	put_raw(place, "small-preview.dng", "a.dng");
	events = run_with(place, "--max-pixels 9000 --resize 60", 1);
	assert_string_equal(events_text(events_picture(events, "a.dng"), "reason"), "too-many-pixels");
	json_decref(events);
	make(place, "--max-pixels 9600 --resize 60");
	events = run_with(place, "--max-pixels 9000 --resize 60", 1); /* the ledger knows it */
	assert_string_equal(events_text(events_picture(events, "a.dng"), "reason"), "too-many-pixels");
	json_decref(events);
}

static void assert_skipped_for(json_t *events, const char *name, const char *other)
{
	json_t *event = events_picture(events, name);

	assert_non_null(event);
	assert_string_equal(events_text(event, "status"), "skipped");
	assert_string_equal(events_text(event, "reason"), "camera-raw");
	ASSERT_SAYS(events_text(event, "message"), other);
}

static void of_a_pair_the_cameras_jpeg_is_taken_or_the_raw_file(void **state)
{
	struct place *place = *state;
	json_t *events;

	put_raw(place, "full-preview.dng", "IMG_1.DNG");
	picture_write_plain(place_path(place, "in/img_1.jpg"), 60, 40);
	put_raw(place, "full-preview.dng", "alone.dng");
	events = run_with(place, "--name {stem:lower}.{ext} --quality 95", 0);
	assert_skipped_for(events, "IMG_1.DNG", "in/img_1.jpg");
	json_decref(events);
	ASSERT_PIXEL(place_path(place, "out/img_1.jpg"), 5, 5, 128, 128, 128, 2);
	assert_int_equal(tree_count(place_path(place, "out")), 2);
	events = run_with(place, "--name {stem:lower}.{ext} --quality 95 --raw-pairs raw", 0);
	assert_skipped_for(events, "img_1.jpg", "in/IMG_1.DNG");
	json_decref(events);
	assert_quarters(place_path(place, "out/img_1.jpg"), preview, 6);
	/* and back, by what the ledger knows of both */
	make(place, "--name {stem:lower}.{ext} --quality 95");
	ASSERT_PIXEL(place_path(place, "out/img_1.jpg"), 5, 5, 128, 128, 128, 2);
	/* what is passed over is not missed */
	make(place, "--name {stem:lower}.{ext} --quality 95 --prune");
	assert_int_equal(tree_count(place_path(place, "out")), 2);
}

static void both_of_a_pair_need_two_names(void **state)
{
	struct place *place = *state;
	struct ended ended;
	g_autofree char *list = NULL;

	put_raw(place, "full-preview.dng", "a.dng");
	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--raw-pairs", "both");
	ASSERT_SAYS(ended.err, "out/a.jpg: would be made of ");
	ASSERT_EXIT(&ended, 2);
	make(place, "--raw-pairs both --on-collision keep-ext");
	list = tree_list(place_path(place, "out"));
	assert_string_equal(list, "a.dng.jpg\na.jpg");
}

static void numbers_count_one_of_a_pair(void **state)
{
	struct place *place = *state;
	g_autofree char *list = NULL;

	put_raw(place, "full-preview.dng", "a.dng");
	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/b.jpg"), 60, 40);
	make(place, "--name {seq:2}.{ext}");
	list = tree_list(place_path(place, "out"));
	assert_string_equal(list, "01.jpg\n02.jpg");
}

static void a_broken_jpeg_leaves_its_place_to_the_raw_file(void **state)
{
	struct place *place = *state;
	json_t *events;

	put_raw(place, "full-preview.dng", "a.dng");
	file_write_text(place_path(place, "in/a.jpg"), "\xff\xd8\xff\xe0 no picture");
	events = run_with(place, "--quality 95", 1);
	assert_string_equal(events_text(events_picture(events, "a.jpg"), "status"), "failed");
	json_decref(events);
	assert_quarters(place_path(place, "out/a.jpg"), preview, 6);
}

static void a_phones_heic_is_one_of_a_pair_too(void **state)
{
	struct place *place = *state;
	g_autofree char *heic = g_build_filename(getenv("TESTDATA"), "heif", "rotated.heic", NULL);
	json_t *events;

	put_raw(place, "full-preview.dng", "a.dng");
	file_copy(heic, place_path(place, "in/a.heic"));
	events = run_with(place, "", 0);
	assert_skipped_for(events, "a.dng", "in/a.heic");
	json_decref(events);
	ASSERT_SIZE(place_path(place, "out/a.jpg"), 64, 128);
}

static void the_same_bytes_come_of_any_number_of_workers(void **state)
{
	struct place *place = *state;
	unsigned long one;

	put_raw(place, "full-preview.dng", "a.dng");
	put_raw(place, "small-preview.dng", "b.dng");
	put_raw(place, "minolta.mrw", "c.mrw");
	put_raw(place, "turned.dng", "d.dng");
	make(place, "--jobs 1");
	one = tree_sum(place_path(place, "out"));
	make(place, "--jobs 4 --force");
	assert_true(tree_sum(place_path(place, "out")) == one);
	make(place, "--no-sandbox --force");
	assert_true(tree_sum(place_path(place, "out")) == one);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
	const struct CMUnitTest tests[] = {
		ROW(the_preview_is_taken_and_upright),
		ROW(both_lanes_make_the_same_of_a_preview),
		ROW(developing_gives_the_sensors_colours),
		ROW(sixteen_bits_are_kept_where_an_output_holds_them),
		ROW(a_preview_too_small_gives_way_to_developing_and_says_so),
		ROW(another_wish_makes_it_again_and_the_same_does_not),
		ROW(names_say_what_the_camera_wrote),
		ROW(the_files_own_tags_come_along_as_the_policy_says),
		ROW(a_raw_file_cut_short_fails_though_its_preview_is_whole),
		ROW(a_sensor_of_too_many_pixels_is_refused),
		ROW(of_a_pair_the_cameras_jpeg_is_taken_or_the_raw_file),
		ROW(both_of_a_pair_need_two_names),
		ROW(numbers_count_one_of_a_pair),
		ROW(a_broken_jpeg_leaves_its_place_to_the_raw_file),
		ROW(a_phones_heic_is_one_of_a_pair_too),
		ROW(the_same_bytes_come_of_any_number_of_workers),
	};

	pictures_start("raw_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
