/* Start one process, and wait for it. */
#include <stdio.h>
#include <unistd.h>

#include <mp/process.h>

static int worker(void *name)
{
	printf("Starting worker\n");
	printf("Task %s running in process %d\n", (const char *)name, (int)getpid());
	printf("Finished worker\n");
	return 0;
}

int main(void)
{
	char name[] = "Job-0";
	const struct mp_process_config config = { .run = worker, .argument = name };
	struct mp_process *process = mp_process_new(&config);

	if (!process || mp_process_start(process))
		return 1;
	mp_process_join(process, -1);
	printf("Parent process finished\n");
	mp_process_free(&process);
	return 0;
}
