#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "command/feed.h"
#include "command/record.h"
#include "command/run.h"
#include "job/need.h"
#include "sys/memory.h"

enum {
	SHOWN_NAME_SIZE = 1024
};

static void log_picture(struct run *run, const struct picture_event *event)
{
	char name[SHOWN_NAME_SIZE];

	text_printable(event->input, name, sizeof(name));
	if (event->warning)
		log_line(run->log, LOG_WARNING, event->worker, "%s: %s", name, event->warning);
	if (event->status == PICTURE_FAILED && event->err.reason == REASON_INTERRUPTED)
		log_line(run->log, LOG_INFO, event->worker, "%s: %s", name, event->err.text);
	else if (event->status == PICTURE_FAILED)
		log_line(run->log, LOG_ERROR, event->worker, "%s: %s: %s", name,
			reason_name(event->err.reason), event->err.text);
	else if (event->status == PICTURE_SKIPPED)
		log_line(run->log, LOG_INFO, event->worker, "%s: skipped: %s: %s", name,
			reason_name(event->err.reason), event->err.text);
	else if (event->status == PICTURE_UP_TO_DATE)
		log_line(run->log, LOG_INFO, NULL, "%s: up to date", name);
	else
		log_line(run->log, LOG_INFO, event->worker, "%s: made in %.1f ms, %s lane%s%s", name,
			event->total_ms, event->lane, event->lane_why ? ": " : "",
			event->lane_why ? event->lane_why : "");
}

static void stream_has_failed(struct run *run, int error)
{
	event_stream_free(run->events);
	run->events = NULL;
	if (error == -EPIPE && !run->ended_by)
		run->ended_by = SIGPIPE;
	else if (error != -EPIPE && run->fatal.reason == REASON_NONE)
		err_set_errno(&run->fatal, error, "the event stream cannot be written");
	supervise_stop(run);
}

void report_picture(struct run *run, struct picture_event *event)
{
	int error = 0;

	totals_add(&run->totals, event);
	if (event->status == PICTURE_FAILED)
		run->phase.failed++;
	log_picture(run, event);
	if (run->events)
		error = event_stream_picture(run->events, event);
	/* -EINTR: a signal waits for us, and supervise() will answer it */
	if (error < 0 && error != -EINTR)
		stream_has_failed(run, error);
}

static void log_sheet(struct run *run, const struct sheet_event *event)
{
	char name[SHOWN_NAME_SIZE];

	text_printable(event->name, name, sizeof(name));
	if (event->status == PICTURE_UP_TO_DATE)
		log_line(run->log, LOG_INFO, NULL, "%s: up to date", name);
	else if (event->status == PICTURE_DONE)
		log_line(run->log, LOG_INFO, event->worker, "%s: made in %.1f ms, %lld pictures", name,
			event->total_ms, (long long)event->pictures);
	else if (event->err.reason == REASON_INTERRUPTED)
		log_line(run->log, LOG_INFO, event->worker, "%s: %s", name, event->err.text);
	else
		log_line(run->log, LOG_ERROR, event->worker, "%s: %s: %s", name,
			reason_name(event->err.reason), event->err.text);
}

void report_sheet(struct run *run, const struct sheet_event *event)
{
	int error = 0;

	totals_add_sheet(&run->totals, event);
	run->phase.failed += event->status == PICTURE_FAILED;
	log_sheet(run, event);
	if (run->events)
		error = event_stream_sheet(run->events, event);
	if (error < 0 && error != -EINTR)
		stream_has_failed(run, error);
}

static void report_input(struct run *run, size_t index, struct picture_event *event)
{
	autofree char *name = scan_input_name(&run->scan, &run->scan.inputs[index]);

	event->input = name ? name : run->scan.inputs[index].path;
	event->read_bytes = run->scan.inputs[index].size_bytes;
	report_picture(run, event);
}

static void report_failure(struct run *run, size_t index, const struct mp_ended *ended, const struct err *err)
{
	struct picture_event event = { .status = PICTURE_FAILED, .err = *err, .attempt = ended->attempts };

	if (ended->worker_index >= 0) {
		event.worker = ended->worker_name;
		event.pid = ended->worker_pid;
	}
	run->not_counted++;
	report_input(run, index, &event);
	record_not_made(run, index, err, ended->attempts);
}

/* An output of input `index`, from what its worker said (NULL: nothing was made) or from the ledger's row.
 * The name is the caller's to free(). */
static struct event_output describe_output(
	const struct run *run, size_t index, size_t i, const struct make_reply *reply)
{
	bool made = reply && !record_has(run->up_to_date[index], i);
	const struct ledger_output *row = made ? NULL : record_output(run, index, i);
	struct event_output output = { .up_to_date = !made };

	output.name = plan_output_name(run->plan, &run->plan->inputs[index].outputs[i]);
	if (made) {
		output.width_px = reply->outputs[i].width_px;
		output.height_px = reply->outputs[i].height_px;
		output.size_bytes = reply->outputs[i].size_bytes;
	} else if (row) {
		output.width_px = row->width_px;
		output.height_px = row->height_px;
		output.size_bytes = row->size_bytes;
	}
	return output;
}

/* Report the picture with its outputs. */
static void report_outputs(
	struct run *run, size_t index, const struct make_reply *reply, struct picture_event *event)
{
	struct event_output outputs[TASK_OUTPUTS_MAX];
	size_t count = run->settings.outputs_count;

	for (size_t i = 0; i < count; i++)
		outputs[i] = describe_output(run, index, i, reply);
	run->delivered[index] = true;
	event->outputs = outputs;
	event->outputs_count = count;
	report_input(run, index, event);
	for (size_t i = 0; i < count; i++)
		free((char *)outputs[i].name);
}

static void report_success(
	struct run *run, size_t index, const struct mp_ended *ended, const struct make_reply *reply)
{
	const struct planned_input *planned = &run->plan->inputs[index];
	struct picture_event event = { .status = PICTURE_DONE,
		.warning = reply->warning[0] ? reply->warning : NULL,
		.lane = reply->lane,
		.lane_why = studio_lane(&run->studio, &run->probed[index].facts, planned).why,
		.worker = ended->worker_name,
		.pid = ended->worker_pid,
		.attempt = ended->attempts,
		.decode_ms = reply->decode_ms,
		.resize_ms = reply->resize_ms,
		.encode_ms = reply->encode_ms,
		.total_ms = reply->total_ms };

	report_outputs(run, index, reply, &event);
	record_made(run, index, reply, ended->attempts);
}

static void report_up_to_date(struct run *run, size_t index)
{
	struct picture_event event = { .status = PICTURE_UP_TO_DATE };

	run->not_counted++;
	report_outputs(run, index, NULL, &event);
}

/* The kernel took the worker for lack of memory: a SIGKILL that was not ours, and one more on its count. */
static bool was_short_of_memory(struct run *run, const struct mp_ended *ended)
{
	int64_t kills;

	if (ended->outcome != MP_CRASHED || ended->signal != SIGKILL)
		return false;
	kills = memory_oom_kills("");
	if (kills <= run->oom_kills)
		return false;
	run->oom_kills = kills;
	return true;
}

/* What a picture's task brought: REASON_NONE in `reply->err` for outputs that are made. */
static void read_reply(struct run *run, const struct mp_ended *ended, struct make_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	if (was_short_of_memory(run, ended))
		err_set(&reply->err, REASON_OUT_OF_MEMORY,
			"the system ran out of memory and ended its worker");
	else if (studio_outcome(ended, &reply->err) < 0)
		return;
	else if (make_reply_unpack(reply, ended->data, ended->size_bytes) < 0)
		err_set(&reply->err, REASON_CRASHED, "its worker's answer made no sense");
	else if (reply->err.reason == REASON_NONE && reply->outputs_count != run->settings.outputs_count)
		err_set(&reply->err, REASON_INTERNAL, "its worker made %zu outputs of %zu",
			reply->outputs_count, run->settings.outputs_count);
}

static void set_interrupted(struct err *err)
{
	err_set(err, REASON_INTERRUPTED, "the run was stopped before it was made");
}

/* Where OUTPUT is gone, nothing is wrong with the picture. */
static void blame_output(struct run *run, struct err *err)
{
	if (err->reason != REASON_VANISHED)
		return;
	supervise_check_output(run);
	if (run->fatal.reason == REASON_VANISHED)
		set_interrupted(err);
}

static void take_made(struct run *run, const struct mp_ended *ended)
{
	static struct make_reply reply; /* large */
	size_t index = ended->tag;
	bool again;

	read_reply(run, ended, &reply);
	again = reply.err.reason == REASON_OUT_OF_MEMORY && !feed_is_second(run->feed, index);
	feed_ended(run->feed, index, again);
	if (again)
		return;
	if (reply.err.reason == REASON_NONE) {
		report_success(run, index, ended, &reply);
		return;
	}
	blame_output(run, &reply.err);
	report_failure(run, index, ended, &reply.err);
	if (reply.err.reason == REASON_DISK_FULL && run->fatal.reason == REASON_NONE) {
		run->fatal = reply.err;
		supervise_stop(run);
	}
}

/* What the scan and the probe have decided already. */
static void report_not_made(struct run *run, size_t index)
{
	struct picture_event event = { .status = PICTURE_SKIPPED, .err = *run->plan->inputs[index].err };

	if (run->plan->inputs[index].action == ACTION_FAIL)
		event.status = PICTURE_FAILED;
	run->not_counted++;
	report_input(run, index, &event);
	record_not_made(run, index, &event.err, 0);
}

static void report_problems_of_scan(struct run *run)
{
	for (size_t i = 0; i < run->scan.problems_count; i++) {
		struct picture_event event = { .status = PICTURE_FAILED,
			.err = run->scan.problems[i].err,
			.input = run->scan.problems[i].name };

		run->not_counted++;
		report_picture(run, &event);
	}
}

/* Memory for the picture, and work in megapixels, the slow formats' weighed. */
static void feed_picture(struct run *run, size_t index)
{
	const struct facts *facts = &run->probed[index].facts;
	const struct planned_input *planned = &run->plan->inputs[index];
	size_t count = run->settings.outputs_count;
	g_autofree struct geometry *geometries = g_new(struct geometry, count);
	double work = (facts->raw.source == RAW_DEVELOPED ? 10.0 : 1.0) * facts->width_px * facts->height_px;

	for (size_t i = 0; i < count; i++) {
		geometries[i] = planned->outputs[i].geometry;
		if (record_has(run->up_to_date[index], i))
			continue;
		work += (planned->outputs[i].format == FORMAT_AVIF ? 100.0 : 1.0) *
			geometries[i].out_width_px * geometries[i].out_height_px;
	}
	feed_add(run->feed, index, need_of_picture(facts, geometries, count), work);
}

static void sort_out(struct run *run, size_t index)
{
	if (run->plan->inputs[index].action != ACTION_MAKE) {
		report_not_made(run, index);
		return;
	}
	run->up_to_date[index] = record_look(run, index);
	if (record_has_all(run, run->up_to_date[index]))
		report_up_to_date(run, index);
	else
		feed_picture(run, index);
}

/* The turn is waited for here and not by the worker, whose time for a picture runs. */
static bool is_turn(struct run *run)
{
	run->turn_wait_us = run->rate && feed_has_more(run->feed) ? mp_rate_wait_us(run->rate) : 0;
	return run->turn_wait_us == 0;
}

static size_t next_picture(struct run *run)
{
	size_t index = is_turn(run) ? feed_next(run->feed) : FEED_WAIT;

	if (run->rate && index != FEED_WAIT && index != FEED_EMPTY)
		mp_rate_take(run->rate, 0);
	return index;
}

static void give(struct run *run)
{
	size_t index;

	while ((index = next_picture(run)) != FEED_WAIT && index != FEED_EMPTY) {
		size_t ahead = feed_peek(run->feed);
		int error;
		struct err err;

		run->studio.ahead = ahead == FEED_EMPTY ? STUDIO_NONE_AHEAD : ahead;
		error = studio_submit_make(&run->studio, index, &run->probed[index].facts,
			&run->plan->inputs[index], run->up_to_date[index]);
		if (error == 0)
			continue;
		err_set_errno(&err, error, "it cannot be handed out");
		feed_ended(run->feed, index, false);
		report_failure(run, index, &(struct mp_ended){ .worker_index = -1 }, &err);
	}
}

/* Those that a stopped run has not come to. */
static void report_left(struct run *run)
{
	struct err err;
	size_t index;

	set_interrupted(&err);
	while ((index = feed_take_back(run->feed)) != FEED_EMPTY)
		report_failure(run, index, &(struct mp_ended){ .worker_index = -1 }, &err);
}

/* Three quarters of what there is, for all that is in hand together. */
static int64_t memory_budget(const struct run *run)
{
	int64_t wanted = run->settings.run.memory_bytes;

	return wanted ? wanted : memory_available("") / 4 * 3;
}

void make(struct run *run)
{
	run->phase = (struct progress_state){ .phase = "making",
		.total = (int64_t)(run->scan.inputs_count + run->scan.problems_count) };
	run->not_counted = 0;
	run->oom_kills = memory_oom_kills("");
	run->feed = feed_new(memory_budget(run), mp_pool_workers(run->studio.pool));
	report_problems_of_scan(run);
	for (size_t i = 0; i < run->scan.inputs_count; i++)
		sort_out(run, i);
	supervise(run, give, take_made);
	run->turn_wait_us = 0;
	supervise_check_output(run);
	report_left(run);
	feed_free(run->feed);
}
