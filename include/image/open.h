/*
 * open.h: a picture file as a libvips image, and libvips' failures in our words.
 *
 * Files are opened by descriptor, never by name (libvips reads options out of names), and by the loader for
 * the format that was sniffed, never by one that guesses.
 */
#ifndef STAMPMILL_IMAGE_OPEN_H
#define STAMPMILL_IMAGE_OPEN_H

#include <vips/vips.h>

#include "base/err.h"
#include "job/format.h"
#include "job/settings.h"

struct open_options {
	enum format format;
	enum fail_on fail_on;
	int shrink;   /* JPEG: 1, 2, 4 or 8; a raw file: 1 or 2; 1 elsewhere */
	double scale; /* WebP: 0 to 1, as the loader's `scale`; 1 elsewhere */
	int bits;     /* a raw file: 8 or 16, of the developed picture */
	bool random;  /* random access: for pictures whose rows are not wanted from top to bottom */
};

/* Open the first page or frame of the file on `fd` (its offset is rewound; the descriptor stays the caller's
 * and must outlive the image). Pixels are decoded as they are asked for, so decode errors appear later, from
 * whatever evaluates; a raw file is developed at once (raw.h). NULL with `err`. */
VipsImage *open_picture(int fd, const struct open_options *options, struct err *err);

/* Turn what libvips (its error buffer, and the log that engine.h catches) has just said into reason and
 * sentence, and clear both: truncated, corrupt, out-of-memory, disk-full, unsupported, or `otherwise`. The
 * sentence is one line with a cause, never empty. Returns -1. */
int err_set_vips(struct err *err, enum reason otherwise);

#endif
