/*
 * naming.h: from a template (--name) and a picture to the path of its output below OUTPUT.
 *
 * Tokens: {dir} (the input's folder below INPUT, may be empty), {stem} (its name without the extension),
 * {ext} (the input's own spelling where that fits the output's format, else the format's usual one), {output}
 * (its name in the recipe, may be empty), {width} and {height} (of the output, in pixels). {{ and }} are
 * braces. A slash after an empty token is dropped
 * where it would leave an empty part.
 *
 * Names are bytes. The path that comes out never leaves OUTPUT: it is relative, without empty, "." and ".."
 * parts, and each part fits a file system (255 bytes, 4095 in all).
 */
#ifndef STAMPMILL_JOB_NAMING_H
#define STAMPMILL_JOB_NAMING_H

#include <stdbool.h>

#include "base/err.h"
#include "job/format.h"

struct naming_subject {
	const char *input;  /* the input's path below its root */
	const char *output; /* the output's name in the recipe, or "" */
	enum format format; /* of the output; one that has an extension */
	int width_px, height_px;
};

/* Is the template sound, whatever the picture? 0, or -1 with `err` that says what is wrong with it. */
int naming_check(const char *template, struct err *err);

/* The path for a picture, by a sound template. Heap memory (g_free()); NULL with `err`. */
char *naming_expand(const char *template, const struct naming_subject *subject, struct err *err);

/* Is the path one that a file system takes? 0, or -1 with `err`. */
int naming_check_path(const char *path, struct err *err);

/* `path` with `text` put before the extension of its base name: "a/b.jpg" and "-2" give "a/b-2.jpg". Heap
 * memory (g_free()). */
char *naming_insert(const char *path, const char *text);

#endif
