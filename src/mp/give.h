/*
 * give.h: which worker gets which task, and how many workers there are.
 */
#ifndef STAMPMILL_MP_GIVE_H
#define STAMPMILL_MP_GIVE_H

#include "mp/crew.h"

/* The seat could take a task, when it has at most half of what it may hold. */
void give_mark_hungry(struct crew *crew, struct seat *seat);

/* True when give() would do something with a task that has just been submitted: otherwise all workers that
 * there can be have enough to do, and it waits for one of their results. */
bool give_is_due(const struct crew *crew);

/* Start the workers that are wanted, give the hungry what they may hold, send home those that are to go. */
void give(struct crew *crew);

#endif
