/*
 * wire.h: what the pool's owner and its workers say to each other.
 *
 * A message's body is a row of records, each followed by its bytes and padding to 8. So one message may carry
 * several tasks, or several results.
 *
 *   owner → worker   WIRE_TASKS     id, kind, attempt, payload
 *   worker → owner   WIRE_READY     no record: it has entered and may be given tasks
 *                    WIRE_UNFIT     one record: config.enter returned `status`
 *                    WIRE_RESULTS   id, status, result; in the order in which the tasks were given
 *
 * The owner shuts its side down for writing to send a worker home; the worker reads end-of-file after the
 * last task.
 */
#ifndef STAMPMILL_MP_WIRE_H
#define STAMPMILL_MP_WIRE_H

#include <stddef.h>
#include <stdint.h>

enum wire_type {
	WIRE_TASKS = 1,
	WIRE_READY,
	WIRE_UNFIT,
	WIRE_RESULTS
};

struct wire_record {
	uint64_t id;
	uint32_t kind_or_status;
	uint32_t attempt;
	uint64_t size_bytes; /* of the bytes that follow */
};

/* Bytes on the wire, padding included; SIZE_MAX when there is no such number. */
size_t wire_space(size_t size_bytes);

/* Writes the record, `data` and the padding; `to` has wire_space() bytes. Returns the end. */
unsigned char *wire_put(unsigned char *to, const struct wire_record *record, const void *data);

struct wire_reader {
	const unsigned char *next;
	size_t left_bytes;
};

/* Returns 1 and the next record, 0 at the end, -EBADMSG for one that does not fit. */
int wire_next(struct wire_reader *reader, struct wire_record *record, const void **data);

#endif
