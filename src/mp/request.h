/*
 * request.h: what a manager's clients ask its server, and what that answers.
 *
 *   client → server   the request as the message's type; a head, the key with its zero byte, the data
 *   server → client   REQUEST_ANSWER: the result as an int64_t, then data; one for each request
 *
 * A client has a socket of its own, whose other end it has sent to the server through the manager's
 * descriptor, the door.
 */
#ifndef STAMPMILL_MP_REQUEST_H
#define STAMPMILL_MP_REQUEST_H

#include <stdint.h>

enum request {
	REQUEST_NEW = 1, /* an object of `kind`: its id */
	REQUEST_COUNT,
	REQUEST_CLEAR,
	REQUEST_COPY, /* all items, see below */
	REQUEST_APPEND,
	REQUEST_INSERT,
	REQUEST_SET, /* from here on by `index` or key */
	REQUEST_GET,
	REQUEST_POP,
	REQUEST_END, /* of the server */
	REQUEST_ANSWER
};

struct request_head {
	uint64_t object;
	int64_t index;
	uint32_t kind; /* enum store_kind */
	uint32_t zero;
	uint64_t key_bytes; /* 0: no key */
};

/* Before each item of a copy; key and data follow, each padded to 8 bytes. */
struct request_item {
	uint64_t key_bytes; /* with the zero byte; 0: no key */
	uint64_t size_bytes;
};

static inline uint64_t request_padded(uint64_t size_bytes)
{
	return (size_bytes + 7) & ~UINT64_C(7);
}

#endif
