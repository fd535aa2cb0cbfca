/*
 * tiff_block.h: directories of a TIFF, read from where they stand, and put together anew in a block of bytes.
 *
 * Calling order: tiff_stream_open(), then tiff_stream_dir() for each directory; tiff_block_move() takes a
 * field of it to the block, which the caller makes, and tiff_block_append_dir() adds the directory of those
 * that were taken. Whoever reads a stream trusts nothing. A block that has run full says so in `full`, and
 * what was appended since then is not there.
 *
 * Source: TIFF 6.0, section 2.
 */
#ifndef STAMPMILL_IMAGE_TIFF_BLOCK_H
#define STAMPMILL_IMAGE_TIFF_BLOCK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define TIFF_BLOCK_BYTES_MAX (8 * 1024 * 1024)

/* A TIFF stream to read from, in memory or in a file. */
struct tiff_stream {
	const uint8_t *data; /* NULL: in the file */
	int fd;
	uint64_t size_bytes;
	bool big_endian;
};

/* A directory in the making and what its fields point to. */
struct tiff_block {
	GByteArray *bytes;
	uint32_t base; /* the offset that the first of `bytes` will have */
	bool big_endian;
	bool full;
};

/* An entry of a directory. */
struct tiff_field {
	uint16_t tag, type;
	uint32_t count;
	uint8_t value[4]; /* or its offset; in the order of the stream */
};

uint32_t tiff_number_get(const uint8_t *at, int bytes, bool big_endian);
void tiff_number_set(uint8_t *at, int bytes, bool big_endian, uint32_t value);

/* The offset of the first directory of a classic TIFF; 0 for anything else. */
uint32_t tiff_stream_open(struct tiff_stream *stream);

/* The fields of a directory, freed by the caller, and the offset of the next; NULL when it is not sound. */
GArray *tiff_stream_dir(const struct tiff_stream *stream, uint32_t offset, uint32_t *next);

/* Append to the block, at an even place; the offset that it has there. */
uint32_t tiff_block_append(struct tiff_block *block, const void *data, size_t size_bytes);

/* Move the field's value from the stream to the block. False when it is not sound or the block is full. */
bool tiff_block_move(const struct tiff_stream *from, struct tiff_block *to, struct tiff_field *field);

/* Append the directory of these fields, which are brought into order, with the offset of the next one; the
 * offset that it has. */
uint32_t tiff_block_append_dir(struct tiff_block *block, GArray *fields, uint32_t next);

#endif
