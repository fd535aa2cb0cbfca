/* --colour FILE: pictures in a studio's own profile, seen in the pixels and the metadata. */
#include "end-to-end/profiles.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "end-to-end/events.h"
#include "end-to-end/picture.h"
#include "end-to-end/program.h"

#define RUN_IN(place, ended, ...)                                                                          \
	program_run(&(struct program_options){ .folder = (place)->folder,                                  \
			    .arguments = (const char *const[]){ "run", "in", "out", __VA_ARGS__, NULL } }, \
		ended)

static void write_red(struct place *place)
{
	picture_write(place_path(place, "in/a.jpg"),
		&(struct picture){ .width_px = 90, .height_px = 60, .colour = { 255, 0, 0 }, .alpha = 1 });
}

/* The output's profile is the file's bytes. */
static void assert_embedded(struct place *place, const char *output, const char *file)
{
	VipsImage *image = vips_image_new_from_file(place_path(place, "%s", output), NULL);
	g_autofree char *wanted = NULL;
	const void *found;
	size_t wanted_bytes, found_bytes;

	assert_non_null(image);
	assert_int_equal(vips_image_get_blob(image, VIPS_META_ICC_NAME, &found, &found_bytes), 0);
	wanted = file_read(place_path(place, "%s", file), &wanted_bytes);
	assert_int_equal(found_bytes, wanted_bytes);
	assert_memory_equal(found, wanted, wanted_bytes);
	g_object_unref(image);
}

static void both_lanes_bring_pictures_into_the_profile_under_every_policy(void **state)
{
	static const char *const policies[] = { "all", "safe", "copyright", "none" };
	const char *const lanes[] = { "vips", getenv("PLANAR") ? "planar" : "vips" };
	struct place *place = *state;
	struct ended ended;

	write_red(place);
	profile_write_adobe(place_path(place, "adobe.icc"), 2.19921875);
	for (size_t i = 0; i < G_N_ELEMENTS(policies) * G_N_ELEMENTS(lanes); i++) {
		RUN_IN(place, &ended, "--colour", "adobe.icc", "--metadata", policies[i / 2], "--lane",
			lanes[i % 2], "--force");
		ASSERT_EXIT(&ended, 0);
		/* (0.7151 of the light) to the power of 1 / 2.199 */
		ASSERT_PIXEL(place_path(place, "out/a.jpg"), 40, 30, 219, 0, 0, 3);
		assert_embedded(place, "out/a.jpg", "adobe.icc");
	}
}

static void assert_says_field(const char *path, const char *field, const char *text)
{
	g_autofree char *value = picture_field(path, field);

	assert_non_null(value);
	ASSERT_SAYS(value, text);
}

/* What another program reads in it; nothing where it is not there. */
static void assert_exiftool_says(const char *path, const char *text)
{
	const char *arguments[] = { "exiftool", "-G1", "-s", "-ColorSpace", "-ProfileDescription",
		"-ColorSpaceData", "-InteropIndex", path, NULL };
	g_autofree char *found = g_find_program_in_path("exiftool"), *said = NULL;

	if (!found)
		return;
	assert_true(g_spawn_sync(
		NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &said, NULL, NULL, NULL));
	ASSERT_SAYS(said, text);
}

static void exif_is_in_step_with_the_profile(void **state)
{
	struct place *place = *state;
	g_autofree char *sample =
		g_build_filename(getenv("SAMPLES"), "photos", "wedding", "on the pier.jpg", NULL);
	char *out = place_path(place, "out/a.jpg");
	struct ended ended;

	file_copy(sample, place_path(place, "in/a.jpg"));
	profile_write_adobe(place_path(place, "wide.icc"), 1.8);
	profile_write(place_path(place, "own.icc"), cmsCreate_sRGBProfile());
	RUN_IN(place, &ended, "--colour", "wide.icc");
	ASSERT_EXIT(&ended, 0);
	assert_says_field(out, "exif-ifd2-ColorSpace", "ncalibrated");
	assert_exiftool_says(out, "Uncalibrated");
	assert_exiftool_says(out, "[ICC-header]    ColorSpaceData                  : RGB");
	RUN_IN(place, &ended, "--colour", "own.icc");
	ASSERT_EXIT(&ended, 0);
	assert_says_field(out, "exif-ifd2-ColorSpace", "sRGB");
	assert_embedded(place, "out/a.jpg", "own.icc");
}

static void inks_are_written_as_jpeg_and_tiff_by_the_vips_lane(void **state)
{
	struct place *place = *state;
	struct picture_facts facts;
	struct ended ended;
	json_t *events;

	write_red(place);
	picture_write_plain(place_path(place, "mark.png"), 10, 10);
	profile_write_cmyk(place_path(place, "inks.icc"));
	RUN_IN(place, &ended, "--colour", "inks.icc", "--watermark", "mark.png", "--events", "events");
	ASSERT_EXIT(&ended, 0);
	picture_read(place_path(place, "out/a.jpg"), &facts);
	assert_int_equal(facts.bands, 4);
	assert_embedded(place, "out/a.jpg", "inks.icc");
	assert_exiftool_says(place_path(place, "out/a.jpg"), "CMYK");
	events = events_read(place_path(place, "events"));
	assert_string_equal(events_text(events_picture(events, "a.jpg"), "lane"), "vips");
	if (getenv("PLANAR"))
		assert_string_equal(
			events_text(events_picture(events, "a.jpg"), "lane_why"), "an output is to be CMYK");
	json_decref(events);
	RUN_IN(place, &ended, "--colour", "inks.icc", "--format", "tiff");
	ASSERT_EXIT(&ended, 0);
	picture_read(place_path(place, "out/a.tif"), &facts);
	assert_int_equal(facts.bands, 4);
	assert_embedded(place, "out/a.tif", "inks.icc");
	program_run(&(struct program_options){ .folder = place->folder,
			    .arguments = (const char *const[]){ "verify", "out", NULL } },
		&ended);
	ASSERT_EXIT(&ended, 0);
}

static void a_profile_counts_by_what_is_in_it(void **state)
{
	struct place *place = *state;
	struct ended ended;

	write_red(place);
	profile_write_adobe(place_path(place, "a.icc"), 2.2);
	RUN_IN(place, &ended, "--colour", "a.icc");
	ASSERT_EXIT(&ended, 0);
	file_copy(place_path(place, "a.icc"), place_path(place, "b.icc"));
	RUN_IN(place, &ended, "--colour", "b.icc");
	ASSERT_SAYS(ended.err, "1 up to date");
	ASSERT_EXIT(&ended, 0);
	profile_write_adobe(place_path(place, "b.icc"), 1.8);
	RUN_IN(place, &ended, "--colour", "b.icc");
	ASSERT_SAYS(ended.err, "1 made");
	ASSERT_EXIT(&ended, 0);
	assert_embedded(place, "out/a.jpg", "b.icc");
}

/* Beside one in sRGB, made from the same decode. */
static void a_recipe_has_profiles_beside_it(void **state)
{
	struct place *place = *state;
	struct ended ended;

	write_red(place);
	profile_write_adobe(place_path(place, "house/profiles/lab.icc"), 2.2);
	file_write_text(place_path(place, "house/job.ini"),
		"[output web]\nname = web/{stem}.{ext}\n\n"
		"[output lab]\ncolour = profiles/lab.icc\nname = lab/{stem}.{ext}\n");
	RUN_IN(place, &ended, "--recipe", "house/job.ini");
	ASSERT_EXIT(&ended, 0);
	assert_embedded(place, "out/lab/a.jpg", "house/profiles/lab.icc");
	ASSERT_PIXEL(place_path(place, "out/web/a.jpg"), 40, 30, 254, 0, 0, 3);
	ASSERT_PIXEL(place_path(place, "out/lab/a.jpg"), 40, 30, 219, 0, 0, 3);
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(both_lanes_bring_pictures_into_the_profile_under_every_policy),
		ROW(exif_is_in_step_with_the_profile),
		ROW(inks_are_written_as_jpeg_and_tiff_by_the_vips_lane),
		ROW(a_profile_counts_by_what_is_in_it),
		ROW(a_recipe_has_profiles_beside_it),
	};

	pictures_start("profiles_test");
	return cmocka_run_group_tests_name("profiles", tests, NULL, NULL);
}
