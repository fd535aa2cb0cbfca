/*
 * pool_of_chunks.h: a pool whose payloads are rows of items (chunk.h), to each of which its workers apply the
 * task's function. For team.c.
 */
#ifndef STAMPMILL_MP_POOL_OF_CHUNKS_H
#define STAMPMILL_MP_POOL_OF_CHUNKS_H

#include "mp/pool.h"

/* NULL with errno, as mp_pool_new(). */
struct mp_pool *pool_of_chunks_new(const struct mp_pool_config *config);

#endif
