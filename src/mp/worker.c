#include "mp/worker.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "mp/chunk.h"
#include "mp/current.h"
#include "mp/log.h"
#include "mp/reply.h"
#include "mp/wire.h"
#include "sys/channel.h"
#include "sys/fds.h"

struct worker {
	const struct mp_pool_config *config;
	bool of_chunks;
	struct mp_worker self;
	int kinds, socket;
	struct channel_inbox inbox;
	struct mp_reply reply;
};

/* One record as a message. Returns 0 or a negative errno. */
static int say(struct worker *worker, enum wire_type type, const struct wire_record *record)
{
	static const unsigned char zeros[8];
	const struct iovec parts[] = {
		{ .iov_base = (void *)record, .iov_len = sizeof *record },
		{ .iov_base = worker->reply.data, .iov_len = record->size_bytes },
		{ .iov_base = (void *)zeros,
			.iov_len = wire_space(record->size_bytes) - sizeof *record - record->size_bytes },
	};

	return channel_send(worker->socket, type, parts, 3, true);
}

static uint32_t status_on_the_wire(int returned)
{
	return returned >= 0 && returned <= 255 ? (uint32_t)returned : 255;
}

static int call(struct worker *worker, mp_task_function *function, const void *payload, size_t size_bytes)
{
	if (worker->of_chunks)
		return chunk_run(function, &worker->self, payload, size_bytes, &worker->reply);
	return function(&worker->self, payload, size_bytes, &worker->reply);
}

static int run_task(struct worker *worker, const struct wire_record *task, const void *payload)
{
	struct wire_record result = { .id = task->id, .attempt = task->attempt };
	int error;

	if (task->kind_or_status >= (uint32_t)worker->kinds)
		return -EBADMSG;
	worker->self.task = task->id;
	worker->self.attempt = (int)task->attempt;
	result.kind_or_status = status_on_the_wire(call(
		worker, worker->config->tasks[task->kind_or_status].function, payload, task->size_bytes));
	result.size_bytes = worker->reply.size_bytes;
	error = say(worker, WIRE_RESULTS, &result);
	reply_forget(&worker->reply);
	return error;
}

static int run_tasks(struct worker *worker, const struct channel_message *message)
{
	struct wire_reader reader = { .next = message->body, .left_bytes = message->size_bytes };
	struct wire_record task;
	const void *payload;
	int more;

	while ((more = wire_next(&reader, &task, &payload)) == 1) {
		int error = run_task(worker, &task, payload);

		if (error)
			return error;
	}
	return more;
}

/* Until end-of-file (0) or an error: the owner is gone, or memory is out. */
static int serve(struct worker *worker)
{
	for (;;) {
		struct channel_message message;
		int result = channel_receive(worker->socket, &worker->inbox, true, &message);

		if (result == 1)
			result = message.type == WIRE_TASKS ? run_tasks(worker, &message) : -EBADMSG;
		else if (result == 0)
			return 0;
		if (result)
			return result;
	}
}

/* Returns true when tasks may come. */
static bool enter(struct worker *worker)
{
	struct wire_record unfit = { 0 };
	int status = 0;

	if (worker->config->enter)
		status = worker->config->enter(&worker->self, &worker->self.state);
	if (status == 0)
		return channel_send(worker->socket, WIRE_READY, NULL, 0, true) == 0;
	unfit.kind_or_status = status_on_the_wire(status);
	say(worker, WIRE_UNFIT, &unfit);
	return false;
}

static int count_kinds(const struct mp_task *tasks)
{
	int kinds = 0;

	while (tasks[kinds].name)
		kinds++;
	return kinds;
}

static int keep_few_fds(const struct mp_pool_config *config, int socket)
{
	autofree int *keep = NULL;

	if (!config->close_others)
		return 0;
	keep = malloc((config->keep_fds_count + 1) * sizeof(*keep));
	if (!keep)
		return -ENOMEM;
	for (size_t i = 0; i < config->keep_fds_count; i++)
		keep[i] = config->keep_fds[i];
	keep[config->keep_fds_count] = socket;
	return fds_close_others(keep, config->keep_fds_count + 1);
}

int worker_live(void *birth_address, int socket)
{
	const struct worker_birth *birth = birth_address;
	struct worker worker = {
		.config = birth->config,
		.of_chunks = birth->of_chunks,
		.self = { .index = birth->index,
			.name = birth->name,
			.inherited = birth->config->inherited,
			.given = &birth->config->given },
		.kinds = count_kinds(birth->config->tasks),
		.socket = socket,
		.reply = { .limit_bytes = birth->config->result_max_bytes },
	};
	char number[CURRENT_NUMBER_SIZE];
	int result = keep_few_fds(birth->config, socket);

	if (result == 0)
		result = channel_inbox_init(&worker.inbox, SIZE_MAX);

	snprintf(number, sizeof number, "%d", birth->index + 1);
	current_become(birth->name, number);
	mp_log(MP_LOG_DEBUG, "child process calling self.run()");
	if (result == 0 && enter(&worker)) {
		result = serve(&worker);
		if (result == 0 && worker.config->leave)
			worker.config->leave(&worker.self);
	}
	channel_inbox_finish(&worker.inbox);
	reply_finish(&worker.reply);
	mp_log(MP_LOG_DEBUG, "process exiting with exitcode %d", result ? 1 : 0);
	return result ? 1 : 0;
}
