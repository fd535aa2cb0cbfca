/*
 * jpeg_sample.h: JPEG files made for tests, in memory.
 */
#ifndef STAMPMILL_TESTS_IMAGE_JPEG_SAMPLE_H
#define STAMPMILL_TESTS_IMAGE_JPEG_SAMPLE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/jpeg_encoder.h"

/* A smooth picture with waves in it: what a codec can keep, but a mistake of one sample shows. */
static inline void sample_paint(struct planes *planes)
{
	for (int i = 0; i < planes->count; i++) {
		const struct plane *plane = &planes->plane[i];
		double step_x = i ? planes->chroma_h : 1, step_y = i ? planes->chroma_v : 1;

		for (int y = 0; y < plane->height; y++)
			for (int x = 0; x < plane->width; x++) {
				double u = (x + 0.5) * step_x, v = (y + 0.5) * step_y;
				double value = 128 + 60 * sin(u / (9.0 + 2 * i)) + 40 * cos(v / (13.0 - i));

				plane->data[(size_t)y * plane->stride_bytes + x] = (uint8_t)value;
			}
	}
}

static inline int sample_file(const void *data, size_t size_bytes)
{
	int fd = memfd_create("sample", MFD_CLOEXEC);

	if (fd >= 0 && write(fd, data, size_bytes) != (ssize_t)size_bytes) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The file as bytes, malloc'ed; NULL when it could not be made. */
static inline uint8_t *sample_encode(
	struct planes *planes, const struct jpeg_encode_options *options, size_t *size_bytes)
{
	struct jpeg_encoder *encoder = jpeg_encoder_new();
	struct jpeg_file file;
	uint8_t *copy = NULL;
	struct err err;

	*size_bytes = 0;
	if (!jpeg_encoder_encode(encoder, planes, options, &file, &err)) {
		copy = malloc(file.size_bytes);
		memcpy(copy, file.data, file.size_bytes);
		*size_bytes = file.size_bytes;
	}
	jpeg_encoder_free(encoder);
	return copy;
}

/* Of a painted picture. */
static inline uint8_t *sample_jpeg(int width_px, int height_px, int count, int chroma_h, int chroma_v,
	const struct jpeg_encode_options *options, size_t *size_bytes)
{
	struct planes planes = { 0 };
	uint8_t *data = NULL;

	*size_bytes = 0;
	if (!planes_reserve(&planes, width_px, height_px, count, chroma_h, chroma_v)) {
		sample_paint(&planes);
		data = sample_encode(&planes, options, size_bytes);
	}
	planes_finish(&planes);
	return data;
}

#endif
