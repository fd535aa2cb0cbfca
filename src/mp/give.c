#include "mp/give.h"

#include <errno.h>

#include "mp/wire.h"

/* A worker that was sent home has this long for config.leave. */
#define LEAVE_PATIENCE_MS 5000
/* Failing to start a worker, so many times in a row and none is left: the pool has ended. */
#define START_FAILURES_MAX 8
/* How long to wait when the system had no room for a message, and how often for the same task. */
#define REFUSAL_PAUSE_MS 20
#define REFUSALS_MAX 100

static int may_hold(const struct crew *crew, const struct seat *seat)
{
	return crew->config.tasks[seat->kind].in_flight;
}

static void line_up(struct crew *crew, struct seat *seat)
{
	if (seat->hungry)
		return;
	seat->hungry = true;
	seat->next_hungry = crew->hungry;
	crew->hungry = seat;
}

void give_mark_hungry(struct crew *crew, struct seat *seat)
{
	if (seat->hand_count <= (unsigned)may_hold(crew, seat) / 2)
		line_up(crew, seat);
}

/* ---- how many workers there are ---- */

static size_t tasks_left(const struct crew *crew)
{
	return crew->backlog.count + crew->backlog.again.count + crew->held;
}

/* Seats whose worker has not been given anything yet. */
static size_t count_fresh(const struct crew *crew)
{
	size_t fresh = 0;

	for (int i = 0; i < crew->config.workers; i++) {
		const struct seat *seat = &crew->seats[i];

		if (seat->state == SEAT_ENTERING || (seat->state == SEAT_WORKING && seat->given == 0))
			fresh++;
	}
	return fresh;
}

/* As many workers as tasks, and a fresh one for each task that is to be done again. */
static int count_missing(const struct crew *crew)
{
	size_t left = tasks_left(crew), again = crew->backlog.again.count;
	size_t wanted = left < (size_t)crew->config.workers ? left : (size_t)crew->config.workers;
	size_t occupied = (size_t)crew->occupied, missing = wanted > occupied ? wanted - occupied : 0;

	if (again > 0) {
		size_t fresh = count_fresh(crew);

		if (again > fresh && again - fresh > missing)
			missing = again - fresh;
	}
	if (missing > (size_t)crew->config.workers - occupied)
		missing = (size_t)crew->config.workers - occupied;
	return (int)missing;
}

bool give_is_due(const struct crew *crew)
{
	return crew->hungry || crew->occupied < crew->config.workers;
}

static void send_home(struct crew *crew, struct seat *seat)
{
	seat_send_home(seat);
	crew_set_patience(crew, seat, LEAVE_PATIENCE_MS);
}

/* The system has no room for another process: try again later. When nothing is being done meanwhile, make
 * room by sending an idle worker home (what waits needs a fresh one), and end the pool when there is none
 * left. */
static void bear_failure(struct crew *crew, int error)
{
	int doublings = crew->start_failures++;
	bool sent_home = false;

	crew->start_after_ms = crew->now_ms + (doublings < 7 ? 10 << doublings : 1000);
	alarm_by(&crew->alarm, crew->start_after_ms);
	if (crew->held > 0 || count_fresh(crew) > 0)
		return;
	for (int i = 0; i < crew->config.workers && !sent_home; i++)
		if (crew->seats[i].state == SEAT_WORKING) {
			send_home(crew, &crew->seats[i]);
			sent_home = true;
		}
	if (!sent_home && crew->occupied == 0 && crew->start_failures >= START_FAILURES_MAX)
		crew->error = error;
}

static void start_workers(struct crew *crew)
{
	int missing = count_missing(crew);

	if (missing > 0 && crew->start_after_ms > crew->now_ms)
		alarm_by(&crew->alarm, crew->start_after_ms);
	for (int i = 0; i < crew->config.workers && missing > 0 && crew->start_after_ms <= crew->now_ms;
		i++) {
		struct seat *seat = &crew->seats[i];
		int result;

		if (seat->state != SEAT_EMPTY)
			continue;
		result = seat_start(seat, &crew->config, crew->of_chunks, crew->epoll_fd);
		if (result) {
			bear_failure(crew, result);
			return;
		}
		crew->start_failures = 0;
		crew->counts.started++;
		crew->occupied++;
		missing--;
		if (crew->config.enter_timeout_ms > 0)
			crew_set_patience(crew, seat, crew->config.enter_timeout_ms);
	}
}

/* ---- handing over ---- */

/* The tasks of one message. */
struct batch {
	struct ticket *tickets[SEAT_HAND];
	unsigned count;
	size_t size_bytes;
};

static struct wire_record record_of(const struct ticket *ticket)
{
	return (struct wire_record){
		.id = ticket->id,
		.kind_or_status = (uint32_t)ticket->kind,
		.attempt = (uint32_t)ticket->attempts + 1,
		.size_bytes = ticket->size_bytes,
	};
}

static int send_big(const struct seat *seat, const struct ticket *ticket)
{
	static const unsigned char zeros[8];
	struct wire_record record = record_of(ticket);
	const struct iovec parts[] = {
		{ .iov_base = &record, .iov_len = sizeof record },
		{ .iov_base = (void *)ticket->payload, .iov_len = ticket->size_bytes },
		{ .iov_base = (void *)zeros,
			.iov_len = wire_space(ticket->size_bytes) - sizeof record - ticket->size_bytes },
	};

	return channel_send(seat->child.socket, WIRE_TASKS, parts, 3, false);
}

static int send_batch(const struct crew *crew, const struct seat *seat, const struct batch *batch)
{
	struct iovec part = { .iov_base = crew->outbox, .iov_len = batch->size_bytes };
	unsigned char *end = crew->outbox;

	if (batch->size_bytes > CHANNEL_INLINE)
		return send_big(seat, batch->tickets[0]);
	for (unsigned i = 0; i < batch->count; i++) {
		struct wire_record record = record_of(batch->tickets[i]);

		end = wire_put(end, &record, batch->tickets[i]->payload);
	}
	return channel_send(seat->child.socket, WIRE_TASKS, &part, 1, false);
}

/* Up to `room` tasks of the seat's kind that fit one message; a task that fits none is alone in its own. */
static void take_batch(struct crew *crew, const struct seat *seat, unsigned room, struct batch *batch)
{
	const struct ticket *next;

	while (batch->count < room && (next = backlog_peek(&crew->backlog, seat->kind))) {
		size_t with = batch->size_bytes + wire_space(next->size_bytes);

		if (with > CHANNEL_INLINE && batch->count > 0)
			return;
		batch->tickets[batch->count++] = backlog_take(&crew->backlog, seat->kind);
		batch->size_bytes = with;
	}
}

/* The task that is to be done again, in a message of its own. */
static void take_again(struct crew *crew, struct batch *batch)
{
	batch->tickets[0] = ticket_line_take(&crew->backlog.again);
	batch->size_bytes = wire_space(batch->tickets[0]->size_bytes);
	batch->count = 1;
}

static void put_back(struct crew *crew, struct batch *batch)
{
	while (batch->count > 0) {
		struct ticket *ticket = batch->tickets[--batch->count];

		if (ticket->attempts > 0)
			ticket_line_put_back(&crew->backlog.again, ticket);
		else
			backlog_put_back(&crew->backlog, ticket);
	}
}

/* The message could not be sent. */
static void bear_refusal(struct crew *crew, struct seat *seat, int error, struct batch *batch)
{
	struct ticket *first = batch->tickets[0];

	put_back(crew, batch);
	if (error == -EAGAIN && seat->hand_count > 0)
		return; /* the socket is full of tasks: when some are done */
	if (error == -EAGAIN) {
		crew_kill(crew, seat, SEAT_BROKE_PROTOCOL); /* full, and yet it says that it has done all */
	} else if (error == -EPIPE || error == -ECONNRESET) {
		crew_hang_up(crew, seat);
	} else if (++first->refusals < REFUSALS_MAX) {
		crew->give_after_ms = crew->now_ms + REFUSAL_PAUSE_MS;
	} else {
		first = first->attempts > 0 ? ticket_line_take(&crew->backlog.again)
					    : backlog_take(&crew->backlog, first->kind);
		crew_end_ticket(crew, first, MP_LOST);
		crew_ring(crew); /* for the next in line */
	}
}

static void hand_over(struct crew *crew, struct seat *seat, struct batch *batch)
{
	bool idle = seat->hand_count == 0;
	int result = send_batch(crew, seat, batch);

	if (result) {
		bear_refusal(crew, seat, result, batch);
		return;
	}
	for (unsigned i = 0; i < batch->count; i++)
		seat_hold(seat, batch->tickets[i]);
	seat->given += batch->count;
	crew->held += batch->count;
	if (idle)
		crew_begin_first(crew, seat);
}

/* How many more tasks of its kind the seat should get: what it may hold, but no more than its share of what
 * is left, nor than its quota. */
static unsigned room(const struct crew *crew, const struct seat *seat)
{
	size_t left = tasks_left(crew), workers = (size_t)crew->config.workers;
	size_t share = (left + workers - 1) / workers, most = (size_t)may_hold(crew, seat);

	if (most > share)
		most = share;
	if (most <= seat->hand_count)
		return 0;
	most -= seat->hand_count;
	if (crew->config.tasks_per_worker && most > (size_t)crew->config.tasks_per_worker - seat->given)
		most = (size_t)crew->config.tasks_per_worker - seat->given;
	return (unsigned)most;
}

static bool is_spent(const struct crew *crew, const struct seat *seat)
{
	bool nothing_waits = crew->backlog.count == 0 && crew->backlog.again.count == 0;

	return (crew->config.tasks_per_worker && seat->given >= (uint64_t)crew->config.tasks_per_worker) ||
	       (crew->closed && nothing_waits);
}

/* A worker that holds tasks takes only others of their kind, and only while they are the oldest, so that no
 * kind starves. */
static void feed(struct crew *crew, struct seat *seat)
{
	struct batch batch = { 0 };
	int oldest = backlog_oldest_kind(&crew->backlog);

	if (seat->hand_count == 0) {
		if (is_spent(crew, seat)) {
			send_home(crew, seat);
			return;
		}
		seat->alone = seat->given == 0 && crew->backlog.again.first;
		seat->kind = seat->alone ? crew->backlog.again.first->kind : oldest < 0 ? seat->kind : oldest;
		if (seat->alone)
			take_again(crew, &batch);
	}
	if (!seat->alone && seat->kind == oldest)
		take_batch(crew, seat, room(crew, seat), &batch);
	if (batch.count > 0)
		hand_over(crew, seat, &batch);
}

static void feed_hungry(struct crew *crew)
{
	struct seat *line = crew->hungry;

	crew->hungry = NULL;
	while (line) {
		struct seat *seat = line;

		line = seat->next_hungry;
		seat->hungry = false;
		if (seat->state != SEAT_WORKING)
			continue;
		if (crew->give_after_ms <= crew->now_ms)
			feed(crew, seat);
		if (seat->state == SEAT_WORKING && seat->hand_count == 0)
			line_up(crew, seat);
	}
	if (crew->give_after_ms > crew->now_ms)
		alarm_by(&crew->alarm, crew->give_after_ms);
}

void give(struct crew *crew)
{
	if (crew->backlog.count > 0 || crew->backlog.again.count > 0 || crew->closed ||
		crew->config.tasks_per_worker)
		feed_hungry(crew);
	start_workers(crew);
}
