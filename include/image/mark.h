/*
 * mark.h: the studio's mark, read once, drawn once for each size and colour, blended over its own rectangle.
 *
 * Calling order: marks_new() once, marks_trim() before each picture, marks_find() for each output, then
 * mark_blend() on rows.
 *
 * It is a file's, or text. The file may be of any format that libvips reads, with or without alpha, and SVG,
 * which is rendered at the size in which it is needed. It is the studio's own, so the SVG loader, which
 * libvips holds to be unsafe for strangers' files, is allowed for as long as it is read.
 */
#ifndef STAMPMILL_IMAGE_MARK_H
#define STAMPMILL_IMAGE_MARK_H

#include <stdbool.h>

#include "base/err.h"
#include "image/colour.h"
#include "image/placement.h"
#include "job/settings.h"

struct marks;

/* A mark as it lies on one picture. */
struct mark {
	struct placement place;
	struct pixels pixels;         /* those of the picture it is for, but of 8 bits and with alpha */
	bool coloured;                /* grey pixels could not show it */
	const unsigned char *samples; /* place.width_px * place.height_px pixels; opacity is in the alpha.
					 NULL: the mark is left out, as it would not fit */
};

struct mark_wish {
	const struct mark_settings *settings;
	const char *content;     /* one of the settings' files; or their text, for this picture */
	int width_px, height_px; /* of the upright output */
	enum colour_model model; /* in which to draw it */
	const struct profile *profile;
};

/* `colours` is borrowed. NULL when memory is out. */
struct marks *marks_new(struct colours *colours);
void marks_free(struct marks *marks);

/* Forget what was drawn long ago, when there is much of it. */
void marks_trim(struct marks *marks);

/* Read and draw what is not at hand. What `mark` points to lives until marks_trim(). 0, or -1 with `err`
 * (reason watermark) that names the file. */
int marks_find(struct marks *marks, const struct mark_wish *wish, struct mark *mark, struct err *err);

/* Read the file or both files, or find the font, and draw the mark in its own size. 0, or -1 as marks_find().
 */
int marks_check(struct marks *marks, const struct mark_settings *settings, struct err *err);

/* Blend what of the mark lies on row `y` of the picture over `count` pixels of it from column `x` on. `row`
 * points to that pixel; its pixels have the mark's model and profile, 8 or 16 bits, alpha or none. */
void mark_blend(const struct mark *mark, const struct pixels *pixels, void *row, int x, int y, int count);

#endif
