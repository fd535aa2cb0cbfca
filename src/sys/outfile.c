#include "sys/outfile.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "sys/dir.h"

#define PREFIX ".stampmill-"
#define SUFFIX ".tmp"

enum {
	RANDOM_LENGTH = 12,
	PREFIX_LENGTH = sizeof(PREFIX) - 1,
	TEMPORARY_SIZE = PREFIX_LENGTH + RANDOM_LENGTH + sizeof(SUFFIX)
};

/* 32 of them, one case only: names are compared without case on some file systems. */
static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

bool outfile_is_temporary(const char *base)
{
	return strlen(base) == TEMPORARY_SIZE - 1 && memcmp(base, PREFIX, PREFIX_LENGTH) == 0 &&
	       strspn(base + PREFIX_LENGTH, alphabet) == RANDOM_LENGTH &&
	       strcmp(base + PREFIX_LENGTH + RANDOM_LENGTH, SUFFIX) == 0;
}

static int make_temporary_name(char name[TEMPORARY_SIZE])
{
	unsigned char random[RANDOM_LENGTH];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -errno;
	for (int i = 0; i < RANDOM_LENGTH; i++)
		random[i] = (unsigned char)alphabet[random[i] % 32];
	snprintf(name, TEMPORARY_SIZE, PREFIX "%.*s" SUFFIX, RANDOM_LENGTH, (const char *)random);
	return 0;
}

/* A descriptor itself can be linked only with privileges (AT_EMPTY_PATH), its entry in /proc by its owner. */
static int link_as(const struct outfile *file, const char *name)
{
	char entry[32];

	snprintf(entry, sizeof(entry), "/proc/self/fd/%d", file->fd);
	return linkat(AT_FDCWD, entry, file->dir_fd, name, AT_SYMLINK_FOLLOW) < 0 ? -errno : 0;
}

static int create_as(const struct outfile *file, const char *name)
{
	int fd = openat(file->dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);

	return fd < 0 ? -errno : fd;
}

/* Gives `file` a temporary name that nothing had, by link_as() or create_as(), and returns what that
 * returned.
 */
static int name_temporarily(struct outfile *file, int (*name_it)(const struct outfile *, const char *))
{
	autofree char *name = malloc(TEMPORARY_SIZE);
	int result;

	if (!name)
		return -ENOMEM;
	do {
		result = make_temporary_name(name);
		if (result == 0)
			result = name_it(file, name);
	} while (result == -EEXIST);
	if (result >= 0)
		file->temporary = take_ptr(name);
	return result;
}

/* Any failure of O_TMPFILE leads to a named file, which works or has the better reason: what a file system
 * that lacks it says is EOPNOTSUPP, EISDIR, EINVAL or ENOENT. */
static int open_data(struct outfile *file)
{
	file->fd = openat(file->dir_fd, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0666);
	if (file->fd >= 0)
		return 0;
	file->fd = name_temporarily(file, create_as);
	return file->fd < 0 ? file->fd : 0;
}

int outfile_begin(struct outfile *file, int folder_fd, const char *path)
{
	struct outfile begun = OUTFILE_INIT;
	int error;

	if (!path_is_beneath(path))
		return -EINVAL;
	for (const char *slash = path; (slash = strchr(slash, '/')); slash++)
		begun.depth++;
	begun.root_fd = folder_fd;
	begun.folder = path_dir(path);
	begun.base = strdup(path_base(path));
	if (!begun.folder || !begun.base) {
		outfile_abort(&begun);
		return -ENOMEM;
	}
	begun.dir_fd = dir_make_beneath(folder_fd, begun.folder);
	error = begun.dir_fd < 0 ? begun.dir_fd : open_data(&begun);
	if (error < 0)
		outfile_abort(&begun);
	else
		*file = begun;
	return error;
}

int outfile_flush(struct outfile *file)
{
	if (fdatasync(file->fd) < 0)
		return -errno;
	file->flushed = true;
	return 0;
}

static int copy_data(int from_fd, int to_fd)
{
	struct stat from;
	ssize_t copied;
	off_t at = 0;

	if (fstat(from_fd, &from) < 0)
		return -errno;
	while (at < from.st_size) {
		copied = sendfile(to_fd, from_fd, &at, (size_t)(from.st_size - at));
		if (copied <= 0)
			return copied < 0 ? -errno : -EIO;
	}
	/* EPERM: in a sandbox where no times are set, none have been */
	if (futimens(to_fd, (struct timespec[]){ from.st_atim, from.st_mtim }) < 0 && errno != EPERM)
		return -errno;
	return 0;
}

/* For a nameless file that cannot be linked: no /proc here, or a file system without hard links. */
static int copy_to_named(struct outfile *file, bool sync)
{
	autoclose int nameless = file->fd;
	int error;

	file->fd = name_temporarily(file, create_as);
	if (file->fd < 0)
		return file->fd;
	error = copy_data(nameless, file->fd);
	return error == 0 && sync ? outfile_flush(file) : error;
}

static int publish(struct outfile *file, bool sync)
{
	int error;

	if (!file->temporary) {
		if (link_as(file, file->base) == 0)
			return 0;
		/* most often something has the name: only rename() replaces it in one step */
		if (name_temporarily(file, link_as) < 0) {
			error = copy_to_named(file, sync);
			if (error < 0)
				return error;
		}
	}
	/* network file systems tell only now what did not arrive */
	if (close(take_fd(&file->fd)) < 0 && errno != EINTR)
		return -errno;
	if (renameat(file->dir_fd, file->temporary, file->dir_fd, file->base) < 0)
		return -errno;
	free(take_ptr(file->temporary));
	return 0;
}

/* The folder of the last file: pictures come folder by folder, and once in a process's life is enough for the
 * folders above, whoever made them. */
static struct {
	dev_t device;
	ino_t inode;
} last_folder;

static int flush_folders(const struct outfile *file)
{
	struct stat folder;
	int error;

	if (fstat(file->dir_fd, &folder) < 0)
		return -errno;
	if (folder.st_dev == last_folder.device && folder.st_ino == last_folder.inode)
		return dir_flush(file->dir_fd, 0);
	error = dir_flush(file->dir_fd, file->depth);
	if (error == 0) {
		last_folder.device = folder.st_dev;
		last_folder.inode = folder.st_ino;
	}
	return error;
}

static bool folder_is_removed(const struct outfile *file)
{
	struct stat folder;

	return fstat(file->dir_fd, &folder) == 0 && folder.st_nlink == 0;
}

/* A temporary name went with the folder; the data are still open. */
static int make_folder_again(struct outfile *file, bool sync)
{
	int dir_fd = dir_make_beneath(file->root_fd, file->folder);

	if (dir_fd < 0)
		return dir_fd;
	cleanup_close(&file->dir_fd);
	file->dir_fd = dir_fd;
	last_folder.inode = 0; /* the new one may have the number of the old */
	if (!file->temporary)
		return 0;
	free(take_ptr(file->temporary));
	return copy_to_named(file, sync);
}

int outfile_commit(struct outfile *file, bool sync)
{
	int error = 0;

	assert(file->fd >= 0);
	if (sync && !file->flushed)
		error = outfile_flush(file);
	if (error == 0 && folder_is_removed(file))
		error = make_folder_again(file, sync);
	if (error == 0)
		error = publish(file, sync);
	if (error == 0 && sync)
		error = flush_folders(file);
	outfile_abort(file);
	return error;
}

void outfile_abort(struct outfile *file)
{
	int saved = errno;

	if (file->temporary)
		unlinkat(file->dir_fd, file->temporary, 0);
	cleanup_close(&file->fd);
	cleanup_close(&file->dir_fd);
	free(file->temporary);
	free(file->base);
	free(file->folder);
	*file = (struct outfile)OUTFILE_INIT;
	errno = saved;
}
