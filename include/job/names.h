/*
 * names.h: a list of file names from a file or from standard input (--files-from).
 *
 * One name a line (a carriage return before the line's end is dropped), or each ended by a NUL. Names are
 * bytes; there are no comments and no quotes; empty names are dropped.
 */
#ifndef STAMPMILL_JOB_NAMES_H
#define STAMPMILL_JOB_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct names {
	char *data;   /* owned; what the names point into */
	char **names; /* owned */
	size_t count;
};

/* Read `file` ("-": standard input) to its end, 1 GiB at most. Returns 0, or -1 with `err`. Free with
 * names_finish() either way. */
int names_read(struct names *names, const char *file, bool null_separated, struct err *err);
void names_finish(struct names *names);

/* A name without "." parts, doubled slashes and a slash at its end; all its leading ".." parts, or its
 * leading slash, go into `*base` (one of "", "/", "..", "../..", ...). Returns the rest ("" where nothing is
 * left), or NULL when there is a ".." farther on. Both are heap memory (g_free()). */
char *names_split(const char *name, char **base);

#endif
