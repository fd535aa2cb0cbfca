/*
 * make_planar.h: a picture's outputs made in the planar lane, where this build has it.
 */
#ifndef STAMPMILL_IMAGE_MAKE_PLANAR_H
#define STAMPMILL_IMAGE_MAKE_PLANAR_H

#include <stdbool.h>

#include "image/making.h"

bool make_planar_is_built(void);

/* Make the outputs of the picture that are wanted; lane_choose() gave it to this lane. `makings` are one for
 * each output, wanted or not (planar_plan.h). Stops at the first that fails. 0, or -1 with `err`. */
int make_planar(struct making *makings, size_t count, struct err *err);

/* Free maker->planar. */
void make_planar_finish(struct maker *maker);

#endif
