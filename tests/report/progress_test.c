#include "report/progress.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"
#include "check.h"
#include "scratch.h"

static struct progress_state state_of(int64_t done, int64_t total, int64_t failed)
{
	return (struct progress_state){ .phase = "making", .done = done, .total = total, .failed = failed };
}

static const char *line_of(struct progress_state state, double rate, int columns)
{
	static char line[512];
	struct progress_pace pace = { .elapsed_s = 60, .rate = rate };

	progress_line(&state, &pace, columns, line, sizeof(line));
	return line;
}

static void a_wide_terminal_is_told_everything(void **state)
{
	(void)state;
	assert_string_equal(line_of(state_of(1204, 6100, 1), 19.68, 100),
		"making [=======>                            ] 1204/6100 (19%), 19.7 pictures/s, 4:09 left, "
		"1 failed");
	assert_string_equal(line_of(state_of(0, 6100, 0), 0, 60),
		"making [>                                     ] 0/6100 (0%)");
	assert_string_equal(line_of(state_of(10, 10, 0), 2, 60),
		"making [=====================] 10/10 (100%), 2.0 pictures/s");
	assert_string_equal(line_of(state_of(123, 0, 0), 250, 80), "making 123, 250 pictures/s");
}

static void a_narrow_one_the_most_important(void **state)
{
	struct progress_state some = state_of(1204, 6100, 17);

	(void)state;
	assert_string_equal(
		line_of(some, 19.68, 70), "making 1204/6100 (19%), 19.7 pictures/s, 4:09 left, 17 failed");
	assert_string_equal(line_of(some, 19.68, 60), "making 1204/6100 (19%), 19.7/s, 4:09 left, 17 failed");
	assert_string_equal(line_of(some, 19.68, 48), "making 1204/6100 (19%), 4:09 left, 17 failed");
	assert_string_equal(line_of(some, 19.68, 40), "making 1204/6100 (19%), 17 failed");
	assert_string_equal(line_of(some, 19.68, 25), "making 1204/6100 (19%)");
	assert_string_equal(line_of(some, 19.68, 12), "making 1204");
	assert_string_equal(line_of(some, 19.68, 0), "");
}

static void the_line_never_reaches_the_last_column(void **state)
{
	(void)state;
	for (int columns = 1; columns < 300; columns++)
		for (int64_t done = 1; done <= 1000000000000; done *= 10) {
			size_t length =
				strlen(line_of(state_of(done, 1000000000000, done / 3), 0.01, columns));

			assert_true(length < (size_t)columns);
		}
}

static void all_is_done_only_at_the_end(void **state)
{
	(void)state;
	assert_non_null(strstr(line_of(state_of(99999, 100000, 0), 1, 80), "(99%)"));
	assert_non_null(strstr(line_of(state_of(29, 100, 0), 1, 80), "(29%)"));
	assert_non_null(strstr(line_of(state_of(100000, 100000, 0), 1, 80), "(100%)"));
}

static void the_time_left_is_readable(void **state)
{
	static const struct {
		int64_t left;
		const char *text;
	} rows[] = {
		{ 1, ", 0:01 left" },
		{ 59, ", 0:59 left" },
		{ 60, ", 1:00 left" },
		{ 3599, ", 59:59 left" },
		{ 3600, ", 1:00:00 left" },
		{ 359999, ", 99:59:59 left" },
		{ 360000, ", 4 days left" },
		{ 1000000000000000, ", 11574 days left" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_non_null(strstr(line_of(state_of(5, 5 + rows[i].left, 0), 1, 200), rows[i].text));
}

static void rates_have_the_digits_that_mean_something(void **state)
{
	static const struct {
		double rate;
		const char *text;
	} rows[] = {
		{ 1234.4, "1234" },
		{ 99.96, "100" },
		{ 19.68, "19.7" },
		{ 0.96, "1.0" },
		{ 0.25, "0.25" },
		{ 0.043, "0.043" },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		progress_rate_text(rows[i].rate, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
}

static void json_is_one_object(void **state)
{
	struct progress_state some = state_of(1204, 6100, 1), start = state_of(0, 0, 0);
	struct progress_pace pace = { .elapsed_s = 61.21, .rate = 19.7 }, none = { .elapsed_s = 1 };
	char text[512];

	(void)state;
	progress_json(&some, &pace, text, sizeof(text));
	assert_string_equal(text,
		"{\"event\":\"progress\",\"phase\":\"making\",\"done\":1204,\"total\":6100,"
		"\"failed\":1,\"seconds\":61.2,\"pictures_per_second\":19.7,\"seconds_left\":248.5}");
	progress_json(&start, &none, text, sizeof(text));
	assert_string_equal(text,
		"{\"event\":\"progress\",\"phase\":\"making\",\"done\":0,\"total\":null,"
		"\"failed\":0,\"seconds\":1.0,\"pictures_per_second\":null,\"seconds_left\":null}");
}

/* A progress on a pipe, and what came out of it since it was last asked. */
struct fixture {
	int ends[2];
	struct progress *progress;
	char text[65536];
};

static struct fixture fixture;

static void begin(enum progress_style style)
{
	assert_int_equal(pipe(fixture.ends), 0);
	assert_int_equal(fcntl(fixture.ends[0], F_SETFL, O_NONBLOCK), 0);
	fixture.progress = progress_new(style, fixture.ends[1]);
	assert_non_null(fixture.progress);
}

static const char *shown(void)
{
	ssize_t got = read(fixture.ends[0], fixture.text, sizeof(fixture.text) - 1);

	fixture.text[got > 0 ? got : 0] = '\0';
	return fixture.text;
}

static void end(void)
{
	progress_free(fixture.progress);
	close(fixture.ends[0]);
	close(fixture.ends[1]);
}

static void update(int64_t done, int64_t total, int64_t now_ms)
{
	struct progress_state state = state_of(done, total, 0);

	progress_update_at(fixture.progress, &state, now_ms);
}

static int count(const char *text, const char *part)
{
	int found = 0;

	while ((text = strstr(text, part))) {
		found++;
		text += strlen(part);
	}
	return found;
}

static void a_bar_is_drawn_ten_times_a_second_after_the_first(void **state)
{
	(void)state;
	begin(PROGRESS_BAR);
	for (int64_t ms = 0; ms < 1000; ms += 5)
		update(ms / 10, 1000, 50000 + ms);
	assert_string_equal(shown(), "");
	for (int64_t ms = 1000; ms < 2000; ms += 5)
		update(ms / 10, 1000, 50000 + ms);
	assert_int_equal(count(shown(), "\r"), 10);
	assert_int_equal(count(fixture.text, "\x1b[K"), 10);
	assert_null(strchr(fixture.text, '\n'));
	assert_non_null(strstr(fixture.text, "\rmaking ["));
	assert_non_null(strstr(fixture.text, " 190/1000 (19%), 100 pictures/s, 0:08 left\x1b[K"));
	progress_clear(fixture.progress);
	assert_string_equal(shown(), "\r\x1b[K");
	progress_clear(fixture.progress);
	assert_string_equal(shown(), "");
	update(200, 1000, 52000);
	assert_non_null(strstr(shown(), "200/1000"));
	progress_free(take_ptr(fixture.progress));
	assert_string_equal(shown(), "\r\x1b[K");
	end();
}

static void a_new_phase_starts_anew(void **state)
{
	struct progress_state looking = { .phase = "looking at", .done = 100, .total = 100 };

	(void)state;
	begin(PROGRESS_BAR);
	progress_update_at(fixture.progress, &looking, 0);
	progress_update_at(fixture.progress, &looking, 1000);
	assert_non_null(strstr(shown(), "looking at ["));
	update(0, 100, 1500);
	assert_string_equal(shown(), "\r\x1b[K");
	update(1, 100, 2499);
	assert_string_equal(shown(), "");
	update(1, 100, 2500);
	assert_non_null(strstr(shown(), "1/100 (1%), 1.0 pictures/s"));
	end();
}

static void plain_lines_come_every_ten_seconds(void **state)
{
	(void)state;
	begin(PROGRESS_PLAIN);
	for (int64_t ms = 0; ms < 9900; ms += 100)
		update(ms / 100, 1000, ms);
	assert_string_equal(shown(), "");
	for (int64_t ms = 9900; ms <= 31000; ms += 100)
		update(ms / 100, 1000, ms);
	assert_string_equal(shown(), "stampmill: making 100/1000 (10%), 10.0 pictures/s, 1:30 left\n"
				     "stampmill: making 200/1000 (20%), 10.0 pictures/s, 1:20 left\n"
				     "stampmill: making 300/1000 (30%), 10.0 pictures/s, 1:10 left\n");
	end();
	assert_string_equal(fixture.text + strlen(fixture.text) - 1, "\n");
}

static void json_objects_come_every_second(void **state)
{
	const char *line;
	int lines = 0;

	(void)state;
	begin(PROGRESS_JSON);
	for (int64_t ms = 0; ms <= 5500; ms += 50)
		update(ms / 100, 1000, ms);
	for (line = shown(); *line; line = strchr(line, '\n') + 1, lines++) {
		json_t *object = json_loads(line, JSON_DISABLE_EOF_CHECK, NULL);

		assert_int_equal(json_integer_value(json_object_get(object, "done")), 10 * (lines + 1));
		json_decref(object);
	}
	assert_int_equal(lines, 5);
	end();
}

static void none_is_nothing(void **state)
{
	(void)state;
	begin(PROGRESS_NONE);
	for (int64_t ms = 0; ms < 30000; ms += 500)
		update(ms, 100000, ms);
	progress_clear(fixture.progress);
	progress_free(take_ptr(fixture.progress));
	assert_string_equal(shown(), "");
	end();
	progress_update(NULL, NULL);
	progress_clear(NULL);
}

static void auto_is_plain_where_there_is_no_terminal(void **state)
{
	(void)state;
	begin(PROGRESS_AUTO);
	for (int64_t ms = 0; ms <= 10000; ms += 500)
		update(ms / 500, 200, ms);
	assert_string_equal(shown(), "stampmill: making 20/200 (10%), 2.0 pictures/s, 1:30 left\n");
	end();
}

/* The rate that the last drawn line tells. */
static double shown_rate(void)
{
	const char *rate = shown(), *next;

	while ((next = strstr(rate, "%), ")))
		rate = next + 4;
	return strtod(rate, NULL);
}

static void the_rate_is_that_of_late(void **state)
{
	int64_t done = 0, ms = 0;

	(void)state;
	begin(PROGRESS_BAR);
	for (; ms < 60000; ms += 100, done += 10)
		update(done, 100000, ms);
	assert_float_equal(shown_rate(), 100, 1);
	for (; ms < 120000; ms += 100, done++)
		update(done, 100000, ms);
	assert_float_equal(shown_rate(), 10, 2.5);
	end();
}

/* One picture in 20 s: between two ends the rate must not swing to and fro. */
static void slow_pictures_have_a_steady_rate(void **state)
{
	(void)state;
	begin(PROGRESS_BAR);
	for (int64_t ms = 0; ms < 400000; ms += 1000) {
		update(ms / 20000, 1000, ms);
		if (ms >= 200000)
			assert_float_equal(shown_rate(), 0.05, 0.008);
	}
	end();
}

static void time_in_which_the_run_was_stopped_does_not_count(void **state)
{
	int64_t done = 0, ms = 0;

	(void)state;
	begin(PROGRESS_BAR);
	for (; ms < 30000; ms += 100, done++)
		update(done, 1000, ms);
	ms += 3600000;
	for (int i = 0; i < 10; i++, ms += 100, done++)
		update(done, 1000, ms);
	assert_float_equal(shown_rate(), 10, 0.2);
	end();
}

static void a_reader_that_does_not_read_does_not_stop_the_run(void **state)
{
	static const char filling[4096];

	(void)state;
	begin(PROGRESS_JSON);
	assert_int_equal(fcntl(fixture.ends[1], F_SETFL, O_NONBLOCK), 0);
	while (write(fixture.ends[1], filling, sizeof(filling)) > 0)
		;
	assert_int_equal(fcntl(fixture.ends[1], F_SETFL, 0), 0);
	for (int64_t ms = 0; ms < 20000; ms += 500)
		update(ms / 100, 1000, ms);
	close(fixture.ends[0]);
	for (int64_t ms = 20000; ms < 40000; ms += 500)
		update(ms / 100, 1000, ms);
	end();
}

/* Draws on the terminal `data`; in the background when it is in a group of its own. */
static int draw(const void *data)
{
	const int *fd = data;
	struct progress *progress = progress_new(PROGRESS_AUTO, *fd);

	for (int64_t ms = 0; ms <= 1500; ms += 100) {
		struct progress_state state = state_of(ms / 100, 20, 0);

		progress_update_at(progress, &state, ms);
	}
	progress_free(progress);
	return 0;
}

static int draw_in_background(const void *data)
{
	return setpgid(0, 0) < 0 ? 1 : draw(data);
}

static int control_and_draw(const void *data)
{
	const int *fd = data;
	int error;

	if (setsid() < 0 || ioctl(*fd, TIOCSCTTY, 0) < 0)
		return 1;
	error = in_child(draw_in_background, data);
	if (error != 0 || write(*fd, "#", 1) != 1)
		return 2;
	return draw(data);
}

#define THE_END "\x1b[K\r\x1b[K"

/* What was written to a terminal comes through in pieces, and a little later. Up to THE_END, or for five
 * seconds. */
static ssize_t read_to_the_end(int master, char *text, size_t size)
{
	struct pollfd readable = { .fd = master, .events = POLLIN };
	size_t length = 0;

	text[0] = '\0';
	while (!strstr(text, THE_END) && length < size - 1 && poll(&readable, 1, 5000) == 1) {
		ssize_t got = read(master, text + length, size - 1 - length);

		assert_true(got > 0);
		length += (size_t)got;
		text[length] = '\0';
	}
	return (ssize_t)length;
}

static void a_terminal_gets_a_bar_of_its_width_and_a_job_in_the_background_none(void **state)
{
	static const char expected[] = "#\rmaking 10/20 (50%), 10.0/s, 0:01 left\x1b[K\r";
	struct winsize size = { .ws_row = 24, .ws_col = 45 };
	char text[8192];
	ssize_t got;
	autoclose int master = posix_openpt(O_RDWR | O_NOCTTY), fd = -1;

	(void)state;
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	fd = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, TIOCSWINSZ, &size), 0);
	setenv("TERM", "xterm", 1);
	assert_int_equal(in_child(control_and_draw, &fd), 0);
	got = read_to_the_end(master, text, sizeof(text));
	/* the first thing to come is the mark between the two */
	assert_memory_equal(text, expected, sizeof(expected) - 1);
	assert_true(got >= 7);
	assert_string_equal(text + got - 7, THE_END);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wide_terminal_is_told_everything),
		cmocka_unit_test(a_narrow_one_the_most_important),
		cmocka_unit_test(the_line_never_reaches_the_last_column),
		cmocka_unit_test(all_is_done_only_at_the_end),
		cmocka_unit_test(the_time_left_is_readable),
		cmocka_unit_test(rates_have_the_digits_that_mean_something),
		cmocka_unit_test(json_is_one_object),
		cmocka_unit_test(a_bar_is_drawn_ten_times_a_second_after_the_first),
		cmocka_unit_test(a_new_phase_starts_anew),
		cmocka_unit_test(plain_lines_come_every_ten_seconds),
		cmocka_unit_test(json_objects_come_every_second),
		cmocka_unit_test(none_is_nothing),
		cmocka_unit_test(auto_is_plain_where_there_is_no_terminal),
		cmocka_unit_test(the_rate_is_that_of_late),
		cmocka_unit_test(slow_pictures_have_a_steady_rate),
		cmocka_unit_test(time_in_which_the_run_was_stopped_does_not_count),
		cmocka_unit_test(a_reader_that_does_not_read_does_not_stop_the_run),
		cmocka_unit_test(a_terminal_gets_a_bar_of_its_width_and_a_job_in_the_background_none),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
