/*
 * assign.h: one value into one option's place, whichever text it stands in, and why it cannot be.
 */
#ifndef STAMPMILL_CLI_ASSIGN_H
#define STAMPMILL_CLI_ASSIGN_H

#include "base/err.h"
#include "cli/options.h"

/* Store `value` (NULL for a switch) as the row says: `base` is the settings, or one output's for a row that
 * is per output. 0, or -1 with `err`, which begins with `said`, the option as the user knows it, and has
 * value and expected form: "--quality '8x': expected a whole number from 1 to 100". */
int assign_value(
	const struct option_row *row, void *base, const char *value, const char *said, struct err *err);

#endif
