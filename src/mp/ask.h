/*
 * ask.h: a request to a manager's server, and its answer.
 */
#ifndef STAMPMILL_MP_ASK_H
#define STAMPMILL_MP_ASK_H

#include "mp/manager.h"
#include "mp/request.h"
#include "mp/store.h"

struct ask {
	enum request what;
	enum store_kind kind;
	uint64_t object;
	int64_t index;
	const char *key; /* NULL: none */
	const void *data;
	size_t size_bytes;
};

/* Ask and wait. Returns the answer's result, from 0 on, with its data in `bytes` (NULL: not wanted), or a
 * negative errno. */
int64_t ask(struct mp_manager *manager, const struct ask *ask, struct mp_bytes *bytes);

#endif
