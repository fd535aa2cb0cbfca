/* Processes have names: Process-1, Process-2, ... in the order in which they are made, or one of your own. */
#include <stdio.h>

#include <mp/process.h>

static int doubler(void *argument)
{
	int number = *(const int *)argument;

	printf("%d doubled to %d by: %s\n", number, number * 2, mp_current_process_name());
	return 0;
}

int main(void)
{
	int numbers[] = { 5, 10, 15, 20, 25 }, two = 2;
	struct mp_process_config config = { .run = doubler, .argument = &numbers[0] };
	struct mp_process *never_started = mp_process_new(&config); /* and yet it is Process-1 */
	struct mp_process *processes[6];

	for (int i = 0; i < 5; i++) {
		config.argument = &numbers[i];
		processes[i] = mp_process_new(&config);
		mp_process_start(processes[i]);
	}
	config.name = "Test";
	config.argument = &two;
	processes[5] = mp_process_new(&config);
	mp_process_start(processes[5]);

	for (int i = 0; i < 6; i++) {
		mp_process_join(processes[i], -1);
		mp_process_free(&processes[i]);
	}
	mp_process_free(&never_started);
	return 0;
}
