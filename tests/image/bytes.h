/*
 * bytes.h: files of a test's own making, byte by byte, and as open descriptors.
 */
#ifndef STAMPMILL_TESTS_IMAGE_BYTES_H
#define STAMPMILL_TESTS_IMAGE_BYTES_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct bytes {
	unsigned char data[1 << 16];
	size_t size;
};

static inline void put(struct bytes *bytes, const void *data, size_t size)
{
	assert(size <= sizeof(bytes->data) - bytes->size);
	memcpy(bytes->data + bytes->size, data, size);
	bytes->size += size;
}

/* A number of `size` bytes, least significant first or last. */
static inline void put_number(struct bytes *bytes, uint64_t number, size_t size, int big_endian)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)(number >> 8 * (big_endian ? size - 1 - i : i));

		put(bytes, &byte, 1);
	}
}

static inline int file_with(const void *data, size_t size)
{
	int fd = memfd_create("bytes", MFD_CLOEXEC);

	assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	return fd;
}

/* The same numbers every time, so that a failure can be repeated. */
static inline uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* One to four bytes changed, or an end cut off. */
static inline void damage(struct bytes *bytes, uint32_t *random)
{
	if (next_random(random) % 4 == 0)
		bytes->size = next_random(random) % (bytes->size + 1);
	for (uint32_t i = next_random(random) % 4; bytes->size && i < 4; i++)
		bytes->data[next_random(random) % bytes->size] = (unsigned char)next_random(random);
}

#endif
