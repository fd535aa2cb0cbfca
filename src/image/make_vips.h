/*
 * make_vips.h: an output made in the vips lane.
 */
#ifndef STAMPMILL_IMAGE_MAKE_VIPS_H
#define STAMPMILL_IMAGE_MAKE_VIPS_H

#include "image/making.h"

/* Make the output, from opening its input to giving it its name. 0, or -1 with `err`. */
int make_vips(struct making *making, struct err *err);

#endif
