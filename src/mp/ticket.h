/*
 * ticket.h: a task that was submitted, from then until its end has been read; and the lines tickets wait in.
 *
 * A ticket is in one place at a time: the backlog, the retries, a seat's hand, or the ended. Whoever takes it
 * out of one puts it into another or frees it.
 */
#ifndef STAMPMILL_MP_TICKET_H
#define STAMPMILL_MP_TICKET_H

#include "mp/pool.h"

struct ticket {
	struct ticket *next; /* in its line */
	uint64_t id, tag;
	int64_t timeout_ms;
	int kind; /* index into the table of tasks */
	int retries, attempts;
	int refusals; /* by a system without memory for the message */
	enum mp_outcome outcome;
	int failure, signal;
	int worker_index; /* of the last attempt; -1 */
	pid_t worker_pid;
	void *result_memory; /* owned; the result lies somewhere in it */
	const void *result;
	size_t result_bytes;
	size_t size_bytes;
	unsigned char payload[];
};

struct ticket_line {
	struct ticket *first, *last;
	size_t count;
};

/* Copies the payload. NULL when memory is out. */
struct ticket *ticket_new(const struct mp_submission *submission, int kind, uint64_t id);
void ticket_free(struct ticket *ticket); /* NULL is allowed */

/* Keep a result that has arrived: a copy, or, where `memory` is given, that memory itself, in which the
 * result lies. Returns 0 or -ENOMEM. */
int ticket_set_result(struct ticket *ticket, void *memory, const void *data, size_t size_bytes);

void ticket_line_append(struct ticket_line *line, struct ticket *ticket);
void ticket_line_put_back(struct ticket_line *line, struct ticket *ticket); /* to the front */
struct ticket *ticket_line_take(struct ticket_line *line);                  /* NULL when it is empty */
void ticket_line_free(struct ticket_line *line);

#endif
