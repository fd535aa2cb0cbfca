/*
 * workplace.h: what a worker of the studio does: how it begins and ends, and the tasks that it knows. All of
 * it runs in a worker; what comes from the supervisor is a payload of bytes (task.h), and what goes back too.
 */
#ifndef STAMPMILL_COMMAND_WORKPLACE_H
#define STAMPMILL_COMMAND_WORKPLACE_H

#include "mp/pool.h"

/* `probe`, `check`, `make`, `sheet` and `verify`; ends with a NULL name. */
extern const struct mp_task workplace_tasks[];

/* For the pool's enter and leave; worker->inherited is the struct studio. */
int workplace_enter(struct mp_worker *worker, void **state);
void workplace_leave(struct mp_worker *worker);

#endif
