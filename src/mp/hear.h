/*
 * hear.h: what the workers say.
 */
#ifndef STAMPMILL_MP_HEAR_H
#define STAMPMILL_MP_HEAR_H

#include "mp/crew.h"

/* Take in everything that the worker has sent. That cannot go on for ever: a worker that says more than it
 * was asked, or anything that no worker says, breaks the protocol, is killed, and is not listened to any
 * longer. */
void hear(struct crew *crew, struct seat *seat);

#endif
