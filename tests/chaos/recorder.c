/*
 * recorder.c: what a run and its workers do to a disk, in order, for disk.py to replay. Loaded by LD_PRELOAD.
 *
 *	RECORDER_LOG      a file of zeros, as long as the record may get: mapped before anybody shuts itself
 *in RECORDER_ROOT     what happens below this folder is recorded; an absolute path without links
 *	RECORDER_FLUSH_MS how long each flush takes at least: a slow disk
 *	RECORDER_WITHOUT  "tmpfile", or "tmpfile-names" (nameless files that get no name): a file system that
 *lacks that
 *
 * Stands in for the calls by which files and names are changed and flushed, and for syscall(). Each is
 *carried out and recorded under one lock for all processes, so that the record's order is the disk's. A
 *change by a call that is not covered is recorded as such; one that goes around the C library is seen when
 *the replay's end differs from the folder. 64-bit only.
 */
#undef _FILE_OFFSET_BITS /* open and open64 are two names here */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "recorder_log.h"

#define EXPORT __attribute__((visibility("default")))

static bool is_nameless(int flags)
{
	return (flags & O_TMPFILE) == O_TMPFILE; /* it has O_DIRECTORY in it */
}

static bool opens_to_change(int flags)
{
	return is_nameless(flags) || flags & (O_CREAT | O_TRUNC);
}

static bool exists(const char *path)
{
	struct stat status;
	int saved = errno;
	bool found = lstat(path, &status) == 0;

	errno = saved;
	return found;
}

static void put_opened(int fd, int flags, const char *path, bool existed)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return;
	if (is_nameless(flags))
		log_put_file(NAMELESS, &status, "", 0);
	else if (!existed)
		log_put_file(CREATE, &status, path, 0);
	else if (flags & O_TRUNC)
		log_put_file(RESIZE, &status, "", 0);
}

static int open_file(int folder_fd, const char *name, int flags, mode_t mode)
{
	bool existed;
	char path[PATH_MAX];
	int fd;

	if (!opens_to_change(flags) || !log_find(folder_fd, name, path))
		return (int)log_call(SYS_openat, folder_fd, name, flags, mode);
	if (is_nameless(flags) && log_without_tmpfile) {
		errno = EOPNOTSUPP;
		return -1;
	}
	log_lock();
	existed = exists(path);
	fd = (int)log_call(SYS_openat, folder_fd, name, flags, mode);
	if (fd >= 0)
		put_opened(fd, flags, path, existed);
	log_unlock();
	return fd;
}

#define MODE_ARGUMENT(flags, mode)                          \
	do {                                                \
		va_list arguments;                          \
		va_start(arguments, flags);                 \
		if ((flags) & (O_CREAT | O_TMPFILE))        \
			(mode) = va_arg(arguments, mode_t); \
		va_end(arguments);                          \
	} while (0)

EXPORT int open(const char *name, int flags, ...)
{
	mode_t mode = 0;

	MODE_ARGUMENT(flags, mode);
	return open_file(AT_FDCWD, name, flags, mode);
}

EXPORT int openat(int folder_fd, const char *name, int flags, ...)
{
	mode_t mode = 0;

	MODE_ARGUMENT(flags, mode);
	return open_file(folder_fd, name, flags, mode);
}

EXPORT int open64(const char *name, int flags, ...)
{
	mode_t mode = 0;

	MODE_ARGUMENT(flags, mode);
	return open_file(AT_FDCWD, name, flags, mode);
}

EXPORT int openat64(int folder_fd, const char *name, int flags, ...)
{
	mode_t mode = 0;

	MODE_ARGUMENT(flags, mode);
	return open_file(folder_fd, name, flags, mode);
}

EXPORT int creat(const char *name, mode_t mode)
{
	return open_file(AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

static void put_written(const struct stat *status, int64_t offset, const void *data, size_t size)
{
	log_put(
		(struct record){
			.kind = WRITE, .inode = status->st_ino, .offset = offset, .data_bytes = size },
		"", "", data);
}

EXPORT ssize_t write(int fd, const void *data, size_t size)
{
	char path[PATH_MAX];
	struct stat status;
	ssize_t written;

	if (!log_find_fd(fd, path, &status))
		return log_call(SYS_write, fd, data, size);
	log_lock();
	written = log_call(SYS_write, fd, data, size);
	if (written > 0)
		put_written(&status, lseek(fd, 0, SEEK_CUR) - written, data, (size_t)written);
	log_unlock();
	return written;
}

EXPORT ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
	char path[PATH_MAX];
	struct stat status;
	ssize_t written;

	if (!log_find_fd(fd, path, &status))
		return log_call(SYS_pwrite64, fd, data, size, offset);
	log_lock();
	written = log_call(SYS_pwrite64, fd, data, size, offset);
	if (written > 0)
		put_written(&status, offset, data, (size_t)written);
	log_unlock();
	return written;
}

EXPORT ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset)
{
	return pwrite(fd, data, size, offset);
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
	char path[PATH_MAX];
	struct stat status;
	ssize_t written = 0;

	if (!log_find_fd(fd, path, &status))
		return log_call(SYS_writev, fd, parts, count);
	for (int i = 0; i < count; i++) {
		ssize_t part = write(fd, parts[i].iov_base, parts[i].iov_len);

		if (part < 0)
			return written ? written : part;
		written += part;
	}
	return written;
}

EXPORT ssize_t sendfile(int to_fd, int from_fd, off_t *offset, size_t size)
{
	char path[PATH_MAX], piece[65536];
	struct stat status;
	ssize_t got;

	if (!log_find_fd(to_fd, path, &status))
		return log_call(SYS_sendfile, to_fd, from_fd, offset, size);
	if (size > sizeof(piece))
		size = sizeof(piece);
	got = offset ? pread(from_fd, piece, size, *offset) : read(from_fd, piece, size);
	if (got <= 0)
		return got;
	got = write(to_fd, piece, (size_t)got);
	if (got > 0 && offset)
		*offset += got;
	return got;
}

EXPORT ssize_t sendfile64(int to_fd, int from_fd, off_t *offset, size_t size)
{
	return sendfile(to_fd, from_fd, offset, size);
}

EXPORT int ftruncate(int fd, off_t size)
{
	char path[PATH_MAX];
	struct stat status;
	int result;

	if (!log_find_fd(fd, path, &status))
		return (int)log_call(SYS_ftruncate, fd, size);
	log_lock();
	result = (int)log_call(SYS_ftruncate, fd, size);
	if (result == 0)
		log_put_file(RESIZE, &status, "", size);
	log_unlock();
	return result;
}

EXPORT int ftruncate64(int fd, off_t size)
{
	return ftruncate(fd, size);
}

static int sync_fd(long number, int fd)
{
	char path[PATH_MAX];
	struct stat status;
	int result;

	if (!log_find_fd(fd, path, &status))
		return (int)log_call(number, fd);
	usleep((useconds_t)log_flush_ms * 1000);
	log_lock();
	result = (int)log_call(number, fd);
	if (result == 0)
		log_put_file(S_ISDIR(status.st_mode) ? SYNC_FOLDER : SYNC, &status, path, 0);
	log_unlock();
	return result;
}

EXPORT int fsync(int fd)
{
	return sync_fd(SYS_fsync, fd);
}

EXPORT int fdatasync(int fd)
{
	return sync_fd(SYS_fdatasync, fd);
}

static void put_sync_all(void)
{
	log_lock();
	if (log_is_on())
		log_put((struct record){ .kind = SYNC_ALL }, "", "", "");
	log_unlock();
}

EXPORT int syncfs(int fd)
{
	int result = (int)log_call(SYS_syncfs, fd);

	if (result == 0)
		put_sync_all();
	return result;
}

EXPORT void sync(void)
{
	log_call(SYS_sync);
	put_sync_all();
}

EXPORT int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned int flags)
{
	char path[PATH_MAX], other[PATH_MAX];
	bool found = log_find(from_fd, from, path), other_found = log_find(to_fd, to, other);
	int result;

	if (!found && !other_found)
		return (int)log_call(SYS_renameat2, from_fd, from, to_fd, to, flags);
	log_lock();
	result = (int)log_call(SYS_renameat2, from_fd, from, to_fd, to, flags);
	if (result == 0)
		log_put((struct record){ .kind = found && other_found && !flags ? RENAME : NOT_COVERED },
			path, other, "");
	log_unlock();
	return result;
}

EXPORT int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	return renameat2(from_fd, from, to_fd, to, 0);
}

EXPORT int rename(const char *from, const char *to)
{
	return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	char path[PATH_MAX];
	struct stat status;
	int result;

	if (!log_find(to_fd, to, path))
		return (int)log_call(SYS_linkat, from_fd, from, to_fd, to, flags);
	if (log_without_tmpfile_names) {
		errno = EPERM;
		return -1;
	}
	log_lock();
	result = (int)log_call(SYS_linkat, from_fd, from, to_fd, to, flags);
	if (result == 0 && lstat(path, &status) == 0)
		log_put_file(LINK, &status, path, 0);
	log_unlock();
	return result;
}

EXPORT int link(const char *from, const char *to)
{
	return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int unlinkat(int folder_fd, const char *name, int flags)
{
	char path[PATH_MAX];
	int result;

	if (!log_find(folder_fd, name, path))
		return (int)log_call(SYS_unlinkat, folder_fd, name, flags);
	log_lock();
	result = (int)log_call(SYS_unlinkat, folder_fd, name, flags);
	if (result == 0)
		log_put((struct record){ .kind = flags & AT_REMOVEDIR ? REMOVE_FOLDER : UNLINK }, path, "",
			"");
	log_unlock();
	return result;
}

EXPORT int unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}

EXPORT int rmdir(const char *name)
{
	return unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

EXPORT int remove(const char *name)
{
	int result = unlink(name);

	return result < 0 && errno == EISDIR ? rmdir(name) : result;
}

EXPORT int mkdirat(int folder_fd, const char *name, mode_t mode)
{
	char path[PATH_MAX];
	int result;

	if (!log_find(folder_fd, name, path))
		return (int)log_call(SYS_mkdirat, folder_fd, name, mode);
	log_lock();
	result = (int)log_call(SYS_mkdirat, folder_fd, name, mode);
	if (result == 0)
		log_put((struct record){ .kind = MAKE_FOLDER }, path, "", "");
	log_unlock();
	return result;
}

EXPORT int mkdir(const char *name, mode_t mode)
{
	return mkdirat(AT_FDCWD, name, mode);
}

/* Nothing of ours calls these; whatever does, the replay would know nothing of what it did. */
static int not_covered(const char *name)
{
	log_lock();
	if (log_is_on())
		log_put((struct record){ .kind = NOT_COVERED }, name, "", "");
	log_unlock();
	errno = ENOSYS;
	return -1;
}

EXPORT int truncate(const char *name, off_t size)
{
	(void)name;
	(void)size;
	return not_covered("truncate");
}

EXPORT ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *to_at, size_t size, unsigned int flags)
{
	(void)from, (void)at, (void)to, (void)to_at, (void)size, (void)flags;
	return not_covered("copy_file_range");
}

EXPORT int fallocate(int fd, int mode, off_t offset, off_t size)
{
	(void)fd, (void)mode, (void)offset, (void)size;
	return not_covered("fallocate");
}

EXPORT int fallocate64(int fd, int mode, off_t offset, off_t size)
{
	return fallocate(fd, mode, offset, size);
}

static bool changes_files(long number, const long arguments[6])
{
	static const long numbers[] = { SYS_write, SYS_pwrite64, SYS_writev, SYS_pwritev, SYS_pwritev2,
		SYS_ftruncate, SYS_truncate, SYS_fallocate, SYS_sendfile, SYS_copy_file_range, SYS_renameat2,
		SYS_linkat, SYS_unlinkat, SYS_mkdirat, SYS_symlinkat, SYS_mknodat, SYS_fsync, SYS_fdatasync,
		SYS_syncfs, SYS_io_uring_enter };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (number == numbers[i])
			return true;
	if (number == SYS_openat)
		return opens_to_change((int)arguments[2]);
	if (number == SYS_openat2)
		return opens_to_change((int)((const struct open_how *)arguments[2])->flags);
	return false;
}

EXPORT long syscall(long number, ...)
{
	long arguments[6];
	va_list rest;

	va_start(rest, number);
	for (int i = 0; i < 6; i++)
		arguments[i] = va_arg(rest, long);
	va_end(rest);
	log_begin();
	if (log_is_on() && changes_files(number, arguments)) {
		log_lock();
		log_put((struct record){ .kind = NOT_COVERED, .offset = number }, "syscall", "", "");
		log_unlock();
	}
	return log_call(
		number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}
