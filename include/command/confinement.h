/*
 * confinement.h: what a worker may read and write: the inputs, the marks, the system's libraries and fonts,
 * and files below OUTPUT; nothing else (sandbox.h has the mechanism).
 */
#ifndef STAMPMILL_COMMAND_CONFINEMENT_H
#define STAMPMILL_COMMAND_CONFINEMENT_H

#include "command/studio.h"

/* Shut this worker in, before its first look at a picture and before any thread of a library's is born. 0,
 * where the kernel has no sandbox too; a negative errno when the one that it has cannot be brought into
 * force. */
int confinement_enter(const struct studio *studio);

#endif
