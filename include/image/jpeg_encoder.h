/*
 * jpeg_encoder.h: planes to a JPEG file in memory.
 *
 * The file is what libvips' saver would make of the same planes. It holds no metadata: attach.h makes what is
 * put in after its first two bytes. jpeg_encoder_new() first, jpeg_encoder_free() last; one encoder serves
 * picture after picture and keeps its memory.
 */
#ifndef STAMPMILL_IMAGE_JPEG_ENCODER_H
#define STAMPMILL_IMAGE_JPEG_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/planes.h"

struct jpeg_encode_options {
	int quality; /* 1 to 100 */
	bool progressive, optimize;
};

/* The file; in the encoder's memory until its next call. */
struct jpeg_file {
	const uint8_t *data;
	size_t size_bytes;
};

struct jpeg_encoder;

struct jpeg_encoder *jpeg_encoder_new(void); /* NULL when memory is out */
void jpeg_encoder_free(struct jpeg_encoder *encoder);

/* Encode `planes` (width and height up to 65,500); the padding of their rows is written to. 0 with `file`, or
 * -1 with `err`. */
int jpeg_encoder_encode(struct jpeg_encoder *encoder, struct planes *planes,
	const struct jpeg_encode_options *options, struct jpeg_file *file, struct err *err);

/* Give back the memory of large files: above `size_bytes`. */
void jpeg_encoder_trim(struct jpeg_encoder *encoder, size_t size_bytes);

#endif
