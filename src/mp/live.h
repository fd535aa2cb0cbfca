/*
 * live.h: the life of a process, in the process itself.
 */
#ifndef STAMPMILL_MP_LIVE_H
#define STAMPMILL_MP_LIVE_H

#include "mp/process.h"

/* Be called so, run what is set of the configuration, flush. Returns the exit status. Its name is not NULL.
 */
int live_as_process(const struct mp_process_config *config, const char *number);

#endif
