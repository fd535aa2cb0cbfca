#include "sys/robust.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* It belongs to the thread that forks, so it is as right in its child. */
static __thread struct robust_list_head *head;

struct robust_list_head *robust_head(void)
{
	size_t size;

	if (!head && syscall(SYS_get_robust_list, 0, &head, &size) == 0 && !head)
		errno = ENOSYS;
	return head;
}

void robust_announce(uint32_t *word)
{
	__atomic_store_n(&head->list_op_pending, (struct robust_list *)((char *)word - head->futex_offset),
		__ATOMIC_SEQ_CST);
}

void robust_forget(void)
{
	__atomic_store_n(&head->list_op_pending, NULL, __ATOMIC_SEQ_CST);
}

bool robust_is_announced(void)
{
	return head && head->list_op_pending;
}

static bool swap(uint32_t *word, uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(word, &from, to, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/* Sleep while the word is `seen`. Returns 0 or -ETIMEDOUT. */
static int wait_for_change(uint32_t *word, uint32_t seen, const struct timespec *until)
{
	if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET, seen, until, NULL, FUTEX_BITSET_MATCH_ANY) &&
		errno == ETIMEDOUT)
		return -ETIMEDOUT;
	return 0;
}

/* `until` NULL: for ever. */
static int take(uint32_t *word, int timeout_ms, const struct timespec *until)
{
	uint32_t self = (uint32_t)gettid();
	/* once this thread has slept, others may sleep too, and only the flag tells */
	uint32_t waiters = 0;

	for (;;) {
		uint32_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);

		if ((seen & FUTEX_TID_MASK) == 0) {
			if (swap(word, seen, self | waiters | (seen & FUTEX_WAITERS)))
				return seen & FUTEX_OWNER_DIED ? 1 : 0;
			continue;
		}
		if (timeout_ms == 0)
			return -ETIMEDOUT;
		if (!(seen & FUTEX_WAITERS) && !swap(word, seen, seen | FUTEX_WAITERS))
			continue;
		waiters = FUTEX_WAITERS;
		if (wait_for_change(word, seen | FUTEX_WAITERS, until))
			return -ETIMEDOUT;
	}
}

static struct timespec from_now(int timeout_ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += timeout_ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	return until;
}

int robust_take(uint32_t *word, int timeout_ms)
{
	struct timespec until = { 0 };

	if (timeout_ms > 0)
		until = from_now(timeout_ms);
	return take(word, timeout_ms, timeout_ms < 0 ? NULL : &until);
}

void robust_give_back(uint32_t *word)
{
	if (__atomic_exchange_n(word, 0, __ATOMIC_RELEASE) & FUTEX_WAITERS)
		syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}
