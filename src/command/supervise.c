#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "command/record.h"
#include "command/run.h"
#include "command/worker_log.h"
#include "sys/signals.h"

enum {
	REDRAW_MS = 100,
	COUNTER_PATIENCE_MS = 2
};

void supervise_stop(struct run *run)
{
	mp_pool_cancel(run->studio.pool);
}

void supervise_check_output(struct run *run)
{
	if (run->fatal.reason != REASON_NONE || run->settings.run.dry_run || run->output.fd < 0 ||
		output_folder_is_there(&run->output))
		return;
	err_set(&run->fatal, REASON_VANISHED, "%s: deleted or moved away while the run was at work",
		run->output.path);
	supervise_stop(run);
}

/* ^Z: the workers and every deadline stop with us, and go on with us. */
static void stop_for_now(struct run *run)
{
	progress_clear(run->progress);
	mp_pool_pause(run->studio.pool);
	signals_stop_self();
	mp_pool_resume(run->studio.pool);
}

static void end_by(struct run *run, int signal_number)
{
	if (!run->ended_by) {
		run->ended_by = signal_number;
		supervise_stop(run);
		log_line(run->log, LOG_WARNING, NULL,
			"%s: finishing the pictures in hand; once more to stop at once",
			signals_name(signal_number));
		return;
	}
	run->terminated = true;
	mp_pool_terminate(run->studio.pool);
}

static void answer_signals(struct run *run)
{
	int number;

	while ((number = signals_next(run->signal_fd)) > 0) {
		if (number == SIGTSTP)
			stop_for_now(run);
		else if (number == SIGINT || number == SIGTERM || number == SIGHUP)
			end_by(run, number);
	}
}

static void draw(struct run *run)
{
	uint64_t counted = 0;

	mp_board_total(run->studio.board, COUNTER_PATIENCE_MS, &counted);
	run->phase.done = (int64_t)counted + run->not_counted;
	if (run->phase.done > run->phase.total)
		run->phase.done = run->phase.total;
	progress_update(run->progress, &run->phase);
}

static void pool_has_failed(struct run *run, int error)
{
	if (run->fatal.reason == REASON_NONE)
		err_set(&run->fatal, REASON_INTERNAL, "the workers cannot go on: %s",
			error == -ECHILD ? "no worker could be started" : strerror(-error));
	run->terminated = true;
	mp_pool_terminate(run->studio.pool);
}

static bool is_stopped(const struct run *run)
{
	return run->ended_by || run->fatal.reason != REASON_NONE;
}

/* What can be done without waiting; returns false when nothing is left. */
static bool turn(struct run *run, void (*give)(struct run *run),
	void (*take)(struct run *run, const struct mp_ended *ended))
{
	const struct mp_ended *ended;
	int error;

	if (give && !is_stopped(run))
		give(run);
	error = mp_pool_step(run->studio.pool);
	if (error < 0)
		pool_has_failed(run, error);
	/* what was said on the way to a result comes before it */
	worker_log_listen(run->studio.records, run->log);
	while ((ended = mp_pool_next(run->studio.pool)))
		take(run, ended);
	if (give && !is_stopped(run))
		give(run);
	record_tick(run);
	draw(run);
	return mp_pool_pending(run->studio.pool) > 0 || (run->turn_wait_us > 0 && !is_stopped(run));
}

static int patience_ms(const struct run *run)
{
	int64_t wait_ms = (run->turn_wait_us + 999) / 1000;

	return wait_ms > 0 && wait_ms < REDRAW_MS ? (int)wait_ms : REDRAW_MS;
}

void supervise(struct run *run, void (*give)(struct run *run),
	void (*take)(struct run *run, const struct mp_ended *ended))
{
	struct pollfd watched[] = {
		{ .fd = run->signal_fd, .events = POLLIN },
		{ .fd = mp_pool_fd(run->studio.pool), .events = POLLIN },
	};

	while (turn(run, give, take)) {
		poll(watched, sizeof(watched) / sizeof(watched[0]), patience_ms(run));
		answer_signals(run);
	}
	answer_signals(run);
}
