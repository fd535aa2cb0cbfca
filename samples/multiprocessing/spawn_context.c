/* A process that has nothing of its parent's: for parents that have run threads, or libraries that do not
 * bear fork. */
#include <pthread.h>
#include <stdio.h>

#include <mp/context.h>
#include <mp/process.h>

static int print(const struct mp_given *given)
{
	printf("%s\n", (const char *)given->data);
	return 0;
}

/* The process is told a name, since it has other addresses than its parent. */
static const struct mp_role roles[] = { { .name = "print", .run = print }, { .name = NULL } };

static void *work(void *argument)
{
	return argument;
}

int main(int argc, char **argv)
{
	static const char text[] = "Hello from a spawned process!";
	struct mp_process_config config = { .run_given = print,
		.given = { .data = text, .size_bytes = sizeof text } };
	struct mp_process *process;
	pthread_t thread;

	if (mp_context_init(argc, argv, roles)) /* the spawned process does not return from here */
		return 1;
	if (pthread_create(&thread, NULL, work, NULL) || pthread_join(thread, NULL))
		return 1;
	config.context = mp_context_new(MP_SPAWN);
	process = config.context ? mp_process_new(&config) : NULL;
	if (!process || mp_process_start(process))
		return 1;
	mp_process_join(process, -1);
	mp_process_free(&process);
	mp_context_free(&config.context);
	return 0;
}
