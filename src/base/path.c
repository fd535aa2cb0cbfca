#include "base/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *path_join(const char *dir, const char *name)
{
	size_t length = strlen(dir);
	char *joined;

	if (length == 0 || strcmp(dir, ".") == 0)
		return strdup(name);
	if (asprintf(&joined, "%s%s%s", dir, dir[length - 1] == '/' ? "" : "/", name) < 0)
		return NULL;
	return joined;
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *path_dir(const char *path)
{
	const char *base = path_base(path);

	return strndup(path, base > path ? (size_t)(base - path - 1) : 0);
}

/* The dot before the extension, or NULL. */
static const char *extension_dot(const char *base)
{
	const char *dot = strrchr(base, '.');

	return dot && dot > base && dot[1] ? dot : NULL;
}

const char *path_ext(const char *path)
{
	const char *dot = extension_dot(path_base(path));

	return dot ? dot + 1 : "";
}

char *path_stem(const char *path)
{
	const char *base = path_base(path), *dot = extension_dot(base);

	return dot ? strndup(base, (size_t)(dot - base)) : strdup(base);
}

bool path_is_beneath(const char *path)
{
	for (;;) {
		size_t length = strcspn(path, "/");

		if (length == 0 || (length == 1 && path[0] == '.') ||
			(length == 2 && memcmp(path, "..", 2) == 0))
			return false;
		if (!path[length])
			return true;
		path += length + 1;
	}
}
