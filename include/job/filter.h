/*
 * filter.h: which of the names below an INPUT are wanted, by the user's --include and --exclude globs.
 *
 * A glob is matched on the path below INPUT, bytes as they are, upper and lower case apart:
 *   `*`  any run of characters but a slash     `?`  one character but a slash
 *   `**` any run of characters, slashes too    `[a-z]` `[!a-z]` one character of, or not of, a set
 *   `**` and a slash: any number of folders, none too    `\` takes the next character as it is
 * A glob without a slash (but at its end) is matched on the last part of the path, at any depth; one with a
 * slash, on the path from INPUT on. One that ends in a slash matches folders only. A glob that matches a
 * folder stands for all that lies below it.
 *
 * The last rule that matches decides. A name that none matches is wanted, unless the first rule is an
 * include.
 */
#ifndef STAMPMILL_JOB_FILTER_H
#define STAMPMILL_JOB_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "job/settings.h"

struct filter;

/* Makes the rules ready for use; copies what it needs. Never NULL. */
struct filter *filter_new(const struct filter_rule *rules, size_t rules_count);
void filter_free(struct filter *filter);

/* True when the file `path` (below INPUT) is wanted. */
bool filter_takes(const struct filter *filter, const char *path);

/* False when nothing below the folder `path` can be wanted, so that it need not be listed. */
bool filter_enters(const struct filter *filter, const char *path);

#endif
