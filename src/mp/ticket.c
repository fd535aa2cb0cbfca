#include "mp/ticket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct ticket *ticket_new(const struct mp_submission *submission, int kind, uint64_t id)
{
	struct ticket *ticket;

	if (submission->size_bytes > SIZE_MAX - sizeof *ticket)
		return NULL;
	ticket = malloc(sizeof *ticket + submission->size_bytes);
	if (!ticket)
		return NULL;
	*ticket = (struct ticket){
		.id = id,
		.tag = submission->tag,
		.timeout_ms = submission->timeout_ms,
		.kind = kind,
		.retries = submission->retries,
		.worker_index = -1,
		.size_bytes = submission->size_bytes,
	};
	if (submission->size_bytes > 0)
		memcpy(ticket->payload, submission->payload, submission->size_bytes);
	return ticket;
}

void ticket_free(struct ticket *ticket)
{
	if (!ticket)
		return;
	free(ticket->result_memory);
	free(ticket);
}

int ticket_set_result(struct ticket *ticket, void *memory, const void *data, size_t size_bytes)
{
	if (size_bytes == 0) {
		free(memory);
		return 0;
	}
	if (!memory) {
		memory = malloc(size_bytes);
		if (!memory)
			return -ENOMEM;
		data = memcpy(memory, data, size_bytes);
	}
	ticket->result_memory = memory;
	ticket->result = data;
	ticket->result_bytes = size_bytes;
	return 0;
}

void ticket_line_append(struct ticket_line *line, struct ticket *ticket)
{
	ticket->next = NULL;
	if (line->last)
		line->last->next = ticket;
	else
		line->first = ticket;
	line->last = ticket;
	line->count++;
}

void ticket_line_put_back(struct ticket_line *line, struct ticket *ticket)
{
	ticket->next = line->first;
	line->first = ticket;
	if (!line->last)
		line->last = ticket;
	line->count++;
}

struct ticket *ticket_line_take(struct ticket_line *line)
{
	struct ticket *ticket = line->first;

	if (!ticket)
		return NULL;
	line->first = ticket->next;
	if (!line->first)
		line->last = NULL;
	line->count--;
	ticket->next = NULL;
	return ticket;
}

void ticket_line_free(struct ticket_line *line)
{
	struct ticket *ticket;

	while ((ticket = ticket_line_take(line)))
		ticket_free(ticket);
}
