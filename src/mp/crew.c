#include "mp/crew.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "mp/bury.h"
#include "mp/give.h"
#include "mp/hear.h"
#include "mp/wire.h"
#include "sys/clock.h"

#define EVENTS 64
#define EVENT_ALARM UINT64_MAX
/* One that has closed its socket has this long to die by itself. */
#define HANG_UP_PATIENCE_MS 1000

static int watch_alarm(struct crew *crew)
{
	struct epoll_event interest = { .events = EPOLLIN, .data.u64 = EVENT_ALARM };

	return epoll_ctl(crew->epoll_fd, EPOLL_CTL_ADD, crew->alarm.fd, &interest) ? -errno : 0;
}

static int open_all(struct crew *crew)
{
	int result;

	crew->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (crew->epoll_fd < 0)
		return -errno;
	result = child_keep_out(crew->epoll_fd);
	if (result == 0)
		result = alarm_init(&crew->alarm);
	if (result == 0)
		result = watch_alarm(crew);
	if (result == 0)
		result = backlog_init(&crew->backlog, crew->kinds);
	if (result == 0)
		result = channel_inbox_init(&crew->inbox, wire_space(crew->config.result_max_bytes));
	return result;
}

int crew_init(struct crew *crew, const struct mp_pool_config *config)
{
	int result;

	*crew = (struct crew){ .config = *config, .epoll_fd = -1, .alarm.fd = -1 };
	while (config->tasks[crew->kinds].name)
		crew->kinds++;
	crew->seats = calloc((size_t)config->workers, sizeof *crew->seats);
	crew->outbox = malloc(CHANNEL_INLINE);
	result = crew->seats && crew->outbox ? open_all(crew) : -ENOMEM;
	if (result) {
		crew_finish(crew);
		return result;
	}
	for (int i = 0; i < config->workers; i++)
		seat_init(&crew->seats[i], i);
	crew->now_ms = clock_ms();
	return 0;
}

void crew_finish(struct crew *crew)
{
	while (crew->stuck) {
		struct crew_stuck *stuck = crew->stuck;

		crew->stuck = stuck->next;
		child_finish(&stuck->child);
		free(stuck);
	}
	backlog_finish(&crew->backlog);
	ticket_line_free(&crew->ended);
	channel_inbox_finish(&crew->inbox);
	alarm_finish(&crew->alarm);
	child_close_kept_out(crew->epoll_fd);
	free(crew->outbox);
	free(crew->seats);
}

void crew_ring(struct crew *crew)
{
	alarm_now(&crew->alarm);
}

void crew_end_ticket(struct crew *crew, struct ticket *ticket, enum mp_outcome outcome)
{
	ticket->outcome = outcome;
	ticket_line_append(&crew->ended, ticket);
}

void crew_begin_first(struct crew *crew, struct seat *seat)
{
	struct ticket *ticket = seat_first(seat);

	if (seat->state == SEAT_WORKING)
		seat->deadline_ms = 0;
	if (!ticket)
		return;
	ticket->attempts++;
	ticket->worker_index = seat->index;
	ticket->worker_pid = seat->child.pid;
	if (ticket->timeout_ms > 0 && seat->state == SEAT_WORKING) {
		seat->deadline_ms = crew->now_ms + ticket->timeout_ms;
		alarm_by(&crew->alarm, seat->deadline_ms);
	}
}

void crew_set_patience(struct crew *crew, struct seat *seat, int64_t patience_ms)
{
	seat->deadline_ms = crew->now_ms + patience_ms;
	alarm_by(&crew->alarm, seat->deadline_ms);
}

void crew_kill(struct crew *crew, struct seat *seat, enum seat_fault fault)
{
	const struct ticket *first = seat_first(seat);

	seat->late_task = fault == SEAT_TOO_LATE && first ? first->id : 0;
	seat_kill(seat, fault, crew->epoll_fd);
	crew_set_patience(crew, seat, CREW_KILL_PATIENCE_MS);
}

void crew_hang_up(struct crew *crew, struct seat *seat)
{
	seat_unwatch_socket(seat, crew->epoll_fd);
	if (seat->state != SEAT_ENTERING && seat->state != SEAT_WORKING)
		return;
	seat->state = SEAT_HUNG_UP;
	crew_set_patience(crew, seat, HANG_UP_PATIENCE_MS);
}

/* ---- deadlines ---- */

static void judge_one(struct crew *crew, struct seat *seat)
{
	/* what it has sent already is in time */
	hear(crew, seat);
	if (!seat->deadline_ms || seat->deadline_ms > crew->now_ms)
		return;
	if (seat->state == SEAT_KILLED) {
		bury_alive(crew, seat);
		return;
	}
	crew_kill(crew, seat, seat->state == SEAT_HUNG_UP ? SEAT_BROKE_PROTOCOL : SEAT_TOO_LATE);
}

/* Judge every seat, and set the alarm for the next deadline. */
static void judge(struct crew *crew)
{
	int64_t next_ms = 0;

	for (int i = 0; i < crew->config.workers && crew->occupied > 0; i++) {
		struct seat *seat = &crew->seats[i];

		if (seat->deadline_ms && seat->deadline_ms <= crew->now_ms)
			judge_one(crew, seat);
		if (seat->deadline_ms && (!next_ms || seat->deadline_ms < next_ms))
			next_ms = seat->deadline_ms;
	}
	alarm_set(&crew->alarm, next_ms);
}

static void shift_deadlines(struct crew *crew, int64_t by_ms)
{
	for (int i = 0; i < crew->config.workers; i++)
		if (crew->seats[i].deadline_ms)
			crew->seats[i].deadline_ms += by_ms;
}

static void look_at_clock(struct crew *crew)
{
	int64_t now_ms = clock_ms();
	int64_t lost_ms = alarm_look(&crew->alarm, now_ms);

	if (crew->paused_ms)
		return;
	crew->now_ms = now_ms;
	if (lost_ms)
		shift_deadlines(crew, lost_ms);
}

void crew_pause(struct crew *crew)
{
	if (crew->paused_ms || crew->terminated)
		return;
	crew->paused_ms = clock_ms();
	for (int i = 0; i < crew->config.workers; i++)
		child_signal(&crew->seats[i].child, SIGSTOP);
}

void crew_resume(struct crew *crew)
{
	if (!crew->paused_ms)
		return;
	for (int i = 0; i < crew->config.workers; i++)
		child_signal(&crew->seats[i].child, SIGCONT);
	crew->now_ms = clock_ms();
	crew->alarm.seen_ms = crew->now_ms;
	shift_deadlines(crew, crew->now_ms - crew->paused_ms);
	crew->paused_ms = 0;
	alarm_by(&crew->alarm, crew->now_ms);
}

/* ---- the end ---- */

void crew_end_backlog(struct crew *crew, enum mp_outcome outcome)
{
	struct ticket *ticket;

	while ((ticket = backlog_take_any(&crew->backlog)))
		crew_end_ticket(crew, ticket, outcome);
}

void crew_disband(struct crew *crew, enum mp_outcome outcome)
{
	crew_resume(crew);
	look_at_clock(crew);
	crew->terminated = crew->closed = true;
	for (int i = 0; i < crew->config.workers; i++)
		if (crew->seats[i].state != SEAT_EMPTY && crew->seats[i].state != SEAT_KILLED)
			crew_kill(crew, &crew->seats[i], SEAT_NO_FAULT);
	for (int i = 0; i < crew->config.workers; i++) {
		struct seat *seat = &crew->seats[i];
		struct ticket *ticket;

		if (seat->state == SEAT_EMPTY)
			continue;
		hear(crew, seat);
		seat->mute = true;
		crew->held -= seat->hand_count;
		while ((ticket = seat_let_go_first(seat)))
			crew_end_ticket(crew, ticket, outcome);
	}
	crew_end_backlog(crew, outcome);
	crew_ring(crew);
}

/* ---- a turn ---- */

static void handle(struct crew *crew, uint64_t what)
{
	struct seat *seat;

	if (what == EVENT_ALARM)
		return;
	if (what == CREW_EVENT_STUCK) {
		bury_stuck(crew);
		return;
	}
	seat = &crew->seats[what / SEAT_EVENT_COUNT];
	if (what % SEAT_EVENT_COUNT == SEAT_EVENT_SOCKET)
		hear(crew, seat);
	else
		bury_if_dead(crew, seat);
}

int crew_turn(struct crew *crew, int timeout_ms)
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(crew->epoll_fd, events, EVENTS, timeout_ms);

	look_at_clock(crew);
	for (int i = 0; i < count; i++)
		handle(crew, events[i].data.u64);
	if (crew->paused_ms) {
		alarm_set(&crew->alarm, 0);
		return crew->error;
	}
	if (crew->alarm.due_ms && crew->alarm.due_ms <= crew->now_ms)
		judge(crew);
	else if (crew->alarm.ringing)
		alarm_set(&crew->alarm, crew->alarm.due_ms);
	if (!crew->error && !crew->terminated)
		give(crew);
	if (crew->error && !crew->terminated)
		crew_disband(crew, MP_LOST);
	return crew->error;
}
