/*
 * fuzz.h: what a fuzz target is made of. Each target is one file with fuzz_one(), which gives a stranger's
 * bytes to one of our parsers and holds what comes out against what its header promises.
 *
 * A target is linked with driver.c, or with libFuzzer where the build is for that (run.sh): both call
 * LLVMFuzzerTestOneInput().
 */
#ifndef STAMPMILL_TESTS_FUZZ_H
#define STAMPMILL_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Defined by each target. `data` is a block of its own of exactly `size` bytes, so that AddressSanitizer sees
 * a read past its end. */
static void fuzz_one(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Unlike assert(), in every build. */
#define REQUIRE(condition)                                                                        \
	do {                                                                                      \
		if (!(condition)) {                                                               \
			fprintf(stderr, "%s:%d: required: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                  \
		}                                                                                 \
	} while (0)

/* The bytes as a string, cut at the first NUL. Heap memory (free()). */
static inline char *fuzz_text(const unsigned char *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	REQUIRE(text);
	return text;
}

/* Takes the first byte off; 0 where there is none. For choosing among cases. */
static inline unsigned int fuzz_choice(const unsigned char **data, size_t *size)
{
	if (*size == 0)
		return 0;
	(*size)--;
	return *(*data)++;
}

/* The bytes as an open file at its start. The descriptor is the caller's. */
static inline int fuzz_file(const unsigned char *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	REQUIRE(fd >= 0);
	REQUIRE(write(fd, data, size) == (ssize_t)size);
	REQUIRE(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy = calloc(size ? size : 1, 1);

	REQUIRE(copy);
	if (size)
		memcpy(copy, data, size);
	fuzz_one(copy, size);
	free(copy);
	return 0;
}

#endif
