#include "end-to-end/events.h"

#include <glib.h>
#include <string.h>

#include "check.h"
#include "end-to-end/place.h"

json_t *events_read(const char *path)
{
	char *text = file_read(path, NULL);
	char **lines = g_strsplit(text, "\n", -1);
	json_t *events = json_array();

	assert_true(*text == '\0' || g_str_has_suffix(text, "\n"));
	for (char **line = lines; *line; line++) {
		json_error_t error;
		json_t *object;

		if (!**line)
			continue;
		object = json_loads(*line, JSON_REJECT_DUPLICATES, &error);
		if (!json_is_object(object))
			fail_msg("%s: %s", error.text, *line);
		json_array_append_new(events, object);
	}
	g_strfreev(lines);
	g_free(text);
	return events;
}

const char *events_text(json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

json_t *events_picture(json_t *events, const char *name)
{
	size_t i;
	json_t *event;

	json_array_foreach(
		events, i, event) if (strcmp(events_text(event, "event"), "picture") == 0 &&
				      g_str_has_suffix(events_text(event, "input"), name)) return event;
	return NULL;
}

json_t *events_summary(json_t *events)
{
	json_t *last = json_array_get(events, json_array_size(events) - 1);

	return strcmp(events_text(last, "event"), "summary") == 0 ? last : NULL;
}

static void assert_reason(json_t *event)
{
	static const char *const reasons[] = { "not-a-picture", "camera-raw", "unsupported", "truncated",
		"corrupt", "too-many-pixels", "too-large", "out-of-memory", "timeout", "crashed",
		"permission", "vanished", "disk-full", "watermark", "interrupted", "internal", NULL };

	if (!g_strv_contains(reasons, events_text(event, "reason")))
		fail_msg("%s: \"%s\" is no reason of the contract", events_text(event, "input"),
			events_text(event, "reason"));
	if (!*events_text(event, "message"))
		fail_msg("%s: failed without a word", events_text(event, "input"));
}

static void assert_outputs(json_t *event)
{
	json_t *outputs = json_object_get(event, "outputs"), *output;
	size_t i;

	assert_true(json_array_size(outputs) > 0);
	json_array_foreach(outputs, i, output)
	{
		assert_true(*events_text(output, "name") != '\0');
		assert_true(json_integer_value(json_object_get(output, "width")) > 0);
		assert_true(json_integer_value(json_object_get(output, "height")) > 0);
		assert_true(json_integer_value(json_object_get(output, "bytes")) > 0);
	}
}

static void assert_picture(json_t *event)
{
	static const char *const keys[] = { "input", "status", "reason", "message", "outputs", "lane",
		"worker", "pid", "attempt", "decode_ms", "resize_ms", "encode_ms", "total_ms" };
	const char *status = events_text(event, "status");

	for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
		if (!json_object_get(event, keys[i]))
			fail_msg("%s: an event without %s", events_text(event, "input"), keys[i]);
	if (strcmp(status, "up-to-date") == 0)
		return;
	if (strcmp(status, "done") == 0) {
		assert_outputs(event);
		assert_true(json_is_null(json_object_get(event, "reason")));
	} else {
		assert_true(strcmp(status, "failed") == 0 || strcmp(status, "skipped") == 0);
		assert_reason(event);
	}
}

static void assert_sheet(json_t *event)
{
	static const char *const keys[] = { "sheet", "status", "reason", "message", "name", "page", "pages",
		"pictures", "width", "height", "bytes", "worker", "pid", "attempt", "total_ms" };

	for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
		if (!json_object_get(event, keys[i]))
			fail_msg("%s: an event without %s", events_text(event, "name"), keys[i]);
	if (strcmp(events_text(event, "status"), "failed") == 0)
		assert_reason(event);
	else
		assert_true(json_integer_value(json_object_get(event, "bytes")) > 0);
}

void events_assert_sound(json_t *events, int exit_status)
{
	static const char *const statuses[] = { "done", "up-to-date", "skipped", "failed" };
	json_int_t seen[G_N_ELEMENTS(statuses)] = { 0 };
	json_t *summary = events_summary(events), *event;
	size_t i;

	assert_non_null(summary);
	json_array_foreach(events, i, event)
	{
		if (event == summary)
			continue;
		if (strcmp(events_text(event, "event"), "sheet") == 0) {
			assert_sheet(event);
			continue;
		}
		assert_string_equal(events_text(event, "event"), "picture");
		assert_picture(event);
		for (unsigned k = 0; k < G_N_ELEMENTS(statuses); k++)
			seen[k] += strcmp(events_text(event, "status"), statuses[k]) == 0;
	}
	for (unsigned k = 0; k < G_N_ELEMENTS(statuses); k++)
		assert_int_equal(json_integer_value(json_object_get(summary, statuses[k])), seen[k]);
	assert_int_equal(json_integer_value(json_object_get(summary, "exit_status")), exit_status);
}
