/*
 * seat.h: a worker as the pool's owner sees it: its process, its socket, and the tasks in its hand.
 *
 *   empty → entering → working → leaving → empty   the peaceful way
 *             └────────┴─→ hung up ┴─→ killed → empty
 *
 * Hung up: it has closed its socket, as a dying process does; how it dies is told by its death, and when that
 * does not come, it is killed. Killed: SIGKILL was sent, and its death is awaited. A worker may also die by
 * itself, in any state. Its results come in the order in which its tasks were given,
 * so the first task in its hand is the one it has begun.
 */
#ifndef STAMPMILL_MP_SEAT_H
#define STAMPMILL_MP_SEAT_H

#include <stdbool.h>
#include <stdint.h>

#include "mp/ticket.h"
#include "sys/child.h"

#define SEAT_HAND 64

enum seat_state {
	SEAT_EMPTY,
	SEAT_ENTERING,
	SEAT_WORKING,
	SEAT_LEAVING,
	SEAT_HUNG_UP,
	SEAT_KILLED
};

enum seat_fault {
	SEAT_NO_FAULT,
	SEAT_TOO_LATE,      /* over a deadline */
	SEAT_BROKE_PROTOCOL /* wrote what no worker writes, or closed its socket */
};

struct seat {
	int index;
	char name[24]; /* "worker-1" */
	enum seat_state state;
	enum seat_fault fault; /* why it was killed */
	uint64_t late_task;    /* the task that was over its deadline */
	bool entered;          /* it was ready once */
	bool mute;             /* nothing it says counts any more */
	bool alone;            /* the task in its hand is to be alone there */
	struct child child;
	struct ticket *hand[SEAT_HAND]; /* a ring */
	unsigned hand_first, hand_count;
	int kind;            /* of the tasks in its hand */
	uint64_t given;      /* tasks since it was started */
	int64_t deadline_ms; /* of the state, or of the task it has begun; 0: none */
	bool hungry;         /* in the line of those that could take a task */
	struct seat *next_hungry;
};

void seat_init(struct seat *seat, int index);

/* Fork the worker and watch its pidfd and socket in `epoll_fd`. Returns 0 or a negative errno. */
int seat_start(struct seat *seat, const struct mp_pool_config *config, bool of_chunks, int epoll_fd);

/* What an epoll event of a seat's descriptors says in its data. */
enum seat_event {
	SEAT_EVENT_SOCKET,
	SEAT_EVENT_DEATH,
	SEAT_EVENT_COUNT
};
uint64_t seat_event_data(const struct seat *seat, enum seat_event event);

/* Tasks in its hand. */
struct ticket *seat_first(const struct seat *seat);
void seat_hold(struct seat *seat, struct ticket *ticket);
struct ticket *seat_let_go_first(struct seat *seat); /* NULL when the hand is empty */
struct ticket *seat_let_go_last(struct seat *seat);

/* No more events of its socket; what is in it can still be received. */
void seat_unwatch_socket(struct seat *seat, int epoll_fd);

/* "Finish and go": it reads end-of-file after its last task. */
void seat_send_home(struct seat *seat);

/* SIGKILL. */
void seat_kill(struct seat *seat, enum seat_fault fault, int epoll_fd);

/* Close everything and be empty. The hand must be empty. With `child`, the process itself is moved there, for
 * one that has not ended. */
void seat_clear(struct seat *seat, int epoll_fd, struct child *child);

#endif
