/*
 * icc_file.h: the file of an ICC profile that a studio wants its pictures in (--colour FILE).
 *
 * It is read once, before workers are forked, which then need no file: all of a run's pictures get the same
 * profile, whatever becomes of the file. What its header says is checked here: that it is a profile, of a
 * class that pixels can be in, and for what model. Whether colours can be brought into it is Little CMS's to
 * say, in a worker (colours_check_target()).
 *
 * Source: ICC.1:2022, 7.2.
 */
#ifndef STAMPMILL_JOB_ICC_FILE_H
#define STAMPMILL_JOB_ICC_FILE_H

#include <stddef.h>

#include "base/err.h"
#include "job/facts.h"

/* What 255 markers of a JPEG hold. */
#define ICC_FILE_BYTES_MAX (255 * 65519)

struct icc_file {
	unsigned char *data; /* g_free() */
	size_t size_bytes;
	enum colour_model model; /* grey, RGB or CMYK */
};

/* NULL with `err`, which names the option and the file. */
struct icc_file *icc_file_read(const char *path, struct err *err);
void icc_file_free(struct icc_file *file); /* takes NULL */

/* "grey", "RGB", "CMYK" */
const char *icc_file_model(const struct icc_file *file);

#endif
