/* One at a time. Should the one that has the lock die, the next gets it, and is told so. */
#include <stdio.h>

#include <mp/lock.h>
#include <mp/process.h>

static struct mp_lock *lock;

static int task(void *name)
{
	mp_lock_acquire(lock, -1);
	printf("%s is running\n", (const char *)name);
	mp_lock_release(lock);
	return 0;
}

int main(void)
{
	char names[3][16];
	struct mp_process *processes[3];

	lock = mp_lock_new();
	for (int i = 0; i < 3; i++) {
		const struct mp_process_config config = { .run = task, .argument = names[i] };

		snprintf(names[i], sizeof names[i], "Process %d", i);
		processes[i] = mp_process_new(&config);
		mp_process_start(processes[i]);
	}
	for (int i = 0; i < 3; i++) {
		mp_process_join(processes[i], -1);
		mp_process_free(&processes[i]);
	}
	mp_lock_free(&lock);
	return 0;
}
