/*
 * working.h: pictures of every kind brought into one of few forms, and scaled.
 *
 * A working image is uncoded; grey, RGB, CMYK or Lab; of unsigned samples of 8 or 16 bits that use their
 * whole range (Lab: float); with one alpha band (grey and RGB only) or none. libvips' images are lazy: these
 * functions set up what happens when rows are asked for, and need rows from top to bottom only.
 *
 * On failure they return NULL, and libvips' error buffer says why (open.h, err_set_vips()). They take no
 * reference to their arguments but those that the results hold.
 */
#ifndef STAMPMILL_IMAGE_WORKING_H
#define STAMPMILL_IMAGE_WORKING_H

#include <vips/vips.h>

#include "image/colour.h"

/* `image` in working form; a new reference. What cannot be shown without guessing is guessed as libvips
 * does: bands beyond alpha are dropped, signed and wide samples are shifted to 16 bits, linear light (scRGB)
 * and spaces that no camera makes become sRGB. Alpha of CMYK and Lab pictures is dropped: it is not in use.
 */
VipsImage *working_new(VipsImage *image);

/* What the samples of a working image are; its profile is not looked at. */
struct pixels working_pixels(const VipsImage *working);

/* Scaled to exactly `width_px` by `height_px`, each axis by its own factor: Lanczos-3, premultiplied by alpha
 * meanwhile (bicubic where a side grows). A new reference, possibly to the same image. */
VipsImage *working_scale(VipsImage *working, int width_px, int height_px);

/* Turned upright from EXIF orientation 1 to 8. Anything but 1 and 2 needs rows in any order: `working` must
 * then be in memory. */
VipsImage *working_upright(VipsImage *working, int orientation);

#endif
