/*
 * utf8.h: text of metadata, made or kept valid.
 */
#ifndef STAMPMILL_IMAGE_UTF8_H
#define STAMPMILL_IMAGE_UTF8_H

#include <stddef.h>

/* How many bytes of `text`, valid UTF-8, make up whole characters within `limit_bytes`. */
size_t utf8_cut(const char *text, size_t limit_bytes);

/* UTF-8 for `size_bytes` bytes of Windows-1252, which holds Latin-1 but for control characters; to be freed
 * with g_free(). */
char *utf8_from_latin1(const char *data, size_t size_bytes);

/* Valid UTF-8 without control characters (line breaks and tabs stay) for bytes of any kind: what is not UTF-8
 * is taken for Windows-1252, a control character becomes a space. To be freed with g_free(). */
char *utf8_clean(const char *data, size_t size_bytes);

#endif
