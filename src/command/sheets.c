#include "command/sheets.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/text.h"
#include "command/record.h"
#include "command/sheet_list.h"
#include "job/need.h"
#include "sys/memory.h"

static void report(struct run *run, struct sheet_file *file, struct sheet_event *event)
{
	const struct planned_sheet *planned = &run->plan->sheets[file->sheet];
	autofree char *name = path_join(run->settings.output_folder, file->path);

	file->ended = true;
	event->sheet = planned->settings->label;
	event->name = name ? name : file->path;
	event->page = file->page;
	event->pages = file->pages;
	event->pictures = (int64_t)file->count;
	event->width_px = planned->layout.width_px;
	event->height_px = planned->layout.height_px;
	run->not_counted++;
	report_sheet(run, event);
}

static void report_failure(struct run *run, struct sheet_file *file, const struct err *err)
{
	struct sheet_event event = { .status = PICTURE_FAILED, .err = *err };

	report(run, file, &event);
}

/* Its digest, and whether that is what the ledger has. */
static void sort_out(struct run *run, struct sheet_file *file)
{
	struct sheet_event event = { .status = PICTURE_UP_TO_DATE };
	const struct ledger_output *row;
	struct err err;

	if (sheet_list_digest(run, file, &err) < 0) {
		report_failure(run, file, &err);
		return;
	}
	row = record_sheet(run, file->path, file->digest);
	if (!row)
		return;
	event.size_bytes = row->size_bytes;
	report(run, file, &event);
}

static void submit(struct run *run, guint index)
{
	struct sheet_file *file = sheet_list_file(run, index);
	struct letter letter;
	struct err err;
	int error;

	letter_write(run, file, &letter);
	error = studio_submit_sheet(&run->studio, &letter.request, index);
	letter_finish(&letter);
	if (error == 0) {
		run->sheets->in_hand++;
		return;
	}
	err_set_errno(&err, error, "it cannot be handed out");
	report_failure(run, file, &err);
}

static void give(struct run *run)
{
	struct sheets *sheets = run->sheets;

	for (; sheets->next < sheets->files->len && sheets->in_hand < sheets->most_in_hand; sheets->next++)
		if (!sheet_list_file(run, sheets->next)->ended)
			submit(run, sheets->next);
}

/* 0, or -1 with why not in reply->err. */
static int read_reply(const struct mp_ended *ended, struct make_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	if (studio_outcome(ended, &reply->err) < 0)
		return -1;
	if (make_reply_unpack(reply, ended->data, ended->size_bytes) < 0)
		return err_set(&reply->err, REASON_CRASHED, "its worker's answer made no sense");
	if (reply->err.reason == REASON_NONE && reply->outputs_count != 1)
		return err_set(&reply->err, REASON_INTERNAL, "its worker made no file");
	return reply->err.reason == REASON_NONE ? 0 : -1;
}

static void record(struct run *run, const struct sheet_file *file, const struct made_output *made)
{
	struct sheet_request request = { .sheet = file->sheet, .path = file->path };

	record_sheet_made(run, &request, file->digest, made);
}

/* What stands against every file that is still to be made ends the run. */
static void blame(struct run *run, struct err *err)
{
	if (err->reason == REASON_VANISHED) {
		supervise_check_output(run);
		if (run->fatal.reason == REASON_VANISHED)
			err_set(err, REASON_INTERRUPTED, "the run was stopped before it was made");
	} else if (err->reason == REASON_DISK_FULL && run->fatal.reason == REASON_NONE) {
		run->fatal = *err;
		supervise_stop(run);
	}
}

static void take(struct run *run, const struct mp_ended *ended)
{
	struct sheet_file *file = sheet_list_file(run, (guint)ended->tag);
	static struct make_reply reply; /* large */
	struct sheet_event event = { .status = PICTURE_DONE, .attempt = ended->attempts };

	run->sheets->in_hand--;
	if (read_reply(ended, &reply) < 0) {
		event.status = PICTURE_FAILED;
		event.err = reply.err;
		blame(run, &event.err);
	}
	if (ended->worker_index >= 0) {
		event.worker = ended->worker_name;
		event.pid = ended->worker_pid;
	}
	event.size_bytes = reply.outputs[0].size_bytes;
	event.total_ms = reply.total_ms;
	report(run, file, &event);
	if (event.status == PICTURE_DONE)
		record(run, file, &reply.outputs[0]);
}

static void report_left(struct run *run)
{
	struct err err;

	err_set(&err, REASON_INTERRUPTED, "the run was stopped before it was made");
	for (guint i = 0; i < run->sheets->files->len; i++)
		if (!sheet_list_file(run, i)->ended)
			report_failure(run, sheet_list_file(run, i), &err);
}

/* As many as the workers, or as fit into memory: a page with its copy for the encoder. */
static int most_in_hand(const struct run *run)
{
	int64_t wanted = run->settings.run.memory_bytes, largest_px = 1, most;

	for (size_t i = 0; i < run->settings.sheets_count; i++) {
		const struct sheet_layout *layout = &run->plan->sheets[i].layout;

		largest_px = MAX(largest_px, (int64_t)layout->width_px * layout->height_px);
	}
	most = (wanted ? wanted : memory_available("") / 4 * 3) / (NEED_OF_WORKER + 10 * largest_px);
	return (int)CLAMP(most, 1, mp_pool_workers(run->studio.pool));
}

/* Files of these sheets, by the ledger, that this run has no use for. */
struct stale {
	const struct run *run;
	GPtrArray *paths;
};

static bool is_of_these_sheets(const struct run *run, const struct ledger_output *row)
{
	if (strcmp(row->root, LEDGER_SHEETS) != 0)
		return false;
	for (guint i = 0; i < run->sheets->files->len; i++)
		if (strcmp(sheet_list_file(run, i)->path, row->path) == 0)
			return false;
	for (size_t i = 0; i < run->settings.sheets_count; i++)
		if (strcmp(run->settings.sheets[i].label, row->input) == 0)
			return true;
	return false;
}

static void visit_output(void *data, const struct ledger_output *row)
{
	struct stale *stale = data;

	if (is_of_these_sheets(stale->run, row))
		g_ptr_array_add(stale->paths, g_strdup(row->path));
}

static void tell_of_stale(struct run *run)
{
	struct stale stale = { run, g_ptr_array_new_with_free_func(g_free) };
	size_t removed = 0;

	ledger_each_output(run->state.ledger, visit_output, &stale);
	for (guint i = 0; i < stale.paths->len && run->settings.run.prune; i++)
		record_remove_output(run, g_ptr_array_index(stale.paths, i),
			"its contact sheet has no use for it any more", &removed);
	if (stale.paths->len > 0 && run->settings.run.prune)
		log_line(run->log, LOG_WARNING, NULL,
			"removed %zu files of contact sheets that are no longer needed", removed);
	else if (stale.paths->len > 0)
		log_line(run->log, LOG_WARNING, NULL,
			"%u files of contact sheets are no longer needed, and are kept (--prune removes "
			"them)",
			stale.paths->len);
	g_ptr_array_free(stale.paths, TRUE);
}

static bool is_stopped(const struct run *run)
{
	return run->ended_by || run->fatal.reason != REASON_NONE;
}

/* The longest work first: a PDF of all pictures must not begin when the others are done. */
static gint by_length(gconstpointer one, gconstpointer other)
{
	const struct sheet_file *a = one, *b = other;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->path, b->path);
}

void make_sheets(struct run *run)
{
	uint64_t counted = 0;

	if (run->settings.sheets_count == 0 || is_stopped(run))
		return;
	sheet_list_begin(run);
	g_array_sort(run->sheets->files, by_length);
	mp_board_total(run->studio.board, 100, &counted);
	run->not_counted = -(int64_t)counted; /* those were pictures */
	run->phase = (struct progress_state){ .phase = "sheets", .total = run->sheets->files->len };
	run->sheets->most_in_hand = most_in_hand(run);
	for (guint i = 0; i < run->sheets->files->len; i++)
		sort_out(run, sheet_list_file(run, i));
	supervise(run, give, take);
	supervise_check_output(run);
	report_left(run);
	if (!is_stopped(run))
		tell_of_stale(run);
	sheet_list_end(run);
}

/* All that stands on it is made already, and so is the file. */
static bool would_be_up_to_date(struct run *run, struct sheet_file *file)
{
	const struct planned_sheet *planned = &run->plan->sheets[file->sheet];
	const size_t *inputs = run->sheets->shown[file->sheet].inputs + file->first;
	struct err ignored; /* the run will tell */

	for (size_t i = 0; i < file->count; i++)
		if (!record_has(record_look(run, inputs[i]), planned->output))
			return false;
	if (sheet_list_digest(run, file, &ignored) < 0)
		return false;
	return record_sheet(run, file->path, file->digest);
}

static void show_file(struct run *run, struct sheet_file *file)
{
	const struct planned_sheet *planned = &run->plan->sheets[file->sheet];
	autofree char *name = path_join(run->settings.output_folder, file->path);
	char shown[4096];

	printf("[sheet %s] -> %s %dx%d %s, ", planned->settings->label,
		text_printable(name ? name : file->path, shown, sizeof(shown)), planned->layout.width_px,
		planned->layout.height_px, planned->settings->format == SHEET_PDF ? "pdf" : "jpeg");
	if (file->pages > 1)
		printf("%d pages, ", file->pages);
	printf("%zu picture%s%s\n", file->count, file->count == 1 ? "" : "s",
		would_be_up_to_date(run, file) ? ", up to date" : "");
}

void show_sheets(struct run *run)
{
	sheet_list_begin(run);
	for (guint i = 0; i < run->sheets->files->len; i++)
		show_file(run, sheet_list_file(run, i));
	sheet_list_end(run);
}
