/*
 * text.h: text for people, made from bytes of any kind.
 *
 * File names are bytes. text_printable() gives what can safely be shown on a terminal or in a log.
 */
#ifndef STAMPMILL_BASE_TEXT_H
#define STAMPMILL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* True when `text` is valid UTF-8 (no surrogates, no overlong forms, nothing above U+10FFFF). */
bool text_is_utf8(const char *text);

/* Writes `bytes` to `buffer` (size at least 1; cut at a whole character where it does not fit), with control
 * characters (C0, DEL, C1, line and paragraph separators, bidirectional overrides), backslash, and bytes that
 * are not UTF-8 as \n \t \\ \xHH. Returns `buffer`. */
char *text_printable(const char *bytes, char *buffer, size_t size);

/* The number of single-character edits (insert, delete, replace, swap of neighbours) between two short
 * strings; strings over 63 bytes count as infinitely far (INT_MAX). For "did you mean". */
int text_distance(const char *one, const char *other);

#endif
