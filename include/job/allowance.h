/*
 * allowance.h: how long a picture may take where --timeout does not say.
 */
#ifndef STAMPMILL_JOB_ALLOWANCE_H
#define STAMPMILL_JOB_ALLOWANCE_H

#include "job/facts.h"
#include "job/settings.h"

/* Seconds, a multiple of what a slow and busy machine takes; `facts` is NULL for what needs no picture. */
double allowance_s(const struct settings *settings, const struct facts *facts);

#endif
