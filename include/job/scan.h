/*
 * scan.h: from folders, files and lists to the list of inputs.
 *
 * Nothing is opened for its content here: a scan lists names and asks for their stat data. Names are bytes.
 *
 * An INPUT folder is walked; what is hidden (a leading dot) and the folder OUTPUT are left out. An INPUT file
 * is taken as it is. With a list of names (--files-from) only those are taken: each is below the one INPUT
 * folder, if one is given (an absolute name too: it must begin with INPUT as the user wrote it), else below
 * the current folder, its parents or "/", and keeps its path in OUTPUT; a name that is a folder is walked.
 * The filters (filter.h) hold for all of these.
 *
 * Symbolic links below a root are not followed unless asked, in no part of a path. With following, a folder
 * that lies in itself is entered once, and one that is reached in two ways is listed in both places.
 *
 * A file that is reached twice, because two INPUTs overlap or a name is given twice, is listed once, where it
 * came first. The result is ordered by root, then by path (bytewise, folder by folder), so it is the same
 * each time.
 */
#ifndef STAMPMILL_JOB_SCAN_H
#define STAMPMILL_JOB_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "job/settings.h"

/* A file to be looked at. */
struct input {
	int root;   /* index into scan.roots */
	char *path; /* below the root; owned by the scan */
	int64_t size_bytes, mtime_ns;
	dev_t device;
	ino_t inode;
};

/* A folder that inputs lie below: an INPUT folder, or for a file given by name the folder that holds it. */
struct scan_root {
	char *path; /* as the user wrote it; owned by the scan */
	int fd;     /* O_PATH | O_DIRECTORY; owned by the scan */
};

/* What could not be listed: `name` is the path for people, as the user would write it (bytes); the words of
 * `err` do not repeat it. */
struct scan_problem {
	char *name; /* owned by the scan */
	struct err err;
};

struct scan {
	struct scan_root *roots;
	size_t roots_count;
	struct input *inputs;
	size_t inputs_count;
	struct scan_problem
		*problems; /* unreadable sub-folders, names of --files-from that are not there, ... */
	size_t problems_count;
	size_t links_count;  /* symbolic links left out because following was not asked for */
	size_t others_count; /* what is neither file nor folder, left out: FIFOs, sockets, devices */
};

/* List what settings->input asks for, leaving out settings->output_folder where it lies below an input.
 * Returns 0; or -1 with `err` when an INPUT itself, or the list of names, cannot be read at all (usage error,
 * status 2). A scan that found nothing is a success. `scan` is zeroed first; free it with scan_finish()
 * either way. */
int scan_run(struct scan *scan, const struct settings *settings, struct err *err);
void scan_finish(struct scan *scan);

/* The input's name for people and events: the root as the user wrote it, a slash, the path. Heap memory
 * (free()). */
char *scan_input_name(const struct scan *scan, const struct input *input);

#endif
