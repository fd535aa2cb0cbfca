/* Five processes at a time, each with an argument of its own. */
#include <stdio.h>
#include <unistd.h>

#include <mp/process.h>

static int doubler(void *argument)
{
	int number = *(const int *)argument;

	printf("%d doubled to %d by process id: %d\n", number, number * 2, (int)getpid());
	return 0;
}

int main(void)
{
	int numbers[] = { 5, 10, 15, 20, 25 };
	struct mp_process *processes[5];

	for (int i = 0; i < 5; i++) {
		const struct mp_process_config config = { .run = doubler, .argument = &numbers[i] };

		processes[i] = mp_process_new(&config);
		mp_process_start(processes[i]);
	}
	for (int i = 0; i < 5; i++) {
		mp_process_join(processes[i], -1);
		mp_process_free(&processes[i]);
	}
	return 0;
}
