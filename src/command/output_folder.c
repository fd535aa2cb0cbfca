#include "command/output_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/dir.h"

/* The topmost part of `path` that does not exist, or NULL when all of it does. Heap memory. */
static char *first_missing(const char *path)
{
	size_t length = strlen(path);
	struct stat status;

	for (size_t end = 1; end <= length; end++) {
		autofree char *part = NULL;

		if (path[end] != '/' && path[end] != '\0')
			continue;
		part = strndup(path, end);
		if (part && stat(part, &status) < 0)
			return take_ptr(part);
	}
	return NULL;
}

int output_folder_open(struct output_folder *folder, char *path)
{
	int writable = dir_check_writable(path);

	*folder = (struct output_folder)OUTPUT_FOLDER_INIT;
	folder->path = path;
	if (writable < 0)
		return writable;
	folder->made = first_missing(path);
	folder->fd = dir_make(path);
	return folder->fd < 0 ? folder->fd : 0;
}

bool output_folder_is_there(const struct output_folder *folder)
{
	struct stat opened, named;

	return fstat(folder->fd, &opened) == 0 && stat(folder->path, &named) == 0 &&
	       opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* "a/b/c" to "a/b". */
static void cut_last_part(char *path)
{
	size_t length = strlen(path);

	while (length > 0 && path[length - 1] == '/')
		length--;
	while (length > 0 && path[length - 1] != '/')
		length--;
	while (length > 0 && path[length - 1] == '/')
		length--;
	path[length] = '\0';
}

void output_folder_undo(struct output_folder *folder)
{
	autofree char *path = folder->made ? strdup(folder->path) : NULL;

	while (path && strlen(path) >= strlen(folder->made) && rmdir(path) == 0)
		cut_last_part(path);
}

void output_folder_close(struct output_folder *folder)
{
	if (folder->fd >= 0)
		close(folder->fd);
	free(folder->made);
	*folder = (struct output_folder)OUTPUT_FOLDER_INIT;
}
