/* Processes say on standard error that they start, shut down, and with which exit code. */
#include <stdio.h>
#include <unistd.h>

#include <mp/lock.h>
#include <mp/log.h>
#include <mp/process.h>

static struct mp_lock *lock;

static int printer(void *item)
{
	mp_lock_acquire(lock, -1);
	dprintf(STDOUT_FILENO, "%s\n", (const char *)item);
	mp_lock_release(lock);
	return 0;
}

int main(void)
{
	char items[][8] = { "tango", "foxtrot", "10" };
	struct mp_process *processes[3];

	lock = mp_lock_new();
	mp_log_to_stderr();
	mp_log_set_level(MP_LOG_INFO);
	for (int i = 0; i < 3; i++) {
		const struct mp_process_config config = { .run = printer, .argument = items[i] };

		processes[i] = mp_process_new(&config);
		mp_process_start(processes[i]);
	}
	mp_log(MP_LOG_INFO, "process shutting down");
	for (int i = 0; i < 3; i++) {
		mp_log(MP_LOG_INFO, "calling join() for process %s", mp_process_name(processes[i]));
		mp_process_join(processes[i], -1);
		mp_process_free(&processes[i]);
	}
	mp_lock_free(&lock);
	return 0;
}
