/*
 * saver.h: libvips' encoders, with the settings of this program and without metadata of their own.
 */
#ifndef STAMPMILL_IMAGE_SAVER_H
#define STAMPMILL_IMAGE_SAVER_H

#include <stddef.h>
#include <vips/vips.h>

#include "image/encode.h"

/* Encode `image`, which is the order's with the fields in it that may be written: the profile (not JPEG) and
 * XMP (TIFF). AVIF adds its EXIF and XMP itself. 0, or -1 with libvips' error buffer set. */
typedef int (*saver_function)(const struct encode_order *order, VipsImage *image, VipsTarget *target);

int saver_jpeg(const struct encode_order *order, VipsImage *image, VipsTarget *target);
int saver_png(const struct encode_order *order, VipsImage *image, VipsTarget *target);
int saver_tiff(const struct encode_order *order, VipsImage *image, VipsTarget *target);
int saver_avif(const struct encode_order *order, VipsImage *image, VipsTarget *target);

/* The order's own image, into memory that the caller frees with g_free(). */
int saver_webp(const struct encode_order *order, void **file, size_t *file_bytes);

/* A plain JPEG of an image of 8 bits, into memory that the caller frees with g_free(). */
int saver_jpeg_buffer(
	VipsImage *image, const struct output_settings *settings, void **file, size_t *file_bytes);

/* Give `image` a field, unless there is nothing in it. */
void saver_set_blob(VipsImage *image, const char *field, const void *data, size_t size_bytes);

#endif
