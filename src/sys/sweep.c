#include "sys/sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/outfile.h"

/* Deeper than any studio's tree, and few enough descriptors. */
enum {
	DEPTH_MAX = 64
};

static bool is_folder(int folder_fd, const struct dirent *entry)
{
	struct stat status;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(folder_fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(status.st_mode);
}

static int sweep(int parent_fd, const char *name, int depth)
{
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int removed = 0;

	if (!folder) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while ((entry = readdir(folder))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (is_folder(fd, entry))
			removed += depth < DEPTH_MAX ? sweep(fd, entry->d_name, depth + 1) : 0;
		else if (outfile_is_temporary(entry->d_name))
			removed += unlinkat(fd, entry->d_name, 0) == 0;
	}
	closedir(folder);
	return removed;
}

int sweep_temporaries(int folder_fd)
{
	return sweep(folder_fd, ".", 0);
}
