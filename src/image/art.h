/*
 * art.h: what marks are drawn from: pictures in files, and text.
 *
 * Calling order: arts_new() once, arts_trim() before each picture, arts_find(), art_draw(). What arts_find()
 * returns lives until arts_trim().
 */
#ifndef STAMPMILL_IMAGE_ART_H
#define STAMPMILL_IMAGE_ART_H

#include "base/err.h"
#include "image/colour.h"
#include "job/settings.h"

struct arts;

struct art {
	char *key;               /* the same for equal arts only */
	char *name;              /* for errors: the file's, or the option of the text */
	int width_px, height_px; /* its own size, at least 1; of text, with letters of TEXT_EM_PX */
	struct logo *logo;       /* or */
	struct lettering *lettering;
};

struct arts *arts_new(void);
void arts_free(struct arts *arts);

/* Forget text of long ago, when there is much of it: it may be another one for each picture. */
void arts_trim(struct arts *arts);

/* Read the file `content`, or, of a mark of text, lay out the text `content` in the mark's style. NULL with
 * `err`, reason watermark. */
const struct art *arts_find(
	struct arts *arts, const struct mark_settings *settings, const char *content, struct err *err);

/* Draw it in exactly `width_px` by `height_px` pixels of sRGB with alpha, 8 bits, into `samples`. 0, or -1
 * with `err`, reason watermark. */
int art_draw(const struct art *art, struct colours *colours, int width_px, int height_px,
	unsigned char *samples, struct err *err);

#endif
