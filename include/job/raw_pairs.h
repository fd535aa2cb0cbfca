/*
 * raw_pairs.h: cameras that write each shot twice, as a raw file and as a JPEG (or HEIC) beside it: which of
 * the two is taken.
 *
 * Two inputs are such a pair when they lie in one folder and their names differ in the extension only,
 * without regard to upper and lower case. Only what can be made takes the other's place: where the JPEG is
 * broken the raw file is taken, and the other way round. Without LibRaw a raw file is in the pair too, as
 * what is not made anyway. Plain data; no picture is looked into.
 */
#ifndef STAMPMILL_JOB_RAW_PAIRS_H
#define STAMPMILL_JOB_RAW_PAIRS_H

#include "job/plan.h"

/* Set `taken_instead` of each verdict, one for each of scan->inputs, by settings->input.raw_pairs. */
void raw_pairs_mark(struct probe_verdict *verdicts, const struct scan *scan, const struct settings *settings);

#endif
