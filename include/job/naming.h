/*
 * naming.h: from a template (--name) and a picture to the path of its output below OUTPUT.
 *
 * A template is text with tokens (tokens.h).
 *
 * Names are bytes. The path that comes out never leaves OUTPUT: it is relative, without empty, "." and ".."
 * parts, and each part fits a file system (255 bytes, 4095 in all).
 */
#ifndef STAMPMILL_JOB_NAMING_H
#define STAMPMILL_JOB_NAMING_H

#include <stdbool.h>

#include "base/err.h"
#include "job/tokens.h"

/* Is the template sound, whatever the picture? 0, or -1 with `err` that says what is wrong with it. */
int naming_check(const char *template, struct err *err);
int naming_check_sheet(const char *template, struct err *err); /* of a contact sheet */

/* The path for a picture, by a sound template. Heap memory (g_free()); NULL with `err`. */
char *naming_expand(const char *template, const struct token_subject *subject, struct err *err);

/* Is the path one that a file system takes? 0, or -1 with `err`. */
int naming_check_path(const char *path, struct err *err);

/* `path` as Windows can have it: characters that it cannot have become _, as do dots and spaces at the end of
 * a part, names of devices get one in front, bytes that are not UTF-8 become U+FFFD. Heap memory (g_free()).
 */
char *naming_for_windows(const char *path);

/* `path` with `text` put before the extension of its base name: "a/b.jpg" and "-2" give "a/b-2.jpg". Heap
 * memory (g_free()). */
char *naming_insert(const char *path, const char *text);

#endif
