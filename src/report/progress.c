#include "report/progress.h"

#include <glib.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report/jsontext.h"
#include "report/sink.h"
#include "sys/clock.h"
#include "sys/terminal.h"

#define WIPE "\r\x1b[K"

/* The rate is an average that fades over this time, or over the time of some pictures where those are slow.
 */
#define FADE_S 15.0
#define FADE_PICTURES 8.0

struct progress {
	enum progress_style style; /* auto is resolved */
	int fd;
	struct sink *sink;
	bool drawn; /* there is a bar on the terminal's last line */

	char *phase;
	int64_t last_ms, last_done; /* at the last update */
	int64_t elapsed_ms;         /* of this phase, stops not counted */
	int64_t due_ms;             /* draw when so much has elapsed */
	double recent_pictures, recent_s;
};

struct progress *progress_new(enum progress_style style, int fd)
{
	struct progress *progress = g_new0(struct progress, 1);

	if (style == PROGRESS_AUTO)
		style = terminal_is_smart(fd) ? PROGRESS_BAR : PROGRESS_PLAIN;
	progress->style = style;
	progress->fd = fd;
	progress->sink = sink_new(fd, 0);
	return progress;
}

static bool is_bar_wanted(const struct progress *progress)
{
	return !isatty(progress->fd) || terminal_can_draw(progress->fd);
}

void progress_clear(struct progress *progress)
{
	if (!progress || !progress->drawn)
		return;
	if (is_bar_wanted(progress))
		sink_try(progress->sink, WIPE, strlen(WIPE));
	progress->drawn = false;
}

void progress_free(struct progress *progress)
{
	if (!progress)
		return;
	progress_clear(progress);
	sink_free(progress->sink);
	g_free(progress->phase);
	g_free(progress);
}

static int interval_ms(enum progress_style style)
{
	return style == PROGRESS_BAR ? 100 : style == PROGRESS_JSON ? 1000 : 10000;
}

static void begin_phase(struct progress *progress, const struct progress_state *state, int64_t now_ms)
{
	progress_clear(progress);
	g_free(progress->phase);
	progress->phase = g_strdup(state->phase);
	progress->last_ms = now_ms;
	progress->last_done = state->done;
	progress->elapsed_ms = 0;
	progress->due_ms = MAX(1000, interval_ms(progress->style));
	progress->recent_pictures = progress->recent_s = 0;
}

/* What happened in a span of time weighs as much as the span does, so a steady rate is told exactly. */
static void fade(struct progress *progress, double passed_s, double pictures, double fade_s)
{
	double kept = exp(-passed_s / fade_s), weight_s = fade_s * (1 - kept);

	progress->recent_pictures *= kept;
	progress->recent_pictures += passed_s > 0 ? pictures * weight_s / passed_s : pictures;
	progress->recent_s = progress->recent_s * kept + weight_s;
}

static void count_time(struct progress *progress, const struct progress_state *state, int64_t now_ms)
{
	int64_t passed_ms = now_ms - progress->last_ms;
	double fade_s = FADE_S;

	if (passed_ms > PROGRESS_GAP_MS)
		passed_ms = 0;
	progress->elapsed_ms += passed_ms;
	if (state->done > 0)
		fade_s = fmax(
			fade_s, FADE_PICTURES * (double)progress->elapsed_ms / 1000 / (double)state->done);
	fade(progress, (double)passed_ms / 1000, (double)(state->done - progress->last_done), fade_s);
	progress->last_ms = now_ms;
	progress->last_done = state->done;
}

static void show_bar(
	struct progress *progress, const struct progress_state *state, const struct progress_pace *pace)
{
	char line[512], whole[600];

	if (!is_bar_wanted(progress))
		return;
	progress_line(state, pace, terminal_width(progress->fd), line, sizeof(line));
	snprintf(whole, sizeof(whole), "\r%s\x1b[K", line);
	if (sink_try(progress->sink, whole, strlen(whole)))
		progress->drawn = true;
}

static void show_line(
	struct progress *progress, const struct progress_state *state, const struct progress_pace *pace)
{
	char line[512], whole[600];

	if (progress->style == PROGRESS_JSON) {
		progress_json(state, pace, line, sizeof(line));
		snprintf(whole, sizeof(whole), "%s\n", line);
	} else {
		progress_plain(state, pace, line, sizeof(line));
		snprintf(whole, sizeof(whole), "stampmill: %s\n", line);
	}
	sink_try(progress->sink, whole, strlen(whole));
}

void progress_update_at(struct progress *progress, const struct progress_state *state, int64_t now_ms)
{
	struct progress_pace pace;

	if (!progress || progress->style == PROGRESS_NONE)
		return;
	if (!progress->phase || strcmp(progress->phase, state->phase) != 0)
		begin_phase(progress, state, now_ms);
	count_time(progress, state, now_ms);
	if (progress->elapsed_ms < progress->due_ms)
		return;
	progress->due_ms = progress->elapsed_ms + interval_ms(progress->style);
	pace.elapsed_s = (double)progress->elapsed_ms / 1000;
	pace.rate = progress->recent_s > 0 ? progress->recent_pictures / progress->recent_s : 0;
	if (progress->style == PROGRESS_BAR)
		show_bar(progress, state, &pace);
	else
		show_line(progress, state, &pace);
}

void progress_update(struct progress *progress, const struct progress_state *state)
{
	progress_update_at(progress, state, clock_ms());
}

void progress_rate_text(double rate, char *buffer, size_t size)
{
	const char *format = rate >= 99.95 ? "%.0f" : rate >= 0.95 ? "%.1f" : "%.2g";

	g_ascii_formatd(buffer, (int)size, format, rate);
}

/* Seconds to the end of the phase; negative: not known. */
static double seconds_left(const struct progress_state *state, const struct progress_pace *pace)
{
	if (!(pace->rate > 0) || state->total <= state->done)
		return -1;
	return (double)(state->total - state->done) / pace->rate;
}

static void time_left_text(double left_s, char *buffer, size_t size)
{
	int64_t left = left_s < 1e9 ? MAX(1, (int64_t)llround(left_s)) : 1000000000;

	if (left >= 100 * 3600)
		snprintf(buffer, size, "%" PRId64 " days", left / 86400);
	else if (left >= 3600)
		snprintf(buffer, size, "%d:%02d:%02d", (int)left / 3600, (int)left / 60 % 60, (int)left % 60);
	else
		snprintf(buffer, size, "%d:%02d", (int)left / 60, (int)left % 60);
}

/* How much is said, from the most to the least. */
enum detail {
	DETAIL_ALL,
	DETAIL_SHORT, /* "/s" for " pictures/s" */
	DETAIL_NO_RATE,
	DETAIL_NO_TIME,
	DETAIL_COUNT,
	DETAILS
};

static void words(const struct progress_state *state, const struct progress_pace *pace, enum detail detail,
	GString *out)
{
	double left_s = seconds_left(state, pace);
	char text[32];

	g_string_append_printf(out, "%" PRId64, state->done);
	/* never 100 % before the end */
	if (state->total > 0)
		g_string_append_printf(out, "/%" PRId64 " (%d%%)", state->total,
			(int)(100 * (double)MIN(state->done, state->total) / (double)state->total));
	if (detail <= DETAIL_SHORT && pace->rate > 0) {
		progress_rate_text(pace->rate, text, sizeof(text));
		g_string_append_printf(out, ", %s%s", text, detail == DETAIL_ALL ? " pictures/s" : "/s");
	}
	if (detail <= DETAIL_NO_RATE && left_s >= 0) {
		time_left_text(left_s, text, sizeof(text));
		g_string_append_printf(out, ", %s left", text);
	}
	if (detail <= DETAIL_NO_TIME && state->failed > 0)
		g_string_append_printf(out, ", %" PRId64 " failed", state->failed);
}

static void append_bar(const struct progress_state *state, int width, GString *out)
{
	int filled = (int)((double)width * (double)MIN(state->done, state->total) / (double)state->total);

	g_string_append_c(out, '[');
	for (int i = 0; i < width; i++)
		g_string_append_c(out, i < filled ? '=' : i == filled ? '>' : ' ');
	g_string_append(out, "] ");
}

void progress_line(const struct progress_state *state, const struct progress_pace *pace, int columns,
	char *buffer, size_t size)
{
	enum {
		BAR_LEAST = 10,
		BAR_MOST = 40,
		BAR_EDGES = 3
	};
	int limit = MAX(columns - 1, 0), phase = (int)strlen(state->phase) + 1, room;
	g_autoptr(GString) said = g_string_new(NULL), line = g_string_new(NULL);

	for (enum detail detail = DETAIL_ALL; detail < DETAILS; detail++) {
		g_string_truncate(said, 0);
		words(state, pace, detail, said);
		if (phase + (int)said->len <= limit)
			break;
	}
	g_string_append_printf(line, "%s ", state->phase);
	room = limit - phase - (int)said->len - BAR_EDGES;
	if (room >= BAR_LEAST && state->total > 0)
		append_bar(state, MIN(room, BAR_MOST), line);
	g_string_append_len(line, said->str, (gssize)said->len);
	g_string_truncate(line, MIN(line->len, (gsize)limit));
	g_strlcpy(buffer, line->str, size);
}

void progress_plain(
	const struct progress_state *state, const struct progress_pace *pace, char *buffer, size_t size)
{
	g_autoptr(GString) line = g_string_new(state->phase);

	g_string_append_c(line, ' ');
	words(state, pace, DETAIL_ALL, line);
	g_strlcpy(buffer, line->str, size);
}

void progress_json(
	const struct progress_state *state, const struct progress_pace *pace, char *buffer, size_t size)
{
	json_t *object = json_object();
	double left_s = seconds_left(state, pace);
	char *text;

	json_object_set_new(object, "event", json_string("progress"));
	json_object_set_new(object, "phase", jsontext_string(state->phase));
	json_object_set_new(object, "done", json_integer(state->done));
	json_object_set_new(object, "total", state->total > 0 ? json_integer(state->total) : json_null());
	json_object_set_new(object, "failed", json_integer(state->failed));
	json_object_set_new(object, "seconds", jsontext_number(pace->elapsed_s, 1));
	json_object_set_new(
		object, "pictures_per_second", pace->rate > 0 ? jsontext_number(pace->rate, 3) : json_null());
	json_object_set_new(object, "seconds_left", left_s >= 0 ? jsontext_number(left_s, 1) : json_null());
	text = jsontext_line(object);
	g_strlcpy(buffer, text, size);
	g_free(text);
}
