/*
 * memfile.h: memory with a descriptor: its first part is mapped, the rest is read and written as a file.
 *
 * Calling order: memfile_create(), or memfile_attach() with a descriptor that another process made and this
 * one inherited or was given; memfile_finish(). Nothing is left behind when the last process that has it is
 * gone. It is sealed, so nobody can truncate it under a reader.
 *
 * Every process that has it can write anything into it at any time: whoever reads, checks.
 */
#ifndef STAMPMILL_SYS_MEMFILE_H
#define STAMPMILL_SYS_MEMFILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct memfile {
	int fd;     /* owned, close-on-exec; -1: none */
	void *data; /* zeroed at first, aligned to a page; NULL: none */
	size_t mapped_bytes;
	dev_t device; /* which file it is */
	ino_t inode;
};

#define MEMFILE_INIT      \
	{                 \
		.fd = -1, \
	}

/* `file_bytes`, of which nothing takes memory before it is written, at least `mapped_bytes`, at least 1.
 * Returns 0 or a negative errno. */
int memfile_create(struct memfile *file, size_t mapped_bytes, uint64_t file_bytes);

/* Maps `mapped_bytes` of what `fd` refers to, through a descriptor of its own. Returns 0; -EBADF; -EINVAL for
 * one that memfile_create() has not made with at least that many bytes; -ENOMEM; -EMFILE. */
int memfile_attach(struct memfile *file, int fd, size_t mapped_bytes);

/* Twice is allowed. */
void memfile_finish(struct memfile *file);

/* The part behind the mapped one, or any other. Return 0 or a negative errno: -ENOMEM, -ENOSPC; -EIO when
 * there is less than asked for; -EBADF when the descriptor was closed behind our back. */
int memfile_write(const struct memfile *file, uint64_t offset, const void *data, size_t size_bytes);
int memfile_read(const struct memfile *file, uint64_t offset, void *data, size_t size_bytes);

/* Gives the memory of that part back; it reads as zeros. */
void memfile_forget(const struct memfile *file, uint64_t offset, uint64_t size_bytes);

#endif
