#include "sys/bell.h"

#include <limits.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LISTENS 1u

static bool swap(struct bell *bell, uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(&bell->word, &from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

uint32_t bell_listen(struct bell *bell)
{
	return __atomic_or_fetch(&bell->word, LISTENS, __ATOMIC_SEQ_CST);
}

void bell_sleep(struct bell *bell, uint32_t heard, int64_t timeout_ms)
{
	int64_t nap_ms = timeout_ms >= 0 && timeout_ms < BELL_NAP_MS ? timeout_ms : BELL_NAP_MS;
	struct timespec nap = { .tv_nsec = nap_ms * 1000000 };

	syscall(SYS_futex, &bell->word, FUTEX_WAIT, heard, &nap, NULL, 0);
}

void bell_ring(struct bell *bell)
{
	uint32_t seen = __atomic_load_n(&bell->word, __ATOMIC_SEQ_CST);

	if (seen & LISTENS && swap(bell, seen, seen + 1))
		syscall(SYS_futex, &bell->word, FUTEX_WAKE, 1, NULL, NULL, 0);
}
