#include "mp/seat.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "mp/starting.h"
#include "mp/worker.h"

void seat_init(struct seat *seat, int index)
{
	*seat = (struct seat){ .index = index, .child = CHILD_INIT };
	snprintf(seat->name, sizeof seat->name, "worker-%d", index + 1);
}

uint64_t seat_event_data(const struct seat *seat, enum seat_event event)
{
	return (uint64_t)seat->index * SEAT_EVENT_COUNT + event;
}

static int watch(const struct seat *seat, int epoll_fd, int fd, enum seat_event event)
{
	struct epoll_event interest = { .events = EPOLLIN, .data.u64 = seat_event_data(seat, event) };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &interest) ? -errno : 0;
}

static int start_by_fork(struct seat *seat, const struct mp_pool_config *config, bool of_chunks)
{
	struct worker_birth birth = {
		.config = config, .of_chunks = of_chunks, .index = seat->index, .name = seat->name
	};
	const struct child_config child = {
		.run = worker_live,
		.argument = &birth,
		.name = seat->name,
		.with_socket = true,
		.is_worker = true,
	};

	return child_start(&seat->child, &child);
}

static int start_by_context(struct seat *seat, const struct mp_pool_config *config, bool of_chunks)
{
	const struct birth birth = {
		.kind = BIRTH_WORKER,
		.role = starting_role_of_pool(config),
		.name = seat->name,
		.number = "",
		.given = config->given,
		.index = seat->index,
		.of_chunks = of_chunks,
		.result_max_bytes = config->result_max_bytes,
	};

	return starting_start(config->context, &birth, &seat->child);
}

int seat_start(struct seat *seat, const struct mp_pool_config *config, bool of_chunks, int epoll_fd)
{
	int result;

	assert(seat->state == SEAT_EMPTY && seat->hand_count == 0);
	result = starting_is_by_fork(config->context) ? start_by_fork(seat, config, of_chunks)
						      : start_by_context(seat, config, of_chunks);
	if (result)
		return result;
	result = watch(seat, epoll_fd, seat->child.socket, SEAT_EVENT_SOCKET);
	if (result == 0)
		result = watch(seat, epoll_fd, child_fd(&seat->child), SEAT_EVENT_DEATH);
	if (result) {
		struct child_end end;

		child_signal(&seat->child, SIGKILL);
		child_wait(&seat->child, 1000, &end);
		child_finish(&seat->child);
		return result;
	}
	seat->state = SEAT_ENTERING;
	return 0;
}

struct ticket *seat_first(const struct seat *seat)
{
	return seat->hand_count > 0 ? seat->hand[seat->hand_first] : NULL;
}

void seat_hold(struct seat *seat, struct ticket *ticket)
{
	assert(seat->hand_count < SEAT_HAND);
	seat->hand[(seat->hand_first + seat->hand_count++) % SEAT_HAND] = ticket;
}

struct ticket *seat_let_go_first(struct seat *seat)
{
	struct ticket *ticket = seat_first(seat);

	if (ticket) {
		seat->hand_first = (seat->hand_first + 1) % SEAT_HAND;
		seat->hand_count--;
	}
	return ticket;
}

struct ticket *seat_let_go_last(struct seat *seat)
{
	if (seat->hand_count == 0)
		return NULL;
	return seat->hand[(seat->hand_first + --seat->hand_count) % SEAT_HAND];
}

void seat_unwatch_socket(struct seat *seat, int epoll_fd)
{
	epoll_ctl(epoll_fd, EPOLL_CTL_DEL, seat->child.socket, NULL);
}

void seat_send_home(struct seat *seat)
{
	shutdown(seat->child.socket, SHUT_WR);
	seat->state = SEAT_LEAVING;
}

void seat_kill(struct seat *seat, enum seat_fault fault, int epoll_fd)
{
	child_signal(&seat->child, SIGKILL);
	seat_unwatch_socket(seat, epoll_fd);
	seat->state = SEAT_KILLED;
	seat->fault = fault;
}

void seat_clear(struct seat *seat, int epoll_fd, struct child *child)
{
	assert(seat->hand_count == 0);
	/* by hand: a socket that a grandchild still holds would stay in the epoll set after close */
	epoll_ctl(epoll_fd, EPOLL_CTL_DEL, seat->child.socket, NULL);
	epoll_ctl(epoll_fd, EPOLL_CTL_DEL, child_fd(&seat->child), NULL);
	if (child) {
		*child = seat->child;
		child_close_kept_out(child->socket);
		child->socket = -1;
		seat->child = (struct child)CHILD_INIT;
	}
	child_finish(&seat->child);
	seat->state = SEAT_EMPTY;
	seat->fault = SEAT_NO_FAULT;
	seat->late_task = 0;
	seat->entered = seat->mute = seat->alone = false;
	seat->given = 0;
	seat->deadline_ms = 0;
}
