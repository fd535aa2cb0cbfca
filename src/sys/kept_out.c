#include "sys/kept_out.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "sys/child.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int *kept_out;
static size_t count, capacity;

void kept_out_lock(void)
{
	pthread_mutex_lock(&lock);
}

void kept_out_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

int kept_out_make_room(size_t more)
{
	size_t wanted = capacity ? capacity : 16;
	int *grown;

	while (wanted < count + more)
		wanted *= 2;
	if (wanted == capacity)
		return 0;
	grown = realloc(kept_out, wanted * sizeof *grown);
	if (!grown)
		return -ENOMEM;
	kept_out = grown;
	capacity = wanted;
	return 0;
}

void kept_out_add(int fd)
{
	if (fd >= 0)
		kept_out[count++] = fd;
}

void kept_out_close_all(void)
{
	for (size_t i = 0; i < count; i++)
		close(kept_out[i]);
	count = 0;
	kept_out_unlock();
}

int child_keep_out(int fd)
{
	int result;

	kept_out_lock();
	result = kept_out_make_room(1);
	if (result == 0)
		kept_out_add(fd);
	else
		close(fd);
	kept_out_unlock();
	return result;
}

void child_close_kept_out(int fd)
{
	kept_out_lock();
	for (size_t i = 0; i < count; i++)
		if (kept_out[i] == fd) {
			kept_out[i] = kept_out[--count];
			close(fd);
			break;
		}
	if (count == 0) {
		free(kept_out);
		kept_out = NULL;
		capacity = 0;
	}
	kept_out_unlock();
}
