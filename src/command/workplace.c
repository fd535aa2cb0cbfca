#include "command/workplace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "command/confinement.h"
#include "command/hook.h"
#include "command/studio.h"
#include "image/engine.h"
#include "image/inspect.h"
#include "image/make_sheet.h"
#include "image/maker.h"
#include "image/probe.h"
#include "job/need.h"
#include "job/sheet_layout.h"
#include "mp/log.h"
#include "sys/dir.h"
#include "sys/memory.h"
#include "sys/readahead.h"
#include "sys/signals.h"

/* How workplace_enter() fails when the sandbox that this kernel has cannot be brought into force. */
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

int workplace_enter(struct mp_worker *worker, void **state)
{
	struct studio *studio = worker->inherited;
	struct workplace *place = calloc(1, sizeof(*place));

	if (!place)
		return 1;
	signals_enter_worker();
	memory_be_first_to_go();
	if (studio->settings->run.sandbox && confinement_enter(studio) < 0)
		return CANNOT_SHUT_IN;
	engine_enter_worker();
	place->studio = studio;
	place->worker = worker;
	place->maker = maker_new(studio->settings, studio->output_fd,
		&(struct maker_hooks){ .stage = tell_stage, .data = place });
	*state = place;
	return place->maker ? 0 : 1;
}

void workplace_leave(struct mp_worker *worker)
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

enum {
	PROBES_IN_FLIGHT = 16
};

const struct mp_task workplace_tasks[] = {
	{ .name = "probe", .function = probe_task, .in_flight = PROBES_IN_FLIGHT },
	{ .name = "check", .function = check_task, .in_flight = 1 },
	{ .name = "make", .function = make_task, .in_flight = 1 },
	{ .name = "sheet", .function = sheet_task, .in_flight = 1 },
	{ .name = "verify", .function = verify_task, .in_flight = 1 },
	{ .name = NULL },
};
