/*
 * ycc.h: the colours of JPEG, Y, Cb and Cr, from red, green and blue and back (ITU-T T.871, which is BT.601
 * over the whole range of 8 bits). Rounded to nearest.
 */
#ifndef STAMPMILL_IMAGE_YCC_H
#define STAMPMILL_IMAGE_YCC_H

#include <stdint.h>

/* Three samples each. */
void ycc_from_rgb(const uint8_t *rgb, uint8_t *ycc);

/* Rows: `count` pixels, interleaved on the one side, in planes on the other. Colours that RGB has not are
 * clipped. */
void ycc_row_to_rgb(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, uint8_t *rgb, int count);
void ycc_row_from_rgb(const uint8_t *rgb, uint8_t *y, uint8_t *cb, uint8_t *cr, int count);

#endif
