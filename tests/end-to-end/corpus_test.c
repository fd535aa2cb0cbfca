/*
 * Real pictures and hostile ones, which are not part of this project: the folder that the environment
 * variable STAMPMILL_CORPUS names. Where it is absent, these tests skip.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#include "check.h"
#include "end-to-end/events.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/program.h"

enum {
	EDGE_PX = 200,
	NEIGHBOURS = 10,
	PATIENCE_S = 280
};

/* A folder of the corpus, or skip. */
static char *corpus(struct place *place, const char *name)
{
	const char *folder = getenv("STAMPMILL_CORPUS");
	char *link = place_path(place, "%s", name);
	char *target;

	if (!folder)
		skip();
	target = g_build_filename(folder, name, NULL);
	file_symbolic_link(target, link);
	g_free(target);
	return link;
}

/* Run with these arguments; must end with status 0 or 1 in time. Returns the events. */
static json_t *run_through(struct place *place, const char *const *arguments)
{
	struct program program;
	struct ended ended;
	json_t *events;

	program_start(&program, &(struct program_options){ .arguments = arguments, .folder = place->folder });
	program_end(&program, PATIENCE_S, &ended);
	if (ended.exit_status != 0 && ended.exit_status != 1)
		fail_msg("exit status %d, signal %d: %s", ended.exit_status, ended.signal, ended.err);
	events = events_read(place_path(place, "events"));
	events_assert_sound(events, ended.exit_status);
	ended_finish(&ended);
	return events;
}

/* Whether libvips itself loads every pixel of the first page, by a loader that it trusts. Its threads race:
 * where one meets an error in the file the others may still end well, so the error counts, not only the
 * status. */
static int libvips_loads(const char *path)
{
	VipsImage *image = vips_image_new_from_file(
		path, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
	double mean;
	int loads = image && vips_avg(image, &mean, NULL) == 0 && *vips_error_buffer() == '\0';

	g_clear_object(&image);
	vips_error_clear();
	return loads;
}

/* The output is upright, in sRGB or grey, and its long edge is what was asked for. */
static void assert_well_made(struct place *place, const char *input, json_t *event)
{
	json_t *output = json_array_get(json_object_get(event, "outputs"), 0);
	char *path = place_path(place, "%s", events_text(output, "name"));
	char *original = place_path(place, "%s", input);
	VipsImage *image = vips_image_new_from_file(path, NULL),
		  *before = vips_image_new_from_file(original, NULL);
	int before_px, after_px;

	if (!image || !before)
		fail_msg("%s or %s cannot be read: %s", path, original, vips_error_buffer());
	before_px = MAX(before->Xsize, vips_image_get_page_height(before));
	after_px = MAX(image->Xsize, image->Ysize);
	if (after_px != MIN(before_px, EDGE_PX))
		fail_msg("%s: %d pixels long, was %d", path, after_px, before_px);
	if (vips_image_get_orientation(image) > 1)
		fail_msg("%s: orientation %d", path, vips_image_get_orientation(image));
	if (image->Type != VIPS_INTERPRETATION_sRGB && image->Type != VIPS_INTERPRETATION_B_W &&
		image->Type != VIPS_INTERPRETATION_RGB16 && image->Type != VIPS_INTERPRETATION_GREY16)
		fail_msg("%s: interpretation %d", path, image->Type);
	g_object_unref(image);
	g_object_unref(before);
}

static void every_file_that_libvips_loads_is_made(void **state)
{
	static const char *const folders[] = { "photos", "orientation", "colour", "formats", "pngsuite" };
	struct place *place = *state;
	size_t i, made = 0, wrong = 0;
	json_t *events, *event;

	for (unsigned k = 0; k < G_N_ELEMENTS(folders); k++)
		corpus(place, folders[k]);
	picture_write(place_path(place, "mark.png"),
		&(struct picture){ .width_px = 30, .height_px = 10, .colour = { 255, 0, 0 }, .alpha = 1 });
	/* one folder after the other, or their trees would mix */
	for (unsigned k = 0; k < G_N_ELEMENTS(folders); k++) {
		char *out = g_strconcat("made-", folders[k], NULL);

		events = run_through(place, (const char *const[]){ "run", folders[k], out, "--events",
						    "events", "--resize", "200", "--watermark", "mark.png",
						    "--on-collision", "keep-ext", "--timeout", "60", NULL });
		json_array_foreach(events, i, event)
		{
			const char *input = events_text(event, "input");

			if (strcmp(events_text(event, "status"), "done") == 0) {
				assert_well_made(place, input, event);
				made++;
			} else if (strcmp(events_text(event, "event"), "picture") == 0 &&
				   strcmp(events_text(event, "reason"), "camera-raw") != 0 &&
				   libvips_loads(place_path(place, "%s", input))) {
				print_error("%s: %s: %s, but libvips loads it\n", input,
					events_text(event, "reason"), events_text(event, "message"));
				wrong++;
			}
		}
		json_decref(events);
		g_free(out);
	}
	assert_int_equal(wrong, 0);
	assert_true(made > 500);
}

/* The neighbours in PLACE/good must all be made, whatever lies in the corpus' folder of broken files. */
static void run_through_broken(struct place *place, const char *option)
{
	json_t *events, *event;
	size_t i, good = 0;

	corpus(place, "broken");
	for (int k = 0; k < NEIGHBOURS; k++)
		picture_write_plain(place_path(place, "good/%d-neighbour.jpg", k), 300, 200);
	events = run_through(
		place, (const char *const[]){ "run", "broken", "good", "out", "--events", "events",
			       "--resize", "100", "--max-pixels", "100M", "--timeout", "10", "--retries", "0",
			       "--on-collision", "number", option, NULL });
	json_array_foreach(events, i, event)
	{
		json_t *outputs = json_object_get(event, "outputs");

		good += g_str_has_suffix(events_text(event, "input"), "-neighbour.jpg") &&
			strcmp(events_text(event, "status"), "done") == 0;
		if (strcmp(events_text(event, "status"), "done") == 0)
			assert_true(file_exists(
				place_path(place, "%s", events_text(json_array_get(outputs, 0), "name"))));
		else if (json_array_size(outputs) > 0)
			fail_msg("%s failed and has an output", events_text(event, "input"));
	}
	assert_int_equal(good, NEIGHBOURS);
	assert_int_equal(tree_count(place_path(place, "out")),
		json_integer_value(json_object_get(events_summary(events), "done")));
	json_decref(events);
}

static void broken_files_fail_alone(void **state)
{
	run_through_broken(*state, NULL);
}

static void broken_files_fail_alone_where_untrusted_loaders_are_allowed(void **state)
{
	run_through_broken(*state, "--allow-untrusted");
}

static void what_else_lies_in_a_studios_folder_is_left_alone(void **state)
{
	struct place *place = *state;
	json_t *events, *event;
	size_t i;

	corpus(place, "nonimage");
	events = run_through(
		place, (const char *const[]){ "run", "nonimage", "out", "--events", "events", NULL });
	json_array_foreach(events, i, event)
	{
		/* a raw file without its pixels, which LibRaw takes for black ones */
		bool raw = getenv("RAW") && g_str_has_suffix(events_text(event, "input"), ".dng");

		if (events_summary(events) != event && !raw)
			assert_string_equal(events_text(event, "status"), "skipped");
	}
	json_decref(events);
}

static void names_of_every_kind_are_kept_exactly(void **state)
{
	struct place *place = *state;
	const char *folder = getenv("STAMPMILL_CORPUS");
	char *command, *before, *after;
	struct ended ended;

	if (!folder)
		skip();
	command = g_strdup_printf("tar -x -C '%s' -f '%s/names.tar'", place->folder, folder);
	assert_int_equal(system(command), 0);
	g_free(command);

	RUN(&ended, "run", place_path(place, "names"), place_path(place, "out"));
	ASSERT_SAYS(ended.err, "SAME.jpg");
	ASSERT_SAYS(ended.err, "same.jpg");
	ASSERT_EXIT(&ended, 2); /* the two are one file on Windows and macOS */

	assert_int_equal(unlink(place_path(place, "names/SAME.jpg")), 0);
	assert_int_equal(unlink(place_path(place, "names/.hidden.jpg")), 0);
	RUN(&ended, "run", place_path(place, "names"), place_path(place, "out"), "--name",
		"{dir}/{stem}.{ext}");
	ASSERT_EXIT(&ended, 0);
	assert_false(file_exists("PWNED"));
	before = tree_list(place_path(place, "names"));
	after = tree_list(place_path(place, "out"));
	assert_int_equal(tree_count(place_path(place, "out")), tree_count(place_path(place, "names")));
	g_free(before);
	g_free(after);
}

/* Few of the photographs are larger than 300 KB: a tighter limit is searched for in nearly all of them. */
struct fitting {
	const char *resize, *limit;
	size_t limit_bytes;
};

static const struct fitting fittings[] = {
	{ "600", "30k", 30000 },
#ifndef __SANITIZE_ADDRESS__ /* which makes it ten times as slow */
	{ "100%", "300k", 300000 },
#endif
};

#define FIT_QUALITY 92 /* with chroma at full size, which must stay on the way down */

/* The sum of the luminance table of ITU-T T.81, K.1, as libjpeg scales it for a quality. */
static int sum_for_quality(int quality)
{
	static const int table[] = { 16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13,
		16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24,
		35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100,
		103, 99 };
	int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality, sum = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
		sum += CLAMP((table[i] * scale + 50) / 100, 1, 255);
	return sum;
}

/* The quality that a JPEG of ours was made with, by its first quantization table. */
static int quality_of(const char *path)
{
	size_t size_bytes;
	g_autofree char *data = file_read(path, &size_bytes);
	const unsigned char *table = memmem(data, size_bytes, "\xff\xdb", 2);
	int sum = 0;

	assert_non_null(table);
	for (int i = 0; i < 64; i++)
		sum += table[5 + i];
	for (int quality = 1; quality <= 100; quality++)
		if (sum_for_quality(quality) == sum)
			return quality;
	fail_msg("%s: no quality has a table of %d", path, sum);
	return 0;
}

static size_t size_of(const char *path)
{
	size_t size_bytes;

	g_free(file_read(path, &size_bytes));
	return size_bytes;
}

/* The input alone, at that quality. */
static size_t size_at(struct place *place, const struct fitting *fitting, const char *input, int quality)
{
	g_autofree char *number = g_strdup_printf("%d", quality);
	json_t *events =
		run_through(place, (const char *const[]){ "run", input, "again", "--events", "events",
					   "--format", "jpeg", "--resize", fitting->resize, "--quality",
					   number, "--chroma", "444", "--name", "one.jpg", "--force", NULL });

	json_decref(events);
	return size_of(place_path(place, "again/one.jpg"));
}

/* Whether there was anything to search for; and if so, two steps above what was found must be too much. */
static int is_searched(struct place *place, const struct fitting *fitting, json_t *event)
{
	json_t *output = json_array_get(json_object_get(event, "outputs"), 0);
	const char *path = place_path(place, "%s", events_text(output, "name"));
	int quality;

	if (strcmp(events_text(event, "reason"), "too-large") == 0) {
		assert_true(size_at(place, fitting, events_text(event, "input"), 1) > fitting->limit_bytes);
		return 0;
	}
	assert_string_equal(events_text(event, "status"), "done");
	assert_true(size_of(path) <= fitting->limit_bytes);
	quality = quality_of(path);
	if (quality + 2 > FIT_QUALITY)
		return 0;
	if (size_at(place, fitting, events_text(event, "input"), quality + 2) <= fitting->limit_bytes)
		fail_msg("%s: quality %d, though %d fits", path, quality, quality + 2);
	return 1;
}

static int count_searched(struct place *place, const struct fitting *fitting)
{
	g_autofree char *quality = g_strdup_printf("%d", FIT_QUALITY);
	json_t *events, *event;
	size_t i;
	int searched = 0;

	events = run_through(
		place, (const char *const[]){ "run", "photos", "out", "--events", "events", "--format",
			       "jpeg", "--resize", fitting->resize, "--quality", quality, "--max-bytes",
			       fitting->limit, "--on-collision", "number", NULL });
	json_array_foreach(events, i, event)
	{
		if (events_summary(events) != event)
			searched += is_searched(place, fitting, event);
	}
	json_decref(events);
	return searched;
}

static void no_photograph_is_larger_than_allowed_or_much_worse_than_it_need_be(void **state)
{
	struct place *place = *state;
	int searched = 0;

	corpus(place, "photos");
	for (size_t i = 0; i < G_N_ELEMENTS(fittings); i++)
		searched += count_searched(place, &fittings[i]);
	assert_in_range(searched, 20, 66);
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(every_file_that_libvips_loads_is_made),
		ROW(broken_files_fail_alone),
		ROW(broken_files_fail_alone_where_untrusted_loaders_are_allowed),
		ROW(what_else_lies_in_a_studios_folder_is_left_alone),
		ROW(names_of_every_kind_are_kept_exactly),
		ROW(no_photograph_is_larger_than_allowed_or_much_worse_than_it_need_be),
	};

	pictures_start("corpus_test");
	vips_block_untrusted_set(TRUE);
	return cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}
