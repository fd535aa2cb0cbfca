/*
 * raw_unwrap.h: the preview in a raw file as a JPEG of its own; for raw*.c alone.
 */
#ifndef STAMPMILL_IMAGE_RAW_UNWRAP_H
#define STAMPMILL_IMAGE_RAW_UNWRAP_H

#include "image/metadata.h"
#include "image/raw_file.h"

struct unwrapped {
	int fd;          /* a file in memory, to be closed */
	int orientation; /* that the preview's own EXIF has; 1 where that does not say */
};

/* 1 with `unwrapped`: the preview's JPEG, with the EXIF and XMP of `metadata` in place of its own where there
 * are some. 0: there is no preview, or none that is a JPEG. -1 with `err`. */
int raw_unwrap(
	struct raw_file *file, const struct metadata *metadata, struct unwrapped *unwrapped, struct err *err);

#endif
