/*
 * logo.h: the file that a mark is drawn from.
 */
#ifndef STAMPMILL_IMAGE_LOGO_H
#define STAMPMILL_IMAGE_LOGO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "image/colour.h"

struct logo {
	char *file;              /* its name */
	int width_px, height_px; /* its own size, upright, at least 1; of an SVG, as it asks to be shown */
	void *data;              /* the whole file */
	size_t size_bytes;
	bool vector; /* SVG */
};

/* Read the file (any name that open(2) takes) and its header. NULL with `err`, reason watermark. */
struct logo *logo_new(const char *file, struct err *err);
void logo_free(struct logo *logo);

/* Draw it in exactly `width_px` by `height_px` pixels of sRGB with alpha, 8 bits, into `samples`. 0, or -1
 * with `err`, reason watermark. */
int logo_draw(const struct logo *logo, struct colours *colours, int width_px, int height_px,
	unsigned char *samples, struct err *err);

#endif
