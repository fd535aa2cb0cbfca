/*
 * embedded_jpeg.h: finds the JPEG previews that maker notes and private blocks carry inside them.
 */
#ifndef STAMPMILL_IMAGE_EMBEDDED_JPEG_H
#define STAMPMILL_IMAGE_EMBEDDED_JPEG_H

#include <stddef.h>

/* Overwrite every JPEG stream inside `data` with zeroes, from its first byte to its end-of-image marker, or
 * to the end of `data` where it is cut. Nothing else is changed, so offsets into `data` stay good. */
void embedded_jpegs_blank(unsigned char *data, size_t size_bytes);

#endif
