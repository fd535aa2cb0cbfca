/*
 * topics.h: what help and man page explain beyond the options, written once.
 *
 * Plain text in ASCII, without marks for any of the two forms.
 */
#ifndef STAMPMILL_CLI_TOPICS_H
#define STAMPMILL_CLI_TOPICS_H

#include <stdbool.h>

#include "cli/options.h"

enum entry_kind {
	ENTRY_PARAGRAPH,
	ENTRY_TERM,   /* what `term` is */
	ENTRY_LITERAL /* a line to be shown as it is */
};

struct topic_entry {
	enum entry_kind kind;
	const char *term; /* NULL but for ENTRY_TERM */
	const char *text; /* NULL ends the entries */
};

struct topic {
	const char *title; /* in capitals; NULL ends the topics */
	bool in_help;      /* in the help of `run`; the man page has them all */
	const struct topic_entry *entries;
	const struct option_row *(*keys)(void); /* a recipe's keys that it explains; NULL: none */
};

/* After the options, in this order. */
const struct topic *topics_table(void);

/* What a reason code of an event means; NULL for one that this version never gives. */
const char *topics_reason(enum reason reason);

/* The title of a group of options. */
const char *topics_group(enum option_group group);

/* The program's commands: ENTRY_TERM each, with the usage as the term. */
const struct topic_entry *topics_commands(void);

#endif
