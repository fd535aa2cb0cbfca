/*
 * output_folder.h: the folder OUTPUT, made early (so that workers can be confined to it from their first look
 * at a picture) and taken back when the run does not start after all.
 */
#ifndef STAMPMILL_COMMAND_OUTPUT_FOLDER_H
#define STAMPMILL_COMMAND_OUTPUT_FOLDER_H

#include <stdbool.h>

struct output_folder {
	char *path; /* as the user wrote it; borrowed */
	char *made; /* the topmost folder that had to be made; NULL: it was there */
	int fd;     /* -1: not there */
};

#define OUTPUT_FOLDER_INIT \
	{                  \
		.fd = -1   \
	}

/* Make what is missing of `path`, check that files can be made in it, and open it. Returns 0 or a negative
 * errno. */
int output_folder_open(struct output_folder *folder, char *path);

/* False when its path leads to it no longer: it was deleted, moved away, or covered by a mount. */
bool output_folder_is_there(const struct output_folder *folder);

/* Take back what open made, as far as it is empty. */
void output_folder_undo(struct output_folder *folder);

void output_folder_close(struct output_folder *folder);

#endif
