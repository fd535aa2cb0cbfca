/*
 * density.h: how many pixels of a JPEG make a millimetre on paper.
 */
#ifndef STAMPMILL_IMAGE_DENSITY_H
#define STAMPMILL_IMAGE_DENSITY_H

#include "image/jpeg_decoder.h"

struct density {
	double x, y; /* pixels per millimetre */
};

/* What the file says, as libvips' loader understands it: EXIF before JFIF, 72 dots per inch where neither
 * tells. */
struct density density_find(const struct jpeg_density *jfif, const struct blob *exif);

#endif
