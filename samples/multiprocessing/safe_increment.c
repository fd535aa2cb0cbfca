/* A lock of its own around a shared number. */
#include <stdio.h>
#include <unistd.h>

#include <mp/lock.h>
#include <mp/process.h>
#include <mp/shared.h>

struct both {
	struct mp_lock *lock;
	struct mp_shared *counter;
};

static int safe_increment(void *argument)
{
	const struct both *both = argument;
	int *counter = mp_shared_data(both->counter);

	for (int i = 0; i < 5; i++) {
		usleep(100000); /* simulate work */
		mp_lock_acquire(both->lock, -1);
		*counter += 1;
		printf("Process %d incremented to %d\n", (int)getpid(), *counter);
		mp_lock_release(both->lock);
	}
	return 0;
}

int main(void)
{
	struct both both = { mp_lock_new(), mp_shared_new(NULL, sizeof(int), 1) };
	const struct mp_process_config config = { .run = safe_increment, .argument = &both };
	struct mp_process *processes[3];

	for (int i = 0; i < 3; i++) {
		processes[i] = mp_process_new(&config);
		mp_process_start(processes[i]);
	}
	for (int i = 0; i < 3; i++) {
		mp_process_join(processes[i], -1);
		mp_process_free(&processes[i]);
	}
	printf("Final counter value: %d\n", *(int *)mp_shared_data(both.counter));
	mp_lock_free(&both.lock);
	mp_shared_free(&both.counter);
	return 0;
}
