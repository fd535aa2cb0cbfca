/*
 * raw_file.h: a raw file as LibRaw has it open; for raw*.c alone.
 *
 * Calling order: raw_file_open(), LibRaw's own calls on `.libraw`, raw_file_close(), also where opening
 * failed. A file stays where it is, since LibRaw points to it. After a call has failed with anything worse
 * than a missing preview LibRaw has let go of the file: open it anew.
 */
#ifndef STAMPMILL_IMAGE_RAW_FILE_H
#define STAMPMILL_IMAGE_RAW_FILE_H

#include <libraw/libraw.h>
#include <stdbool.h>

#include "base/err.h"

struct raw_file {
	libraw_data_t *libraw;
	bool ended;   /* it wanted to read behind the end */
	bool damaged; /* it found values that make no sense */
};

/* 0, or -1 with `err`, reason unsupported where LibRaw does not know what it is. */
int raw_file_open(struct raw_file *file, int fd, struct err *err);
void raw_file_close(struct raw_file *file);

/* Turn what a call of LibRaw returned, which is not 0, into reason and sentence. Returns -1. */
int raw_file_fail(const struct raw_file *file, int result, struct err *err);

#endif
