#include "mp/hear.h"

#include <errno.h>
#include <stdlib.h>

#include "mp/give.h"
#include "mp/wire.h"

static int take_ready(struct crew *crew, struct seat *seat, const struct channel_message *message)
{
	if (seat->state != SEAT_ENTERING || message->size_bytes != 0)
		return -EBADMSG;
	seat->entered = true;
	crew->setbacks = 0;
	seat->state = SEAT_WORKING;
	seat->deadline_ms = 0;
	give_mark_hungry(crew, seat);
	return 0;
}

static int take_result(struct crew *crew, struct seat *seat, const struct wire_record *record, void *memory,
	const void *data)
{
	struct ticket *ticket = seat_first(seat);

	if (!ticket || record->id != ticket->id || record->attempt != (uint32_t)ticket->attempts ||
		record->kind_or_status > 255 || record->size_bytes > crew->config.result_max_bytes ||
		ticket_set_result(ticket, memory, data, record->size_bytes)) {
		free(memory);
		return -EBADMSG;
	}
	seat_let_go_first(seat);
	crew->held--;
	ticket->failure = (int)record->kind_or_status;
	crew_end_ticket(crew, ticket, ticket->failure ? MP_FAILED : MP_DONE);
	crew_begin_first(crew, seat);
	if (seat->state == SEAT_WORKING)
		give_mark_hungry(crew, seat);
	return 0;
}

static int take_results(struct crew *crew, struct seat *seat, const struct channel_message *message)
{
	struct wire_reader reader = { .next = message->body, .left_bytes = message->size_bytes };
	struct wire_record record;
	const void *data;
	int more;

	if (message->size_bytes == 0)
		return -EBADMSG;
	while ((more = wire_next(&reader, &record, &data)) == 1) {
		/* the only result of a big message keeps that message's memory */
		bool whole = data == (const char *)message->body + sizeof record && reader.left_bytes == 0;
		int error = take_result(
			crew, seat, &record, whole ? channel_inbox_take_large(&crew->inbox) : NULL, data);

		if (error)
			return error;
	}
	return more;
}

static int take_in(struct crew *crew, struct seat *seat, const struct channel_message *message)
{
	switch (message->type) {
	case WIRE_READY:
		return take_ready(crew, seat, message);
	case WIRE_UNFIT:
		if (seat->state == SEAT_ENTERING)
			crew->error = -ECHILD;
		return -EBADMSG; /* and nothing more is heard from it */
	case WIRE_RESULTS:
		return take_results(crew, seat, message);
	default:
		return -EBADMSG;
	}
}

void hear(struct crew *crew, struct seat *seat)
{
	while (seat->state != SEAT_EMPTY && !seat->mute) {
		struct channel_message message;
		int result = channel_receive(seat->child.socket, &crew->inbox, false, &message);

		if (result == -EAGAIN)
			return;
		if (result == 1 && take_in(crew, seat, &message) == 0) {
			/* nothing more is due; if there is, epoll will say so */
			if (seat->hand_count == 0)
				return;
			continue;
		}
		seat->mute = true;
		if (result == 0)
			crew_hang_up(crew, seat);
		else if (seat->state != SEAT_KILLED)
			crew_kill(crew, seat, SEAT_BROKE_PROTOCOL);
	}
}
