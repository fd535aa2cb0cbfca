/*
 * options.h: the one table of options. It drives the command line, the recipe file (recipe.h: a long option's
 * name is its key), the help and the man page.
 *
 * A row says where its value goes: an offset into struct settings, or, with OPTION_PER_OUTPUT, into each
 * struct output_settings.
 */
#ifndef STAMPMILL_CLI_OPTIONS_H
#define STAMPMILL_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "job/settings.h"

enum option_group {
	GROUP_WHICH, /* which pictures */
	GROUP_WHAT,  /* what is made */
	GROUP_HOW    /* how it runs */
};

struct option_row {
	const char *name; /* long name, without dashes; its key in a recipe */
	char letter;      /* short name, or 0 */
	enum option_group group;
	bool per_output;
	bool per_mark; /* per output too, where it is of the output's own mark */
	bool verify;   /* `verify` takes it too */
	size_t offset;
	/* The words that the value may be, ending with NULL; or NULL. Without `parse`, the target is an enum
	 * and gets the word's index. */
	const char *const *words;
	/* Parse `value` (NULL for a switch) into the target; false when it is not of the form. `why` may be
	 * filled with what is wrong with it. */
	bool (*parse)(void *target, const char *value, struct err *why);
	const char *argument; /* "SPEC", "N", ...; NULL for a switch, or where the words say it all */
	const char *form; /* the expected form, for errors: "a whole number from 1 to 100"; NULL: the words */
	const char *default_value; /* as shown in help; NULL: none */
	const char *help;          /* one sentence or more, lower case, no full stop */
};

/* The options of `run`, in the order of the contract; ends with a row whose name is NULL. */
const struct option_row *options_table(void);

/* The keys of a recipe's [sheet NAME], which are no options of the command line: rows of the same kind, whose
 * offsets are into struct sheet_settings. */
const struct option_row *options_sheet_table(void);

/* True for a row that is given with a value. */
bool options_takes_value(const struct option_row *row);

/* The row of `table` called `name`, or NULL; the nearest name (or NULL) for a misspelt one. */
const struct option_row *options_find_in(const struct option_row *table, const char *name);
const char *options_nearest_in(const struct option_row *table, const char *name);

/* The same for options_table(). */
const struct option_row *options_find(const char *name);
const char *options_nearest(const char *name);

/* What stands for the value in help: the argument's name, or the words ("yes|no"); NULL for a switch. Heap
 * memory (g_free()). */
char *options_argument(const struct option_row *row);

enum parse_outcome {
	PARSE_OK,
	PARSE_HELP, /* --help was asked for */
	PARSE_VERSION,
	PARSE_ERROR /* err's text has the message: option, value, expected form */
};

/* Parse the arguments of `stampmill run` (argv[0] is "run") into `settings`, which settings_init() has set
 * up and settings_finish() frees, whatever the outcome. Values are taken as bytes. An option may stand
 * anywhere; "--" ends them. A recipe that is named is read first, so that what stands on the command line
 * counts in each of its outputs. */
enum parse_outcome options_parse_run(int argc, char **argv, struct settings *settings, struct err *err);

/* The same for `stampmill verify OUTPUT`, which takes a few of the options. */
enum parse_outcome options_parse_verify(int argc, char **argv, struct settings *settings, struct err *err);

/* Write the help of the program or of one command ("run", "verify", "doctor", NULL) to standard output. */
void help_print(const char *command);

/* A group of tags, and which policies keep it, in the order of enum metadata_policy. */
struct manual_policy_row {
	const char *group;
	bool kept[METADATA_NONE + 1];
};

/* Write the man page (roff, for man(7)) to standard output. `policies` ends with a row whose group is NULL.
 */
void manual_print(const struct manual_policy_row *policies);

/* Write a script to standard output that completes the command line in bash. */
void completion_print(void);

#endif
