/*
 * make_planar.h: a picture's outputs made in the planar lane, where this build has it.
 */
#ifndef STAMPMILL_IMAGE_MAKE_PLANAR_H
#define STAMPMILL_IMAGE_MAKE_PLANAR_H

#include <stdbool.h>

#include "image/making.h"

bool make_planar_is_built(void);

/* Make all outputs of the picture, which lane_choose() gave to this lane: `makings` are one for each. Those
 * that are made are counted in reply->outputs_count. 0, or -1 with `err`. */
int make_planar(struct making *makings, size_t count, struct err *err);

/* Free maker->planar. */
void make_planar_finish(struct maker *maker);

#endif
