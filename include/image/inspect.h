/*
 * inspect.h: an output opened again, as `verify` does: is it whole, how big is it, what does it say?
 *
 * Runs in workers only.
 */
#ifndef STAMPMILL_IMAGE_INSPECT_H
#define STAMPMILL_IMAGE_INSPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "image/fingerprint.h"

struct inspection {
	int width_px, height_px;
	int64_t size_bytes;
	bool gps; /* EXIF or XMP say where it was taken */
	unsigned char content[FINGERPRINT_BYTES];
};

/* Decode every pixel of the file open for reading on `fd`, and look into its metadata by other means than
 * metadata.h's. A PDF, which may be a contact sheet, is known by its contents alone, and counts as 1 x 1
 * pixels. 0; or -1 with `err` when it is not a whole picture. */
int inspect_file(int fd, struct inspection *inspection, struct err *err);

#endif
