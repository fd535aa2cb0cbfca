/*
 * events.h: what a run wrote to --events.
 */
#ifndef STAMPMILL_TESTS_EVENTS_H
#define STAMPMILL_TESTS_EVENTS_H

#include <jansson.h>

/* Every line of the file as one object of an array; a line that is no JSON object fails the test.
 * json_decref(). */
json_t *events_read(const char *path);

/* The picture event whose input ends in `name`, or NULL; the summary, or NULL. Borrowed. */
json_t *events_picture(json_t *events, const char *name);
json_t *events_summary(json_t *events);

/* A text of an object, "" where it is null or not there. Borrowed. */
const char *events_text(json_t *object, const char *key);

/* Assert that the stream is whole: picture and sheet events as the contract has them, then one summary whose
 * counts are their sums and whose exit status is `exit_status`; every failure has a reason of the contract
 * and a message. */
void events_assert_sound(json_t *events, int exit_status);

#endif
