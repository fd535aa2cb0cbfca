/*
 * feed.h: in what order pictures are handed out, and how many at a time.
 *
 * The most expensive first, so that no worker is busy for long after the others have nothing left; but only
 * as many as fit into the memory that the run may use: a big one that does not fit lets smaller ones go
 * before it. One at least is always in hand. A picture whose worker was killed for lack of memory is tried
 * once more when nothing else is left, alone.
 *
 * Calling order: feed_new(), feed_add() each picture, feed_next() until it gives FEED_WAIT or FEED_EMPTY,
 * feed_ended() as each ends.
 */
#ifndef STAMPMILL_COMMAND_FEED_H
#define STAMPMILL_COMMAND_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct feed;

#define FEED_WAIT SIZE_MAX        /* nothing more until something has ended */
#define FEED_EMPTY (SIZE_MAX - 1) /* nothing more at all, but what is in hand */

/* `budget_bytes` is shared by all that is in hand; at most `at_once` pictures are. Never NULL. */
struct feed *feed_new(int64_t budget_bytes, int at_once);
void feed_free(struct feed *feed); /* NULL is allowed */

/* A picture, known by `index`, that needs so much memory and costs so much work (in any unit). */
void feed_add(struct feed *feed, size_t index, int64_t need_bytes, double work);

/* The next picture to hand out; it is in hand then. */
size_t feed_next(struct feed *feed);

/* Is there any that has not been handed out? */
bool feed_has_more(const struct feed *feed);

/* The picture that will be next, most likely: the first that waits. FEED_EMPTY when none does. */
size_t feed_peek(const struct feed *feed);

/* Picture `index` has ended. With `again` it is not over: it will be given out once more, alone. */
void feed_ended(struct feed *feed, size_t index, bool again);

/* Has picture `index` been given out for the second time? */
bool feed_is_second(const struct feed *feed, size_t index);

/* Take a picture that was never given out, in order to say so; FEED_EMPTY when there is none left. */
size_t feed_take_back(struct feed *feed);

#endif
