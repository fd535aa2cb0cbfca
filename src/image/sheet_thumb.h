/*
 * sheet_thumb.h: an output as a small picture on a contact sheet.
 */
#ifndef STAMPMILL_IMAGE_SHEET_THUMB_H
#define STAMPMILL_IMAGE_SHEET_THUMB_H

#include <cairo.h>
#include <vips/vips.h>

#include "base/err.h"
#include "image/colour.h"
#include "image/probe.h"

struct thumb_order {
	const struct probe_limits *limits;
	struct colours *colours;
	struct rgb background; /* what shows through transparency */
	int width_px, height_px;
};

/* The picture open for reading on `fd`, in exactly the order's size, in sRGB: CAIRO_FORMAT_RGB24. NULL with
 * `err`. cairo_surface_destroy(). */
cairo_surface_t *sheet_thumb_new(int fd, const struct thumb_order *order, struct err *err);

/* What is on an opaque surface as an image of its own; NULL with libvips' error buffer set. */
VipsImage *sheet_image_new(cairo_surface_t *surface);

#endif
