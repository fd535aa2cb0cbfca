/*
 * originals.h: the first promise, that no input is ever written to.
 */
#ifndef STAMPMILL_JOB_ORIGINALS_H
#define STAMPMILL_JOB_ORIGINALS_H

#include "job/plan.h"

/* Add a problem for each output of the plan that is any input of the scan (same device and inode, symbolic
 * and hard links followed), and for each whose name a folder has. Looks at what is in the output folder. */
void originals_check(struct plan *plan);

#endif
