/*
 * tiling.h: which copies of a mark lie on a row of the picture.
 *
 * Calling order: tiling_begin() with a row and some of its columns, tiling_next() until it says no. A mark
 * that is not tiled is a tiling of one. The tiles of a mark that is turned stand on a lattice turned with it;
 * their boxes overlap, what is drawn in them does not.
 */
#ifndef STAMPMILL_IMAGE_TILING_H
#define STAMPMILL_IMAGE_TILING_H

#include <stdbool.h>

#include "image/placement.h"

struct tiling {
	const struct placement *place;
	int x, y, count;
	double across_x, across_y, down_x, down_y; /* from one tile to the next, in either direction */
	int i, last_i;                             /* of the copies in hand: how many steps across, */
	int j, last_j;                             /* and down */
};

/* The copies that touch row `y` from column `x` on, `count` of them. `place` is borrowed. */
void tiling_begin(struct tiling *tiling, const struct placement *place, int x, int y, int count);

/* The next copy: its left edge, and the row of the mark that lies there. False when there are no more. The
 * order depends on the place only, never on which columns were asked for. */
bool tiling_next(struct tiling *tiling, int *left_px, int *mark_row);

#endif
