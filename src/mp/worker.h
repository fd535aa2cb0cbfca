/*
 * worker.h: the life of a worker, in the worker's own process.
 */
#ifndef STAMPMILL_MP_WORKER_H
#define STAMPMILL_MP_WORKER_H

#include <stdbool.h>

#include "mp/pool.h"

struct worker_birth {
	const struct mp_pool_config *config;
	bool of_chunks; /* a payload is a row of items (chunk.h) */
	int index;
	const char *name;
};

/* Enter, run what is sent until end-of-file, leave. Returns the exit status. `birth` is a worker_birth (the
 * form is sys/child.h's). */
int worker_live(void *birth, int socket);

#endif
