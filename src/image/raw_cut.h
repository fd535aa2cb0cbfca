/*
 * raw_cut.h: whether a raw file lacks its end, as one does whose copying was broken off; for raw*.c alone.
 *
 * LibRaw takes what is not there for zeros and goes on, in some formats, and of the preview alone nobody
 * would know. What the file itself says of its length is asked: the strips of a TIFF (CR2, NEF, ARW, DNG,
 * PEF,
 * ...), the boxes of a CR3, the parts of a RAF. Others are not known to be cut.
 */
#ifndef STAMPMILL_IMAGE_RAW_CUT_H
#define STAMPMILL_IMAGE_RAW_CUT_H

#include <stdbool.h>

#include "base/err.h"
#include "job/settings.h"

bool raw_is_cut(int fd);

/* 0, or -1 with `err` where the file on `fd` is cut and `fail_on` says that this counts. */
int raw_check_whole(int fd, enum fail_on fail_on, struct err *err);

#endif
