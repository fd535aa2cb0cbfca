/*
 * need.h: how much memory making a picture takes, told from its header. Pure arithmetic; an estimate from
 * above.
 */
#ifndef STAMPMILL_JOB_NEED_H
#define STAMPMILL_JOB_NEED_H

#include <stddef.h>
#include <stdint.h>

#include "job/facts.h"
#include "job/geometry.h"

/* Bytes that a worker holds when it has nothing in hand. */
#define NEED_OF_WORKER 40000000

/* Bytes a pixel that LibRaw holds while it develops, at most: the sensor's values in two or, in four colours,
 * eight, and the picture in four colours of two. */
#define NEED_OF_DEVELOPING 16

/* Above this a decoded picture is not held for several outputs to be made of. */
#define NEED_HELD_BYTES_MAX (512 * 1024 * 1024)

/* Bytes that a worker holds at most while it makes a picture of these facts, its own included. Formats that
 * are decoded row by row cost a band of rows, JPEG the rows at the output's width; progressive and interlaced
 * pictures, and formats without rows, the whole picture. Of several outputs each costs its own size, and
 * together the decoded picture. */
int64_t need_of_picture(const struct facts *facts, const struct geometry *geometries, size_t count);

#endif
