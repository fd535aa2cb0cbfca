/*
 * font.h: the fonts of this machine, by Pango and fontconfig.
 *
 * They are looked for when the first one is needed, which takes some milliseconds, and kept until
 * font_forget_all().
 */
#ifndef STAMPMILL_IMAGE_FONT_H
#define STAMPMILL_IMAGE_FONT_H

#include <pango/pangocairo.h>
#include <stdbool.h>

#include "base/err.h"

/* The font that `wanted` describes ("Noto Serif Bold Italic"; NULL: the system's Sans), without a size. NULL
 * with `err`, reason watermark, where no such font is here; it names the option, `said`, whose size is
 * `said`-size. pango_font_description_free(). */
PangoFontDescription *font_find(const char *wanted, const char *said, struct err *err);

/* Is it one of the names for whatever the system thinks fit? */
bool font_is_generic(const PangoFontDescription *font);

/* The description without "Bold" and the like, for people. */
const char *font_name(const PangoFontDescription *font);

/* What layouts take fonts from; borrowed. */
PangoFontMap *font_map(void);

/* For layouts: grey and unhinted, whatever the machine's settings for its screen are. g_object_unref(). */
PangoContext *font_context_new(void);

void font_forget_all(void);

#endif
