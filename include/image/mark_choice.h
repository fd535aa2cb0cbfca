/*
 * mark_choice.h: a mark that waits for the picture: which of its versions is stamped, and in which corner, is
 * decided by what it is to lie on (ground.h).
 *
 * The place comes first. A calm mark takes the corner, of those within its margins, where the picture has the
 * least detail under it. So that a shoot looks steady, the corners are asked in the order se, sw, ne, nw, and
 * the first is taken that has no more than the least detail, a quarter of it and 0.4 L*: what is no clear
 * gain does not move the mark.
 *
 * Then of two versions the dark one is taken where the area under it is light for the most part, else the
 * light one: also around the middle, where either would do. They may differ in size: what is looked at is the
 * box around both, so that the answer does not depend on which of them is asked; of tiles it is the whole
 * picture.
 *
 * Calm marks keep off the others: of the corners only those count in which neither a mark that has its place
 * nor a calm one before it lies; or all, where none is left. Tiles lie everywhere and count for nothing. In
 * all else each mark decides for itself, by the picture without marks.
 */
#ifndef STAMPMILL_IMAGE_MARK_CHOICE_H
#define STAMPMILL_IMAGE_MARK_CHOICE_H

#include <stdbool.h>

#include "base/err.h"
#include "image/ground.h"
#include "image/mark.h"

struct mark_choice {
	struct mark versions[MARK_VERSIONS_MAX]; /* the light one and the dark one; or the only one */
	size_t count;                            /* at least 1 */
	bool calm; /* they lie in the south-eastern corner until one is chosen */
};

/* Whether the picture has a say in it. */
bool mark_choice_is_open(const struct mark_choice *choice);

/* Choose for all marks of an output, at most MARKS_MAX, the first lowest. 0, or -1 with `err` when memory is
 * out. */
int mark_choose(const struct mark_choice *choices, size_t count, const struct ground *ground,
	struct mark *marks, struct err *err);

#endif
