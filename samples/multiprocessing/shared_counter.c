/* A number that processes share, and add to under its lock: nothing is lost. */
#include <stdio.h>

#include <mp/process.h>
#include <mp/shared.h>

static int increment(void *shared_counter)
{
	int *value = mp_shared_data(shared_counter);

	for (int i = 0; i < 100000; i++) {
		mp_shared_acquire(shared_counter, -1);
		*value += 1;
		mp_shared_release(shared_counter);
	}
	return 0;
}

int main(void)
{
	struct mp_shared *counter = mp_shared_new(NULL, sizeof(int), 1);
	const struct mp_process_config config = { .run = increment, .argument = counter };
	struct mp_process *processes[2];

	for (int i = 0; i < 2; i++) {
		processes[i] = mp_process_new(&config);
		mp_process_start(processes[i]);
	}
	for (int i = 0; i < 2; i++) {
		mp_process_join(processes[i], -1);
		mp_process_free(&processes[i]);
	}
	printf("Final counter value: %d\n", *(int *)mp_shared_data(counter));
	mp_shared_free(&counter);
	return 0;
}
