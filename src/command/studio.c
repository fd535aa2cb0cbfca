#include "command/studio.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "command/hook.h"
#include "command/worker_log.h"
#include "image/engine.h"
#include "image/font_paths.h"
#include "image/inspect.h"
#include "image/make_sheet.h"
#include "image/maker.h"
#include "image/probe.h"
#include "job/allowance.h"
#include "job/need.h"
#include "job/sheet_layout.h"
#include "mp/log.h"
#include "sys/dir.h"
#include "sys/memory.h"
#include "sys/readahead.h"
#include "sys/sandbox.h"
#include "sys/signals.h"

/* What decoders may read besides the job's folders: themselves, fonts, and what the C library asks of the
 * system. Those that a machine lacks are passed over. */
static const char *const system_paths[] = { "/usr", "/lib", "/lib64", "/opt", "/nix/store", "/gnu/store",
	"/etc/fonts", "/etc/ld.so.cache", "/etc/localtime", "/etc/ImageMagick-6", "/etc/ImageMagick-7",
	"/var/cache/fontconfig", "/dev/null", "/dev/zero", "/dev/urandom", "/proc/self", "/proc/cpuinfo",
	"/proc/meminfo", "/sys/devices/system/cpu" };

enum {
	SYSTEM_PATHS = sizeof(system_paths) / sizeof(system_paths[0])
};

/* How enter() fails when the sandbox that this kernel has cannot be brought into force. */
enum {
	CANNOT_SHUT_IN = 3
};

/* A worker's own things. */
struct workplace {
	struct studio *studio;
	struct mp_worker *worker;
	const char *picture; /* in hand, for the test hook */
	struct maker *maker;
};

static void tell_stage(void *data, enum stage stage)
{
	struct workplace *place = data;

	mp_board_stage(place->studio->board, place->worker->index, place->worker->task, (uint32_t)stage);
	hook_reach(stage_name(stage), place->picture, place->worker->attempt);
}

static void add_files(GPtrArray *paths, const struct mark_settings *mark)
{
	const char *files[MARK_VERSIONS_MAX];
	size_t count = settings_mark_files(mark, files);

	for (size_t i = 0; i < count; i++)
		g_ptr_array_add(paths, g_strdup(files[i]));
}

/* Where marks, and what stands on contact sheets, come from. */
static void add_marks(GPtrArray *paths, const struct settings *settings)
{
	const struct mark_settings *marks[MARKS_MAX];
	bool text = false;

	for (size_t i = 0; i < settings->outputs_count; i++) {
		size_t count = settings_marks(settings, &settings->outputs[i], marks);

		for (size_t k = 0; k < count; k++) {
			add_files(paths, marks[k]);
			text = text || marks[k]->text;
		}
	}
	for (size_t i = 0; i < settings->sheets_count; i++)
		if (settings->sheets[i].logo)
			g_ptr_array_add(paths, g_strdup(settings->sheets[i].logo));
	if (text || settings->sheets_count > 0) {
		char **fonts = font_paths_list();

		for (char **path = fonts; *path; path++)
			g_ptr_array_add(paths, *path);
		g_free(fonts);
	}
}

/* The system's paths, marks and fonts, and everything where links may lead anywhere; ends with NULL
 * (g_strfreev()). */
static char **readable_paths(const struct settings *settings)
{
	GPtrArray *paths = g_ptr_array_new();

	for (size_t i = 0; i < SYSTEM_PATHS; i++)
		g_ptr_array_add(paths, g_strdup(system_paths[i]));
	add_marks(paths, settings);
	if (settings->input.follow_symlinks)
		g_ptr_array_add(paths, g_strdup("/"));
	g_ptr_array_add(paths, NULL);
	return (char **)g_ptr_array_free(paths, FALSE);
}

static bool times_are_kept(const struct settings *settings)
{
	for (size_t i = 0; i < settings->outputs_count; i++)
		if (settings->outputs[i].keep_mtime)
			return true;
	return false;
}

/* Before the first look at a picture, and before any thread of a library's is born. */
static int shut_in(const struct studio *studio)
{
	g_auto(GStrv) paths = readable_paths(studio->settings);
	struct sandbox_config config = { .read_fds = studio->kept_fds,
		.read_fds_count = studio->scan->roots_count,
		.read_paths = (const char *const *)paths,
		.write_fd = studio->output_fd,
		.may_set_times = times_are_kept(studio->settings) };
	int result = sandbox_enter(&config);

	return result < 0 ? result : 0;
}

static int enter(struct mp_worker *worker, void **state)
{
	struct studio *studio = worker->inherited;
	struct workplace *place = calloc(1, sizeof(*place));

	if (!place)
		return 1;
	signals_enter_worker();
	memory_be_first_to_go();
	if (studio->settings->run.sandbox && shut_in(studio) < 0)
		return CANNOT_SHUT_IN;
	engine_enter_worker();
	place->studio = studio;
	place->worker = worker;
	place->maker = maker_new(studio->settings, studio->output_fd,
		&(struct maker_hooks){ .stage = tell_stage, .data = place });
	*state = place;
	return place->maker ? 0 : 1;
}

static void leave(struct mp_worker *worker)
{
	struct workplace *place = worker->state;

	maker_free(place->maker);
	free(place);
}

static int open_input(const struct studio *studio, const struct task_input *input, struct err *err)
{
	const struct settings *settings = studio->settings;
	struct stat status;
	autoclose int fd = -1;

	fd = dir_open_beneath(
		studio->scan->roots[input->root].fd, input->path, O_RDONLY, settings->input.follow_symlinks);
	if (fd < 0) {
		err_set_errno(err, fd, "cannot be opened");
		return -1;
	}
	if (fstat(fd, &status) < 0) {
		err_set_errno(err, -errno, "cannot be read");
		return -1;
	}
	if (!S_ISREG(status.st_mode)) {
		err_set(err, REASON_NOT_A_PICTURE, "not a regular file");
		return -1;
	}
	return take_fd(&fd);
}

static bool input_is_known(const struct studio *studio, const struct task_input *input)
{
	return input->root >= 0 && (size_t)input->root < studio->scan->roots_count;
}

static int answer(struct mp_reply *reply, struct pack *pack)
{
	int error = pack->failed ? -ENOMEM : mp_reply_set(reply, pack->data, pack->size_bytes);

	pack_finish(pack);
	return error < 0 ? 1 : 0;
}

/* What a header may take. */
#define MEMORY_OF_PROBE INT64_C(512000000)

static int probe_task(
	struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	struct workplace *place = worker->state;
	const struct settings *settings = place->studio->settings;
	struct probe_limits limits = { .max_pixels = settings->run.max_pixels,
		.allow_untrusted = settings->input.allow_untrusted };
	struct probe_request request;
	struct probe_reply result = { 0 };
	struct pack pack;
	autoclose int fd = -1;

	if (probe_request_unpack(&request, payload, size_bytes) < 0 ||
		!input_is_known(place->studio, &request.input))
		return 1;
	memory_limit_self(MEMORY_OF_PROBE);
	mp_board_stage(place->studio->board, worker->index, worker->task, STAGE_OPEN);
	mp_log(MP_LOG_DEBUG, "%s: looked at, attempt %d", request.input.path, worker->attempt);
	hook_reach("probe", request.input.path, worker->attempt);
	fd = open_input(place->studio, &request.input, &result.err);
	if (fd >= 0)
		probe_file(fd, &limits, &result.facts, &result.err);
	pack_init(&pack);
	probe_reply_pack(&result, &pack);
	return answer(reply, &pack);
}

/* A backstop behind the estimate, generous: what comes near it is no picture, but an attack or a mistake. */
static void limit_memory(const struct make_request *request)
{
	struct geometry geometries[TASK_OUTPUTS_MAX];

	for (size_t i = 0; i < request->outputs_count; i++)
		geometries[i] = request->outputs[i].geometry;
	memory_limit_self(
		MEMORY_OF_PROBE + 3 * need_of_picture(&request->facts, geometries, request->outputs_count));
}

static void count(const struct workplace *place)
{
	int error = mp_board_count(place->studio->board, place->worker->index, place->worker->task);

	if (error == -ETIMEDOUT)
		mp_log(MP_LOG_WARNING, "%s: the counter could not be had within a second", place->picture);
}

/* While this picture is computed, let the disk bring the next. A worker does it, not the supervisor: opening
 * may hang where a network's file system has died. What cannot be opened will be told in its turn. */
static void read_ahead(const struct workplace *place, const struct make_request *request)
{
	struct err ignored;
	autoclose int fd = -1;

	if (!request->has_ahead || !input_is_known(place->studio, &request->ahead))
		return;
	hook_reach("ahead", request->ahead.path, place->worker->attempt);
	fd = open_input(place->studio, &request->ahead, &ignored);
	if (fd >= 0)
		readahead_ask(fd);
}

static int make_task(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	struct workplace *place = worker->state;
	static struct make_request request; /* large; a worker makes one picture at a time */
	static struct make_reply result;
	struct pack pack;
	autoclose int fd = -1;

	memset(&result, 0, sizeof(result));
	if (make_request_unpack(&request, payload, size_bytes) < 0 ||
		!input_is_known(place->studio, &request.input))
		return 1;
	limit_memory(&request);
	place->worker = worker;
	place->picture = request.input.path;
	mp_log(MP_LOG_DEBUG, "%s: begun, attempt %d", place->picture, worker->attempt);
	tell_stage(place, STAGE_OPEN);
	fd = open_input(place->studio, &request.input, &result.err);
	read_ahead(place, &request);
	if (fd >= 0 && maker_make(place->maker, fd, &request, &result) == 0)
		count(place);
	tell_stage(place, STAGE_IDLE);
	pack_init(&pack);
	make_reply_pack(&result, &pack);
	return answer(reply, &pack);
}

/* What a page takes, and the largest of the pictures while it is decoded: a backstop, as for pictures. */
static void limit_sheet_memory(const struct studio *studio, const struct sheet_request *request)
{
	const struct sheet_settings *sheet = &studio->settings->sheets[request->sheet];
	struct sheet_layout layout = { .width_px = 0 };
	int64_t largest_px = 0;
	struct err ignored;

	for (size_t i = 0; i < request->pictures_count; i++) {
		const struct sheet_picture *picture = &request->pictures[i];

		largest_px = MAX(largest_px, (int64_t)picture->width_px * picture->height_px);
	}
	sheet_layout_compute(sheet, &layout, &ignored);
	memory_limit_self(
		MEMORY_OF_PROBE + 30 * (INT64_C(1) * layout.width_px * layout.height_px + largest_px));
}

/* Answers with a make reply of one output. */
static int sheet_task(
	struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	struct workplace *place = worker->state;
	static struct make_reply result; /* large */
	struct sheet_request request;
	struct pack pack;

	if (sheet_request_unpack(&request, place->studio->settings, payload, size_bytes) < 0)
		return 1;
	limit_sheet_memory(place->studio, &request);
	place->worker = worker;
	place->picture = request.path;
	mp_log(MP_LOG_DEBUG, "%s: begun, attempt %d", place->picture, worker->attempt);
	tell_stage(place, STAGE_OPEN);
	make_sheet(place->maker, &request, &result);
	sheet_request_finish(&request);
	pack_init(&pack);
	make_reply_pack(&result, &pack);
	return answer(reply, &pack);
}

/* Can what is wanted of all pictures be had: can every mark be drawn, and what stands on contact sheets?
 * Answers with a make reply without outputs. */
static int check_task(
	struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	struct workplace *place = worker->state;
	struct make_reply result = { 0 };
	struct pack pack;

	if (maker_check(place->maker, &result.err) == 0)
		make_sheet_check(place->maker, &result.err);
	pack_init(&pack);
	make_reply_pack(&result, &pack);
	return answer(reply, &pack);
}

/* Answers with a make reply of one output; its warning says that the picture tells where it was taken. */
static int verify_task(
	struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	struct workplace *place = worker->state;
	struct inspection inspection = { 0 };
	static struct make_reply result; /* large */
	struct probe_request request;
	struct pack pack;
	autoclose int fd = -1;

	memset(&result, 0, sizeof(result));
	if (probe_request_unpack(&request, payload, size_bytes) < 0 ||
		!input_is_known(place->studio, &request.input))
		return 1;
	mp_board_stage(place->studio->board, worker->index, worker->task, STAGE_DECODE);
	mp_log(MP_LOG_DEBUG, "%s: verified, attempt %d", request.input.path, worker->attempt);
	hook_reach("verify", request.input.path, worker->attempt);
	fd = open_input(place->studio, &request.input, &result.err);
	if (fd >= 0 && inspect_file(fd, &inspection, &result.err) == 0) {
		result.outputs_count = 1;
		result.outputs[0] = (struct made_output){ .width_px = inspection.width_px,
			.height_px = inspection.height_px,
			.size_bytes = inspection.size_bytes };
		memcpy(result.outputs[0].content, inspection.content, sizeof(inspection.content));
		snprintf(result.warning, sizeof(result.warning), "%s", inspection.gps ? "gps" : "");
	}
	pack_init(&pack);
	make_reply_pack(&result, &pack);
	return answer(reply, &pack);
}

/* A worker died: a picture that it had counted but not answered for will be made, and counted, again. */
static void died(void *inherited, int index, uint64_t task)
{
	struct studio *studio = inherited;

	studio->lost_a_worker = true;
	if (task)
		mp_board_uncount(studio->board, index, task);
}

enum {
	PROBES_IN_FLIGHT = 16,
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

static const struct mp_task tasks[] = {
	{ .name = "probe", .function = probe_task, .in_flight = PROBES_IN_FLIGHT },
	{ .name = "check", .function = check_task, .in_flight = 1 },
	{ .name = "make", .function = make_task, .in_flight = 1 },
	{ .name = "sheet", .function = sheet_task, .in_flight = 1 },
	{ .name = "verify", .function = verify_task, .in_flight = 1 },
	{ .name = NULL },
};

int studio_init(struct studio *studio, const struct settings *settings, const struct scan *scan,
	int output_fd, int workers)
{
	struct mp_pool_config config = { .workers = workers,
		.tasks = tasks,
		.inherited = studio,
		.enter = enter,
		.leave = leave,
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
