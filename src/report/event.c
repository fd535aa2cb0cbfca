#include "report/event.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "report/jsontext.h"
#include "report/progress.h"
#include "report/sink.h"

static const char *const status_names[PICTURE_STATUS_COUNT] = {
	[PICTURE_DONE] = "done",
	[PICTURE_UP_TO_DATE] = "up-to-date",
	[PICTURE_SKIPPED] = "skipped",
	[PICTURE_FAILED] = "failed",
};

const char *picture_status_name(enum picture_status status)
{
	return status_names[status];
}

void totals_add(struct totals *totals, const struct picture_event *event)
{
	totals->by_status[event->status]++;
	totals->interrupted += event->status == PICTURE_FAILED && event->err.reason == REASON_INTERRUPTED;
	if (event->status == PICTURE_DONE || event->status == PICTURE_FAILED)
		totals->read_bytes += event->read_bytes;
	if (event->status != PICTURE_DONE)
		return;
	for (size_t i = 0; i < event->outputs_count; i++)
		if (!event->outputs[i].up_to_date)
			totals->written_bytes += event->outputs[i].size_bytes;
}

void totals_add_sheet(struct totals *totals, const struct sheet_event *event)
{
	if (event->err.reason == REASON_INTERRUPTED)
		return;
	totals->sheets[event->status]++;
	if (event->status == PICTURE_DONE)
		totals->written_bytes += event->size_bytes;
}

static double made_per_second(const struct totals *totals)
{
	return totals->seconds > 0 ? (double)totals->by_status[PICTURE_DONE] / totals->seconds : 0;
}

static void add_count(GString *line, int64_t count, const char *word)
{
	if (count > 0)
		g_string_append_printf(line, ", %" PRId64 " %s", count, word);
}

static void add_sheets(GString *line, int64_t count, const char *word)
{
	g_autofree char *words = g_strdup_printf("sheet%s %s", count == 1 ? "" : "s", word);

	add_count(line, count, words);
}

void totals_line(const struct totals *totals, char *buffer, size_t size)
{
	g_autoptr(GString) line = g_string_new(NULL);
	char number[32];

	g_string_append_printf(line, "%" PRId64 " made", totals->by_status[PICTURE_DONE]);
	add_count(line, totals->by_status[PICTURE_UP_TO_DATE], "up to date");
	add_count(line, totals->by_status[PICTURE_SKIPPED], "skipped");
	add_count(line, totals->by_status[PICTURE_FAILED] - totals->interrupted, "failed");
	add_count(line, totals->interrupted, "not reached");
	add_sheets(line, totals->sheets[PICTURE_DONE], "made");
	add_sheets(line, totals->sheets[PICTURE_UP_TO_DATE], "up to date");
	add_sheets(line, totals->sheets[PICTURE_FAILED], "failed");
	g_string_append_printf(
		line, " in %s s", g_ascii_formatd(number, sizeof(number), "%.1f", totals->seconds));
	if (made_per_second(totals) > 0) {
		progress_rate_text(made_per_second(totals), number, sizeof(number));
		g_string_append_printf(line, " (%s pictures/s)", number);
	}
	g_strlcpy(buffer, line->str, size);
}

struct event_stream {
	int fd; /* -1: standard output, borrowed */
	struct sink *sink;
};

struct event_stream *event_stream_new(const char *name, struct err *err)
{
	struct event_stream *stream;
	int fd = -1;

	if (strcmp(name, "-") != 0) {
		fd = sink_open_file(name, O_TRUNC);
		if (fd < 0) {
			err_set_errno(err, fd, "cannot write the events to %s", name);
			return NULL;
		}
	}
	stream = g_new0(struct event_stream, 1);
	stream->fd = fd;
	stream->sink = sink_new(fd >= 0 ? fd : STDOUT_FILENO, 64 << 20);
	return stream;
}

void event_stream_free(struct event_stream *stream)
{
	if (!stream)
		return;
	sink_free(stream->sink);
	sink_close_file(stream->fd);
	g_free(stream);
}

/* Takes the object. */
static int put(struct event_stream *stream, json_t *object)
{
	g_autofree char *text = jsontext_line(object), *line = g_strconcat(text, "\n", NULL);
	int error = sink_put(stream->sink, line, strlen(line));

	if (error != -ENOBUFS)
		return error;
	error = sink_drain(stream->sink, -1);
	return error < 0 ? error : sink_put(stream->sink, line, strlen(line));
}

static json_t *outputs_array(const struct picture_event *event)
{
	json_t *outputs = json_array();

	for (size_t i = 0; i < event->outputs_count; i++) {
		const struct event_output *output = &event->outputs[i];
		json_t *object = json_object();

		jsontext_set_name(object, "name", output->name);
		json_object_set_new(object, "width", json_integer(output->width_px));
		json_object_set_new(object, "height", json_integer(output->height_px));
		json_object_set_new(object, "bytes", json_integer(output->size_bytes));
		json_array_append_new(outputs, object);
	}
	return outputs;
}

static void set_worker(json_t *object, const struct picture_event *event)
{
	const struct {
		const char *key;
		double ms;
	} times[] = {
		{ "decode_ms", event->decode_ms },
		{ "resize_ms", event->resize_ms },
		{ "encode_ms", event->encode_ms },
		{ "total_ms", event->total_ms },
	};

	json_object_set_new(object, "lane", jsontext_string(event->lane));
	if (event->lane_why)
		json_object_set_new(object, "lane_why", jsontext_string(event->lane_why));
	json_object_set_new(object, "worker", jsontext_string(event->worker));
	json_object_set_new(object, "pid", event->pid > 0 ? json_integer(event->pid) : json_null());
	json_object_set_new(
		object, "attempt", event->attempt > 0 ? json_integer(event->attempt) : json_null());
	for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
		json_object_set_new(
			object, times[i].key, event->worker ? jsontext_number(times[i].ms, 1) : json_null());
}

int event_stream_picture(struct event_stream *stream, const struct picture_event *event)
{
	json_t *object = json_object();
	const char *message = event->err.reason != REASON_NONE ? event->err.text : event->warning;

	json_object_set_new(object, "event", json_string("picture"));
	jsontext_set_name(object, "input", event->input);
	json_object_set_new(object, "status", json_string(picture_status_name(event->status)));
	json_object_set_new(object, "reason", jsontext_string(reason_name(event->err.reason)));
	json_object_set_new(object, "message", jsontext_string(message));
	json_object_set_new(object, "outputs", outputs_array(event));
	set_worker(object, event);
	return put(stream, object);
}

int event_stream_sheet(struct event_stream *stream, const struct sheet_event *event)
{
	json_t *object = json_object();
	bool failed = event->err.reason != REASON_NONE;

	json_object_set_new(object, "event", json_string("sheet"));
	json_object_set_new(object, "sheet", jsontext_string(event->sheet));
	json_object_set_new(object, "status", json_string(picture_status_name(event->status)));
	json_object_set_new(object, "reason", jsontext_string(reason_name(event->err.reason)));
	json_object_set_new(object, "message", jsontext_string(failed ? event->err.text : NULL));
	jsontext_set_name(object, "name", event->name);
	json_object_set_new(object, "page", json_integer(event->page));
	json_object_set_new(object, "pages", json_integer(event->pages));
	json_object_set_new(object, "pictures", json_integer(event->pictures));
	json_object_set_new(object, "width", json_integer(event->width_px));
	json_object_set_new(object, "height", json_integer(event->height_px));
	json_object_set_new(object, "bytes", json_integer(event->size_bytes));
	json_object_set_new(object, "worker", jsontext_string(event->worker));
	json_object_set_new(object, "pid", event->pid > 0 ? json_integer(event->pid) : json_null());
	json_object_set_new(
		object, "attempt", event->attempt > 0 ? json_integer(event->attempt) : json_null());
	json_object_set_new(
		object, "total_ms", event->worker ? jsontext_number(event->total_ms, 1) : json_null());
	return put(stream, object);
}

static void set_sheets(json_t *object, const struct totals *totals)
{
	static const enum picture_status told[] = { PICTURE_DONE, PICTURE_UP_TO_DATE, PICTURE_FAILED };
	json_t *sheets = json_object();
	int64_t sum = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
		json_object_set_new(
			sheets, picture_status_name(told[i]), json_integer(totals->sheets[told[i]]));
		sum += totals->sheets[told[i]];
	}
	if (sum > 0)
		json_object_set(object, "sheets", sheets);
	json_decref(sheets);
}

int event_stream_summary(struct event_stream *stream, const struct totals *totals)
{
	json_t *object = json_object();
	int error;

	json_object_set_new(object, "event", json_string("summary"));
	for (enum picture_status status = 0; status < PICTURE_STATUS_COUNT; status++)
		json_object_set_new(
			object, picture_status_name(status), json_integer(totals->by_status[status]));
	set_sheets(object, totals);
	json_object_set_new(object, "seconds", jsontext_number(totals->seconds, 1));
	json_object_set_new(object, "pictures_per_second", jsontext_number(made_per_second(totals), 3));
	json_object_set_new(object, "bytes_in", json_integer(totals->read_bytes));
	json_object_set_new(object, "bytes_out", json_integer(totals->written_bytes));
	json_object_set_new(object, "exit_status", json_integer(totals->exit_status));
	error = put(stream, object);
	return error < 0 ? error : sink_drain(stream->sink, -1);
}
