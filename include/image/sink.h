/*
 * sink.h: where encoders write to: a file, with bytes of ours put in near its beginning on the way.
 *
 * libvips rewrites the EXIF that it is given and adds its own where there is none. So encoders are told to
 * write no metadata, and what metadata.h made is put in here, byte for byte, right after the first bytes of
 * the stream. A failed write is remembered, so that it can be told from a failed encoder.
 */
#ifndef STAMPMILL_IMAGE_SINK_H
#define STAMPMILL_IMAGE_SINK_H

#include <stddef.h>
#include <stdint.h>
#include <vips/vips.h>

struct sink {
	int fd;             /* borrowed */
	size_t lead_bytes;  /* of the encoder's stream, before what is put in */
	const uint8_t *put; /* borrowed; NULL for nothing */
	size_t put_bytes;
	int error;            /* 0, or the negative errno of the write that failed */
	uint64_t taken_bytes; /* from the encoder */
	uint8_t *buffer;
	size_t buffered_bytes;
};

/* 0, or -ENOMEM. */
int sink_init(struct sink *sink, int fd);

/* A libvips target that writes to `sink`, which must outlive it; a new reference. */
VipsTarget *sink_target(struct sink *sink);

/* The same for an encoder that goes back and forth in its file, which must be open for reading as well:
 * nothing is held back, and nothing put in. libtiff looks at no error while it closes a file, so sink->error
 * alone tells whether all was written. */
VipsTarget *sink_seekable_target(struct sink *sink);

/* Write `size_bytes` at `data`, and what is to be put in where its place is reached. 0 or a negative errno,
 * which every later call returns again. */
int sink_write(struct sink *sink, const void *data, size_t size_bytes);

/* Write what is held back. 0 or a negative errno. */
int sink_flush(struct sink *sink);

void sink_finish(struct sink *sink);

#endif
