/*
 * file.h: a developed canvas as a file. What cannot be written ends the program.
 */
#ifndef SAMPLES_FILE_H
#define SAMPLES_FILE_H

#include <stddef.h>

#include "canvas.h"

struct bytes {
	unsigned char *data; /* malloc'ed */
	size_t size;
};

struct jpeg_form {
	int quality;
	int progressive, full_chroma, grey;
	struct bytes exif, icc; /* empty: none */
};

struct bytes jpeg_encode(const struct canvas *canvas, const struct jpeg_form *form);

enum png_form {
	PNG_RGBA_8,
	PNG_GREY_16
};

void png_write(const char *path, const struct canvas *canvas, enum png_form form, const struct bytes *exif);

void bytes_write(const char *path, const struct bytes *bytes);

/* A profile with the primaries and the curve of Adobe RGB (1998), and the canvas in its colours. */
struct bytes wide_profile(void);
void canvas_to_wide(struct canvas *canvas, const struct bytes *profile);

#endif
