#include "command/run.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/options.h"
#include "command/command.h"
#include "command/record.h"
#include "command/sheets.h"
#include "image/engine.h"
#include "sys/clock.h"
#include "sys/cpus.h"
#include "sys/fds.h"
#include "sys/sandbox.h"
#include "sys/signals.h"

/* No more workers than pictures: the others would only cost memory. */
static int workers_needed(const struct run *run)
{
	int wanted = run->settings.run.jobs ? run->settings.run.jobs : cpus_usable();
	size_t pictures = run->scan.inputs_count ? run->scan.inputs_count : 1;

	return (size_t)wanted < pictures ? wanted : (int)pictures;
}

static int refuse(struct run *run, const struct err *err)
{
	log_line(run->log, LOG_ERROR, NULL, "%s", err->text);
	return EXIT_NOT_STARTED;
}

/* The folder is only looked at in a dry run. Returns false when nothing can be written there. */
static bool open_output(struct run *run, struct err *err)
{
	int error;

	if (run->settings.run.dry_run) {
		run->output.fd = open(run->settings.output_folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
		return true;
	}
	error = output_folder_open(&run->output, run->settings.output_folder);
	if (error < 0)
		err_set_errno(err, error, "%s: cannot be written to", run->settings.output_folder);
	return error == 0;
}

static int open_state(struct run *run, bool writable, struct err *err)
{
	const struct settings *settings = &run->settings;

	if (settings->run.dry_run) {
		/* a first run has none; any other reason is one for which the plan may be wrong */
		if (state_look(&run->state, settings->run.state, settings->output_folder, err) < 0 &&
			err->reason != REASON_VANISHED)
			log_line(run->log, LOG_WARNING, NULL, "%s", err->text);
	} else if (writable &&
		   state_open(&run->state, settings->run.state, settings->output_folder, run->log, err) < 0)
		return -1;
	return record_begin(run, err);
}

static void tell_of_sandbox(struct run *run)
{
	char missing[200];

	if (!run->settings.run.sandbox)
		log_line(run->log, LOG_INFO, NULL, "sandbox: off");
	else if (sandbox_missing(missing, sizeof(missing)))
		log_line(run->log, LOG_INFO, NULL, "sandbox: this kernel lacks %s", missing);
	else
		log_line(run->log, LOG_INFO, NULL, "sandbox: complete");
}

static int start_studio(struct run *run, struct err *err)
{
	int error;

	tell_of_sandbox(run);

	run->signal_fd = signals_catch();
	if (run->signal_fd < 0)
		return err_set_errno(err, run->signal_fd, "signals cannot be caught");
	error = studio_init(&run->studio, &run->settings, &run->scan,
		run->settings.run.dry_run ? -1 : run->output.fd, workers_needed(run));
	if (error < 0)
		return err_set_errno(err, error, "no workers can be started");
	if (run->settings.run.rate > 0) {
		run->rate = mp_rate_new(run->settings.run.rate, 1);
		if (!run->rate)
			return err_set_errno(err, -errno, "the rate cannot be kept");
	}
	run->probed = g_new0(struct probe_verdict, run->scan.inputs_count + 1);
	run->up_to_date = g_new0(uint64_t, run->scan.inputs_count + 1);
	run->delivered = g_new0(bool, run->scan.inputs_count + 1);
	return 0;
}

static int exit_status(const struct run *run)
{
	if (run->ended_by)
		return 128 + run->ended_by;
	if (run->fatal.reason != REASON_NONE)
		return EXIT_STOPPED;
	if (run->totals.by_status[PICTURE_FAILED] || run->totals.sheets[PICTURE_FAILED])
		return EXIT_SOME_FAILED;
	return EXIT_ALL_MADE;
}

static void say_how_it_ended(struct run *run)
{
	char line[200];

	run->totals.seconds = (double)(clock_us() - run->started_us) / 1e6;
	run->totals.exit_status = exit_status(run);
	if (run->events)
		event_stream_summary(run->events, &run->totals);
	progress_clear(run->progress);
	if (run->fatal.reason != REASON_NONE)
		log_line(run->log, LOG_ERROR, NULL, "stopped: %s", run->fatal.text);
	totals_line(&run->totals, line, sizeof(line));
	fprintf(stderr, "%s\n", line);
}

/* Everything that may refuse the run; nothing has been written when it does. */
static int prepare(struct run *run)
{
	struct err err, unwritable = { .reason = REASON_NONE };
	bool sound = open_output(run, &unwritable);

	if (open_state(run, sound, &err) < 0 || start_studio(run, &err) < 0)
		return refuse(run, &err);
	look(run);
	if (run->ended_by || run->fatal.reason != REASON_NONE)
		return exit_status(run);
	number_pictures(run);
	run->plan = plan_new(&run->settings, &run->scan, run->probed, engine_writable());
	if (!sound)
		log_line(run->log, LOG_ERROR, NULL, "%s", unwritable.text);
	if (preflight(run) > 0 || !sound)
		return EXIT_NOT_STARTED;
	if (run->settings.run.events && !run->settings.run.dry_run) {
		run->events = event_stream_new(run->settings.run.events, &err);
		if (!run->events)
			return refuse(run, &err);
	}
	return 0;
}

static void show(struct run *run)
{
	show_plan(run);
	show_sheets(run);
}

static int work(struct run *run)
{
	struct err err;
	int status;

	if (settings_read_profiles(&run->settings, &err) < 0 ||
		scan_run(&run->scan, &run->settings, &err) < 0)
		return refuse(run, &err);
	status = prepare(run);
	if (status != 0 || run->settings.run.dry_run) {
		if (status == 0)
			show(run);
		else if (run->fatal.reason != REASON_NONE)
			log_line(run->log, LOG_ERROR, NULL, "stopped: %s", run->fatal.text);
		state_undo(&run->state);
		output_folder_undo(&run->output);
		return status;
	}
	make(run);
	make_sheets(run);
	record_vanished(run);
	record_end(run, exit_status(run));
	say_how_it_ended(run);
	return run->totals.exit_status;
}

static int begin(struct run *run)
{
	struct err err;

	run->progress = progress_new(run->settings.run.progress, STDERR_FILENO);
	run->log = log_new(run->settings.run.log, run->settings.run.log_level, run->progress, &err);
	if (!run->log || engine_start("stampmill", run->settings.input.allow_untrusted, &err) < 0)
		return refuse(run, &err);
	return 0;
}

static void finish(struct run *run)
{
	studio_finish(&run->studio, run->log);
	record_sweep(run);
	mp_rate_free(&run->rate);
	if (run->signal_fd >= 0)
		signals_release(run->signal_fd);
	event_stream_free(run->events);
	progress_free(run->progress);
	log_free(run->log);
	plan_free(run->plan);
	g_free(run->probed);
	g_free(run->up_to_date);
	g_free(run->delivered);
	record_finish(run);
	scan_finish(&run->scan);
	output_folder_close(&run->output);
	settings_finish(&run->settings);
}

int command_run(int argc, char **argv)
{
	struct run run = {
		.signal_fd = -1, .output = OUTPUT_FOLDER_INIT, .state = STATE_INIT, .started_us = clock_us()
	};
	struct err err;
	int status;

	fds_fill_standard();
	settings_init(&run.settings);
	switch (options_parse_run(argc, argv, &run.settings, &err)) {
	case PARSE_HELP:
		help_print("run");
		settings_finish(&run.settings);
		return 0;
	case PARSE_VERSION:
		puts("stampmill " STAMPMILL_VERSION);
		settings_finish(&run.settings);
		return 0;
	case PARSE_ERROR:
		fprintf(stderr, "stampmill: %s\n", err.text);
		settings_finish(&run.settings);
		return EXIT_NOT_STARTED;
	case PARSE_OK:
		break;
	}
	status = begin(&run);
	if (status == 0)
		status = work(&run);
	finish(&run);
	if (run.ended_by)
		signals_die_of(run.ended_by);
	return status;
}
