#include "report/log.h"

#include <ctype.h>
#include <signal.h>

#include "check.h"
#include "report/progress.h"
#include "scratch.h"

static struct scratch scratch;

static int setup(void **state)
{
	(void)state;
	return scratch_init(&scratch) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	scratch_finish(&scratch);
	return 0;
}

/* What `act` writes to standard error in a child. */
static const char *said_by(int (*act)(const void *), const void *data)
{
	static char text[65536];
	int ends[2], saved = dup(STDERR_FILENO), status;
	ssize_t got;

	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	status = in_child(act, data);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[1]);
	assert_int_equal(status, 0);
	got = read(ends[0], text, sizeof(text) - 1);
	text[got > 0 ? got : 0] = '\0';
	close(ends[0]);
	return text;
}

static int say_at_each_level(const void *level)
{
	struct log *log = log_new(NULL, *(const enum log_level *)level, NULL, NULL);

	log_line(log, LOG_ERROR, "worker-1", "%s: error %d", "a.jpg", 1);
	log_line(log, LOG_WARNING, NULL, "warning");
	log_line(log, LOG_INFO, NULL, "info");
	log_line(log, LOG_DEBUG, NULL, "debug");
	log_free(log);
	return 0;
}

static void the_level_decides_what_is_said(void **state)
{
	enum log_level error = LOG_ERROR, warning = LOG_WARNING, debug = LOG_DEBUG;

	(void)state;
	assert_string_equal(said_by(say_at_each_level, &error), "stampmill: a.jpg: error 1\n");
	assert_string_equal(
		said_by(say_at_each_level, &warning), "stampmill: a.jpg: error 1\nstampmill: warning\n");
	assert_string_equal(said_by(say_at_each_level, &debug),
		"stampmill: a.jpg: error 1\nstampmill: warning\nstampmill: info\nstampmill: debug\n");
}

static int say_without_a_log(const void *data)
{
	(void)data;
	log_line(NULL, LOG_WARNING, NULL, "warning");
	log_line(NULL, LOG_INFO, NULL, "info");
	return 0;
}

static void without_a_log_warnings_are_said(void **state)
{
	(void)state;
	assert_string_equal(said_by(say_without_a_log, NULL), "stampmill: warning\n");
}

static int say_hostile(const void *data)
{
	(void)data;
	log_line(NULL, LOG_ERROR, NULL, "%s: corrupt", "a\nstampmill: all is well\x1b[2J\xff\\");
	return 0;
}

static void what_is_said_stays_on_its_line(void **state)
{
	(void)state;
	assert_string_equal(said_by(say_hostile, NULL),
		"stampmill: a\\nstampmill: all is well\\x1b[2J\\xff\\\\: corrupt\n");
}

static int log_to_file(const void *data)
{
	struct err err;
	struct log *log = log_new(scratch_path(&scratch, "log"), LOG_INFO, NULL, &err);

	(void)data;
	if (!log)
		return 1;
	log_line(log, LOG_WARNING, "worker-2", "b.jpg: %s", "only the\nfirst page");
	log_line(log, LOG_INFO, NULL, "two workers");
	log_line(log, LOG_DEBUG, NULL, "never");
	log_line(log, LOG_ERROR, "worker-1", "a.jpg: truncated");
	log_free(log);
	return 0;
}

/* "2026-11-21T02:03:04 " at the start of `line`: what follows it. */
static const char *after_time(const char *line)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd ";

	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)line[i]) : line[i] != form[i])
			return "no time";
	return line + sizeof(form) - 1;
}

static void a_log_file_has_time_level_and_worker_and_is_appended_to(void **state)
{
	static const char *const lines[] = {
		"WARNING worker-2 b.jpg: only the\\nfirst page\n",
		"INFO - two workers\n",
		"ERROR worker-1 a.jpg: truncated\n",
	};
	const char *line;

	(void)state;
	assert_string_equal(said_by(log_to_file, NULL), "stampmill: a.jpg: truncated\n");
	said_by(log_to_file, NULL);
	line = scratch_read(&scratch, "log");
	for (int i = 0; i < 6; i++) {
		const char *text = after_time(line);

		assert_int_equal(strncmp(text, lines[i % 3], strlen(lines[i % 3])), 0);
		line = strchr(line, '\n') + 1;
	}
	assert_string_equal(line, "");
}

static void a_log_that_cannot_be_opened_is_named(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_null(log_new(scratch_path(&scratch, "no/folder/log"), LOG_INFO, NULL, &err));
	assert_int_equal(err.reason, REASON_VANISHED);
	assert_non_null(strstr(err.text, "cannot write the log "));
	assert_non_null(strstr(err.text, "no/folder/log: No such file"));
}

static int log_beside_a_bar(const void *data)
{
	struct progress *progress = progress_new(PROGRESS_BAR, STDERR_FILENO);
	struct log *log = log_new(NULL, LOG_WARNING, progress, NULL);
	struct progress_state state = { .phase = "making", .done = 1, .total = 2 };

	(void)data;
	log_line(log, LOG_WARNING, NULL, "before");
	progress_update_at(progress, &state, 0);
	progress_update_at(progress, &state, 1000);
	log_line(log, LOG_INFO, NULL, "not said, so nothing is wiped");
	log_line(log, LOG_WARNING, NULL, "after");
	log_free(log);
	progress_free(progress);
	return 0;
}

static void a_bar_is_wiped_before_a_line(void **state)
{
	const char *said = said_by(log_beside_a_bar, NULL);

	(void)state;
	assert_int_equal(strncmp(said, "stampmill: before\n\rmaking [", 27), 0);
	assert_non_null(strstr(said, "1/2 (50%)\x1b[K\r\x1b[Kstampmill: after\n"));
	assert_string_equal(strstr(said, "after\n"), "after\n");
}

/* More than is kept, to a pipe that nobody reads. */
static int say_too_much(const void *data)
{
	struct log *log = log_new(NULL, LOG_WARNING, NULL, NULL);
	const int *read_fd = data;
	char taken[4096];
	ssize_t got;

	for (int i = 0; i < 30000; i++)
		log_line(log, LOG_WARNING, NULL, "%06d 45678901234567890123456789012345678901234567890", i);
	fcntl(*read_fd, F_SETFL, O_NONBLOCK);
	for (int lost = 0; lost < 100; lost++) {
		while ((got = read(*read_fd, taken, sizeof(taken) - 1)) > 0) {
			taken[got] = '\0';
			if (strstr(taken, " messages lost"))
				return 0;
		}
		log_line(log, LOG_WARNING, NULL, "again");
	}
	return 1;
}

static void what_nobody_reads_does_not_stop_the_run_and_is_counted(void **state)
{
	int ends[2], saved = dup(STDERR_FILENO), status;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	status = in_child(say_too_much, &ends[0]);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(status, 0);
}

static int say_to_nobody(const void *data)
{
	int ends[2];

	(void)data;
	if (pipe(ends) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
		return 1;
	close(ends[0]);
	close(ends[1]);
	log_line(NULL, LOG_ERROR, NULL, "nobody hears this");
	close(STDERR_FILENO);
	log_line(NULL, LOG_ERROR, NULL, "nor this");
	return 0;
}

static void a_closed_standard_error_is_no_harm(void **state)
{
	(void)state;
	assert_int_equal(in_child(say_to_nobody, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_level_decides_what_is_said),
		cmocka_unit_test(without_a_log_warnings_are_said),
		cmocka_unit_test(what_is_said_stays_on_its_line),
		cmocka_unit_test(a_log_file_has_time_level_and_worker_and_is_appended_to),
		cmocka_unit_test(a_log_that_cannot_be_opened_is_named),
		cmocka_unit_test(a_bar_is_wiped_before_a_line),
		cmocka_unit_test(what_nobody_reads_does_not_stop_the_run_and_is_counted),
		cmocka_unit_test(a_closed_standard_error_is_no_harm),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, setup, teardown);
}
