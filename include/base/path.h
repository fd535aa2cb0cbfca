/*
 * path.h: file names as bytes. Nothing here touches the file system.
 *
 * Functions that build a path return heap memory (free()), or NULL when memory is out.
 */
#ifndef STAMPMILL_BASE_PATH_H
#define STAMPMILL_BASE_PATH_H

#include <stdbool.h>

/* "dir/name"; just `name` where `dir` is "" or "."; no doubled slash. */
char *path_join(const char *dir, const char *name);

/* The part after the last slash; never NULL. Points into `path`. */
const char *path_base(const char *path);

/* "a/b" of "a/b/c.jpg", "" of "c.jpg". */
char *path_dir(const char *path);

/* "jpg" of "a.b/c.jpg"; "" where there is none: "c", "c.", ".profile". Points into `path`. */
const char *path_ext(const char *path);

/* "c.x" of "a/c.x.jpg": the base name without its extension and that one dot. */
char *path_stem(const char *path);

/* True for a relative path whose parts are none of "", "." and "..": it cannot leave the folder it is used
 * in, links apart. */
bool path_is_beneath(const char *path);

#endif
