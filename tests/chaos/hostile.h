/*
 * hostile.h: attempts of a worker that a stranger's picture has taken over.
 */
#ifndef STAMPMILL_TESTS_HOSTILE_H
#define STAMPMILL_TESTS_HOSTILE_H

#include <stdbool.h>

struct attempt {
	const char *name;
	int (*function)(void); /* 0, or -1 and errno */
	bool harmful;          /* not to be tried where nothing refuses it */
};

/* What the sandbox refuses, and what it lets through ("may: ..."); ends with a NULL name. */
extern const struct attempt hostile_refusals[];

/* A name in the folder that HOSTILE_PLACE names; the next call overwrites it. */
const char *hostile_path(const char *name);

#endif
