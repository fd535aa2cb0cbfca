#include "sys/dir.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/path.h"

/* One part of a path as a string of its own. */
struct part {
	char name[NAME_MAX + 1];
};

/* Takes the first part off `*path`, slashes around it too. Returns 1, 0 at the end or -ENAMETOOLONG. */
static int take_part(const char **path, struct part *part)
{
	const char *start = *path + strspn(*path, "/");
	size_t length = strcspn(start, "/");

	if (length == 0)
		return 0;
	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(part->name, start, length);
	part->name[length] = '\0';
	*path = start + length + strspn(start + length, "/");
	return 1;
}

static bool is_link(int folder_fd, const char *name)
{
	struct stat found;

	return fstatat(folder_fd, name, &found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(found.st_mode);
}

/* openat() of one part that is not followed. With O_DIRECTORY or O_PATH the kernel does not say ELOOP of a
 * link, but ENOTDIR, or opens the link itself: the answer is made the same as openat2()'s. */
static int open_part(int folder_fd, const char *name, int flags)
{
	autoclose int fd = openat(folder_fd, name, flags | O_NOFOLLOW | O_CLOEXEC);
	struct stat opened;

	if (fd < 0)
		return errno == ENOTDIR && is_link(folder_fd, name) ? -ELOOP : -errno;
	if ((flags & O_PATH) && !(flags & O_DIRECTORY)) {
		if (fstat(fd, &opened) < 0)
			return -errno;
		if (S_ISLNK(opened.st_mode))
			return -ELOOP;
	}
	return take_fd(&fd);
}

/* For kernels without openat2 (before 5.6) and for containers whose filter refuses it. */
static int open_part_by_part(int folder_fd, const char *path, int flags)
{
	autoclose int held = -1;
	struct part part = { "." };
	int at = folder_fd, error;

	while ((error = take_part(&path, &part)) > 0 && *path) {
		int next = open_part(at, part.name, O_PATH | O_DIRECTORY);

		cleanup_close(&held);
		held = at = next;
		if (next < 0)
			return next;
	}
	return error < 0 ? error : open_part(at, part.name, flags);
}

int dir_open_beneath(int folder_fd, const char *path, int flags, bool follow)
{
	struct open_how how = { .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
	int fd;

	assert(!(flags & O_CREAT) && (flags & O_TMPFILE) != O_TMPFILE);
	if (!*path)
		path = ".";
	if (strcmp(path, ".") != 0 && !path_is_beneath(path))
		return -EINVAL;
	flags |= O_CLOEXEC;
	if (!(flags & O_PATH))
		flags |= O_NONBLOCK | O_NOCTTY;
	if (follow) {
		fd = openat(folder_fd, path, flags);
		return fd < 0 ? -errno : fd;
	}
	how.flags = (uint64_t)flags;
	fd = (int)syscall(SYS_openat2, folder_fd, path, &how, sizeof(how));
	if (fd >= 0)
		return fd;
	return errno == ENOSYS || errno == EPERM ? open_part_by_part(folder_fd, path, flags) : -errno;
}

static int open_folder(int folder_fd, const char *name, int flags, bool follow)
{
	int fd;

	if (!follow)
		return open_part(folder_fd, name, flags | O_DIRECTORY);
	fd = openat(folder_fd, name, flags | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Some file systems cannot flush a folder and say so. */
static int flush(int fd)
{
	if (fsync(fd) == 0 || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS)
		return 0;
	return -errno;
}

int dir_flush(int fd, int above)
{
	autoclose int held = -1;
	int error = flush(fd), at = fd;

	while (error == 0 && above-- > 0) {
		int next = openat(at, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (next < 0)
			return -errno;
		cleanup_close(&held);
		held = at = next;
		error = flush(at);
	}
	return error;
}

/* The user's own folders outlast a power cut as what is put into them does. A folder that may be entered but
 * not read cannot be flushed. */
static void flush_name_of_new(int folder_fd, bool follow)
{
	autoclose int fd = follow ? openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0)
		flush(fd);
}

/* Opening comes first because mkdir() of a folder that is there may say EROFS or EACCES in place of EEXIST,
 * on network file systems for one. EEXIST means that somebody was faster, or a link that leads nowhere. */
static int open_or_make(int folder_fd, const char *name, int flags, bool follow)
{
	int fd = open_folder(folder_fd, name, flags, follow);

	if (fd != -ENOENT)
		return fd;
	if (mkdirat(folder_fd, name, 0777) < 0 && errno != EEXIST)
		return -errno;
	flush_name_of_new(folder_fd, follow);
	return open_folder(folder_fd, name, flags, follow);
}

/* Only the last folder has to be readable: the others are opened as mere places. */
static int make_part_by_part(int folder_fd, const char *path, bool follow)
{
	autoclose int held = -1;
	struct part part = { "." };
	int at = folder_fd, error;

	while ((error = take_part(&path, &part)) > 0 && *path) {
		int next = open_or_make(at, part.name, O_PATH, follow);

		cleanup_close(&held);
		held = at = next;
		if (next < 0)
			return next;
	}
	return error < 0 ? error : open_or_make(at, part.name, O_RDONLY, follow);
}

int dir_make_beneath(int folder_fd, const char *path)
{
	int fd = dir_open_beneath(folder_fd, path, O_RDONLY | O_DIRECTORY, false);

	return fd == -ENOENT ? make_part_by_part(folder_fd, path, false) : fd;
}

int dir_make(const char *path)
{
	autoclose int root = -1;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno != ENOENT || !*path)
		return -errno;
	if (path[0] == '/') {
		root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (root < 0)
			return -errno;
	}
	return make_part_by_part(root >= 0 ? root : AT_FDCWD, path, true);
}

static void trim_slashes(char *path)
{
	for (size_t length = strlen(path); length > 1 && path[length - 1] == '/'; length--)
		path[length - 1] = '\0';
}

/* False when nothing is left to cut: at "." and "/". */
static bool cut_last_part(char *path)
{
	char *slash = strrchr(path, '/');

	if (strcmp(path, ".") == 0 || strcmp(path, "/") == 0)
		return false;
	if (slash)
		slash[slash == path] = '\0';
	else
		memcpy(path, ".", 2);
	trim_slashes(path);
	return true;
}

int dir_check_writable(const char *path)
{
	autofree char *at = strdup(path);
	int wanted = R_OK | W_OK | X_OK;
	struct stat found;

	if (!at)
		return -ENOMEM;
	trim_slashes(at);
	while (stat(at, &found) < 0) {
		if (errno != ENOENT)
			return -errno;
		/* a name that is there and not found is a link that leads nowhere: it cannot be made */
		if (!*path || lstat(at, &found) == 0 || !cut_last_part(at))
			return -ENOENT;
		wanted = W_OK | X_OK;
	}
	if (!S_ISDIR(found.st_mode))
		return -ENOTDIR;
	return faccessat(AT_FDCWD, at, wanted, AT_EACCESS) < 0 ? -errno : 0;
}
