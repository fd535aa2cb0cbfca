/*
 * recipe_book.h: the files of a recipe, read into one list of keys.
 *
 * What may stand where is checked here; whether a value fits its key is not.
 */
#ifndef STAMPMILL_CLI_RECIPE_BOOK_H
#define STAMPMILL_CLI_RECIPE_BOOK_H

#include <glib.h>
#include <sys/types.h>

#include "base/err.h"
#include "cli/options.h"

/* What there may be several sections of. */
enum recipe_kind {
	RECIPE_OUTPUT,
	RECIPE_MARK,
	RECIPE_SHEET,
	RECIPE_KINDS
};

/* Of the outputs, the marks or the sheets. */
struct recipe_names {
	GPtrArray *labels; /* as first named; point into the pages */
	GArray *lines;     /* int: where that was */
	bool has_shared;   /* there is a section without a name */
};

/* A file of the recipe: the one that was asked for, or one that is included. */
struct recipe_page {
	char *file;
	char *text; /* the lines point into it */
	dev_t device;
	ino_t inode;
	const struct recipe_page *includer; /* NULL: none */
	int depth;
	size_t names_before[RECIPE_KINDS]; /* how many had been named when its own sections began */
};

/* One key with all that its line depends on. */
struct recipe_entry {
	const struct recipe_page *page;
	int line;
	const struct option_row *row;
	enum recipe_kind kind;
	const char *label; /* of the output, the mark or the sheet; "": of all of them; NULL: of none */
	const char *value;
};

struct recipe_book {
	GPtrArray *pages;
	GArray *entries; /* struct entry, in the order in which they count */
	struct recipe_names names[RECIPE_KINDS];
	struct err *err;
};

/* Read `file` and what it includes. 0, or -1 with `err`. recipe_book_finish() either way. */
int recipe_book_read(struct recipe_book *book, const char *file, struct err *err);
void recipe_book_finish(struct recipe_book *book);

/* "output", "mark" or "sheet". */
const char *recipe_book_word(enum recipe_kind kind);

/* `value`, a path of the page's, as the program has to open it. Heap memory (g_free()). */
char *recipe_book_resolve(const struct recipe_page *page, const char *value);

#endif
