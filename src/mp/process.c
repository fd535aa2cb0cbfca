#include "mp/process.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mp/current.h"
#include "mp/live.h"
#include "mp/starting.h"
#include "sys/child.h"

/* What SIGKILL may take; a process that is stuck in the kernel takes for ever. */
#define KILL_PATIENCE_MS 3000

struct mp_process {
	struct mp_process_config config; /* its name, data and shares are owned */
	char number[CURRENT_NUMBER_SIZE];
	pid_t owner, pid;
	struct child child; /* its pidfd stays open until the end of the object */
	bool started, ended, joined;
	int fate; /* once it has ended: 0, or -ECHILD when nobody knows how */
	struct child_end end;
};

static char *name_for(const struct mp_process_config *config, const char *number)
{
	char *name = NULL;

	if (config->name)
		return strdup(config->name);
	return asprintf(&name, "Process-%s", number) < 0 ? NULL : name;
}

static bool is_sound(const struct mp_process_config *config)
{
	if (!config->run == !config->run_given || !birth_is_sound(&config->given))
		return false;
	return starting_is_by_fork(config->context) ||
	       (config->run_given && starting_role_of_process(config->run_given));
}

/* A copy of the bytes, not NULL; NULL when there is no memory. */
static void *copy_of(const void *data, size_t size_bytes)
{
	void *copy = malloc(size_bytes + 1);

	if (copy && size_bytes > 0)
		memcpy(copy, data, size_bytes);
	return copy;
}

static void free_parts(struct mp_process *process)
{
	free((void *)process->config.name);
	free((void *)process->config.given.data);
	free((void *)process->config.given.shares);
	free(process);
}

struct mp_process *mp_process_new(const struct mp_process_config *config)
{
	struct mp_process *process;
	struct mp_given *given;

	if (!config || !is_sound(config)) {
		errno = EINVAL;
		return NULL;
	}
	process = calloc(1, sizeof *process);
	if (!process)
		return NULL;
	process->config = *config;
	process->child = (struct child)CHILD_INIT;
	process->owner = getpid();
	current_number_next(process->number);
	given = &process->config.given;
	process->config.name = name_for(config, process->number);
	given->data = copy_of(given->data, given->size_bytes);
	given->shares = copy_of(given->shares, given->share_count * sizeof *given->shares);
	if (process->config.name && given->data && given->shares)
		return process;
	free_parts(process);
	errno = ENOMEM;
	return NULL;
}

static int live(void *argument, int socket)
{
	const struct mp_process *process = argument;

	(void)socket;
	return live_as_process(&process->config, process->number);
}

static int start_by_fork(struct mp_process *process)
{
	const struct child_config config = { .run = live, .argument = process, .name = process->config.name };

	return child_start(&process->child, &config);
}

static int start_by_context(struct mp_process *process)
{
	const struct birth birth = {
		.kind = BIRTH_PROCESS,
		.role = starting_role_of_process(process->config.run_given),
		.name = process->config.name,
		.number = process->number,
		.given = process->config.given,
	};
	int result = starting_start(process->config.context, &birth, &process->child);

	if (result == 0) {
		/* it has been told all there is to say */
		child_close_kept_out(process->child.socket);
		process->child.socket = -1;
	}
	return result;
}

int mp_process_start(struct mp_process *process)
{
	int result;

	if (!process)
		return -EINVAL;
	if (process->owner != getpid())
		return -EPERM;
	if (process->started)
		return -EALREADY;
	result = starting_is_by_fork(process->config.context) ? start_by_fork(process)
							      : start_by_context(process);
	if (result)
		return result;
	process->pid = process->child.pid;
	process->started = true;
	return 0;
}

/* Wait for the end up to timeout_ms. Returns 0 when it has ended, -ETIMEDOUT, or what keeps the caller from
 * asking. */
static int await(struct mp_process *process, int timeout_ms)
{
	int result;

	if (process->owner != getpid())
		return -EPERM;
	if (!process->started)
		return -EINVAL;
	if (process->ended)
		return 0;
	result = child_wait(&process->child, timeout_ms, &process->end);
	if (result == 0)
		return -ETIMEDOUT;
	process->ended = true;
	process->fate = result < 0 ? result : 0;
	return 0;
}

int mp_process_join(struct mp_process *process, int timeout_ms)
{
	int result;

	if (!process)
		return -EINVAL;
	result = await(process, process->joined ? 0 : timeout_ms);
	if (result)
		return result;
	if (process->joined)
		return -ECHILD;
	process->joined = true;
	return 0;
}

int mp_process_ended(struct mp_process *process, struct mp_process_end *end)
{
	int result;

	if (!process || !end)
		return -EINVAL;
	result = await(process, 0);
	if (result)
		return result == -ETIMEDOUT ? -EAGAIN : result;
	if (process->fate)
		return process->fate;
	end->status = process->end.status;
	end->signal = process->end.signal;
	return 0;
}

int mp_process_is_alive(struct mp_process *process)
{
	if (!process)
		return 0;
	return await(process, 0) == -ETIMEDOUT;
}

static int send_signal(struct mp_process *process, int number)
{
	int result = await(process, 0);

	return result == -ETIMEDOUT ? child_signal(&process->child, number) : result;
}

int mp_process_terminate(struct mp_process *process)
{
	if (!process)
		return -EINVAL;
	return send_signal(process, SIGTERM);
}

int mp_process_kill(struct mp_process *process)
{
	if (!process)
		return -EINVAL;
	return send_signal(process, SIGKILL);
}

const char *mp_process_name(const struct mp_process *process)
{
	if (!process)
		return "";
	return process->config.name;
}

pid_t mp_process_pid(const struct mp_process *process)
{
	if (!process)
		return -1;
	return process->started ? process->pid : -1;
}

int mp_process_fd(const struct mp_process *process)
{
	if (!process)
		return -1;
	return child_fd(&process->child);
}

void mp_process_free(struct mp_process **process_address)
{
	struct mp_process *process = process_address ? *process_address : NULL;

	if (!process)
		return;
	*process_address = NULL;
	if (mp_process_kill(process) == 0)
		await(process, KILL_PATIENCE_MS);
	child_finish(&process->child);
	free_parts(process);
}
