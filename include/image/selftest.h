/*
 * selftest.h: does colour conversion work on this machine? For `doctor`.
 */
#ifndef STAMPMILL_IMAGE_SELFTEST_H
#define STAMPMILL_IMAGE_SELFTEST_H

#include "base/err.h"

#define SELFTEST_TOLERANCE 2

/* Converts known patches of AdobeRGB to sRGB as a run would, and compares them with the two standards' own
 * formulas (AdobeRGB (1998) version 2005-05, IEC 61966-2-1). `worst` is the largest difference, of 255.
 * Returns 0 when it is at most SELFTEST_TOLERANCE, else -1 with `err`. */
int selftest_colours(int *worst, struct err *err);

#endif
