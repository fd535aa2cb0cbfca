/*
 * attach.h: metadata and profile in the form that each container has for them.
 *
 * Sources: JPEG: JFIF 1.02, Exif 2.32 (APP1), XMP specification part 3 (APP1), ICC.1:2022 annex B (APP2),
 * Photoshop file formats (APP13). PNG: W3C PNG third edition (eXIf, iTXt). WebP: RFC 9649.
 */
#ifndef STAMPMILL_IMAGE_ATTACH_H
#define STAMPMILL_IMAGE_ATTACH_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "image/metadata.h"

struct attachments {
	const struct metadata *metadata;
	const void *icc; /* NULL: none */
	size_t icc_bytes;
	double density_x, density_y; /* pixels per millimetre */
	bool dropped;                /* out: a block is too big for the container and was left out */
};

#define ATTACH_JPEG_AT 2 /* after SOI */
#define ATTACH_PNG_AT 33 /* after the signature and IHDR */

/* The markers that follow a JPEG's first ATTACH_JPEG_AT bytes. JFIF is for grey and YCbCr only. */
void attach_jpeg(struct attachments *attachments, bool jfif, GByteArray *markers);

/* The chunks for EXIF and XMP that follow a PNG's first ATTACH_PNG_AT bytes. */
void attach_png(struct attachments *attachments, GByteArray *chunks);

/* The whole file from a plain one (`size_bytes` at `plain`), whose picture has `width_px` by `height_px` and
 * maybe alpha. False when `plain` is not of WebP's form. */
bool attach_webp(struct attachments *attachments, const void *plain, size_t size_bytes, int width_px,
	int height_px, bool alpha, GByteArray *file);

#endif
