/*
 * png_scan.h: walks the chunks of a PNG file by their lengths, before a library reads them.
 *
 * A chunk of a 57-byte file can claim a gigabyte, which libpng would allocate before it finds out; a chunk
 * that does not fit in its file is refused here. The walk also finds what libvips 8.14 does not tell: the
 * EXIF block (wherever it stands), interlacing, the bit depth as stored, and the frames of an animation.
 *
 * Source: PNG, third edition (W3C), 5 and 11.
 */
#ifndef STAMPMILL_IMAGE_PNG_SCAN_H
#define STAMPMILL_IMAGE_PNG_SCAN_H

#include <stdbool.h>

#include "base/err.h"
#include "image/metadata.h"

struct png_scan {
	int width_px, height_px;
	int bits; /* per sample; 8 where there is a palette */
	bool interlaced;
	int frames;       /* at least 1 */
	struct blob exif; /* malloc'ed */
};

/* Scan the file on `fd`, which stays the caller's with its offset. Returns 0, or -1 with `err` (truncated,
 * corrupt, out-of-memory) when there is no sound way to the pixels; what follows them is taken as far as it
 * goes. png_scan_finish() after success. */
int png_scan(int fd, struct png_scan *scan, struct err *err);
void png_scan_finish(struct png_scan *scan);

#endif
