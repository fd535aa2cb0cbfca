#include "sys/cgroup.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* A controller's hierarchy: one of version 2, one of version 1, or both. */
enum hierarchy {
	UNIFIED,
	LEGACY,
	HIERARCHIES
};

/* A walk through the groups of one controller. */
struct walk {
	const char *root, *controller;
	char *groups[HIERARCHIES]; /* the ones this process is in */
	cgroup_visitor *visit;
	void *data;
};

FILE *cgroup_open(const char *root, const char *path)
{
	autofree char *whole = NULL;

	if (asprintf(&whole, "%s%s", root, path) < 0) {
		whole = NULL;
		return NULL;
	}
	return fopen(whole, "re");
}

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

#define autofile __attribute__((cleanup(close_file)))

/* True when the comma-separated `list` holds `word`. */
static bool list_has(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, word, length) == 0 && (at[length] == ',' || at[length] == '\0'))
			return true;
	}
	return false;
}

/* The groups this process is in: lines "4:cpu,cpuacct:/path" and "0::/path" of cgroup(5). */
static void read_groups(struct walk *walk)
{
	autofile FILE *file = cgroup_open(walk->root, "/proc/self/cgroup");
	autofree char *line = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		char *rest = line, *path;
		const char *number, *controllers;
		enum hierarchy which;

		line[strcspn(line, "\n")] = '\0';
		number = strsep(&rest, ":");
		controllers = strsep(&rest, ":");
		path = rest;
		if (!path || path[0] != '/')
			continue;
		which = strcmp(number, "0") == 0 && !*controllers ? UNIFIED : LEGACY;
		if ((which == LEGACY && !list_has(controllers, walk->controller)) || walk->groups[which])
			continue;
		walk->groups[which] = strdup(path);
	}
}

/* The part of `group` below `mounted`, the group that is a mount's root: "" for itself, "/a" for a child,
 * NULL when it is not in that mount. A mount of a group above this process's own namespace shows as "/..":
 * what is at its top counts, what lies between is not to be known. */
static const char *group_below(const char *group, const char *mounted)
{
	size_t length = strcmp(mounted, "/") == 0 ? 0 : strlen(mounted);

	if (strncmp(group, mounted, length) == 0 && (group[length] == '/' || !group[length]))
		group += length;
	else if (strncmp(mounted, "/..", 3) == 0)
		group = "";
	else
		return NULL;
	return strstr(group, "/..") ? NULL : group;
}

/* Every group from `below` up to the top of the mount at `point`. */
static void visit_upwards(const struct walk *walk, const char *point, const char *below, enum hierarchy which)
{
	autofree char *folder = NULL;
	size_t top;

	if (asprintf(&folder, "%s%s%s", walk->root, point, below) < 0) {
		folder = NULL;
		return;
	}
	top = strlen(walk->root) + strlen(point);
	for (;;) {
		char *slash;

		walk->visit(walk->data, folder, which == UNIFIED);
		slash = strrchr(folder, '/');
		if (!slash || slash < folder + top)
			return;
		*slash = '\0';
	}
}

/* Undo the octal escapes of mountinfo, in place. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		unsigned code;

		if (from[0] == '\\' && sscanf(from + 1, "%3o", &code) == 1 &&
			strspn(from + 1, "01234567") >= 3) {
			*to = (char)code;
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/* One line of mountinfo (proc(5)): "31 23 0:27 ROOT POINT rw shared:9 - TYPE SOURCE OPTIONS". */
static void visit_mount(const struct walk *walk, char *line)
{
	char *fields[5], *rest = line, *type;
	const char *options, *below;
	enum hierarchy which;

	for (int i = 0; i < 5; i++)
		fields[i] = strsep(&rest, " ");
	type = rest ? strstr(rest, " - ") : NULL;
	if (!type)
		return;
	type += 3;
	options = strrchr(type, ' ');
	if (strncmp(type, "cgroup2 ", 8) == 0)
		which = UNIFIED;
	else if (strncmp(type, "cgroup ", 7) == 0 && list_has(options + 1, walk->controller))
		which = LEGACY;
	else
		return;
	if (!walk->groups[which])
		return;
	unescape(fields[3]);
	unescape(fields[4]);
	below = group_below(walk->groups[which], fields[3]);
	if (below)
		visit_upwards(walk, fields[4], below, which);
}

void cgroup_each(const char *root, const char *controller, cgroup_visitor *visit, void *data)
{
	autofile FILE *mounts = cgroup_open(root, "/proc/self/mountinfo");
	struct walk walk = { .root = root, .controller = controller, .visit = visit, .data = data };
	autofree char *line = NULL;
	size_t size = 0;

	read_groups(&walk);
	while (mounts && getline(&line, &size, mounts) > 0) {
		line[strcspn(line, "\n")] = '\0';
		visit_mount(&walk, line);
	}
	for (int i = 0; i < HIERARCHIES; i++)
		free(walk.groups[i]);
}

int cgroup_read(const char *folder, const char *name, double numbers[2])
{
	autofile FILE *file = cgroup_open(folder, name);

	return file ? fscanf(file, "%lf %lf", &numbers[0], &numbers[1]) : 0;
}
