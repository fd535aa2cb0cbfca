/*
 * jsontext.h: the forms that all of stampmill's JSON shares, on top of jansson.
 *
 * File names are bytes and JSON is Unicode: a name that is not UTF-8 stands with U+FFFD for the bad bytes,
 * and exactly, as base64, in a second key, NAME_b64. Keys stay in the order in which they are set.
 */
#ifndef STAMPMILL_REPORT_JSONTEXT_H
#define STAMPMILL_REPORT_JSONTEXT_H

#include <jansson.h>

/* A string, with U+FFFD for what is not UTF-8; null for NULL. */
json_t *jsontext_string(const char *bytes);

/* Rounded to that many decimals; null for what is not finite. */
json_t *jsontext_number(double number, int decimals);

/* Sets `key`, and `key` + "_b64" where `bytes` are not UTF-8. */
void jsontext_set_name(json_t *object, const char *key, const char *bytes);

/* The object on one line, without a newline (g_free()); drops the caller's reference. */
char *jsontext_line(json_t *object);

#endif
