/*
 * shm.h: a piece of memory that this process shares with the children it forks from now on.
 *
 * Calling order: shm_init(), fork children, shm_finish() in each process that no longer needs it. It has no
 * name and no descriptor, so nothing is left behind by a killed process and nobody can truncate it under a
 * reader.
 *
 * Every process that has it can write anything into it at any time: whoever reads, checks.
 */
#ifndef STAMPMILL_SYS_SHM_H
#define STAMPMILL_SYS_SHM_H

#include <stddef.h>

struct shm {
	void *data; /* zeroed at first, aligned to a page; NULL when there is none */
	size_t size_bytes;
};

/* Returns 0, -EINVAL for no bytes, or -ENOMEM. */
int shm_init(struct shm *shm, size_t size_bytes);

/* Unmaps it in this process; the others keep theirs. Twice is allowed. */
void shm_finish(struct shm *shm);

#endif
