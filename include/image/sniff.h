/*
 * sniff.h: the kind of a file by its first bytes, never by its name.
 *
 * Nothing here allocates, or reads past the bytes given.
 */
#ifndef STAMPMILL_IMAGE_SNIFF_H
#define STAMPMILL_IMAGE_SNIFF_H

#include <stddef.h>

#include "job/format.h"

#define SNIFF_BYTES 4096

/* The format by the first `size` bytes of a file (as many as there are, up to SNIFF_BYTES). FORMAT_NONE: not
 * a picture. A camera's raw file that hides in a TIFF is told as far as these bytes go; tiff_scan() looks
 * further. */
enum format sniff_format(const unsigned char *head, size_t size);

/* What people call it, more exactly than format_name() does for FORMAT_RAW and FORMAT_OTHER: "Canon CR2",
 * "JPEG 2000", ...; never NULL. */
const char *sniff_kind(const unsigned char *head, size_t size);

/* True for a gzip stream, which may hold an SVG. */
bool sniff_is_gzip(const unsigned char *head, size_t size);

#endif
