/*
 * parsers.h: from a value on the command line to a field of the settings, one function a form.
 *
 * Each takes the field's address and the value, returns false, leaving the field alone, when the value is not
 * of the form, and may then say in `why` what is wrong. Values are bytes; strings are copied, and what the
 * field held before is freed. Switches are called with NULL.
 */
#ifndef STAMPMILL_CLI_PARSERS_H
#define STAMPMILL_CLI_PARSERS_H

#include <stdbool.h>

#include "base/err.h"

/* bool */
bool parse_on(void *target, const char *value, struct err *why);
bool parse_off(void *target, const char *value, struct err *why);
bool parse_yes_no(void *target, const char *value, struct err *why);

/* char *: a name that is not empty; text in UTF-8 ("": none); a template of naming.h; one of text */
bool parse_file(void *target, const char *value, struct err *why);
bool parse_colour_policy(void *target, const char *value, struct err *why); /* of struct output_settings */
bool parse_text(void *target, const char *value, struct err *why);
bool parse_mark_text(void *target, const char *value, struct err *why);
bool parse_template(void *target, const char *value, struct err *why);

/* int */
bool parse_quality(void *target, const char *value, struct err *why);
bool parse_digit(void *target, const char *value, struct err *why);
bool parse_webp_effort(void *target, const char *value, struct err *why);
bool parse_dpi(void *target, const char *value, struct err *why);
bool parse_jobs(void *target, const char *value, struct err *why);
bool parse_retries(void *target, const char *value, struct err *why);

/* int64_t */
bool parse_pixels(void *target, const char *value, struct err *why);
bool parse_memory(void *target, const char *value, struct err *why);
bool parse_bytes(void *target, const char *value, struct err *why);

/* double */
bool parse_opacity(void *target, const char *value, struct err *why);
bool parse_angle(void *target, const char *value, struct err *why);
bool parse_seconds(void *target, const char *value, struct err *why);
bool parse_rate(void *target, const char *value, struct err *why);

/* struct sharpen_settings */
bool parse_sharpen(void *target, const char *value, struct err *why);

/* struct size_spec; struct length_spec, of a mark (more than 0) and of a margin; struct rgb */
bool parse_size(void *target, const char *value, struct err *why);
bool parse_mark_size(void *target, const char *value, struct err *why);
bool parse_margin(void *target, const char *value, struct err *why);
bool parse_colour(void *target, const char *value, struct err *why);

/* char **: names, parted by commas; "": none */
bool parse_marks(void *target, const char *value, struct err *why);

/* struct edge: a colour, or none */
bool parse_edge(void *target, const char *value, struct err *why);

/* struct input_settings: one more rule */
bool parse_include(void *target, const char *value, struct err *why);
bool parse_exclude(void *target, const char *value, struct err *why);

/* enum log_level: one more step */
bool parse_verbose(void *target, const char *value, struct err *why);

#endif
