/*
 * crew.h: the workers of a pool, and what happens between them and the backlog.
 *
 * crew_turn() is all of it: take in what the workers say (hear.c), bury the dead (bury.c), judge deadlines,
 * give out tasks and start workers (give.c). Everything else changes the state and, where a turn is due
 * because of it, rings the alarm, which makes the epoll descriptor readable.
 */
#ifndef STAMPMILL_MP_CREW_H
#define STAMPMILL_MP_CREW_H

#include <stdbool.h>
#include <stdint.h>

#include "mp/alarm.h"
#include "mp/backlog.h"
#include "mp/seat.h"
#include "sys/channel.h"

/* A process that SIGKILL has not ended: it is stuck in the kernel. It is reaped if it ever ends. */
struct crew_stuck {
	struct child child;
	struct crew_stuck *next;
};

struct crew {
	struct mp_pool_config config;
	bool of_chunks; /* a payload is a row of items */
	int kinds;
	int epoll_fd;
	struct alarm alarm;
	struct seat *seats; /* owned; config.workers of them */
	int occupied;       /* seats that are not empty */
	struct seat *hungry;
	struct backlog backlog;
	size_t held;              /* tasks in the seats' hands */
	struct ticket_line ended; /* to be read by the pool's owner */
	struct crew_stuck *stuck;
	struct channel_inbox inbox;
	unsigned char *outbox; /* owned; CHANNEL_INLINE bytes */
	int64_t now_ms;        /* of this turn; stands still while paused */
	int64_t paused_ms;     /* since when; 0: not paused */
	bool closed, terminated;
	int setbacks;           /* workers that died entering, in a row */
	int start_failures;     /* forks that failed, in a row */
	int64_t start_after_ms; /* no worker is started before */
	int64_t give_after_ms;  /* no task is given before: the system has no memory for messages */
	int error;              /* what ended the pool */
	struct mp_pool_counts counts;
};

/* `config` with the number of workers and all limits filled in. Returns 0 or a negative errno. */
int crew_init(struct crew *crew, const struct mp_pool_config *config);
/* Every process must be dead or given up (crew_disband). */
void crew_finish(struct crew *crew);

/* Wait up to timeout_ms (0: not at all, -1: for ever) for something to do, then do all that can be done
 * without waiting. Returns 0 or crew.error. */
int crew_turn(struct crew *crew, int timeout_ms);

/* A turn is due. */
void crew_ring(struct crew *crew);

/* Every task that no worker has ends so. */
void crew_end_backlog(struct crew *crew, enum mp_outcome outcome);
/* Kill every worker; every task ends so. */
void crew_disband(struct crew *crew, enum mp_outcome outcome);

void crew_pause(struct crew *crew);
void crew_resume(struct crew *crew);

/* For the parts of a turn: hear.c, bury.c and give.c. */

/* What an epoll event says in its data when it is a stuck process that has ended after all. */
#define CREW_EVENT_STUCK (UINT64_MAX - 1)
/* A worker that was killed has this long to be gone. */
#define CREW_KILL_PATIENCE_MS 3000

/* The first task in its hand has begun, as far as anybody can tell from here. */
void crew_begin_first(struct crew *crew, struct seat *seat);
/* The end of a task. */
void crew_end_ticket(struct crew *crew, struct ticket *ticket, enum mp_outcome outcome);
void crew_set_patience(struct crew *crew, struct seat *seat, int64_t patience_ms);
void crew_kill(struct crew *crew, struct seat *seat, enum seat_fault fault);
/* It has closed its socket. Most likely it is dying, and its death will say why. */
void crew_hang_up(struct crew *crew, struct seat *seat);

#endif
