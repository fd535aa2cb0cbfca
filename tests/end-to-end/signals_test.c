/* What happens to a run, its workers and its outputs when somebody is killed or told to stop in the middle.
 */
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vips/vips.h>

#include "check.h"
#include "end-to-end/events.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/program.h"

enum {
	PICTURES = 200, /* names of one file: enough work to meet a run in its middle */
	WORKERS_MAX = 64,
	PATIENCE_S = 100
};

static void write_pictures(struct place *place)
{
	picture_write(place_path(place, "in/000.jpg"), &(struct picture){ .width_px = 1500,
							       .height_px = 1000,
							       .colour = { 90, 120, 150 },
							       .alpha = 1,
							       .noise = 15 });
	for (int i = 1; i < PICTURES; i++)
		file_hard_link(place_path(place, "in/000.jpg"), place_path(place, "in/%03d.jpg", i));
}

static void start(struct place *place, struct program *program)
{
	program_start(program, &(struct program_options){ .folder = place->folder,
				       .arguments = (const char *const[]){ "run", "in", "out", "--resize",
					       "900", "--jobs", "3", "--events", "events", NULL } });
}

static int some_are_made(void *data)
{
	struct place *place = data;

	return tree_count(place_path(place, "out")) >= 5;
}

static int nobody_is_left(void *data)
{
	return program_children(data, NULL, 0) == 0;
}

/* Every file that shows under an output name is a whole picture. */
static void assert_all_whole(struct place *place)
{
	for (int i = 0; i < PICTURES; i++) {
		char *path = place_path(place, "out/%03d.jpg", i);
		VipsImage *image;
		double mean;

		if (!file_exists(path))
			continue;
		image = vips_image_new_from_file(
			path, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
		if (!image || vips_avg(image, &mean, NULL))
			fail_msg("%s is not whole: %s", path, vips_error_buffer());
		g_object_unref(image);
	}
}

/* No file but outputs: nothing temporary is left. */
static void assert_no_debris(struct place *place)
{
	char *list = tree_list(place_path(place, "out"));

	assert_null(strstr(list, ".stampmill-"));
	assert_null(strstr(list, "tmp"));
	g_free(list);
}

static void a_killed_worker_costs_nothing_but_a_retry(void **state)
{
	struct place *place = *state;
	struct program program;
	struct ended ended;
	pid_t workers[WORKERS_MAX];
	json_t *events, *event;
	size_t count, i, killed = 0;
	json_int_t attempts = 0;

	write_pictures(place);
	start(place, &program);
	wait_until(some_are_made, place, "some pictures were made");
	count = program_children(&program, workers, WORKERS_MAX);
	assert_int_equal(count, 3);
	for (i = 0; i < count; i++)
		killed += kill(workers[i], SIGKILL) == 0;
	program_end(&program, PATIENCE_S, &ended);
	ASSERT_SAYS(ended.err, "200 made in ");
	ASSERT_EXIT(&ended, 0);
	events = events_read(place_path(place, "events"));
	events_assert_sound(events, 0);
	json_array_foreach(events, i, event) attempts +=
		json_integer_value(json_object_get(event, "attempt"));
	assert_in_range(attempts - PICTURES, 1, killed);
	assert_int_equal(tree_count(place_path(place, "out")), PICTURES);
	assert_all_whole(place);
	json_decref(events);
}

static int one_is_made(void *data)
{
	return tree_count(place_path(data, "out")) == 1;
}

/* The second picture's turn comes in a thousand seconds. */
static void a_signal_ends_the_wait_for_a_turn(void **state)
{
	struct place *place = *state;
	struct program program;
	struct ended ended;

	write_pictures(place);
	program_start(&program,
		&(struct program_options){ .folder = place->folder,
			.arguments = (const char *const[]){ "run", "in", "out", "--rate", "0.001", NULL } });
	wait_until(one_is_made, place, "the first picture was made");
	assert_int_equal(kill(program.pid, SIGTERM), 0);
	program_end(&program, PATIENCE_S, &ended);
	assert_int_equal(ended.signal, SIGTERM);
	ended_finish(&ended);
	assert_int_equal(tree_count(place_path(place, "out")), 1);
	assert_no_debris(place);
}

static void a_killed_supervisor_leaves_no_process_and_no_part_of_a_picture(void **state)
{
	struct place *place = *state;
	struct program program;
	struct ended ended;

	write_pictures(place);
	start(place, &program);
	wait_until(some_are_made, place, "some pictures were made");
	assert_int_equal(kill(program.pid, SIGKILL), 0);
	program_end(&program, PATIENCE_S, &ended);
	assert_int_equal(ended.signal, SIGKILL);
	ended_finish(&ended);
	wait_until(nobody_is_left, &program, "its workers were gone");
	assert_all_whole(place);
	assert_true(tree_count(place_path(place, "out")) < PICTURES + 3);

	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "900");
	ASSERT_EXIT(&ended, 0);
	assert_int_equal(tree_count(place_path(place, "out")), PICTURES);
	assert_no_debris(place);
}

/* The signal to the supervisor alone: it finishes what is in hand and dies of that signal. */
static void assert_drains(struct place *place, int number)
{
	struct program program;
	struct ended ended;
	json_t *events;
	size_t made;

	write_pictures(place);
	start(place, &program);
	wait_until(some_are_made, place, "some pictures were made");
	assert_int_equal(kill(program.pid, number), 0);
	program_end(&program, PATIENCE_S, &ended);
	assert_int_equal(ended.signal, number);
	ASSERT_SAYS(ended.err, " made, ");
	ended_finish(&ended);
	wait_until(nobody_is_left, &program, "its workers were gone");
	made = tree_count(place_path(place, "out"));
	assert_in_range(made, 5, PICTURES - 1);
	assert_all_whole(place);
	assert_no_debris(place);
	events = events_read(place_path(place, "events"));
	events_assert_sound(events, 128 + number);
	assert_int_equal(json_integer_value(json_object_get(events_summary(events), "done")), made);
	json_decref(events);
}

static void sigint_drains_and_the_program_dies_of_it(void **state)
{
	assert_drains(*state, SIGINT);
}

static void sigterm_drains_and_the_program_dies_of_it(void **state)
{
	assert_drains(*state, SIGTERM);
}

static void sighup_drains_and_the_program_dies_of_it(void **state)
{
	assert_drains(*state, SIGHUP);
}

static void sigint_to_the_whole_group_drains_as_well(void **state)
{
	struct place *place = *state;
	struct program program;
	struct ended ended;

	write_pictures(place);
	start(place, &program);
	wait_until(some_are_made, place, "some pictures were made");
	assert_int_equal(kill(-program.pid, SIGINT), 0);
	program_end(&program, PATIENCE_S, &ended);
	assert_int_equal(ended.signal, SIGINT);
	assert_null(strstr(ended.err, "crashed"));
	ended_finish(&ended);
	assert_all_whole(place);
	assert_no_debris(place);
}

static void a_reader_that_goes_away_ends_the_run_like_sigterm(void **state)
{
	struct place *place = *state;
	struct program program;
	struct ended ended;
	int ends[2];

	write_pictures(place);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	close(ends[0]);
	program_start(&program, &(struct program_options){ .folder = place->folder,
					.out_fd = ends[1],
					.arguments = (const char *const[]){ "run", "in", "out", "--resize",
						"900", "--events", "-", NULL } });
	close(ends[1]);
	program_end(&program, PATIENCE_S, &ended);
	assert_int_equal(ended.signal, SIGPIPE);
	ended_finish(&ended);
	wait_until(nobody_is_left, &program, "its workers were gone");
	assert_true(tree_count(place_path(place, "out")) < PICTURES);
	assert_all_whole(place);
	assert_no_debris(place);
}

static void an_output_name_never_shows_part_of_a_picture(void **state)
{
	struct place *place = *state;
	struct program program;
	struct ended ended;
	int looked = 0;

	write_pictures(place);
	start(place, &program);
	while (kill(program.pid, 0) == 0 && tree_count(place_path(place, "out")) < PICTURES &&
		looked < 1000) {
		assert_all_whole(place);
		looked++;
	}
	program_end(&program, PATIENCE_S, &ended);
	ASSERT_EXIT(&ended, 0);
	assert_true(looked > 1);
	assert_all_whole(place);
}

#ifdef STAMPMILL_TEST_HOOKS
static int a_worker_has_begun(void *data)
{
	struct place *place = data;

	return file_exists(place_path(place, "out/001.jpg"));
}

/* With a picture that hangs in hand, draining would take for ever: the second signal does not wait for it. */
static void the_second_signal_ends_the_run_at_once(void **state)
{
	struct place *place = *state;
	struct program program;
	struct ended ended;

	write_pictures(place);
	program_start(&program,
		&(struct program_options){ .folder = place->folder,
			.environment =
				(const char *const[]){ "STAMPMILL_TEST_HOOK=encode:hang:000.jpg", NULL },
			.arguments = (const char *const[]){ "run", "in", "out", "--jobs", "2", NULL } });
	wait_until(a_worker_has_begun, place, "the second picture was made");
	assert_int_equal(kill(program.pid, SIGTERM), 0);
	g_usleep(500 * 1000);
	assert_int_equal(kill(program.pid, 0), 0); /* still waiting for the first */
	assert_int_equal(kill(program.pid, SIGTERM), 0);
	program_end(&program, 20, &ended);
	assert_int_equal(ended.signal, SIGTERM);
	ended_finish(&ended);
	wait_until(nobody_is_left, &program, "its workers were gone");
	assert_all_whole(place);
	assert_no_debris(place);
}

/* A worker that is stopped with the counter's lock in reach must not stop the supervisor. */
static void a_stopped_worker_does_not_stop_the_others(void **state)
{
	struct place *place = *state;
	struct ended ended;

	write_pictures(place);
	program_run(&(struct program_options){ .folder = place->folder,
			    .environment =
				    (const char *const[]){ "STAMPMILL_TEST_HOOK=decode:stop:000.jpg", NULL },
			    .arguments = (const char *const[]){ "run", "in", "out", "--jobs", "2",
				    "--timeout", "20", "--retries", "0", "--resize", "300", NULL } },
		&ended);
	ASSERT_SAYS(ended.err, "199 made, 1 failed in ");
	ASSERT_EXIT(&ended, 1);
}
#endif

#define ROW(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(a_killed_worker_costs_nothing_but_a_retry),
		ROW(a_signal_ends_the_wait_for_a_turn),
		ROW(a_killed_supervisor_leaves_no_process_and_no_part_of_a_picture),
		ROW(sigint_drains_and_the_program_dies_of_it),
		ROW(sigterm_drains_and_the_program_dies_of_it),
		ROW(sighup_drains_and_the_program_dies_of_it),
		ROW(sigint_to_the_whole_group_drains_as_well),
		ROW(a_reader_that_goes_away_ends_the_run_like_sigterm),
		ROW(an_output_name_never_shows_part_of_a_picture),
#ifdef STAMPMILL_TEST_HOOKS
		ROW(the_second_signal_ends_the_run_at_once),
		ROW(a_stopped_worker_does_not_stop_the_others),
#endif
	};

	pictures_start("signals_test");
	return cmocka_run_group_tests_name("signals", tests, NULL, NULL);
}
