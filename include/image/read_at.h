/*
 * read_at.h: bytes of a file by their position, whole.
 */
#ifndef STAMPMILL_IMAGE_READ_AT_H
#define STAMPMILL_IMAGE_READ_AT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Read `size_bytes` at `offset`, or as many as there are before the end of the file; its own offset stays.
 * Returns how many, or -1 with errno. */
ssize_t read_at(int fd, void *buffer, size_t size_bytes, int64_t offset);

#endif
