#include "mp/bury.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "mp/hear.h"

/* So many workers in a row that died before they were ready are no accident any more; after the first few
 * there is a pause before each. */
#define SETBACKS_MAX 32
#define SETBACKS_FREE 4
#define SETBACK_PAUSE_MS 40

static void count_setback(struct crew *crew)
{
	if (++crew->setbacks >= SETBACKS_MAX)
		crew->error = -ECHILD;
	if (crew->setbacks > SETBACKS_FREE)
		crew->start_after_ms = crew->now_ms + SETBACK_PAUSE_MS;
}

/* The task that the dead worker had begun: again, or its end. `end` NULL: nobody knows how it died. */
static void charge(struct crew *crew, struct seat *seat, struct ticket *ticket, const struct child_end *end)
{
	bool innocent = seat->late_task != 0 && seat->late_task != ticket->id;
	bool by_us = seat->state == SEAT_KILLED && (!end || end->signal == SIGKILL);

	/* another task was late and then ended after all: this one was killed in its stead */
	if (innocent) {
		ticket->attempts--;
		backlog_put_back(&crew->backlog, ticket);
		return;
	}
	if (ticket->attempts <= ticket->retries && !crew->terminated) {
		ticket_line_append(&crew->backlog.again, ticket);
		return;
	}
	ticket->failure = 0;
	ticket->signal = 0;
	if (by_us) {
		crew_end_ticket(crew, ticket, seat->fault == SEAT_TOO_LATE ? MP_TIMEOUT : MP_CRASHED);
	} else if (end && end->signal == 0) {
		ticket->failure = end->status;
		crew_end_ticket(crew, ticket, MP_EXITED);
	} else {
		ticket->signal = end ? end->signal : 0;
		crew_end_ticket(crew, ticket, MP_CRASHED);
	}
}

static void empty_hand(struct crew *crew, struct seat *seat, const struct child_end *end)
{
	struct ticket *ticket;

	crew->held -= seat->hand_count;
	while (seat->hand_count > 1)
		backlog_put_back(&crew->backlog, seat_let_go_last(seat));
	ticket = seat_let_go_first(seat);
	if (ticket)
		charge(crew, seat, ticket, end);
}

static void tell_of_death(struct crew *crew, const struct seat *seat)
{
	const struct ticket *first = seat_first(seat);

	crew->counts.died++;
	if (crew->config.died)
		crew->config.died(crew->config.inherited, seat->index, first ? first->id : 0);
}

/* The process has ended, or is stuck for ever (`stuck` is where it goes). */
static void bury(struct crew *crew, struct seat *seat, const struct child_end *end, struct child *stuck)
{
	bool asked = seat->state == SEAT_LEAVING || crew->terminated;

	if (!asked)
		tell_of_death(crew, seat);
	else if (!crew->terminated && end && (end->signal || end->status))
		crew->counts.untidy++;
	if (!asked && !seat->entered)
		count_setback(crew);
	empty_hand(crew, seat, end);
	seat_clear(seat, crew->epoll_fd, stuck);
	crew->occupied--;
}

void bury_if_dead(struct crew *crew, struct seat *seat)
{
	struct child_end end;
	int result;

	if (seat->state == SEAT_EMPTY)
		return;
	hear(crew, seat);
	result = child_reap(&seat->child, &end);
	if (result != 0)
		bury(crew, seat, result == 1 ? &end : NULL, NULL);
}

void bury_alive(struct crew *crew, struct seat *seat)
{
	struct epoll_event interest = { .events = EPOLLIN, .data.u64 = CREW_EVENT_STUCK };
	struct crew_stuck *stuck = malloc(sizeof *stuck);

	if (!stuck) {
		crew_set_patience(crew, seat, CREW_KILL_PATIENCE_MS);
		return;
	}
	crew->counts.stuck++;
	bury(crew, seat, NULL, &stuck->child);
	stuck->next = crew->stuck;
	crew->stuck = stuck;
	epoll_ctl(crew->epoll_fd, EPOLL_CTL_ADD, child_fd(&stuck->child), &interest);
}

void bury_stuck(struct crew *crew)
{
	for (struct crew_stuck **place = &crew->stuck; *place;) {
		struct crew_stuck *stuck = *place;
		struct child_end end;

		if (child_reap(&stuck->child, &end) == 0) {
			place = &stuck->next;
			continue;
		}
		*place = stuck->next;
		epoll_ctl(crew->epoll_fd, EPOLL_CTL_DEL, child_fd(&stuck->child), NULL);
		child_finish(&stuck->child);
		free(stuck);
	}
}
