/*
 * dir.h: opening things beneath a folder without being led out of it.
 */
#ifndef STAMPMILL_SYS_DIR_H
#define STAMPMILL_SYS_DIR_H

#include <stdbool.h>

/* Open `path` beneath `folder_fd` with `flags` (to read, write or O_PATH, never to create; O_CLOEXEC is
 * added, and O_NONBLOCK, so that a FIFO does not block). The path is relative, of whole parts
 * (path_is_beneath()), or
 * "" or "." for the folder itself; with `follow` symbolic links are followed wherever they lead (the user
 * asked for it), otherwise none is. Returns a descriptor or a negative errno: -EINVAL for a path of another
 * form, -ELOOP for a link that is not followed. */
int dir_open_beneath(int folder_fd, const char *path, int flags, bool follow);

/* Make all folders of `path` beneath `folder_fd` and open the last one, O_RDONLY | O_DIRECTORY. "" or "."
 * opens the folder itself. No symbolic link is followed. Nothing is flushed (dir_flush() does). Returns a
 * descriptor or a negative errno (-ELOOP, -EINVAL as above). */
int dir_make_beneath(int folder_fd, const char *path);

/* Make the folder `path` and its missing parents (as mkdir -p), flush their names, and open it. Returns a
 * descriptor or a negative errno. */
int dir_make(const char *path);

/* Flush the names in the folder that `fd` has open for reading, and in as many folders above it, so that what
 * is in it is found after a power cut. Returns 0, also where the file system cannot flush a folder, or a
 * negative errno. */
int dir_flush(int fd, int above);

/* 0 when files can be made in `path`, or when it does not exist and its nearest existing parent allows making
 * it; else a negative errno: -EACCES, -EROFS, -ENOTDIR, -ENOENT for a link that leads nowhere. Nothing is
 * changed. */
int dir_check_writable(const char *path);

#endif
