/*
 * planes.h: a picture as the JPEG codec holds it: one 8-bit plane per component, chroma at its own size.
 *
 * Buffers are kept from picture to picture: planes_reserve() gives a picture a place in memory that is
 * already there, and only grows it. planes_finish() gives it back. Every plane begins on PLANE_ALIGN bytes
 * and so does every row, as zimg and the codec's vector code want it; a row has room for whole 8 x 8 blocks.
 *
 * Chroma is sited in the centre, as JPEG has it: chroma sample i covers luma samples i * h to i * h + h - 1.
 */
#ifndef STAMPMILL_IMAGE_PLANES_H
#define STAMPMILL_IMAGE_PLANES_H

#include <stddef.h>
#include <stdint.h>

#define PLANE_ALIGN 64
#define PLANES_MAX 3

/* Aligned memory that is kept. Zeroed before the first use. */
struct kept {
	uint8_t *data; /* aligned to PLANE_ALIGN */
	size_t capacity_bytes;
};

/* Make room for `size_bytes`; what was there is lost if it has to grow. 0 or -ENOMEM (then it is empty). */
int kept_reserve(struct kept *kept, size_t size_bytes);
void kept_finish(struct kept *kept);

struct plane {
	uint8_t *data; /* borrowed from planes.memory */
	size_t stride_bytes;
	int width, height; /* in samples; the last chroma sample may reach over the picture's edge */
};

struct planes {
	int width_px, height_px;
	int count;              /* 1: grey; 3: Y, Cb, Cr */
	int chroma_h, chroma_v; /* luma samples per chroma sample, 1 to 4; 1 for grey */
	/* Where the first chroma sample begins: 0; or less, where samples are counted from the other edge. */
	int chroma_left_px, chroma_top_px;
	struct plane plane[PLANES_MAX];
	struct kept memory;
};

/* Shape `planes` for a picture of width x height (1 to 65,535), keeping its memory. Its samples are then
 * undefined. 0 or -ENOMEM. */
int planes_reserve(struct planes *planes, int width_px, int height_px, int count, int chroma_h, int chroma_v);
void planes_finish(struct planes *planes);

/* How many samples of `step` pixels cover `size_px`: rounded up. */
int plane_samples(int size_px, int step);

/* The row length in bytes that planes_reserve() would give to a plane `width` samples wide. */
size_t plane_stride(int width);

/* Repeat the last sample of each row up to a multiple of 8, which is what an encoder reads. */
void planes_pad_rows(struct planes *planes);

#endif
