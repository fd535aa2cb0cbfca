/*
 * planes_turn.h: planes turned upright.
 */
#ifndef STAMPMILL_IMAGE_PLANES_TURN_H
#define STAMPMILL_IMAGE_PLANES_TURN_H

#include <stdbool.h>

#include "image/planes.h"

/* EXIF orientation (1 to 8; Exif 2.32, tag 0x0112), as what it does to the stored picture. */
struct turn {
	bool swap;                    /* width and height change places */
	bool from_right, from_bottom; /* the upright picture's first sample lies at that edge of the stored
					 one */
};

struct turn turn_of(int orientation);

/* Make `out`, upright, of `in`, as stored. Where the chroma of `in` is subsampled it must have been counted
 * from the edges that turn_of() names (sizer.h), and its two factors change places with the sides. 0 or
 * -ENOMEM. */
int planes_turn(const struct planes *in, int orientation, struct planes *out);

#endif
