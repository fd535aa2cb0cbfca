/* Lines that do not mix, however they are written: here letter by letter. */
#include <stdio.h>
#include <unistd.h>

#include <mp/lock.h>
#include <mp/process.h>

static struct mp_lock *lock;

static int printer(void *item)
{
	mp_lock_acquire(lock, -1);
	for (const char *letter = item; *letter; letter++)
		dprintf(STDOUT_FILENO, "%c", *letter);
	dprintf(STDOUT_FILENO, "\n");
	mp_lock_release(lock);
	return 0;
}

int main(void)
{
	char items[][8] = { "tango", "foxtrot", "10" };
	struct mp_process *processes[3];

	lock = mp_lock_new();
	for (int i = 0; i < 3; i++) {
		const struct mp_process_config config = { .run = printer, .argument = items[i] };

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
