/*
 * shrink.h: how far a decoder may shrink a picture before it is resized: the same for both lanes.
 *
 * What the three choices of --sampling give and cost in the planar lane: PSNR of luma and chroma, of files of
 * quality 98, against the picture decoded whole and resized in floating point (tests/bench/psnr.c), and CPU
 * time of the whole program for each picture, at quality 82 and, with chroma at full size, 92.
 *
 *            24 MP to 2048 px            4 MP to 320 px        19 photographs: least    median
 *     fast   46.5 55.3 dB  128 137 ms    52.6 53.6 dB  14 ms   36.4 46.2 dB             46.5 52.4 dB
 *     good   49.3 55.3     145 169       53.6 53.8     15      47.4 49.4                49.5 52.5
 *     best   49.3 55.3     140 165       53.8 53.8     18      47.4 49.4                49.5 52.5
 *
 * vipsthumbnail and sharp, which also shrink to twice the size wanted, have 48.5 and 48.4 dB of luma in the
 * first column; good is at most 0.01 dB below either of them at any of the 19. Where luma is shrunk to half,
 * chroma of 4:2:0 is taken as it is stored: so fast's colours are nearly those of best, and it saves an
 * eighth of the time.
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
