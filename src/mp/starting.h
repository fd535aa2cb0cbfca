/*
 * starting.h: a context as mp_process and mp_pool use it.
 */
#ifndef STAMPMILL_MP_STARTING_H
#define STAMPMILL_MP_STARTING_H

#include <stdbool.h>

#include "mp/birth.h"
#include "mp/context.h"
#include "sys/child.h"

/* NULL is one of them. */
bool starting_is_by_fork(const struct mp_context *context);

/* The name under which this stands in the table, or NULL. */
const char *starting_role_of_process(int (*run)(const struct mp_given *given));
const char *starting_role_of_pool(const struct mp_pool_config *config);

/* A process that is told `birth`, and whose line is child->socket; not for fork. Returns 0; -EPERM in another
 * process than the context's; what child_start(), fork_server_ask() and birth_send() return. */
int starting_start(struct mp_context *context, const struct birth *birth, struct child *child);

#endif
