#include <stdint.h>

#include "command/record.h"
#include "command/run.h"
#include "job/raw_choice.h"
#include "job/raw_pairs.h"

static const uint64_t CHECK_TAG = UINT64_MAX;

static void take_verdict(struct run *run, const struct mp_ended *ended)
{
	struct probe_verdict *verdict = &run->probed[ended->tag];
	struct probe_reply reply;

	run->not_counted++;
	if (studio_outcome(ended, &verdict->err) < 0)
		return;
	if (probe_reply_unpack(&reply, ended->data, ended->size_bytes) < 0) {
		err_set(&verdict->err, REASON_CRASHED, "its worker's answer made no sense");
		return;
	}
	verdict->err = reply.err;
	verdict->facts = reply.facts;
}

static void take_check(struct run *run, const struct mp_ended *ended)
{
	static struct make_reply reply; /* large */

	if (studio_outcome(ended, &run->unfit) < 0) {
		run->unfit.reason = REASON_WATERMARK;
		return;
	}
	if (make_reply_unpack(&reply, ended->data, ended->size_bytes) < 0)
		err_set(&run->unfit, REASON_WATERMARK, "its worker's answer made no sense");
	else
		run->unfit = reply.err;
}

static void take(struct run *run, const struct mp_ended *ended)
{
	if (ended->tag == CHECK_TAG)
		take_check(run, ended);
	else if (ended->tag < run->scan.inputs_count)
		take_verdict(run, ended);
}

static bool check_is_wanted(const struct settings *settings)
{
	const struct mark_settings *marks[MARKS_MAX];

	for (size_t i = 0; i < settings->outputs_count; i++)
		if (settings->outputs[i].png_palette || settings->outputs[i].colour == COLOUR_PROFILE ||
			settings_marks(settings, &settings->outputs[i], marks) > 0)
			return true;
	return settings->sheets_count > 0;
}

static int submit_all(struct run *run)
{
	int error = check_is_wanted(&run->settings) ? studio_submit_check(&run->studio, CHECK_TAG) : 0;

	for (size_t i = 0; i < run->scan.inputs_count && error == 0; i++)
		if (!record_known(run, i, &run->probed[i]))
			error = studio_submit_probe(&run->studio, i);
		else
			run->not_counted++;
	return error;
}

void look(struct run *run)
{
	int error;

	run->phase =
		(struct progress_state){ .phase = "looking at", .total = (int64_t)run->scan.inputs_count };
	run->not_counted = 0;
	error = submit_all(run);
	if (error < 0) {
		err_set_errno(&run->fatal, error, "the pictures cannot be looked at");
		supervise_stop(run);
	}
	supervise(run, NULL, take);
	for (size_t i = 0; i < run->scan.inputs_count; i++)
		raw_choose(&run->probed[i].facts, &run->settings);
	raw_pairs_mark(run->probed, &run->scan, &run->settings);
}
