/*
 * lettering.h: text that a mark is drawn from.
 *
 * Plain text: nothing in it is markup. It is drawn by its outlines, unhinted, so that it looks the same in
 * every size. A font that is not there is an error, and so is a character that it does not have: another
 * font never stands in for it. Only the system's own choices (Sans, Serif, Monospace) may be made up of
 * several.
 */
#ifndef STAMPMILL_IMAGE_LETTERING_H
#define STAMPMILL_IMAGE_LETTERING_H

#include "base/err.h"
#include "job/settings.h"

struct lettering;

/* Lay out `text`, UTF-8 that is not blank. NULL with `err`, reason watermark. */
struct lettering *lettering_new(const char *text, const struct text_style *style, struct err *err);
void lettering_free(struct lettering *lettering);

/* Its own size, with letters whose em is TEXT_EM_PX: what is inked, outline and shadow included. */
int lettering_width(const struct lettering *lettering);
int lettering_height(const struct lettering *lettering);

/* Draw it in exactly `width_px` by `height_px` pixels of sRGB with alpha, 8 bits, into `samples`. 0, or -1
 * with `err`, reason watermark. */
int lettering_draw(const struct lettering *lettering, int width_px, int height_px, unsigned char *samples,
	struct err *err);

/* Let go of all fonts; for the end. */
void lettering_forget_fonts(void);

/* Is the font here? 0, or -1 with `err`, which names one that is. */
int lettering_check_font(const struct text_style *style, struct err *err);

#endif
