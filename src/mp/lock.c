#include "mp/lock.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "sys/long_lock.h"
#include "sys/memfile.h"

/* The lock is in the first page, whatever its size. */
#define FILE_BYTES 65536
#define MAGIC 0x6b6c706du

struct mp_lock {
	struct memfile file; /* for processes that do not have the lock by fork */
	struct long_lock lock;
};

/* `fd` -1: a new one. */
static struct mp_lock *make(int fd)
{
	autofree struct mp_lock *lock = calloc(1, sizeof *lock);
	int result;

	if (!lock)
		return NULL;
	result = fd < 0 ? memfile_create(&lock->file, FILE_BYTES, FILE_BYTES)
			: memfile_attach(&lock->file, fd, FILE_BYTES);
	if (result == 0 && fd < 0)
		*(uint32_t *)lock->file.data = MAGIC;
	if (result == 0 && *(uint32_t *)lock->file.data != MAGIC)
		result = -EINVAL;
	if (result == 0)
		result = long_lock_init(&lock->lock, lock->file.fd);
	if (result) {
		memfile_finish(&lock->file);
		errno = -result;
		return NULL;
	}
	return take_ptr(lock);
}

struct mp_lock *mp_lock_new(void)
{
	return make(-1);
}

struct mp_lock *mp_lock_attach(int fd)
{
	if (fd >= 0)
		return make(fd);
	errno = EBADF;
	return NULL;
}

int mp_lock_fd(const struct mp_lock *lock)
{
	if (!lock)
		return -1;
	return lock->file.fd;
}

int mp_lock_acquire(struct mp_lock *lock, int timeout_ms)
{
	if (!lock)
		return -EINVAL;
	return long_lock_acquire(&lock->lock, timeout_ms);
}

int mp_lock_release(struct mp_lock *lock)
{
	if (!lock)
		return -EINVAL;
	return long_lock_release(&lock->lock);
}

void mp_lock_free(struct mp_lock **lock_address)
{
	struct mp_lock *lock = lock_address ? *lock_address : NULL;

	if (!lock)
		return;
	*lock_address = NULL;
	long_lock_release(&lock->lock);
	long_lock_finish(&lock->lock);
	memfile_finish(&lock->file);
	free(lock);
}
