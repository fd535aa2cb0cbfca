#include "mp/lock.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "sys/long_lock.h"

struct mp_lock {
	struct long_lock lock;
};

struct mp_lock *mp_lock_new(void)
{
	autofree struct mp_lock *lock = calloc(1, sizeof *lock);
	int result;

	if (!lock)
		return NULL;
	result = long_lock_init(&lock->lock);
	if (result) {
		errno = -result;
		return NULL;
	}
	return take_ptr(lock);
}

int mp_lock_acquire(struct mp_lock *lock, int timeout_ms)
{
	return long_lock_acquire(&lock->lock, timeout_ms);
}

int mp_lock_release(struct mp_lock *lock)
{
	return long_lock_release(&lock->lock);
}

void mp_lock_free(struct mp_lock **lock_address)
{
	struct mp_lock *lock = *lock_address;

	*lock_address = NULL;
	if (!lock)
		return;
	long_lock_release(&lock->lock);
	long_lock_finish(&lock->lock);
	free(lock);
}
