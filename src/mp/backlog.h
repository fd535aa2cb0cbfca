/*
 * backlog.h: the tasks that no worker has yet.
 *
 * A line for each kind of task, first come first served; and a line of those that are to be done again, each
 * alone in a fresh worker.
 */
#ifndef STAMPMILL_MP_BACKLOG_H
#define STAMPMILL_MP_BACKLOG_H

#include "mp/ticket.h"

struct backlog {
	struct ticket_line *lines; /* owned; one for each kind */
	int kinds;
	size_t count;             /* in all lines */
	struct ticket_line again; /* not counted in `count` */
};

int backlog_init(struct backlog *backlog, int kinds); /* 0 or -ENOMEM */
void backlog_finish(struct backlog *backlog);         /* frees the tickets too */

void backlog_append(struct backlog *backlog, struct ticket *ticket);
/* For one that was taken and not begun: to the front of its line. Put back the youngest first. */
void backlog_put_back(struct backlog *backlog, struct ticket *ticket);

/* The kind whose first ticket is the oldest of all; -1 when there is none. */
int backlog_oldest_kind(const struct backlog *backlog);
/* The first of a kind, not taken; NULL when there is none. */
const struct ticket *backlog_peek(const struct backlog *backlog, int kind);
struct ticket *backlog_take(struct backlog *backlog, int kind);

/* Any ticket, those to be done again first; NULL when there is none. */
struct ticket *backlog_take_any(struct backlog *backlog);

#endif
