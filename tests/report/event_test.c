#include "report/event.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>

#include "base/cleanup.h"
#include "check.h"
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

static const struct event_output web = {
	.name = "web/a.jpg", .width_px = 2048, .height_px = 1365, .size_bytes = 412345
};

static const struct picture_event made = {
	.input = "shoot/a.jpg",
	.status = PICTURE_DONE,
	.outputs = &web,
	.outputs_count = 1,
	.lane = "planar",
	.worker = "worker-2",
	.pid = 4711,
	.attempt = 1,
	.read_bytes = 8000000,
	.decode_ms = 96.1,
	.resize_ms = 21.84,
	.encode_ms = 5,
	.total_ms = 125.16,
};

/* The stream's text after one picture. */
static const char *text_of(const struct picture_event *event)
{
	struct err err;
	struct event_stream *stream = event_stream_new(scratch_path(&scratch, "events"), &err);

	assert_non_null(stream);
	assert_int_equal(event_stream_picture(stream, event), 0);
	event_stream_free(stream);
	return scratch_read(&scratch, "events");
}

static void a_picture_is_told_as_the_contract_says(void **state)
{
	(void)state;
	assert_string_equal(text_of(&made),
		"{\"event\":\"picture\",\"input\":\"shoot/a.jpg\",\"status\":\"done\",\"reason\":null,"
		"\"message\":null,\"outputs\":[{\"name\":\"web/a.jpg\",\"width\":2048,\"height\":1365,"
		"\"bytes\":412345}],\"lane\":\"planar\",\"worker\":\"worker-2\",\"pid\":4711,\"attempt\":1,"
		"\"decode_ms\":96.1,\"resize_ms\":21.8,\"encode_ms\":5.0,\"total_ms\":125.2}\n");
}

static void what_there_is_not_is_null(void **state)
{
	struct picture_event skipped = { .input = "notes.txt", .status = PICTURE_SKIPPED };

	(void)state;
	err_set(&skipped.err, REASON_NOT_A_PICTURE, "not a picture");
	assert_string_equal(text_of(&skipped),
		"{\"event\":\"picture\",\"input\":\"notes.txt\",\"status\":\"skipped\","
		"\"reason\":\"not-a-picture\",\"message\":\"not a picture\",\"outputs\":[],\"lane\":null,"
		"\"worker\":null,\"pid\":null,\"attempt\":null,\"decode_ms\":null,\"resize_ms\":null,"
		"\"encode_ms\":null,\"total_ms\":null}\n");
}

static void a_warning_is_the_message_of_what_went_well(void **state)
{
	struct picture_event event = made;
	json_t *object;

	(void)state;
	event.warning = "only the first of 3 pages";
	object = json_loads(text_of(&event), 0, NULL);
	assert_string_equal(json_string_value(json_object_get(object, "message")), event.warning);
	assert_true(json_is_null(json_object_get(object, "reason")));
	json_decref(object);
	event.status = PICTURE_FAILED;
	err_set(&event.err, REASON_TIMEOUT, "stopped after 60 s");
	object = json_loads(text_of(&event), 0, NULL);
	assert_string_equal(json_string_value(json_object_get(object, "message")), "stopped after 60 s");
	assert_string_equal(json_string_value(json_object_get(object, "reason")), "timeout");
	json_decref(object);
}

static void why_a_picture_did_not_take_the_faster_lane_is_said(void **state)
{
	struct picture_event event = made;
	json_t *object = json_loads(text_of(&event), 0, NULL);

	(void)state;
	assert_null(json_object_get(object, "lane_why"));
	json_decref(object);
	event.lane = "vips";
	event.lane_why = "the picture is CMYK";
	object = json_loads(text_of(&event), 0, NULL);
	assert_string_equal(json_string_value(json_object_get(object, "lane_why")), event.lane_why);
	json_decref(object);
}

static void a_name_that_is_not_utf8_stands_exactly_in_base64(void **state)
{
	const struct event_output output = { .name = "web/\xfc.jpg" };
	struct picture_event event = made;

	(void)state;
	event.input = "shoot/\xc3\xa9\xff\xc3.jpg";
	event.outputs = &output;
	assert_string_equal(text_of(&event),
		"{\"event\":\"picture\",\"input\":\"shoot/\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd.jpg\","
		"\"input_b64\":\"c2hvb3Qvw6n/wy5qcGc=\",\"status\":\"done\",\"reason\":null,\"message\":null,"
		"\"outputs\":[{\"name\":\"web/\xef\xbf\xbd.jpg\",\"name_b64\":\"d2ViL/wuanBn\",\"width\":0,"
		"\"height\":0,\"bytes\":0}],\"lane\":\"planar\",\"worker\":\"worker-2\",\"pid\":4711,"
		"\"attempt\":1,\"decode_ms\":96.1,\"resize_ms\":21.8,\"encode_ms\":5.0,\"total_ms\":125.2}"
		"\n");
}

static const char *const hostile[] = {
	"new\nline",
	"\x1b]0;title\x07\x1b[2J",
	"quote\" back\\slash \r\t\x7f\x01",
	"\xe2\x80\xa8separator\xe2\x80\xae",
	"\xed\xa0\x80surrogate",
	"\xc0\xaf",
	"\xf8\x88\x80\x80\x80",
	"{\"event\":\"summary\"}\n",
	"",
};

static void hostile_names_stay_on_one_line_and_come_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		struct picture_event event = made;
		const char *text;
		json_t *object;

		event.input = hostile[i];
		text = text_of(&event);
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
		assert_null(strchr(text, '\x1b'));
		object = json_loads(text, 0, NULL);
		assert_non_null(object);
		if (!json_object_get(object, "input_b64"))
			assert_string_equal(json_string_value(json_object_get(object, "input")), hostile[i]);
		json_decref(object);
	}
}

static void numbers_that_are_none_are_null(void **state)
{
	struct picture_event event = made;
	json_t *object;

	(void)state;
	event.decode_ms = 0.0 / 0.0;
	event.total_ms = 1 / 0.0;
	object = json_loads(text_of(&event), 0, NULL);
	assert_true(json_is_null(json_object_get(object, "decode_ms")));
	assert_true(json_is_null(json_object_get(object, "total_ms")));
	json_decref(object);
}

static void what_a_stopped_run_has_not_come_to_did_not_fail(void **state)
{
	struct totals totals = { .seconds = 1 };
	const struct picture_event left = { .status = PICTURE_FAILED,
		.err = { .reason = REASON_INTERRUPTED } };
	const struct picture_event failed = { .status = PICTURE_FAILED, .err = { .reason = REASON_CORRUPT } };
	char line[200];

	(void)state;
	totals_add(&totals, &left);
	totals_add(&totals, &left);
	totals_add(&totals, &failed);
	totals_line(&totals, line, sizeof(line));
	assert_string_equal(line, "0 made, 1 failed, 2 not reached in 1.0 s");
}

static void a_summary_ends_the_stream(void **state)
{
	struct totals totals = { .by_status = { 1204, 3, 2, 1 },
		.read_bytes = 10100000000,
		.written_bytes = 500000000,
		.seconds = 61.21,
		.exit_status = 1 };
	struct err err;
	struct event_stream *stream = event_stream_new(scratch_path(&scratch, "events"), &err);

	(void)state;
	assert_int_equal(event_stream_picture(stream, &made), 0);
	assert_int_equal(event_stream_summary(stream, &totals), 0);
	event_stream_free(stream);
	assert_string_equal(strchr(scratch_read(&scratch, "events"), '\n') + 1,
		"{\"event\":\"summary\",\"done\":1204,\"up-to-date\":3,\"skipped\":2,\"failed\":1,"
		"\"seconds\":61.2,\"pictures_per_second\":19.67,\"bytes_in\":10100000000,"
		"\"bytes_out\":500000000,\"exit_status\":1}\n");
}

static const struct sheet_event page = {
	.sheet = "proof",
	.name = "web/proof-02.jpg",
	.status = PICTURE_DONE,
	.page = 2,
	.pages = 1,
	.pictures = 20,
	.width_px = 2480,
	.height_px = 3508,
	.size_bytes = 812345,
	.worker = "worker-1",
	.pid = 4712,
	.attempt = 1,
	.total_ms = 241.04,
};

static void a_sheet_is_told_in_a_line_of_its_own(void **state)
{
	struct sheet_event failed = page;
	struct err err;
	struct event_stream *stream = event_stream_new(scratch_path(&scratch, "events"), &err);

	(void)state;
	failed.status = PICTURE_FAILED;
	failed.worker = NULL;
	failed.pid = failed.attempt = 0;
	failed.size_bytes = 0;
	err_set(&failed.err, REASON_CRASHED, "its worker died");
	assert_int_equal(event_stream_sheet(stream, &page), 0);
	assert_int_equal(event_stream_sheet(stream, &failed), 0);
	event_stream_free(stream);
	assert_string_equal(scratch_read(&scratch, "events"),
		"{\"event\":\"sheet\",\"sheet\":\"proof\",\"status\":\"done\",\"reason\":null,"
		"\"message\":null,\"name\":\"web/proof-02.jpg\",\"page\":2,\"pages\":1,\"pictures\":20,"
		"\"width\":2480,\"height\":3508,\"bytes\":812345,\"worker\":\"worker-1\",\"pid\":4712,"
		"\"attempt\":1,\"total_ms\":241.0}\n"
		"{\"event\":\"sheet\",\"sheet\":\"proof\",\"status\":\"failed\",\"reason\":\"crashed\","
		"\"message\":\"its worker died\",\"name\":\"web/proof-02.jpg\",\"page\":2,\"pages\":1,"
		"\"pictures\":20,\"width\":2480,\"height\":3508,\"bytes\":0,\"worker\":null,\"pid\":null,"
		"\"attempt\":null,\"total_ms\":null}\n");
}

static void sheets_are_counted_apart(void **state)
{
	struct totals totals = { .seconds = 2 };
	struct sheet_event failed = page, left = page;
	struct err err;
	struct event_stream *stream = event_stream_new(scratch_path(&scratch, "events"), &err);
	char line[200];

	(void)state;
	failed.status = left.status = PICTURE_FAILED;
	err_set(&failed.err, REASON_CRASHED, "its worker died");
	err_set(&left.err, REASON_INTERRUPTED, "the run was stopped before it was made");
	totals_add_sheet(&totals, &page);
	totals_add_sheet(&totals, &page);
	totals_add_sheet(&totals, &failed);
	totals_add_sheet(&totals, &left);
	assert_int_equal(totals.written_bytes, 2 * 812345);
	totals_line(&totals, line, sizeof(line));
	assert_string_equal(line, "0 made, 2 sheets made, 1 sheet failed in 2.0 s");
	assert_int_equal(event_stream_summary(stream, &totals), 0);
	event_stream_free(stream);
	assert_non_null(strstr(scratch_read(&scratch, "events"),
		"\"failed\":0,\"sheets\":{\"done\":2,\"up-to-date\":0,\"failed\":1},\"seconds\":2.0,"));
}

static void a_file_is_made_anew(void **state)
{
	(void)state;
	text_of(&made);
	assert_string_equal(strchr(text_of(&made), '\n'), "\n");
}

static void a_file_that_cannot_be_opened_is_named(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_null(event_stream_new(scratch_path(&scratch, "no/such\nfolder/x"), &err));
	assert_int_equal(err.reason, REASON_VANISHED);
	assert_non_null(strstr(err.text, "cannot write the events to "));
	assert_non_null(strstr(err.text, "no/such?folder/x: No such file or directory"));
	assert_null(event_stream_new(scratch.path, &err));
	assert_non_null(strstr(err.text, "Is a directory"));
}

static int write_to_full_device(const void *data)
{
	struct err err;
	struct event_stream *stream = event_stream_new("/dev/full", &err);

	(void)data;
	if (!stream)
		return 77;
	return event_stream_picture(stream, &made) == -ENOSPC ? 0 : 1;
}

static void a_full_disk_is_told(void **state)
{
	(void)state;
	assert_int_equal(in_child(write_to_full_device, NULL), 0);
}

static int write_to_standard_output(const void *data)
{
	const int *ends = data;
	struct err err;
	struct event_stream *stream;

	if (dup2(ends[1], 1) < 0)
		return 1;
	stream = event_stream_new("-", &err);
	if (!stream || event_stream_picture(stream, &made) != 0)
		return 2;
	event_stream_free(stream);
	return write(1, "still open", 10) == 10 ? 0 : 3;
}

static void a_dash_is_standard_output(void **state)
{
	char text[1000] = "";
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(in_child(write_to_standard_output, ends), 0);
	assert_true(read(ends[0], text, sizeof(text) - 1) > 0);
	assert_non_null(strstr(text, "\"total_ms\":125.2}\nstill open"));
	close(ends[0]);
	close(ends[1]);
}

static int write_to_nobody(const void *data)
{
	struct err err;
	struct event_stream *stream;
	int ends[2];

	(void)data;
	if (pipe(ends) < 0 || dup2(ends[1], 1) < 0)
		return 1;
	close(ends[1]);
	stream = event_stream_new("-", &err);
	if (event_stream_picture(stream, &made) != 0)
		return 2;
	close(ends[0]);
	return event_stream_picture(stream, &made) == -EPIPE ? 0 : 3;
}

static void a_reader_that_went_away_is_told(void **state)
{
	(void)state;
	assert_int_equal(in_child(write_to_nobody, NULL), 0);
}

/* Many more events than the pipe holds, before the reader starts. */
static int write_much(const void *data)
{
	const int *ends = data;
	struct totals totals = { .seconds = 1 };
	struct err err;
	struct event_stream *stream;
	char go;

	if (dup2(ends[1], 1) < 0)
		return 1;
	stream = event_stream_new("-", &err);
	for (int i = 0; i < 1000; i++)
		if (event_stream_picture(stream, &made) != 0)
			return 2;
	if (write(ends[3], "x", 1) != 1 || read(ends[4], &go, 1) != 1)
		return 3;
	return event_stream_summary(stream, &totals) == 0 ? 0 : 4;
}

static void a_slow_reader_gets_every_line_and_does_not_stop_the_run(void **state)
{
	int ends[6], status, lines = 0;
	char text[4096];
	ssize_t got;
	pid_t child;

	(void)state;
	for (int i = 0; i < 6; i += 2)
		assert_int_equal(pipe(ends + i), 0);
	fflush(NULL);
	child = fork();
	if (child == 0)
		_exit(write_much(ends));
	close(ends[1]);
	/* all events were taken while nobody read */
	assert_int_equal(read(ends[2], text, 1), 1);
	assert_int_equal(write(ends[5], "x", 1), 1);
	while ((got = read(ends[0], text, sizeof(text))) > 0)
		for (ssize_t i = 0; i < got; i++)
			lines += text[i] == '\n';
	assert_int_equal(lines, 1001);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(ends[0]);
	for (int i = 2; i < 6; i++)
		close(ends[i]);
}

static void totals_are_summed(void **state)
{
	struct picture_event event = made;
	struct totals totals = { 0 };

	(void)state;
	totals_add(&totals, &event);
	event.status = PICTURE_UP_TO_DATE;
	totals_add(&totals, &event);
	event.status = PICTURE_SKIPPED;
	totals_add(&totals, &event);
	event.status = PICTURE_FAILED;
	totals_add(&totals, &event);
	for (int i = 0; i < PICTURE_STATUS_COUNT; i++)
		assert_int_equal(totals.by_status[i], 1);
	assert_int_equal(totals.read_bytes, 16000000);
	assert_int_equal(totals.written_bytes, 412345);
}

static void the_last_line_says_what_is_not_zero(void **state)
{
	static const struct {
		struct totals totals;
		const char *line;
	} rows[] = {
		{ { .by_status = { 1204, 3, 0, 1 }, .seconds = 61.2 },
			"1204 made, 3 up to date, 1 failed in 61.2 s (19.7 pictures/s)" },
		{ { .by_status = { 12, 0, 0, 0 }, .seconds = 6 }, "12 made in 6.0 s (2.0 pictures/s)" },
		{ { .by_status = { 1, 0, 2, 3 }, .seconds = 4 },
			"1 made, 2 skipped, 3 failed in 4.0 s (0.25 pictures/s)" },
		{ { .by_status = { 0, 5, 0, 0 }, .seconds = 0.04 }, "0 made, 5 up to date in 0.0 s" },
		{ { .by_status = { 1, 0, 0, 0 } }, "1 made in 0.0 s" },
	};
	char line[200];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		totals_line(&rows[i].totals, line, sizeof(line));
		assert_string_equal(line, rows[i].line);
	}
	totals_line(&rows[0].totals, line, 10);
	assert_string_equal(line, "1204 made");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_picture_is_told_as_the_contract_says),
		cmocka_unit_test(what_there_is_not_is_null),
		cmocka_unit_test(a_warning_is_the_message_of_what_went_well),
		cmocka_unit_test(why_a_picture_did_not_take_the_faster_lane_is_said),
		cmocka_unit_test(a_name_that_is_not_utf8_stands_exactly_in_base64),
		cmocka_unit_test(hostile_names_stay_on_one_line_and_come_back),
		cmocka_unit_test(numbers_that_are_none_are_null),
		cmocka_unit_test(what_a_stopped_run_has_not_come_to_did_not_fail),
		cmocka_unit_test(a_summary_ends_the_stream),
		cmocka_unit_test(a_sheet_is_told_in_a_line_of_its_own),
		cmocka_unit_test(sheets_are_counted_apart),
		cmocka_unit_test(a_file_is_made_anew),
		cmocka_unit_test(a_file_that_cannot_be_opened_is_named),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(a_dash_is_standard_output),
		cmocka_unit_test(a_reader_that_went_away_is_told),
		cmocka_unit_test(a_slow_reader_gets_every_line_and_does_not_stop_the_run),
		cmocka_unit_test(totals_are_summed),
		cmocka_unit_test(the_last_line_says_what_is_not_zero),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, setup, teardown);
}
