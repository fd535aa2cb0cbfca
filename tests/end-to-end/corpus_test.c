/*
 * Real pictures and hostile ones, which are not part of this project: the folder that the environment
 * variable STAMPMILL_CORPUS names. Where it is absent, these tests skip.
 */
#include <glib.h>
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
	json_array_foreach(events, i, event) if (events_summary(events) != event)
		assert_string_equal(events_text(event, "status"), "skipped");
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

#define ROW(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(every_file_that_libvips_loads_is_made),
		ROW(broken_files_fail_alone),
		ROW(broken_files_fail_alone_where_untrusted_loaders_are_allowed),
		ROW(what_else_lies_in_a_studios_folder_is_left_alone),
		ROW(names_of_every_kind_are_kept_exactly),
	};

	pictures_start("corpus_test");
	vips_block_untrusted_set(TRUE);
	return cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}
