/*
 * png_writer.h: a PNG from an image, its pixels compressed at once by libdeflate.
 *
 * libpng compresses row by row through zlib, which takes three times as long for a file that is a few percent
 * larger. The rows of the whole picture are held for it, so this is for pictures of a moderate size; saver.h
 * sends larger ones to libpng.
 *
 * Source: PNG, third edition (W3C), 5 and 11; RFC 1950.
 */
#ifndef STAMPMILL_IMAGE_PNG_WRITER_H
#define STAMPMILL_IMAGE_PNG_WRITER_H

#include <stdbool.h>
#include <vips/vips.h>

/* Whether `image` can be written here: 8 or 16 bits a sample, one to four of them, and not too many. */
bool png_writer_takes(const VipsImage *image);

/* Write `image`, with its profile (VIPS_META_ICC_NAME) and density, compressed from 0 (not at all) to 9 (as
 * far as can be in reasonable time). 0, or -1 with libvips' error buffer set. */
int png_write(VipsImage *image, int level, VipsTarget *target);

#endif
