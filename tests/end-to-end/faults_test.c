/* One bad, huge or crashing picture fails alone, with its name, its reason and a cause in words. */
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "end-to-end/events.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/program.h"

enum {
	WORDS_MAX = 16,
	NEIGHBOURS = 6
};

/* Good pictures around whatever a test adds. */
static void write_neighbours(struct place *place)
{
	picture_write(place_path(place, "in/good-0.jpg"), &(struct picture){ .width_px = 400,
								  .height_px = 300,
								  .colour = { 90, 120, 150 },
								  .alpha = 1,
								  .noise = 10 });
	for (int i = 1; i < NEIGHBOURS; i++)
		file_copy(place_path(place, "in/good-0.jpg"), place_path(place, "in/good-%d.jpg", i));
}

/* Run on in with the options in `line`, events into PLACE/events; must end with `status`, the good neighbours
 * all made. Returns the events. */
static json_t *run_with(struct place *place, const char *line, const char *hook, int status, char **said)
{
	const char *arguments[WORDS_MAX + 8] = { "run", "in", "out", "--events", "events" };
	const char *environment[] = { hook, NULL };
	char **words = g_strsplit(line, " ", WORDS_MAX);
	struct ended ended;
	json_t *events;
	int count = 5;

	for (char **word = words; *word; word++)
		if (**word)
			arguments[count++] = *word;
	program_run(
		&(struct program_options){
			.arguments = arguments, .environment = environment, .folder = place->folder },
		&ended);
	g_strfreev(words);
	if (said)
		*said = g_strdup(ended.err);
	ASSERT_EXIT(&ended, status);
	events = events_read(place_path(place, "events"));
	events_assert_sound(events, status);
	for (int i = 0; i < NEIGHBOURS; i++)
		ASSERT_SIZE(place_path(place, "out/good-%d.jpg", i), 400, 300);
	return events;
}

/* The picture `name` must have failed for `reason`: in the events, on standard error, and without an output.
 */
static void assert_failed(
	struct place *place, json_t *events, const char *said, const char *name, const char *reason)
{
	char *shown = g_strdup_printf("in/%s: %s: ", name, reason);

	assert_non_null(events_picture(events, name));
	assert_string_equal(events_text(events_picture(events, name), "status"), "failed");
	assert_string_equal(events_text(events_picture(events, name), "reason"), reason);
	ASSERT_SAYS(said, shown);
	assert_false(file_exists(place_path(place, "out/%s", name)));
	assert_int_equal(tree_count(place_path(place, "out")), NEIGHBOURS);
	g_free(shown);
}

static void a_truncated_picture_fails_alone(void **state)
{
	struct place *place = *state;
	json_t *events;
	char *said;

	write_neighbours(place);
	file_copy(place_path(place, "in/good-0.jpg"), place_path(place, "in/cut.jpg"));
	file_cut(place_path(place, "in/cut.jpg"), 0.6);
	events = run_with(place, "--resize 2048", NULL, 1, &said);
	assert_failed(place, events, said, "cut.jpg", "truncated");
	ASSERT_SAYS(said, "6 made, 1 failed in ");
	json_decref(events);
	g_free(said);
}

static void a_truncated_picture_is_made_where_that_is_asked_for(void **state)
{
	struct place *place = *state;

	write_neighbours(place);
	file_copy(place_path(place, "in/good-0.jpg"), place_path(place, "in/cut.jpg"));
	file_cut(place_path(place, "in/cut.jpg"), 0.6);
	json_decref(run_with(place, "--fail-on none", NULL, 0, NULL));
	ASSERT_SIZE(place_path(place, "out/cut.jpg"), 400, 300);
}

static void every_truncation_of_every_format_fails_alone(void **state)
{
	static const char *const suffixes[] = { "jpg", "png", "tif", "webp", "gif" };
	static const double shares[] = { 0.02, 0.3, 0.7, 0.95 };
	struct place *place = *state;
	json_t *events, *event;
	size_t i;

	write_neighbours(place);
	for (i = 0; i < G_N_ELEMENTS(suffixes) * G_N_ELEMENTS(shares); i++) {
		char *path = place_path(place, "in/cut-%zu.%s", i, suffixes[i % G_N_ELEMENTS(suffixes)]);

		picture_write(path, &(struct picture){ .width_px = 300,
					    .height_px = 200,
					    .colour = { 99, 99, 99 },
					    .alpha = 1,
					    .noise = 30 });
		file_cut(path, shares[i / G_N_ELEMENTS(suffixes)]);
	}
	events = run_with(place, "--resize 2048", NULL, 1, NULL);
	json_array_foreach(events, i, event) if (strstr(events_text(event, "input"), "in/cut-") &&
						 strcmp(events_text(event, "status"), "failed") != 0)
		fail_msg("%s: %s", events_text(event, "input"), events_text(event, "status"));
	assert_int_equal(tree_count(place_path(place, "out")), NEIGHBOURS);
	json_decref(events);
}

static void what_is_no_picture_is_counted_and_left_alone(void **state)
{
	struct place *place = *state;
	json_t *events;
	char *said;

	write_neighbours(place);
	file_write_text(place_path(place, "in/notes.txt"), "call the bride\n");
	file_write_text(place_path(place, "in/liar.jpg"), "no picture either\n");
	file_write_text(place_path(place, "in/empty.jpg"), "");
	assert_int_equal(mkfifo(place_path(place, "in/pipe.jpg"), 0600), 0);
	events = run_with(place, "", NULL, 0, &said);
	assert_string_equal(events_text(events_picture(events, "notes.txt"), "status"), "skipped");
	assert_string_equal(events_text(events_picture(events, "notes.txt"), "reason"), "not-a-picture");
	assert_string_equal(events_text(events_picture(events, "liar.jpg"), "reason"), "not-a-picture");
	ASSERT_SAYS(said, "6 made, 3 skipped in ");
	json_decref(events);
	g_free(said);
}

/* It has nothing but the thumbnail: without LibRaw it is not looked into, with it it is broken. */
static void camera_raw_is_never_stamped_as_its_thumbnail(void **state)
{
	/* A TIFF header whose first directory says DNGVersion (tag 50706), and an 8x8 thumbnail of it. */
	static const unsigned char dng[] = { 'I', 'I', 42, 0, 8, 0, 0, 0, 3, 0, 0, 1, 3, 0, 1, 0, 0, 0, 8, 0,
		0, 0, 1, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0x12, 0xc6, 1, 0, 4, 0, 0, 0, 1, 4, 0, 0, 0, 0, 0,
		0 };
	bool with_libraw = getenv("RAW");
	struct place *place = *state;
	json_t *events;

	write_neighbours(place);
	file_write(place_path(place, "in/raw.dng"), dng, sizeof(dng));
	events = run_with(place, "", NULL, with_libraw ? 1 : 0, NULL);
	assert_string_equal(
		events_text(events_picture(events, "raw.dng"), "status"), with_libraw ? "failed" : "skipped");
	assert_string_equal(events_text(events_picture(events, "raw.dng"), "reason"),
		with_libraw ? "corrupt" : "camera-raw");
	json_decref(events);
	assert_int_equal(tree_count(place_path(place, "out")), NEIGHBOURS);
}

static void untrusted_formats_are_refused_unless_allowed(void **state)
{
	static const char svg[] = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'>"
				  "<rect width='40' height='20' fill='#f00'/></svg>";
	struct place *place = *state;

	char *said;
	json_t *events;

	write_neighbours(place);
	file_write_text(place_path(place, "in/drawing.svg"), svg);
	events = run_with(place, "", NULL, 1, &said);
	assert_failed(place, events, said, "drawing.svg", "unsupported");
	ASSERT_SAYS(said, "--allow-untrusted");
	json_decref(events);
	g_free(said);
	json_decref(run_with(place, "--allow-untrusted", NULL, 0, NULL));
	assert_int_equal(tree_count(place_path(place, "out")), NEIGHBOURS + 1);
}

static void a_header_that_claims_too_many_pixels_is_refused(void **state)
{
	struct place *place = *state;
	json_t *events;
	char *said;

	write_neighbours(place);
	picture_write_plain(place_path(place, "in/huge.jpg"), 3000, 2000);
	events = run_with(place, "--max-pixels 1M", NULL, 1, &said);
	assert_failed(place, events, said, "huge.jpg", "too-many-pixels");
	json_decref(events);
	g_free(said);
}

static void a_file_that_may_not_be_read_fails_alone(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *before = g_strdup(getenv("STAMPMILL")), *copy = place_path(place, "stampmill");

	write_neighbours(place);
	file_copy(place_path(place, "in/good-0.jpg"), place_path(place, "in/secret.jpg"));
	assert_int_equal(chmod(place_path(place, "in/secret.jpg"), 0), 0);
	folder_make(place_path(place, "out"));
	assert_int_equal(chmod(place_path(place, "out"), 0777), 0);
	assert_int_equal(chmod(place->folder, 0755), 0);
	file_copy(before, copy);
	assert_int_equal(chmod(copy, 0755), 0);
	setenv("STAMPMILL", copy, 1);
	program_run(&(struct program_options){ .arguments = (const char *const[]){ "run", "in", "out", NULL },
			    .folder = place->folder,
			    .as_nobody = 1 },
		&ended);
	setenv("STAMPMILL", before, 1);
	g_free(before);
	ASSERT_SAYS(ended.err, "in/secret.jpg: permission: ");
	ASSERT_SAYS(ended.err, "6 made, 1 failed in ");
	ASSERT_EXIT(&ended, 1);
}

static void names_that_are_not_utf8_are_kept_exactly(void **state)
{
	struct place *place = *state;
	json_t *events, *event;

	write_neighbours(place);
	file_copy(place_path(place, "in/good-0.jpg"), place_path(place, "in/caf\xe9\n.jpg"));
	events = run_with(place, "", NULL, 0, NULL);
	assert_true(file_exists(place_path(place, "out/caf\xe9\n.jpg")));
	event = events_picture(events, "caf\xef\xbf\xbd\n.jpg");
	assert_non_null(event);
	assert_string_equal(events_text(event, "input_b64"), "aW4vY2Fm6QouanBn");
	json_decref(events);
}

static void a_full_disk_stops_the_run_with_status_3(void **state)
{
	struct place *place = *state;
	struct ended ended;

	write_neighbours(place);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--events", "/dev/full");
	ASSERT_SAYS(ended.err, "stopped: ");
	ASSERT_EXIT(&ended, 3);
}

static void events_go_to_standard_output_on_request(void **state)
{
	struct place *place = *state;
	struct ended ended;
	json_t *events;

	write_neighbours(place);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--events", "-");
	file_write_text(place_path(place, "events"), ended.out);
	ASSERT_EXIT(&ended, 0);
	events = events_read(place_path(place, "events"));
	events_assert_sound(events, 0);
	assert_int_equal(json_array_size(events), NEIGHBOURS + 1);
	json_decref(events);
}

static void the_log_goes_to_its_file_with_the_workers_names(void **state)
{
	struct place *place = *state;
	char *log;
	struct ended ended;

	write_neighbours(place);
	file_copy(place_path(place, "in/good-0.jpg"), place_path(place, "in/cut.jpg"));
	file_cut(place_path(place, "in/cut.jpg"), 0.6);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--log",
		place_path(place, "log"), "--log-level", "info");
	ASSERT_SAYS(ended.err, "1 failed in ");
	ASSERT_EXIT(&ended, 1);
	log = file_read(place_path(place, "log"), NULL);
	ASSERT_SAYS(log, "worker-1");
	ASSERT_SAYS(log, "good-0.jpg");
	ASSERT_SAYS(log, "truncated");
	g_free(log);
}

/* Each line whole, with time, level and name; and what a worker said of a picture before what became of it.
 */
static void workers_say_in_the_log_what_they_do(void **state)
{
	struct place *place = *state;
	char *log, **lines;
	struct ended ended;

	write_neighbours(place);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--jobs", "2", "--log",
		place_path(place, "log"), "--log-level", "debug");
	assert_null(strstr(ended.err, "worker-"));
	ASSERT_EXIT(&ended, 0);
	log = file_read(place_path(place, "log"), NULL);
	lines = g_strsplit(log, "\n", -1);
	for (char **line = lines; **line; line++)
		assert_true(g_regex_match_simple(
			"^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2} (DEBUG|INFO) (-|worker-[12]) [^\n]+$",
			*line, 0, 0));
	g_strfreev(lines);
	ASSERT_SAYS(log, "DEBUG worker-2 child process calling self.run()");
	ASSERT_SAYS(log, " DEBUG worker-1 process exiting with exitcode 0");
	for (int i = 0; i < NEIGHBOURS; i++) {
		g_autofree char *begun = g_strdup_printf(" good-%d.jpg: begun, attempt 1", i);
		g_autofree char *made = g_strdup_printf("/good-%d.jpg: made in ", i);

		ASSERT_SAYS(log, begun);
		ASSERT_SAYS(log, made);
		assert_true(strstr(log, begun) < strstr(log, made));
	}
	g_free(log);
}

static void nothing_is_said_but_the_last_line_when_all_is_well(void **state)
{
	struct place *place = *state;
	struct ended ended;

	write_neighbours(place);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"));
	assert_true(g_regex_match_simple(
		"^6 made in [0-9.]+ s( \\([0-9.]+ pictures/s\\))?\\n$", ended.err, 0, 0));
	assert_string_equal(ended.out, "");
	ASSERT_EXIT(&ended, 0);
}

#ifdef STAMPMILL_TEST_HOOKS
/* The points that a worker passes with a picture in hand. */
static const char *const stages[] = { "open", "decode", "stamp", "encode", "sync", "publish" };

static void a_crash_at_any_stage_costs_a_retry(void **state)
{
	static const char *const ways[] = { "kill", "segv", "abort", "exit" };
	struct place *place = *state;

	write_neighbours(place);
	picture_write_plain(place_path(place, "mark.png"), 20, 10);
	for (unsigned i = 0; i < G_N_ELEMENTS(stages); i++) {
		char *hook = g_strdup_printf(
			"STAMPMILL_TEST_HOOK=%s:%s:good-2.jpg:1", stages[i], ways[i % G_N_ELEMENTS(ways)]);
		json_t *events = run_with(place, "--force --watermark mark.png", hook, 0, NULL);
		json_t *event = events_picture(events, "good-2.jpg");

		assert_int_equal(json_integer_value(json_object_get(event, "attempt")), 2);
		assert_int_equal(tree_count(place_path(place, "out")), NEIGHBOURS);
		json_decref(events);
		g_free(hook);
	}
}

/* Whoever asks for it dies of it, once: the worker of the picture before it. */
static void the_next_picture_is_asked_for_while_one_is_made(void **state)
{
	struct place *place = *state;
	json_t *events, *event;
	size_t i;
	int died = 0;

	write_neighbours(place);
	events = run_with(place, "--jobs 1", "STAMPMILL_TEST_HOOK=ahead:segv:good-2.jpg:1", 0, NULL);
	json_array_foreach(events, i, event) died +=
		json_integer_value(json_object_get(event, "attempt")) == 2;
	assert_int_equal(died, 1);
	event = events_picture(events, "good-2.jpg");
	assert_int_equal(json_integer_value(json_object_get(event, "attempt")), 1);
	json_decref(events);
}

static void a_picture_that_crashes_each_time_fails_with_the_signals_name(void **state)
{
	struct place *place = *state;

	write_neighbours(place);
	picture_write_plain(place_path(place, "mark.png"), 20, 10);
	picture_write_plain(place_path(place, "in/bad.jpg"), 400, 300);
	for (unsigned i = 0; i < G_N_ELEMENTS(stages); i++) {
		char *hook = g_strdup_printf("STAMPMILL_TEST_HOOK=%s:segv:bad.jpg", stages[i]);
		char *said;
		json_t *events = run_with(place, "--watermark mark.png", hook, 1, &said);

		assert_failed(place, events, said, "bad.jpg", "crashed");
		ASSERT_SAYS(events_text(events_picture(events, "bad.jpg"), "message"), "SIGSEGV");
		assert_int_equal(
			json_integer_value(json_object_get(events_picture(events, "bad.jpg"), "attempt")), 2);
		json_decref(events);
		g_free(said);
		g_free(hook);
	}
}

static void a_header_that_crashes_its_reader_fails_alone(void **state)
{
	struct place *place = *state;
	char *said;
	json_t *events;

	write_neighbours(place);
	picture_write_plain(place_path(place, "in/bad.jpg"), 400, 300);
	events = run_with(place, "", "STAMPMILL_TEST_HOOK=probe:kill:bad.jpg", 1, &said);
	assert_failed(place, events, said, "bad.jpg", "crashed");
	ASSERT_SAYS(events_text(events_picture(events, "bad.jpg"), "message"), "SIGKILL");
	json_decref(events);
	g_free(said);
}

static void without_retries_the_first_crash_counts(void **state)
{
	struct place *place = *state;
	char *said;
	json_t *events;

	write_neighbours(place);
	picture_write_plain(place_path(place, "in/bad.jpg"), 400, 300);
	events = run_with(place, "--retries 0", "STAMPMILL_TEST_HOOK=encode:kill:bad.jpg:1", 1, &said);
	assert_failed(place, events, said, "bad.jpg", "crashed");
	json_decref(events);
	g_free(said);
}

static void a_picture_that_hangs_is_ended_by_its_timeout(void **state)
{
	static const char *const hooks[] = { "probe:hang", "open:hang", "encode:hang", "publish:stop" };
	struct place *place = *state;

	write_neighbours(place);
	picture_write_plain(place_path(place, "in/bad.jpg"), 400, 300);
	for (unsigned i = 0; i < G_N_ELEMENTS(hooks); i++) {
		char *hook = g_strdup_printf("STAMPMILL_TEST_HOOK=%s:bad.jpg", hooks[i]);
		char *said;
		json_t *events = run_with(place, "--timeout 4 --retries 0", hook, 1, &said);

		assert_failed(place, events, said, "bad.jpg", "timeout");
		json_decref(events);
		g_free(said);
		g_free(hook);
	}
}
#endif

#define ROW(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(a_truncated_picture_fails_alone),
		ROW(a_truncated_picture_is_made_where_that_is_asked_for),
		ROW(every_truncation_of_every_format_fails_alone),
		ROW(what_is_no_picture_is_counted_and_left_alone),
		ROW(camera_raw_is_never_stamped_as_its_thumbnail),
		ROW(untrusted_formats_are_refused_unless_allowed),
		ROW(a_header_that_claims_too_many_pixels_is_refused),
		ROW(a_file_that_may_not_be_read_fails_alone),
		ROW(names_that_are_not_utf8_are_kept_exactly),
		ROW(a_full_disk_stops_the_run_with_status_3),
		ROW(events_go_to_standard_output_on_request),
		ROW(the_log_goes_to_its_file_with_the_workers_names),
		ROW(workers_say_in_the_log_what_they_do),
		ROW(nothing_is_said_but_the_last_line_when_all_is_well),
#ifdef STAMPMILL_TEST_HOOKS
		ROW(a_crash_at_any_stage_costs_a_retry),
		ROW(the_next_picture_is_asked_for_while_one_is_made),
		ROW(a_picture_that_crashes_each_time_fails_with_the_signals_name),
		ROW(a_header_that_crashes_its_reader_fails_alone),
		ROW(without_retries_the_first_crash_counts),
		ROW(a_picture_that_hangs_is_ended_by_its_timeout),
#endif
	};

	pictures_start("faults_test");
	return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
