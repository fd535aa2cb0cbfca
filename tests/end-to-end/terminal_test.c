/* What a person at a terminal sees, and what ^Z, fg and ^C do. */
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "check.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/program.h"
#include "end-to-end/session.h"

enum {
	PICTURES = 60, /* names of one large file: some seconds of work */
	WORKERS_MAX = 64,
	PATIENCE_MS = 100 * 1000
};

static void write_pictures(struct place *place)
{
	picture_write(place_path(place, "in/00.jpg"), &(struct picture){ .width_px = 3600,
							      .height_px = 2400,
							      .colour = { 90, 120, 150 },
							      .alpha = 1,
							      .noise = 15 });
	for (int i = 1; i < PICTURES; i++)
		file_hard_link(place_path(place, "in/00.jpg"), place_path(place, "in/%02d.jpg", i));
}

static const struct program_options *options_for(
	struct place *place, const char *terminal, const char *option)
{
	static const char *arguments[12];
	static const char *environment[2];
	static struct program_options options;

	memcpy(arguments,
		(const char *[]){ "run", "in", "out", "--resize", "1000", "--jobs", "2", option, NULL },
		9 * sizeof(char *));
	environment[0] = terminal;
	options = (struct program_options){
		.folder = place->folder, .arguments = arguments, .environment = environment
	};
	return &options;
}

static void progress_is_drawn_on_a_terminal_and_wiped_at_the_end(void **state)
{
	struct place *place = *state;
	struct session session;
	int wait_status = 0;
	char *screen;

	write_pictures(place);
	session_start(&session, options_for(place, "TERM=xterm", NULL));
	assert_int_equal(session_watch(&session, PATIENCE_MS, &wait_status), SESSION_ENDED);
	assert_true(WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0);
	if (!g_regex_match_simple("\\r[^\\n]*[0-9]+/60 \\([0-9]+%\\), [0-9.]+ "
				  "pictures/s[^\\n]*[0-9]:[0-9]{2}[^\\n]*\\x1b\\[K",
		    session.seen->str, 0, 0))
		fail_msg("no bar in: %s", g_strescape(session.seen->str, NULL));
	screen = session_screen(&session);
	if (!g_regex_match_simple("^60 made in [0-9.]+ s \\([0-9.]+ pictures/s\\)\\n$", screen, 0, 0))
		fail_msg("the screen shows: %s", screen);
	g_free(screen);
	session_finish(&session);
}

static void a_dumb_terminal_gets_whole_lines(void **state)
{
	struct place *place = *state;
	struct session session;
	int wait_status = 0;

	write_pictures(place);
	session_start(&session, options_for(place, "TERM=dumb", NULL));
	assert_int_equal(session_watch(&session, PATIENCE_MS, &wait_status), SESSION_ENDED);
	assert_null(strstr(session.seen->str, "\x1b"));
	ASSERT_SAYS(session.seen->str, "60 made in ");
	session_finish(&session);
}

static void nothing_is_drawn_where_there_is_no_terminal(void **state)
{
	struct place *place = *state;
	struct ended ended;

	write_pictures(place);
	program_run(options_for(place, "TERM=xterm", NULL), &ended);
	assert_null(strpbrk(ended.err, "\r\x1b"));
	ASSERT_SAYS(ended.err, "60 made in ");
	ASSERT_EXIT(&ended, 0);
}

static void progress_can_be_asked_for_as_json(void **state)
{
	struct place *place = *state;
	struct ended ended;

	write_pictures(place);
	program_run(options_for(place, "TERM=xterm", "--progress=json"), &ended);
	assert_null(strpbrk(ended.err, "\r\x1b"));
	ASSERT_SAYS(ended.err, "{\"");
	ASSERT_EXIT(&ended, 0);
}

static int some_are_made(void *data)
{
	struct place *place = data;

	return tree_count(place_path(place, "out")) >= 3;
}

static char state_of(pid_t pid)
{
	char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
	char *text = NULL, state = '-';

	if (g_file_get_contents(path, &text, NULL, NULL))
		state = strrchr(text, ')')[2];
	g_free(text);
	g_free(path);
	return state;
}

static int all_are_stopped(void *data)
{
	pid_t workers[WORKERS_MAX];
	size_t count = program_children(data, workers, WORKERS_MAX), stopped = 0;

	for (size_t i = 0; i < count; i++)
		stopped += state_of(workers[i]) == 'T';
	return count > 0 && stopped == count;
}

static void a_run_that_was_stopped_for_longer_than_its_timeout_goes_on(void **state)
{
	struct place *place = *state;
	struct session session;
	int wait_status = 0;
	size_t made;

	write_pictures(place);
	session_start(&session, options_for(place, "TERM=xterm", "--timeout=3"));
	wait_until(some_are_made, place, "some pictures were made");
	session_type(&session, "\x1a");
	assert_int_equal(session_watch(&session, PATIENCE_MS, &wait_status), SESSION_STOPPED);
	wait_until(all_are_stopped, &session.program, "its workers were stopped too");
	made = tree_count(place_path(place, "out"));
	assert_int_equal(session_watch(&session, 4500, &wait_status), SESSION_NOTHING);
	assert_int_equal(tree_count(place_path(place, "out")), made);
	session_continue(&session);
	assert_int_equal(session_watch(&session, PATIENCE_MS, &wait_status), SESSION_ENDED);
	ASSERT_SAYS(session.seen->str, "60 made in ");
	assert_null(strstr(session.seen->str, "failed"));
	assert_true(WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0);
	session_finish(&session);
}

static void interrupting_at_the_terminal_drains_and_the_program_dies_of_sigint(void **state)
{
	struct place *place = *state;
	struct session session;
	int wait_status = 0;

	write_pictures(place);
	session_start(&session, options_for(place, "TERM=xterm", NULL));
	wait_until(some_are_made, place, "some pictures were made");
	session_type(&session, "\x03");
	assert_int_equal(session_watch(&session, PATIENCE_MS, &wait_status), SESSION_ENDED);
	assert_true(WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGINT);
	ASSERT_SAYS(session.seen->str, "SIGINT");
	assert_null(strstr(session.seen->str, "crashed"));
	assert_true(tree_count(place_path(place, "out")) < PICTURES);
	session_finish(&session);
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(progress_is_drawn_on_a_terminal_and_wiped_at_the_end),
		ROW(a_dumb_terminal_gets_whole_lines),
		ROW(nothing_is_drawn_where_there_is_no_terminal),
		ROW(progress_can_be_asked_for_as_json),
		ROW(a_run_that_was_stopped_for_longer_than_its_timeout_goes_on),
		ROW(interrupting_at_the_terminal_drains_and_the_program_dies_of_sigint),
	};

	pictures_start("terminal_test");
	return cmocka_run_group_tests_name("terminal", tests, NULL, NULL);
}
