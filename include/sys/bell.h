/*
 * bell.h: sleeping, in shared memory, until another process says that something has changed.
 *
 * Who waits: bell_listen(), look once more whether there is what it waits for, bell_sleep(), and again from
 * the start. Who has made a change: bell_ring(), which is one read when nobody listens, and wakes one sleeper
 * otherwise. Who was woken and leaves something for others rings again.
 *
 * A process may be killed or stopped between its change and its ring, or between being woken and looking; so
 * nobody sleeps for longer than BELL_NAP_MS without looking. A hostile process can keep others from being
 * woken earlier, and nothing worse.
 */
#ifndef STAMPMILL_SYS_BELL_H
#define STAMPMILL_SYS_BELL_H

#include <stdint.h>

#define BELL_NAP_MS 100

struct bell {
	uint32_t word; /* bit 0: somebody listens; the rest counts rings. 0 at first */
};

/* Returns what bell_sleep() wants. */
uint32_t bell_listen(struct bell *bell);

/* Until it rings, but for no longer than timeout_ms (-1: for ever) and BELL_NAP_MS. */
void bell_sleep(struct bell *bell, uint32_t heard, int64_t timeout_ms);

void bell_ring(struct bell *bell);

#endif
