/*
 * format.h: the picture formats, as one table: names, file extensions, abilities.
 */
#ifndef STAMPMILL_JOB_FORMAT_H
#define STAMPMILL_JOB_FORMAT_H

#include <stdbool.h>

enum format {
	FORMAT_NONE, /* not a picture, or not known yet; in an output: keep the input's */
	FORMAT_JPEG,
	FORMAT_PNG,
	FORMAT_WEBP,
	FORMAT_TIFF,
	FORMAT_AVIF,
	FORMAT_GIF,
	FORMAT_HEIC,
	FORMAT_RAW,   /* a camera's raw file, DNG included */
	FORMAT_OTHER, /* anything that only a loader marked untrusted reads: SVG, PDF, JPEG 2000, JPEG XL,
			 BMP, ... */
	FORMAT_COUNT
};

/* "jpeg", "png", ...: the word that --format takes and that messages say. Never NULL. */
const char *format_name(enum format format);

/* The extension for new names, without a dot: "jpg", "png", "webp", "tif", "avif"; "" where it cannot be
 * written. */
const char *format_extension(enum format format);

/* True when `extension` (no dot, any case) is a usual spelling for `format`: jpg jpeg jpe jfif; tif tiff; ...
 */
bool format_has_extension(enum format format, const char *extension);

/* True when the format can hold transparency. */
bool format_has_alpha(enum format format);

/* True when its files are smaller at a lower quality. */
bool format_has_quality(enum format format);

/* The longest side of any picture: libvips' VIPS_MAX_COORD. */
#define PICTURE_SIDE_MAX_PX 10000000

/* The longest side that a file of this format can have, in pixels: the format's own limit or, where that is
 * lower, its encoder's. */
int format_max_side_px(enum format format);

/* A set of formats: bit 1 << format. */
typedef unsigned int format_set;

#define FORMAT_BIT(format) (1u << (format))

#endif
