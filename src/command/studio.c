#include "command/studio.h"

#include <errno.h>
#include <stdlib.h>

#include "command/worker_log.h"
#include "command/workplace.h"
#include "image/engine.h"
#include "image/maker.h"
#include "job/allowance.h"
#include "job/sheet_layout.h"
#include "sys/signals.h"

/* A worker died: a picture that it had counted but not answered for will be made, and counted, again. */
static void died(void *inherited, int index, uint64_t task)
{
	struct studio *studio = inherited;

	studio->lost_a_worker = true;
	if (task)
		mp_board_uncount(studio->board, index, task);
}

enum {
	ENTER_TIMEOUT_MS = 30 * 1000,
	RESULT_MAX_BYTES = 1 << 20, /* far above what a picture's reply takes */
	GOODBYE_MS = 2000
};

/* The folders of the job, and nothing else that the supervisor has open: not its ledger, log or events. */
static int keep_fds(struct studio *studio)
{
	size_t roots = studio->scan->roots_count;

	studio->kept_fds = calloc(roots + 1, sizeof(*studio->kept_fds));
	if (!studio->kept_fds)
		return -ENOMEM;
	for (size_t i = 0; i < roots; i++)
		studio->kept_fds[i] = studio->scan->roots[i].fd;
	studio->kept_fds[roots] = studio->output_fd;
	return 0;
}

int studio_init(struct studio *studio, const struct settings *settings, const struct scan *scan,
	int output_fd, int workers)
{
	struct mp_pool_config config = { .workers = workers,
		.tasks = workplace_tasks,
		.inherited = studio,
		.enter = workplace_enter,
		.leave = workplace_leave,
		.died = died,
		.enter_timeout_ms = ENTER_TIMEOUT_MS,
		.result_max_bytes = RESULT_MAX_BYTES,
		.close_others = true,
		.keep_fds_count = scan->roots_count + 1 };

	*studio = (struct studio){
		.settings = settings, .scan = scan, .output_fd = output_fd, .ahead = STUDIO_NONE_AHEAD
	};
	if (keep_fds(studio) < 0)
		return -ENOMEM;
	config.keep_fds = studio->kept_fds;
	studio->board = mp_board_new(workers);
	studio->records = worker_log_new(settings->run.log_level);
	if (studio->board && studio->records)
		studio->pool = mp_pool_new(&config);
	if (!studio->pool) {
		int error = -errno;

		studio_finish(studio, NULL);
		return error;
	}
	return 0;
}

/* In peace where they can: then each frees what it holds, and a build that looks for leaks finds them. */
static void send_home(struct mp_pool *pool)
{
	mp_pool_close(pool);
	while (mp_pool_pending(pool) == 0 && mp_pool_wait(pool, GOODBYE_MS) == 1)
		;
}

void studio_finish(struct studio *studio, struct log *log)
{
	if (studio->pool)
		send_home(studio->pool);
	mp_pool_free(&studio->pool);
	worker_log_free(&studio->records, log);
	mp_board_free(&studio->board);
	free(studio->kept_fds);
	studio->kept_fds = NULL;
}

int64_t studio_timeout_ms(const struct settings *settings, const struct facts *facts)
{
	double seconds = settings->run.timeout_s;

	if (seconds <= 0)
		seconds = allowance_s(settings, facts);
	return (int64_t)(seconds * 1000) + (seconds * 1000 < 1);
}

static int submit(struct studio *studio, struct pack *pack, struct mp_submission *submission)
{
	int64_t id;

	submission->payload = pack->data;
	submission->size_bytes = pack->size_bytes;
	submission->retries = studio->settings->run.retries;
	id = pack->failed ? -ENOMEM : mp_pool_submit(studio->pool, submission);
	pack_finish(pack);
	return id < 0 ? (int)id : 0;
}

static struct task_input describe_input(const struct studio *studio, size_t index)
{
	const struct input *input = &studio->scan->inputs[index];

	return (struct task_input){ .root = input->root,
		.path = input->path,
		.size_bytes = input->size_bytes,
		.mtime_ns = input->mtime_ns };
}

int studio_submit_probe(struct studio *studio, size_t index)
{
	struct probe_request request = { .input = describe_input(studio, index) };
	struct pack pack;

	pack_init(&pack);
	probe_request_pack(&request, &pack);
	return submit(studio, &pack,
		&(struct mp_submission){ .task = "probe",
			.tag = index,
			.timeout_ms = studio_timeout_ms(studio->settings, NULL) });
}

int studio_submit_verify(struct studio *studio, size_t index)
{
	struct probe_request request = { .input = describe_input(studio, index) };
	struct pack pack;

	pack_init(&pack);
	probe_request_pack(&request, &pack);
	return submit(studio, &pack,
		&(struct mp_submission){ .task = "verify",
			.tag = index,
			.timeout_ms = studio_timeout_ms(studio->settings, NULL) });
}

int studio_submit_check(struct studio *studio, uint64_t tag)
{
	struct pack pack;

	pack_init(&pack);
	return submit(studio, &pack,
		&(struct mp_submission){ .task = "check",
			.tag = tag,
			.timeout_ms = studio_timeout_ms(studio->settings, NULL) });
}

/* Large: the same one each time, used up before this is called again. The input is not filled in. */
static struct make_request *describe_make(const struct studio *studio, const struct facts *facts,
	const struct planned_input *planned, uint64_t up_to_date)
{
	static struct make_request request;

	request.facts = *facts;
	request.outputs_count = studio->settings->outputs_count;
	for (size_t i = 0; i < request.outputs_count; i++) {
		const struct planned_output *output = &planned->outputs[i];

		request.outputs[i] = (struct make_output){ .path = output->path,
			.format = output->format,
			.geometry = output->geometry,
			.up_to_date = up_to_date >> i & 1 };
	}
	return &request;
}

struct lane_choice studio_lane(
	const struct studio *studio, const struct facts *facts, const struct planned_input *planned)
{
	return lane_choose(describe_make(studio, facts, planned, 0), studio->settings, maker_has_planar());
}

int studio_submit_make(struct studio *studio, size_t index, const struct facts *facts,
	const struct planned_input *planned, uint64_t up_to_date)
{
	struct make_request *request = describe_make(studio, facts, planned, up_to_date);
	struct pack pack;

	request->input = describe_input(studio, index);
	request->has_ahead = studio->ahead != STUDIO_NONE_AHEAD;
	if (request->has_ahead)
		request->ahead = describe_input(studio, studio->ahead);
	pack_init(&pack);
	make_request_pack(request, &pack);
	return submit(studio, &pack,
		&(struct mp_submission){ .task = "make",
			.tag = index,
			.timeout_ms = studio_timeout_ms(studio->settings, facts) });
}

/* A picture of it takes as long as one that is made, at most; a page is a picture too. */
static int64_t sheet_timeout_ms(const struct studio *studio, const struct sheet_request *request)
{
	double seconds = 60 + 4 * (double)request->pages;

	if (studio->settings->run.timeout_s > 0)
		seconds = studio->settings->run.timeout_s * (double)request->pictures_count;
	else
		for (size_t i = 0; i < request->pictures_count; i++)
			seconds += 2 + 2e-6 * request->pictures[i].width_px * request->pictures[i].height_px;
	return (int64_t)(seconds * 1000) + (seconds * 1000 < 1);
}

int studio_submit_sheet(struct studio *studio, const struct sheet_request *request, uint64_t tag)
{
	struct pack pack;

	pack_init(&pack);
	sheet_request_pack(request, &pack);
	return submit(studio, &pack,
		&(struct mp_submission){
			.task = "sheet", .tag = tag, .timeout_ms = sheet_timeout_ms(studio, request) });
}

int studio_outcome(const struct mp_ended *ended, struct err *err)
{
	const char *again = ended->attempts > 1 ? ", each time" : "";

	switch (ended->outcome) {
	case MP_DONE:
		return 0;
	case MP_FAILED:
		return err_set(err, REASON_INTERNAL, "the worker could not answer (%d)", ended->failure);
	case MP_CRASHED:
		return err_set(err, REASON_CRASHED, "the worker was ended by %s in %d attempt%s%s",
			signals_name(ended->signal), ended->attempts, ended->attempts == 1 ? "" : "s", again);
	case MP_EXITED:
		if (ended->failure == ENGINE_EXIT_NO_MEMORY)
			return err_set(err, REASON_OUT_OF_MEMORY,
				"it needs more memory than a picture of its size should");
		return err_set(err, REASON_CRASHED, "the worker exited with status %d in %d attempt%s%s",
			ended->failure, ended->attempts, ended->attempts == 1 ? "" : "s", again);
	case MP_TIMEOUT:
		return err_set(err, REASON_TIMEOUT, "took longer than the time allowed, in %d attempt%s%s",
			ended->attempts, ended->attempts == 1 ? "" : "s", again);
	case MP_CANCELLED:
		return err_set(err, REASON_INTERRUPTED, "the run was stopped before it was made");
	case MP_LOST:
		break;
	}
	return err_set(err, REASON_INTERNAL, "no worker could be started");
}
