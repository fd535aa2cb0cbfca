/*
 * take_in.h: what a team's pool says of the chunks that were handed out, taken into their batches.
 */
#ifndef STAMPMILL_MP_TAKE_IN_H
#define STAMPMILL_MP_TAKE_IN_H

#include <stdint.h>

#include "mp/team.h"

/* All that has ended. */
void take_in(struct mp_team *team);

/* Wait for something to be taken in: until `until_ms` (clock.h), or as long as it takes where `timeout_ms` is
 * negative. Returns 0, -ETIMEDOUT, or -EPERM. */
int take_in_more(struct mp_team *team, int timeout_ms, int64_t until_ms);

#endif
