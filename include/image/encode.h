/*
 * encode.h: an image as a file of one of the formats that are written.
 */
#ifndef STAMPMILL_IMAGE_ENCODE_H
#define STAMPMILL_IMAGE_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <vips/vips.h>

#include "base/err.h"
#include "image/metadata.h"
#include "job/format.h"
#include "job/settings.h"

struct encode_order {
	VipsImage *image; /* no metadata in it; forms as colour_choose() gives for the format */
	enum format format;
	const struct output_settings *settings; /* quality, progressive, optimize */
	int lower_quality; /* instead of the settings', which still decides on chroma subsampling; 0: none */
	const struct metadata *metadata; /* as metadata_edit() gives it */
	const void *icc;                 /* true to the pixels; NULL: none */
	size_t icc_bytes;
	bool srgb;                   /* the pixels are sRGB */
	double density_x, density_y; /* pixels per millimetre */
	enum reason otherwise;       /* for a failure that explains itself in no known words */
};

/* Whether an image of that size can be written in `format`: 0, or -1 with `err`, reason unsupported. */
int encode_check_size(enum format format, int width_px, int height_px, struct err *err);

/* The quality to be used. */
int encode_quality(const struct encode_order *order);

/* Write the file to `fd`, which is empty and open for reading and writing (TIFF goes back and forth). 0 with
 * `dropped` telling whether metadata too big for the format were left out; or -1 with `err`: disk-full,
 * permission and the like when a write failed, else what the image's own evaluation or the encoder said. */
int encode_to(int fd, const struct encode_order *order, bool *dropped, struct err *err);

#endif
