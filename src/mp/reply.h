/*
 * reply.h: where a task function puts its result, in the worker.
 */
#ifndef STAMPMILL_MP_REPLY_H
#define STAMPMILL_MP_REPLY_H

#include "mp/pool.h"

struct mp_reply {
	void *data; /* owned */
	size_t size_bytes, capacity_bytes, limit_bytes;
};

/* It is empty again; memory beyond a modest size is given back. */
void reply_forget(struct mp_reply *reply);
void reply_finish(struct mp_reply *reply);

#endif
