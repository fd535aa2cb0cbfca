/*
 * planes_paint.h: canvases, and less chroma.
 */
#ifndef STAMPMILL_IMAGE_PLANES_PAINT_H
#define STAMPMILL_IMAGE_PLANES_PAINT_H

#include "image/planes.h"

/* Fill every plane with its value of `colour`: Y, Cb, Cr. */
void planes_fill(struct planes *planes, const uint8_t colour[PLANES_MAX]);

/* Copy `in` onto `out` with its corner at left_px, top_px; it must lie within. Both have chroma at full size,
 * or are grey. */
void planes_place(const struct planes *in, struct planes *out, int left_px, int top_px);

/* Make `out` of `in`, whose chroma is at full size, with one chroma sample for chroma_h x chroma_v pixels:
 * their mean. 0 or -ENOMEM. */
int planes_subsample(const struct planes *in, int chroma_h, int chroma_v, struct planes *out);

#endif
