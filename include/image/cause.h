/*
 * cause.h: what decoders and encoders say when they fail, sorted into our reasons and made into one sentence.
 *
 * Only words: nothing here knows libvips. The words are those of libjpeg, libpng, libspng, libtiff, libwebp,
 * libnsgif, libheif and libvips itself, in English, and the C library's for an errno.
 */
#ifndef STAMPMILL_IMAGE_CAUSE_H
#define STAMPMILL_IMAGE_CAUSE_H

#include "base/err.h"

struct cause {
	enum reason reason;
	char text[320]; /* one line, lower case, no full stop, never empty */
};

/* `said`: lines of an error buffer, deepest cause first; `logged`: what went to a log meanwhile, parted
 * by "; ", for when the error buffer alone tells nothing. Both may be "". The reason is `otherwise` where the
 * words fit no other. */
void cause_find(struct cause *cause, const char *said, const char *logged, enum reason otherwise);

#endif
