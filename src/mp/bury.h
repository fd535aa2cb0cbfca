/*
 * bury.h: the end of workers, and what becomes of the tasks in their hands.
 */
#ifndef STAMPMILL_MP_BURY_H
#define STAMPMILL_MP_BURY_H

#include "mp/crew.h"

/* Take in the last results of a worker that has ended, and empty its seat. One that lives is left alone. */
void bury_if_dead(struct crew *crew, struct seat *seat);

/* SIGKILL has not ended it: empty its seat all the same, and keep the process among the stuck. */
void bury_alive(struct crew *crew, struct seat *seat);

/* Reap those among the stuck that have ended. */
void bury_stuck(struct crew *crew);

#endif
