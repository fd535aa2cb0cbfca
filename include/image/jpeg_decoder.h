/*
 * jpeg_decoder.h: a JPEG file as bands of Y, Cb and Cr rows, scaled down by the codec where wanted.
 *
 * Calling order, for each picture: jpeg_decoder_open(), look at .header, jpeg_decoder_start(), look at
 * .component, then jpeg_decoder_read() until it returns 0. One decoder serves picture after picture and keeps
 * its memory; opening the next one ends the one before. jpeg_decoder_new() and _free() come first and last.
 *
 * The file is read once, in pieces, never mapped. Whole planes never exist here: a band is some tens of rows.
 * A progressive file needs its coefficients in memory (two bytes a sample), which libjpeg allocates.
 *
 * Damage is judged as libvips' loader judges it: see enum fail_on and jpeg_trap.h.
 */
#ifndef STAMPMILL_IMAGE_JPEG_DECODER_H
#define STAMPMILL_IMAGE_JPEG_DECODER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "image/band.h"
#include "image/metadata.h"
#include "job/settings.h"

enum jpeg_colour {
	JPEG_GREY,
	JPEG_YCC,
	JPEG_OTHER_COLOUR /* RGB, CMYK, YCCK, ...: cannot be decoded here */
};

/* As JFIF has it. */
struct jpeg_density {
	bool known; /* a JFIF marker told */
	int unit;   /* 0: x and y are an aspect only; 1: dots per inch; 2: per cm */
	int x, y;
};

struct jpeg_header {
	int width_px, height_px; /* as stored */
	enum jpeg_colour colour;
	int chroma_h, chroma_v; /* luma samples per chroma sample; 0 where the two chroma planes differ or the
				   ratio is not whole: cannot be decoded here */
	struct jpeg_density density;
	struct metadata metadata; /* borrowed from the decoder until the next open; as libvips would hand it
				     over */
	struct blob profile;      /* ICC, likewise */
};

/* One plane as it will come. */
struct jpeg_component {
	int width, height;  /* in samples */
	int step_x, step_y; /* pixels of the picture that a sample covers */
};

struct jpeg_decoder {
	struct jpeg_header header;                   /* after open */
	struct jpeg_component component[PLANES_MAX]; /* after start */
	struct jpeg_decoder_state *state;            /* libjpeg's */
};

/* NULL when memory is out. */
struct jpeg_decoder *jpeg_decoder_new(void);
void jpeg_decoder_free(struct jpeg_decoder *decoder);

/* Read the header of the file on `fd`, which is read by position and stays the caller's. 0, or -1 with
 * `err`. */
int jpeg_decoder_open(struct jpeg_decoder *decoder, int fd, enum fail_on fail_on, struct err *err);

/* Begin to decode at 1/denominator (1, 2, 4 or 8) of the size, rounded up. Luma comes at that scale; chroma
 * may come larger (at 1/2, that of 4:2:0 comes whole: the codec scales each plane by itself), see .component.
 * Only for what the header says can be decoded here. A progressive file is read whole now. */
int jpeg_decoder_start(struct jpeg_decoder *decoder, int denominator, struct err *err);

/* Rows of plane `i` in a full band: every band's `room`. Once started. */
int jpeg_decoder_band_rows(const struct jpeg_decoder *decoder, int i);

/* Decode the next band: 1 with `band`, which is in the decoder's memory until the next call; 0 after the last
 * one; -1 with `err`. */
int jpeg_decoder_read(struct jpeg_decoder *decoder, struct band *band, struct err *err);

/* Bytes read from the file since it was opened. */
int64_t jpeg_decoder_bytes_read(const struct jpeg_decoder *decoder);

/* End the picture and give back the memory of large ones: kept buffers above `size_bytes`. */
void jpeg_decoder_trim(struct jpeg_decoder *decoder, size_t size_bytes);

#endif
