#include "sys/lock.h"

#include <errno.h>
#include <stddef.h>

#include "sys/robust.h"

/* It belongs to the thread that forks, so it is as right in its child. */
static __thread struct lock *held;

void lock_init(struct lock *lock)
{
	__atomic_store_n(&lock->word, 0, __ATOMIC_RELEASE);
}

int lock_acquire(struct lock *lock, int timeout_ms, void (*repair)(void *argument), void *argument)
{
	int result;

	if (held)
		return -EDEADLK;
	if (!robust_head())
		return -errno;
	robust_announce(&lock->word);
	result = robust_take(&lock->word, timeout_ms);
	if (result < 0) {
		robust_forget();
		return result;
	}
	held = lock;
	if (result == 1 && repair)
		repair(argument);
	return result;
}

int lock_release(struct lock *lock)
{
	if (held != lock)
		return -EPERM;
	robust_give_back(&lock->word);
	held = NULL;
	robust_forget();
	return 0;
}
