#include "mp/backlog.h"

#include <errno.h>
#include <stdlib.h>

int backlog_init(struct backlog *backlog, int kinds)
{
	*backlog = (struct backlog){ .kinds = kinds };
	backlog->lines = calloc((size_t)kinds, sizeof *backlog->lines);
	return backlog->lines ? 0 : -ENOMEM;
}

void backlog_finish(struct backlog *backlog)
{
	for (int kind = 0; backlog->lines && kind < backlog->kinds; kind++)
		ticket_line_free(&backlog->lines[kind]);
	ticket_line_free(&backlog->again);
	free(backlog->lines);
	*backlog = (struct backlog){ 0 };
}

void backlog_append(struct backlog *backlog, struct ticket *ticket)
{
	ticket_line_append(&backlog->lines[ticket->kind], ticket);
	backlog->count++;
}

void backlog_put_back(struct backlog *backlog, struct ticket *ticket)
{
	ticket_line_put_back(&backlog->lines[ticket->kind], ticket);
	backlog->count++;
}

int backlog_oldest_kind(const struct backlog *backlog)
{
	int oldest = -1;

	for (int kind = 0; kind < backlog->kinds; kind++) {
		const struct ticket *first = backlog->lines[kind].first;

		if (first && (oldest < 0 || first->id < backlog->lines[oldest].first->id))
			oldest = kind;
	}
	return oldest;
}

const struct ticket *backlog_peek(const struct backlog *backlog, int kind)
{
	return backlog->lines[kind].first;
}

struct ticket *backlog_take(struct backlog *backlog, int kind)
{
	struct ticket *ticket = ticket_line_take(&backlog->lines[kind]);

	if (ticket)
		backlog->count--;
	return ticket;
}

struct ticket *backlog_take_any(struct backlog *backlog)
{
	int kind = backlog_oldest_kind(backlog);

	if (backlog->again.first)
		return ticket_line_take(&backlog->again);
	return kind < 0 ? NULL : backlog_take(backlog, kind);
}
