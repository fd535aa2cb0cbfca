/*
 * jpeg_header.h: what a JPEG's header says, read by libjpeg up to the first scan.
 *
 * No pixel is decoded, and what is skipped is not read: about ten microseconds.
 */
#ifndef STAMPMILL_IMAGE_JPEG_HEADER_H
#define STAMPMILL_IMAGE_JPEG_HEADER_H

#include "base/err.h"
#include "job/facts.h"

/* Fill `facts` from the file on `fd`, which stays the caller's with its offset. Returns 0, or -1 with `err`:
 * unsupported, truncated, corrupt, out-of-memory. */
int jpeg_header_read(int fd, struct facts *facts, struct err *err);

#endif
