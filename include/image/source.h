/*
 * source.h: a file as libvips reads one, without the surprises of its own kind.
 *
 * libvips' source on a descriptor maps the file where a loader wants all of it, and a file that is truncated
 * meanwhile is then a SIGBUS; it reads 4 kB at a time; and it moves the descriptor's offset, which two
 * pictures opened on one descriptor share. This one only reads, by position, in larger pieces.
 */
#ifndef STAMPMILL_IMAGE_SOURCE_H
#define STAMPMILL_IMAGE_SOURCE_H

#include <vips/vips.h>

/* The file on `fd`, which must be a seekable file, stays the caller's and must outlive the source.
 * g_object_unref() when done; NULL when libvips fails (its error buffer tells). */
VipsSource *picture_source_new(int fd);

#endif
