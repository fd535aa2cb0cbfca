#include "command/record.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/rebuild.h"
#include "image/engine.h"
#include "job/recipe_digest.h"
#include "sys/clock.h"
#include "sys/sweep.h"

/* What a power cut may cost, against what flushing costs. */
enum {
	COMMIT_EVERY_MS = 250
};

static void cannot_record(struct run *run, const struct err *err)
{
	supervise_check_output(run); /* which says more than what SQLite made of it */
	if (run->fatal.reason == REASON_NONE)
		run->fatal = *err;
	supervise_stop(run);
}

static const char *root_of(const struct run *run, const struct input *input)
{
	return run->roots[input->root];
}

static int64_t mtime_ns_of(const struct stat *status)
{
	return (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

static void find_roots(struct run *run)
{
	run->roots = g_new0(char *, run->scan.roots_count + 1);
	for (size_t i = 0; i < run->scan.roots_count; i++) {
		char *real = realpath(run->scan.roots[i].path, NULL);

		run->roots[i] = g_strdup(real ? real : run->scan.roots[i].path);
		free(real);
	}
}

static void sweep(struct run *run)
{
	int removed = sweep_temporaries(run->output.fd);

	if (removed > 0)
		log_line(run->log, LOG_INFO, NULL, "%s: removed %d temporary files of what was killed",
			run->settings.output_folder, removed);
}

static int rebuild(struct run *run, struct err *err)
{
	size_t kept;

	if (rebuild_ledger(run->state.ledger, run->output.fd, &kept, err) < 0)
		return -1;
	log_line(run->log, LOG_WARNING, NULL,
		"%s: %zu outputs are what the damaged ledger says, and count as made", run->state.folder,
		kept);
	return 0;
}

int record_begin(struct run *run, struct err *err)
{
	size_t count = run->settings.outputs_count;

	find_roots(run);
	run->digests = g_malloc0_n(count, sizeof(*run->digests));
	for (size_t i = 0; i < count; i++)
		/* an unreadable mark is told by the workers' own look at it, with all else that is wrong */
		if (recipe_digest(&run->settings.outputs[i], &run->settings, run->digests[i], err) < 0 &&
			err->reason != REASON_WATERMARK)
			return -1;
	if (run->settings.run.dry_run || !run->state.ledger)
		return 0;
	if (run->state.opened.interrupted || run->state.opened.made_new)
		sweep(run);
	if (ledger_begin_run(run->state.ledger, STAMPMILL_VERSION, err) < 0)
		return -1;
	return run->state.opened.set_aside[0] ? rebuild(run, err) : 0;
}

/* Would the limits of this run let the picture through as those of the earlier run did? */
static bool still_allowed(const struct settings *settings, const struct facts *facts)
{
	if (facts_pixels(facts) > settings->run.max_pixels)
		return false;
	if (facts->raw.source != RAW_NONE && !(engine_readable() & FORMAT_BIT(FORMAT_RAW)))
		return false;
	return facts->format != FORMAT_OTHER || settings->input.allow_untrusted;
}

bool record_known(const struct run *run, size_t index, struct probe_verdict *verdict)
{
	const struct input *input = &run->scan.inputs[index];
	const struct ledger_picture *known;

	if (!run->state.ledger || run->settings.run.force)
		return false;
	known = ledger_find_picture(run->state.ledger, root_of(run, input), input->path);
	if (!known || known->size_bytes != input->size_bytes || known->mtime_ns != input->mtime_ns)
		return false;
	if (known->facts.format != FORMAT_NONE) {
		verdict->facts = known->facts;
		return still_allowed(&run->settings, &known->facts);
	}
	if (known->reason != REASON_NOT_A_PICTURE || run->settings.input.allow_untrusted)
		return false;
	err_set(&verdict->err, known->reason, "%s", known->message);
	return true;
}

bool record_is_untouched(const struct run *run, const struct ledger_output *row)
{
	struct stat status;

	return fstatat(run->output.fd, row->path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(status.st_mode) && status.st_size == row->size_bytes &&
	       mtime_ns_of(&status) == row->mtime_ns;
}

const struct ledger_output *record_output(const struct run *run, size_t index, size_t output)
{
	return ledger_find_output(run->state.ledger, run->plan->inputs[index].outputs[output].path);
}

static bool output_is_up_to_date(const struct run *run, size_t index, size_t output)
{
	const struct input *input = &run->scan.inputs[index];
	const struct ledger_output *row = record_output(run, index, output);

	return row && row->input_bytes == input->size_bytes && row->input_mtime_ns == input->mtime_ns &&
	       strcmp(row->input, input->path) == 0 && strcmp(row->root, root_of(run, input)) == 0 &&
	       memcmp(row->recipe, run->digests[output], RECIPE_DIGEST_BYTES) == 0 &&
	       record_is_untouched(run, row);
}

uint64_t record_look(const struct run *run, size_t index)
{
	uint64_t found = 0;

	if (!run->state.ledger || run->settings.run.force || run->output.fd < 0)
		return 0;
	for (size_t i = 0; i < run->settings.outputs_count; i++)
		if (output_is_up_to_date(run, index, i))
			found |= UINT64_C(1) << i;
	return found;
}

_Static_assert(TASK_OUTPUTS_MAX <= 64, "each output has a bit");

bool record_has(uint64_t up_to_date, size_t output)
{
	return up_to_date >> output & 1;
}

bool record_has_all(const struct run *run, uint64_t up_to_date)
{
	size_t i = 0;

	while (i < run->settings.outputs_count && record_has(up_to_date, i))
		i++;
	return i == run->settings.outputs_count;
}

/* One that may be left out is not missed. */
static bool mark_is_wanted(const struct run *run, const struct output_settings *output)
{
	const struct mark_settings *marks[MARKS_MAX];
	size_t count = settings_marks(&run->settings, output, marks);

	for (size_t i = 0; i < count; i++)
		if (marks[i]->oversize != OVERSIZE_SKIP)
			return true;
	return false;
}

static int record_one_output(
	struct run *run, size_t index, size_t output, const struct made_output *made, struct err *err)
{
	const struct output_settings *settings = &run->settings.outputs[output];
	const struct input *input = &run->scan.inputs[index];
	struct ledger_output row = { .path = run->plan->inputs[index].outputs[output].path,
		.root = root_of(run, input),
		.input = input->path,
		.input_bytes = input->size_bytes,
		.input_mtime_ns = input->mtime_ns,
		.size_bytes = made->size_bytes,
		.width_px = made->width_px,
		.height_px = made->height_px };
	struct stat status;

	/* The worker's word is not enough for the ledger. Changed already by somebody else: it is made again
	 * the next time. */
	if (fstatat(run->output.fd, row.path, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
		status.st_size != made->size_bytes)
		return 0;
	row.mtime_ns = mtime_ns_of(&status);
	row.mark_wanted = mark_is_wanted(run, settings);
	row.marked = made->marked;
	row.metadata = settings->metadata;
	memcpy(row.recipe, run->digests[output], LEDGER_DIGEST_BYTES);
	memcpy(row.content, made->content, LEDGER_DIGEST_BYTES);
	return ledger_record_output(run->state.ledger, &row, err);
}

const struct ledger_output *record_sheet(
	const struct run *run, const char *path, const unsigned char digest[TASK_DIGEST_BYTES])
{
	const struct ledger_output *row =
		run->state.ledger ? ledger_find_output(run->state.ledger, path) : NULL;

	if (!row || run->settings.run.force || strcmp(row->root, LEDGER_SHEETS) != 0 ||
		memcmp(row->recipe, digest, TASK_DIGEST_BYTES) != 0 || !record_is_untouched(run, row))
		return NULL;
	return row;
}

void record_sheet_made(struct run *run, const struct sheet_request *request,
	const unsigned char digest[TASK_DIGEST_BYTES], const struct made_output *made)
{
	struct ledger_output row = { .path = request->path,
		.root = LEDGER_SHEETS,
		.input = run->settings.sheets[request->sheet].label,
		.size_bytes = made->size_bytes,
		.width_px = made->width_px,
		.height_px = made->height_px,
		.metadata = METADATA_NONE };
	struct stat status;
	struct err err;

	if (fstatat(run->output.fd, row.path, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
		status.st_size != made->size_bytes)
		return;
	row.mtime_ns = mtime_ns_of(&status);
	memcpy(row.recipe, digest, LEDGER_DIGEST_BYTES);
	memcpy(row.content, made->content, LEDGER_DIGEST_BYTES);
	if (ledger_record_output(run->state.ledger, &row, &err) < 0)
		cannot_record(run, &err);
}

int record_sequence(const struct run *run, size_t index)
{
	const struct input *input = &run->scan.inputs[index];
	const struct ledger_picture *row = NULL;

	if (run->state.ledger)
		row = ledger_find_picture(run->state.ledger, root_of(run, input), input->path);
	return row ? row->sequence : 0;
}

static int record_picture(struct run *run, size_t index, const struct err *why, int attempts, struct err *err)
{
	const struct input *input = &run->scan.inputs[index];
	struct ledger_picture row = { .root = root_of(run, input),
		.path = input->path,
		.size_bytes = input->size_bytes,
		.mtime_ns = input->mtime_ns,
		.inode = input->inode,
		.reason = why ? why->reason : REASON_NONE,
		.message = why ? why->text : "",
		.attempts = attempts,
		.facts = run->probed[index].facts,
		.sequence = run->probed[index].sequence };

	if (run->probed[index].err.reason != REASON_NONE)
		row.facts.format = FORMAT_NONE;
	if (!row.sequence)
		row.sequence = record_sequence(run, index);
	return ledger_record_picture(run->state.ledger, &row, err);
}

void record_made(struct run *run, size_t index, const struct make_reply *reply, int attempts)
{
	struct err err;
	int result = 0;

	for (size_t i = 0; i < reply->outputs_count && result == 0; i++)
		if (!record_has(run->up_to_date[index], i))
			result = record_one_output(run, index, i, &reply->outputs[i], &err);
	if (result == 0)
		result = record_picture(run, index, NULL, attempts, &err);
	if (result < 0)
		cannot_record(run, &err);
}

/* An unchanged verdict is not written again: a run over many files that are no pictures would be all writing.
 */
static bool is_recorded(const struct run *run, size_t index, const struct err *err)
{
	const struct input *input = &run->scan.inputs[index];
	const struct ledger_picture *row =
		ledger_find_picture(run->state.ledger, root_of(run, input), input->path);

	return row && row->reason == err->reason && row->size_bytes == input->size_bytes &&
	       row->mtime_ns == input->mtime_ns && strcmp(row->message, err->text) == 0;
}

void record_not_made(struct run *run, size_t index, const struct err *err, int attempts)
{
	struct err failure;

	if (err->reason == REASON_INTERRUPTED || is_recorded(run, index, err))
		return;
	if (record_picture(run, index, err, attempts, &failure) < 0)
		cannot_record(run, &failure);
}

void record_tick(struct run *run)
{
	int64_t now_ms = clock_ms();
	struct err err;

	if (!run->state.ledger || run->settings.run.dry_run || now_ms - run->committed_ms < COMMIT_EVERY_MS)
		return;
	run->committed_ms = now_ms;
	supervise_check_output(run);
	if (ledger_commit(run->state.ledger, &err) < 0)
		cannot_record(run, &err);
}

void record_end(struct run *run, int exit_status)
{
	struct err err;

	if (ledger_end_run(run->state.ledger, exit_status, &err) < 0)
		cannot_record(run, &err);
}

void record_sweep(struct run *run)
{
	if (run->state.ledger && !run->settings.run.dry_run && (run->studio.lost_a_worker || run->terminated))
		sweep(run);
}

void record_finish(struct run *run)
{
	g_strfreev(run->roots);
	g_free(run->digests);
	state_close(&run->state);
}
