/*
 * given.h: what a process is given by the one that starts it, under any start method (context.h).
 *
 * Bytes, which arrive as a copy; and things that processes share, which arrive as handles of their own to the
 *same queue, pipe, lock or value. The function finds them at the index at which they were given, in the same
 *member:
 *
 *	const struct mp_share shares[] = { { .queue = orders }, { .lock = screen } };
 *	... = { .data = &number, .size_bytes = sizeof number, .shares = shares, .share_count = 2 };
 *
 *	struct mp_queue *orders = given->shares[0].queue;
 *
 * The process must not free them; they end with it. A pipe's end that is given away is still the giver's as
 *well, who frees it when the other end should see end-of-file.
 */
#ifndef STAMPMILL_MP_GIVEN_H
#define STAMPMILL_MP_GIVEN_H

#include <stddef.h>

#include "mp/lock.h"
#include "mp/manager.h"
#include "mp/pipe.h"
#include "mp/queue.h"
#include "mp/rate.h"
#include "mp/shared.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MP_SHARES_MAX 128

/* One of these is set, the others are NULL and 0. */
struct mp_share {
	struct mp_queue *queue;
	struct mp_pipe *pipe;
	struct mp_lock *lock;
	struct mp_shared *shared;
	struct mp_rate *rate;
	struct mp_manager *manager; /* lists and dictionaries are found again by their ids */
	int fd;                     /* any other descriptor, 3 or more */
};

struct mp_given {
	const void *data;  /* aligned to 8 when it is received */
	size_t size_bytes; /* up to 1 GiB */
	const struct mp_share *shares;
	size_t share_count; /* up to MP_SHARES_MAX */
};

#ifdef __cplusplus
}
#endif

#endif
