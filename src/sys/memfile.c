#include "sys/memfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW)

/* A process that has closed all its descriptors may have another file under this number. */
static bool is_open(const struct memfile *file)
{
	struct stat stat;

	return fstat(file->fd, &stat) == 0 && stat.st_dev == file->device && stat.st_ino == file->inode;
}

static int map(struct memfile *file, size_t mapped_bytes)
{
	void *data = mmap(NULL, mapped_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file->fd, 0);
	struct stat stat;

	if (data == MAP_FAILED || fstat(file->fd, &stat)) {
		int error = -errno;

		memfile_finish(file);
		return error;
	}
	file->data = data;
	file->mapped_bytes = mapped_bytes;
	file->device = stat.st_dev;
	file->inode = stat.st_ino;
	return 0;
}

int memfile_create(struct memfile *file, size_t mapped_bytes, uint64_t file_bytes)
{
	autoclose int fd = memfd_create("mp", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	*file = (struct memfile)MEMFILE_INIT;
	if (fd < 0 || ftruncate(fd, (off_t)file_bytes) || fcntl(fd, F_ADD_SEALS, SEALS))
		return -errno;
	file->fd = take_fd(&fd);
	return map(file, mapped_bytes);
}

int memfile_attach(struct memfile *file, int fd, size_t mapped_bytes)
{
	autoclose int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat stat;

	*file = (struct memfile)MEMFILE_INIT;
	if (own < 0)
		return -errno;
	if (seals < 0 || (seals & SEALS) != SEALS || seals & F_SEAL_WRITE || fstat(fd, &stat) ||
		(uint64_t)stat.st_size < mapped_bytes || mapped_bytes == 0)
		return -EINVAL;
	file->fd = take_fd(&own);
	return map(file, mapped_bytes);
}

void memfile_finish(struct memfile *file)
{
	if (file->fd >= 0 && (!file->data || is_open(file)))
		close(file->fd);
	if (file->data)
		munmap(file->data, file->mapped_bytes);
	*file = (struct memfile)MEMFILE_INIT;
}

int memfile_write(const struct memfile *file, uint64_t offset, const void *data, size_t size_bytes)
{
	const char *next = data;

	if (!is_open(file))
		return -EBADF;
	while (size_bytes > 0) {
		ssize_t written = pwrite(file->fd, next, size_bytes, (off_t)offset);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written < 0 ? -errno : -EIO;
		next += written;
		offset += (uint64_t)written;
		size_bytes -= (size_t)written;
	}
	return 0;
}

int memfile_read(const struct memfile *file, uint64_t offset, void *data, size_t size_bytes)
{
	char *next = data;

	if (!is_open(file))
		return -EBADF;
	while (size_bytes > 0) {
		ssize_t got = pread(file->fd, next, size_bytes, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -EIO;
		next += got;
		offset += (uint64_t)got;
		size_bytes -= (size_t)got;
	}
	return 0;
}

void memfile_forget(const struct memfile *file, uint64_t offset, uint64_t size_bytes)
{
	int saved = errno;

	if (is_open(file))
		fallocate(file->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
			(off_t)size_bytes);
	errno = saved;
}
