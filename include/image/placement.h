/*
 * placement.h: where a mark lies on a picture, and how big it is. Pure arithmetic, the same for every lane.
 *
 * All numbers are of the upright output, borders of `:pad` included.
 */
#ifndef STAMPMILL_IMAGE_PLACEMENT_H
#define STAMPMILL_IMAGE_PLACEMENT_H

#include <stdbool.h>

#include "job/settings.h"

/* Part of a picture. */
struct area {
	int left_px, top_px, width_px, height_px;
};

/* The em of the letters in which text has its own size. */
#define TEXT_EM_PX 100

struct placement {
	int left_px, top_px;      /* of the mark; of one of many when tiled */
	int width_px, height_px;  /* at least 1; of the box around it, when it is turned */
	int step_x_px, step_y_px; /* from one tile to the next, before they are turned; 0: not tiled */
	double rotate_deg;        /* of the mark, and of the tiles' lattice */
	int drawn_width_px, drawn_height_px; /* of the mark before it is turned */
	bool oversize;                       /* it did not fit, and was shrunk */
};

/* Place a mark whose own size (of text: in letters of TEXT_EM_PX) is `mark_width_px` by `mark_height_px` on a
 * picture of `width_px` by `height_px`; all at least 1.
 *
 * The margin is kept on every side. Where it would take more than half of a side it is as wide as leaves half
 * of it: on a thumbnail a margin meant for big pictures must not squeeze out the mark. The size that is asked
 * for is the mark's before it is turned; when turned it does not fit within the margins, it is shrunk until
 * it does. Tiles cover the whole picture, spaced as asked or by the margin, one of them in its centre. A mark
 * for the calmest corner lies in the south-east until it is moved. */
void placement_compute(struct placement *placement, const struct mark_settings *settings, int mark_width_px,
	int mark_height_px, int width_px, int height_px);

/* Move a mark that lies in the south-eastern corner of such a picture to another one, its margins kept. */
void placement_move(struct placement *placement, enum gravity corner, int width_px, int height_px);

/* What of such a picture the mark covers: all of it, where it is tiled. */
struct area placement_area(const struct placement *placement, int width_px, int height_px);

#endif
