/*
 * shrink.h: how far a decoder may shrink a picture before it is resized: the same for both lanes.
 */
#ifndef STAMPMILL_IMAGE_SHRINK_H
#define STAMPMILL_IMAGE_SHRINK_H

#include "job/settings.h"

/* How many times as large as the size wanted what is resized must be; 0: a decoder may not shrink at all. */
int shrink_reserve(enum sampling sampling);

/* How many times as large as wanted a picture is, on the axis where that is less. */
double shrink_factor(int width_px, int height_px, int to_width_px, int to_height_px);

/* By how much a JPEG decoder, which has the steps 1, 2, 4 and 8, is to shrink a picture that is `factor`
 * times as large as wanted. */
int shrink_jpeg(enum sampling sampling, double factor);

#endif
