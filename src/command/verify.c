/*
 * verify: opens every output of the ledger again, in the sandboxed workers, and says which is not what was
 * made.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/options.h"
#include "command/command.h"
#include "command/run.h"
#include "image/engine.h"
#include "sys/clock.h"
#include "sys/cpus.h"
#include "sys/fds.h"
#include "sys/signals.h"

/* A run whose inputs are the outputs, and that makes nothing. */
struct verification {
	struct run run;  /* first: supervise() gives it back */
	GPtrArray *rows; /* const struct ledger_output, of the ledger, one for each input */
	size_t whole;
};

static void add_row(void *data, const struct ledger_output *row)
{
	g_ptr_array_add(data, (gpointer)row);
}

static gint by_path(gconstpointer one, gconstpointer other)
{
	return strcmp((*(const struct ledger_output *const *)one)->path,
		(*(const struct ledger_output *const *)other)->path);
}

static void list_outputs(struct verification *verification)
{
	struct scan *scan = &verification->run.scan;

	ledger_each_output(verification->run.state.ledger, add_row, verification->rows);
	g_ptr_array_sort(verification->rows, by_path);
	scan->roots = calloc(1, sizeof(*scan->roots));
	scan->inputs = calloc(verification->rows->len + 1, sizeof(*scan->inputs));
	if (!scan->roots || !scan->inputs)
		return;
	scan->roots_count = 1;
	scan->roots[0].path = strdup(verification->run.settings.output_folder);
	scan->roots[0].fd = open(verification->run.settings.output_folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (guint i = 0; i < verification->rows->len; i++) {
		const struct ledger_output *row = g_ptr_array_index(verification->rows, i);

		scan->inputs[scan->inputs_count++] = (struct input){
			.path = strdup(row->path), .size_bytes = row->size_bytes, .mtime_ns = row->mtime_ns
		};
	}
}

static void compare(
	const struct ledger_output *row, const struct made_output *found, bool gps, struct err *err)
{
	if (memcmp(row->content, found->content, sizeof(row->content)) != 0)
		err_set(err, REASON_CORRUPT, "has changed since it was made (%lld bytes, then %lld)",
			(long long)found->size_bytes, (long long)row->size_bytes);
	else if (strcmp(row->root, LEDGER_SHEETS) == 0)
		return; /* byte for byte what was made; a PDF has no size in pixels */
	else if (row->width_px != found->width_px || row->height_px != found->height_px)
		err_set(err, REASON_CORRUPT, "is %dx%d, not %dx%d", found->width_px, found->height_px,
			row->width_px, row->height_px);
	else if (row->mark_wanted && !row->marked)
		err_set(err, REASON_WATERMARK, "has no mark");
	else if (gps && row->metadata != METADATA_ALL)
		err_set(err, REASON_INTERNAL, "says where it was taken, against --metadata");
}

static void complain(struct run *run, const char *path, const struct err *err)
{
	g_autofree char *name = g_build_filename(run->settings.output_folder, path, NULL);
	char shown[1024];

	run->phase.failed++;
	log_line(run->log, LOG_ERROR, NULL, "%s: %s", text_printable(name, shown, sizeof(shown)), err->text);
}

static void take(struct run *run, const struct mp_ended *ended)
{
	struct verification *verification = (struct verification *)run;
	const struct ledger_output *row = g_ptr_array_index(verification->rows, ended->tag);
	static struct make_reply reply; /* large */

	run->not_counted++;
	memset(&reply, 0, sizeof(reply));
	if (studio_outcome(ended, &reply.err) == 0 &&
		make_reply_unpack(&reply, ended->data, ended->size_bytes) < 0)
		err_set(&reply.err, REASON_CRASHED, "its worker's answer made no sense");
	if (reply.err.reason == REASON_NONE && reply.outputs_count == 1)
		compare(row, &reply.outputs[0], reply.warning[0] != '\0', &reply.err);
	if (reply.err.reason == REASON_INTERRUPTED)
		return;
	if (reply.err.reason == REASON_VANISHED)
		err_set(&reply.err, REASON_VANISHED, "is no longer there");
	if (reply.err.reason == REASON_NONE)
		verification->whole++;
	else
		complain(run, row->path, &reply.err);
}

static int refuse(const struct run *run, const char *text)
{
	log_line(run->log, LOG_ERROR, NULL, "%s", text);
	return EXIT_NOT_STARTED;
}

static int submit_all(struct run *run)
{
	int error = 0;

	for (size_t i = 0; i < run->scan.inputs_count && error == 0; i++)
		error = studio_submit_verify(&run->studio, i);
	return error;
}

static int start(struct verification *verification)
{
	struct run *run = &verification->run;
	int workers = run->settings.run.jobs ? run->settings.run.jobs : cpus_usable();
	int error;

	run->signal_fd = signals_catch();
	if (run->signal_fd < 0)
		return run->signal_fd;
	if ((size_t)workers > run->scan.inputs_count)
		workers = (int)run->scan.inputs_count;
	error = studio_init(&run->studio, &run->settings, &run->scan, -1, workers > 0 ? workers : 1);
	return error < 0 ? error : submit_all(run);
}

static int conclude(struct verification *verification)
{
	struct run *run = &verification->run;

	progress_clear(run->progress);
	fprintf(stderr, "%zu verified", verification->whole);
	if (run->phase.failed)
		fprintf(stderr, ", %lld failed", (long long)run->phase.failed);
	fprintf(stderr, " in %.1f s\n", (double)(clock_us() - run->started_us) / 1e6);
	if (run->fatal.reason != REASON_NONE)
		return EXIT_STOPPED;
	return run->phase.failed ? EXIT_SOME_FAILED : EXIT_ALL_MADE;
}

static int work(struct verification *verification)
{
	struct run *run = &verification->run;
	struct err err;
	int error;

	if (state_look(&run->state, run->settings.run.state, run->settings.output_folder, &err) < 0)
		return refuse(run, err.text);
	list_outputs(verification);
	if (run->scan.roots_count == 0 || run->scan.roots[0].fd < 0) {
		err_set(&err, REASON_VANISHED, "%s: cannot be opened", run->settings.output_folder);
		return refuse(run, err.text);
	}
	if (engine_start("stampmill", false, &err) < 0)
		return refuse(run, err.text);
	error = start(verification);
	if (error < 0)
		return refuse(run, "no workers can be started");
	run->phase =
		(struct progress_state){ .phase = "verifying", .total = (int64_t)run->scan.inputs_count };
	supervise(run, NULL, take);
	return conclude(verification);
}

static void finish(struct verification *verification)
{
	struct run *run = &verification->run;

	studio_finish(&run->studio, run->log);
	if (run->signal_fd >= 0)
		signals_release(run->signal_fd);
	g_ptr_array_free(verification->rows, TRUE);
	state_close(&run->state);
	scan_finish(&run->scan);
	log_free(run->log);
	progress_free(run->progress);
	settings_finish(&run->settings);
}

static int verify(struct verification *verification)
{
	struct run *run = &verification->run;
	struct err err;

	run->settings.run.dry_run = true; /* nothing is recorded */
	run->progress = progress_new(run->settings.run.progress, STDERR_FILENO);
	run->log = log_new(run->settings.run.log, run->settings.run.log_level, run->progress, &err);
	return run->log ? work(verification) : refuse(run, err.text);
}

int command_verify(int argc, char **argv)
{
	struct verification verification = {
		.run = { .signal_fd = -1, .state = STATE_INIT, .started_us = clock_us() }
	};
	struct run *run = &verification.run;
	enum parse_outcome outcome;
	struct err err;
	int status = 0;

	fds_fill_standard();
	verification.rows = g_ptr_array_new();
	settings_init(&run->settings);
	outcome = options_parse_verify(argc, argv, &run->settings, &err);
	if (outcome == PARSE_OK)
		status = verify(&verification);
	else if (outcome == PARSE_ERROR)
		fprintf(stderr, "stampmill: %s\n", err.text);
	if (outcome == PARSE_HELP)
		help_print("verify");
	if (outcome == PARSE_VERSION)
		puts("stampmill " STAMPMILL_VERSION);
	finish(&verification);
	if (run->ended_by)
		signals_die_of(run->ended_by);
	return outcome == PARSE_ERROR ? EXIT_NOT_STARTED : status;
}
