/*
 * recipe_text.h: the text of a recipe, cut into its sections and keys.
 *
 * The form is that of a key file, as GLib and the desktop's own files have it: [SECTION], KEY = VALUE, and
 * comments, which are lines that begin with #. Space around names and values does not count, nor does a byte
 * order mark, nor a carriage return at a line's end. Values are taken as they stand: no quotes, no escapes.
 * GLib's parser is not used because it tells no line numbers and keeps the last of several equal keys only,
 * while include and exclude are a list whose order counts.
 */
#ifndef STAMPMILL_CLI_RECIPE_TEXT_H
#define STAMPMILL_CLI_RECIPE_TEXT_H

#include <stddef.h>

#include "base/err.h"

#define RECIPE_LINE_BYTES_MAX 16384

/* Strings point into the text. */
struct recipe_line {
	int number;          /* from 1 on */
	const char *section; /* what stands in the brackets; NULL: the line is a key's */
	const char *key, *value;
};

/* Cut `text`, `size` bytes and a NUL, which is written into and has to outlive the lines. Empty lines and
 * comments are left out. Returns the lines (g_free()), `count` gets their number; or NULL with `err`, which
 * begins with `file` and the line. */
struct recipe_line *recipe_text_cut(
	char *text, size_t size, const char *file, size_t *count, struct err *err);

#endif
