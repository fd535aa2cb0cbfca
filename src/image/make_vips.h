/*
 * make_vips.h: a picture's outputs made in the vips lane.
 */
#ifndef STAMPMILL_IMAGE_MAKE_VIPS_H
#define STAMPMILL_IMAGE_MAKE_VIPS_H

#include "image/making.h"

/* Make the outputs of the picture that are wanted, from opening its input to giving them their names, by one
 * decode where memory allows; `makings` are one for each output, wanted or not (vips_plan.h). Stops at the
 * first that fails. 0, or -1 with `err`. */
int make_vips(struct making *makings, size_t count, struct err *err);

#endif
