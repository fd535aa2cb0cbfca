#include "mp/process.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "mp/current.h"
#include "mp/log.h"
#include "sys/child.h"

/* What SIGKILL may take; a process that is stuck in the kernel takes for ever. */
#define KILL_PATIENCE_MS 3000

struct mp_process {
	int (*run)(void *argument);
	void *argument;
	char *name; /* owned */
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

struct mp_process *mp_process_new(const struct mp_process_config *config)
{
	autofree struct mp_process *process = NULL;

	if (!config->run) {
		errno = EINVAL;
		return NULL;
	}
	process = calloc(1, sizeof *process);
	if (!process)
		return NULL;
	process->run = config->run;
	process->argument = config->argument;
	process->child = (struct child)CHILD_INIT;
	process->owner = getpid();
	current_number_next(process->number);
	process->name = name_for(config, process->number);
	return process->name ? take_ptr(process) : NULL;
}

static int live(void *argument, int socket)
{
	struct mp_process *process = argument;
	int status;

	(void)socket;
	current_become(process->name, process->number);
	mp_log(MP_LOG_INFO, "child process calling self.run()");
	status = process->run(process->argument) & 0xff;
	fflush(NULL);
	mp_log(MP_LOG_INFO, "process shutting down");
	mp_log(MP_LOG_INFO, "process exiting with exitcode %d", status);
	return status;
}

int mp_process_start(struct mp_process *process)
{
	const struct child_config config = { .run = live, .argument = process, .name = process->name };
	int result;

	if (process->owner != getpid())
		return -EPERM;
	if (process->started)
		return -EALREADY;
	result = child_start(&process->child, &config);
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
	int result = await(process, process->joined ? 0 : timeout_ms);

	if (result)
		return result;
	if (process->joined)
		return -ECHILD;
	process->joined = true;
	return 0;
}

int mp_process_ended(struct mp_process *process, struct mp_process_end *end)
{
	int result = await(process, 0);

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
	return await(process, 0) == -ETIMEDOUT;
}

static int send_signal(struct mp_process *process, int number)
{
	int result = await(process, 0);

	return result == -ETIMEDOUT ? child_signal(&process->child, number) : result;
}

int mp_process_terminate(struct mp_process *process)
{
	return send_signal(process, SIGTERM);
}

int mp_process_kill(struct mp_process *process)
{
	return send_signal(process, SIGKILL);
}

const char *mp_process_name(const struct mp_process *process)
{
	return process->name;
}

pid_t mp_process_pid(const struct mp_process *process)
{
	return process->started ? process->pid : -1;
}

int mp_process_fd(const struct mp_process *process)
{
	return process->child.pidfd;
}

void mp_process_free(struct mp_process **process_address)
{
	struct mp_process *process = *process_address;

	*process_address = NULL;
	if (!process)
		return;
	if (mp_process_kill(process) == 0)
		await(process, KILL_PATIENCE_MS);
	child_finish(&process->child);
	free(process->name);
	free(process);
}
