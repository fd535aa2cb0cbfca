/*
 * walk.h: lists folders and single files below a set of roots; the engine of scan.h.
 *
 * Calling order: walk_init(); walk_root() for each place that inputs lie below; walk_folder() and walk_file()
 * for what is asked for below them; walk_run() lists all folders, those found on the way too; then take what
 * was found; walk_finish().
 *
 * Folders are opened one at a time, each by its path from its root, so neither the stack nor the number of
 * descriptors grows with the depth of the tree, and no link swapped in meanwhile leads out of it.
 */
#ifndef STAMPMILL_JOB_WALK_H
#define STAMPMILL_JOB_WALK_H

#include <glib.h>
#include <stdbool.h>

#include "base/err.h"
#include "job/filter.h"
#include "job/scan.h"
#include "job/settings.h"

/* Which folder something is, whatever its name. */
struct identity {
	dev_t device;
	ino_t inode;
};

/* A file that was found, with the folder that its name is in. */
struct found {
	struct input input; /* owns its path */
	struct identity folder;
};

struct walk {
	const struct settings *settings; /* borrowed */
	struct filter *filter;
	struct identity output; /* of the OUTPUT folder; zero where there is none yet */
	GArray *roots;          /* struct scan_root */
	GArray *found;          /* struct found, in no order */
	GArray *problems;       /* struct scan_problem */
	GPtrArray *folders;     /* struct folder: to be listed, in the order in which they were found */
	struct holder *holder;  /* the folder of the file that was asked for last, kept open */
	size_t links_count, others_count;
};

void walk_init(struct walk *walk, const struct settings *settings);
void walk_finish(struct walk *walk);

/* The index of the root `path`, or a negative errno. The same folder by another name is the same root. */
int walk_root(struct walk *walk, const char *path);

/* The folder `path` below a root ("": the root itself) is to be listed. With `must`, walk_run() fails when it
 * cannot be. */
void walk_folder(struct walk *walk, int root, const char *path, bool must);

/* The file `path` below a root ("": the root itself) was asked for by name; a folder of that name is to be
 * listed. Returns 0 or -1
 * with `err`, whose words do not repeat the name. */
int walk_file(struct walk *walk, int root, const char *path, struct err *err);

/* A problem with what the user calls `name`. */
void walk_problem(struct walk *walk, const char *name, const struct err *err);

/* List all folders. Returns 0, or -1 with `err` when one that must be listed cannot be. */
int walk_run(struct walk *walk, struct err *err);

#endif
