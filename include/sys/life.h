/*
 * life.h: whether a process that is no child of this one is still alive.
 */
#ifndef STAMPMILL_SYS_LIFE_H
#define STAMPMILL_SYS_LIFE_H

#include <stdbool.h>
#include <sys/types.h>

/* True when no instruction of `pid` will ever run again: it has ended, also when nobody has waited for it
 * yet. False when it lives or cannot be asked about, and when its number is another process's by now. Both
 * processes must be in one PID namespace. Keeps errno. */
bool life_has_ended(pid_t pid);

#endif
